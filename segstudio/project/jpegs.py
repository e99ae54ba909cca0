"""JPEG files from the outside: whether one is whole, without decoding its pixels.

The markers are those of ITU-T T.81, annex B. What libjpeg refuses are damaged headers and data that end before the
photo does; wrong bits in between only smear it. So a file is whole when its headers decode and its data go on to the
end marker without any other.
"""

from __future__ import annotations

import re

_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_BASELINE = (0xC0, 0xC1)
_OTHER_FRAMES = frozenset(range(0xC2, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LONE = frozenset({0x01, *range(0xD0, 0xDA)})
# In a scan, 0xFF is followed by 0 where it is data, and by D0–D7 where decoding may start anew.
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")


def without_pixels(data: bytes) -> bytes | None:
    """Return a JPEG of the same headers with no data of pixels, for a decoder to look at; it decodes just as `data`
    does, to grey.

    None when that cannot be said of `data`: it is cut off, or laid out in an unusual way (several scans, arithmetic
    coding), and must be decoded to be sure.
    """
    start = _scan_start(data)
    if start is None:
        return None
    found = _MARKER_IN_SCAN.search(data, start)
    if found is None or found[0] != _END:
        return None
    return data[:start] + _END


def _scan_start(data: bytes) -> int | None:
    """Return where the data of the first and only scan begin, or None."""
    if not data.startswith(_START):
        return None
    at, is_baseline = 2, False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        kind = data[at + 1]
        if kind in _OTHER_FRAMES or kind in _LONE or kind in (0x00, 0xFF):
            return None
        is_baseline |= kind in _BASELINE
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == _SCAN:
            return at if is_baseline and at < len(data) else None
    return None
