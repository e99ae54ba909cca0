"""How long the file of a photo may be for the pixels that it tells of: a file of zeros without end is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from segstudio.errors import SegStudioError

_BESIDE = 64 << 20
"""Bytes for what is no pixel: EXIF, colour profiles, the film behind a photo of a telephone."""

_BYTES_PER_PIXEL = 24
"""Three times what the deepest pixels (four channels of 16 bits) take uncompressed."""

_OPENED = 1 << 30
"""A GIF, a WebP or a JPEG is read to its first pixels, or whole, before it tells of them: never one longer than that."""

_TIFFS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_WIDTH, _LENGTH, _BITS, _SAMPLES, _BELOW = 256, 257, 258, 277, 330
_MOST_PAGES = 100_000


class TooLongError(SegStudioError):
    """The file of a photo is longer than its pixels can make it."""


def check_before_opening(path: Path, stream: BinaryIO, most_pixels: int) -> None:
    """Raise TooLongError for a file that is too long for any photo of its kind with `most_pixels`; a TIFF is compared with
    all of its pages, also those of a pyramid. The stream, at its beginning, is there again.
    """
    length = os.fstat(stream.fileno()).st_size
    if length <= _BESIDE:
        return
    head = stream.read(16)
    if head.startswith(_TIFFS):
        most = _OPENED + 3 * _bytes_of_pages(stream, head)
    elif head.startswith((b"GIF8", b"RIFF", b"\xff\xd8", b"\0\0\0\x0cjP", b"\xff\x4f\xff\x51")):
        most = _OPENED
    else:
        most = _BESIDE + _BYTES_PER_PIXEL * most_pixels
    stream.seek(0)
    _compare(path, length, most)


def check_opened(path: Path, image: Image.Image) -> None:
    """Raise TooLongError for a picture, opened and not yet decoded, whose file is longer than its pixels can make it."""
    if image.format == "TIFF" or image.format is None:  # was compared with its pages
        return
    frames = int(getattr(image, "n_frames", 1)) if image.format in ("WEBP", "PNG") else 1
    most = _BESIDE + _BYTES_PER_PIXEL * image.width * image.height * frames
    _compare(path, path.stat().st_size, max(most, _OPENED) if image.format == "GIF" else most)


def _compare(path: Path, length: int, most: int) -> None:
    if length > most:
        raise TooLongError(
            f"the file is {length / 1e9:,.1f} GB long, far more than its pixels can take",
            where=str(path),
            fix="Copy it anew from its source, or leave it out",
        )


def _bytes_of_pages(stream: BinaryIO, head: bytes) -> int:
    """Return what the pixels of all pages of a TIFF take uncompressed."""
    is_big = head[2:3] == b"\x2b" or head[3:4] == b"\x2b"
    first = ImageFileDirectory_v2(head if is_big else head[:8])
    waiting, seen, total = [first.next], set[int](), 0
    while waiting and len(seen) < _MOST_PAGES:
        place = waiting.pop()
        if not place or place in seen:
            continue
        seen.add(place)
        page = ImageFileDirectory_v2(head if is_big else head[:8])
        try:
            stream.seek(place)
            page.load(stream)
            bits = max(page.get(_BITS, (1,)))
            total += page[_WIDTH] * page[_LENGTH] * page.get(_SAMPLES, 1) * bits // 8
            waiting.extend(page.get(_BELOW, ()))
        except (KeyError, TypeError, ValueError, OSError, SyntaxError):
            continue
        finally:
            waiting.append(page.next or 0)
    return total
