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
_TEXTS = frozenset({0xFE, *range(0xE1, 0xF0)} - {0xEE})
"""What no decoder needs: EXIF, colour profiles, comments; 0xEE tells how colours are told."""

# In a scan, 0xFF is followed by 0 where it is data, and by D0–D7 where decoding may start anew.
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")


def without_pixels(data: bytes) -> bytes | None:
    """Return what a decoder needs to know of a JPEG, and no data of pixels; it decodes, to grey, when `data` does.

    None when that cannot be said of `data`: it is cut off, or laid out in an unusual way (several scans, arithmetic
    coding), and must be decoded to be sure. Photos of one camera and size give the same.
    """
    headers = _headers(data)
    if headers is None:
        return None
    told, start = headers
    found = _MARKER_IN_SCAN.search(data, start)
    return told + _END if found is not None and found[0] == _END else None


def _headers(data: bytes) -> tuple[bytes, int] | None:
    """Return the headers that decoding needs, and where the data of the first and only scan begin; or None."""
    if not data.startswith(_START):
        return None
    at, is_baseline, parts = 2, False, [_START]
    while at + 4 <= len(data):
        kind = data[at + 1]
        if data[at] != 0xFF or kind in _OTHER_FRAMES or kind in _LONE or kind in (0x00, 0xFF):
            return None
        is_baseline |= kind in _BASELINE
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if kind not in _TEXTS:
            parts.append(data[at:end])
        at = end
        if kind == _SCAN:
            return (b"".join(parts), at) if is_baseline and at < len(data) else None
    return None
