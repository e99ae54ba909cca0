"""How many pixels of each value a mask file holds, counted while it is unpacked: the pixels are never all in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.png import UP
from segstudio.project.images import MAX_PIXELS
from segstudio.project.masks import read_mask, read_mask_file
from segstudio.project.statistics import Counts, count_values

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES = 13
_AS_WRITTEN = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs", b"gAMA", b"sRGB", b"tEXt", b"tIME"}
)
_BAND_BYTES = 1 << 18
"""Stays in the processor's cache, and is enough that threads seldom wait for each other."""


def count_file(path: Path, size: tuple[int, int] | None) -> Counts:
    """Return the number of pixels of each value of a mask file: int64 (256,).

    `size` (rows, columns; None: any) and errors are as in `read_mask`, which also reads what is packed in another way
    than SegStudio does. Almost all of it runs outside the interpreter lock.
    """
    try:
        counts = _counted(read_mask_file(path), size)
    except (SegStudioError, ValueError, zlib.error):  # `read_mask` tells
        counts = None
    return count_values(read_mask(path, size=size)) if counts is None else counts


def _counted(data: bytes, size: tuple[int, int] | None) -> Counts | None:
    """Count an 8-bit palette or grey PNG whose rows are as they are or told by those above; None: it is something else, or damaged."""
    chunks = list(_chunks(data))
    if (
        not chunks
        or chunks[0][0] != b"IHDR"
        or len(chunks[0][1]) != _HEADER_BYTES
        or chunks[-1][0] != b"IEND"
    ):
        return None
    header = bytes(chunks[0][1])
    columns, rows = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, *rest = header[8:]
    plain = depth == 8 and colour in (0, 3) and not any(rest) and {kind for kind, _ in chunks} <= _AS_WRITTEN
    if not plain or not rows * columns or rows * columns > MAX_PIXELS or size not in (None, (rows, columns)):
        return None
    packed = b"".join(content for kind, content in chunks if kind == b"IDAT")
    return _unpacked(packed, rows, columns)


def _unpacked(packed: bytes, rows: int, columns: int) -> Counts | None:
    stride = columns + 1  # each row begins with the number of its filter
    counts = np.zeros(256, dtype=np.int64)
    above = np.zeros(columns, dtype=np.uint8)
    unpacker, left = zlib.decompressobj(), rows
    while left:
        take = min(left, max(1, _BAND_BYTES // stride))
        band = np.frombuffer(unpacker.decompress(packed, take * stride), dtype=np.uint8)
        packed = unpacker.unconsumed_tail
        if len(band) != take * stride:
            return None
        filters, pixels = band[::stride], band.reshape(take, stride)[:, 1:]
        if (filters == UP).all():
            pixels = np.add.accumulate(np.vstack([above, pixels]), axis=0, dtype=np.uint8)[1:]
        elif filters.any():
            return None
        above = pixels[-1]
        counts += count_values(pixels)
        left -= take
    is_whole = not unpacker.decompress(packed, 1) and unpacker.eof  # its check sum was looked at then
    return counts if is_whole else None


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield kind and content of each chunk of a PNG, up to the end; raises ValueError where one is damaged."""
    if not data.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    view, at, kind = memoryview(data), len(_SIGNATURE), b""
    while kind != b"IEND":
        length = int.from_bytes(view[at : at + 4], "big")
        kind, end = bytes(view[at + 4 : at + 8]), at + 8 + length
        if len(view) < end + 4 or zlib.crc32(view[at + 4 : end]) != int.from_bytes(
            view[end : end + 4], "big"
        ):
            raise ValueError("cut off, or damaged")
        yield kind, view[at + 8 : end]
        at = end + 4
