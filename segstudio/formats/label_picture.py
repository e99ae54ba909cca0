"""Label pictures: files whose pixels name the class, such as index PNG, colour-coded PNG and COCO's panoptic PNG.

A label picture is not taken apart when it is read. Its annotation holds a `PicturePart` for each label that occurs in
it: the label, the pixel codes that mean it, and where the picture lies. Only painting opens the picture again, once
for all its parts, so that ten thousand annotations of this kind take no more memory than their names.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from segstudio.errors import SegStudioError
from segstudio.formats.shapes import Bitmap, Coding, LabelPicture, PicturePart
from segstudio.project.images import IMAGE_FORMATS, MAX_PIXELS

Codes = npt.NDArray[np.uint8] | npt.NDArray[np.int32]
"""The code of each pixel: uint8 or int32 of shape (rows, columns)."""

_INDEX_MODES = frozenset({"1", "L", "P", "I;16", "I;16B", "I"})
_MOST_PER_BYTE = {"BMP": 1 << 14, "GIF": 4096, "PNG": 8 * 1032}
"""More pixels than these no byte of such a file stands for: skips of 255 × 255 take four, strings of 4096 more than one,
deflate makes at most 1032 bytes of 8 pixels of one."""

_LEAST_PIXELS = 1 << 24
_LOSSY = frozenset({"JPEG", "JPEG2000"})


@dataclass(frozen=True, slots=True)
class PictureLook:
    """What the header of a label picture tells; `palette` are the `0xRRGGBB` colours of the index values, if any."""

    coding: Coding
    size: tuple[int, int]
    palette: tuple[int, ...] = ()


def look_at(path: Path) -> PictureLook:
    """Return what the header tells.

    Raises SegStudioError when the file is missing, damaged, too large, or lossy: JPEG smears labels into one another.
    """
    with _opened(path) as image:
        return _look_of(image)


def read_written(content: bytes) -> tuple[PictureLook, Codes]:
    """Return what a reader gets of a label picture that this program wrote: its header, and the code of each pixel."""
    with Image.open(io.BytesIO(content), formats=IMAGE_FORMATS) as image:
        look = _look_of(image)
        return look, _index_values(image) if look.coding == "index" else _colours(image)


def read_codes(picture: LabelPicture) -> Codes:
    """Return the code of each pixel at the size wanted; raises SegStudioError as `look_at` does."""
    with _opened(picture.path) as image:
        codes = _index_values(image) if picture.coding == "index" else _colours(image)
    rows, columns = picture.size
    down = np.arange(rows) * codes.shape[0] // rows
    across = np.arange(columns) * codes.shape[1] // columns
    return codes if codes.shape == picture.size else codes[down][:, across]


def codes_in(codes: Codes) -> dict[int, int]:
    """Return each code that occurs and how many pixels have it, in ascending order."""
    if codes.dtype == np.uint8:
        counts = cv2.calcHist([codes], [0], None, [256], [0, 256]).ravel()
        return {int(code): int(counts[code]) for code in np.flatnonzero(counts)}
    flat = codes.ravel()
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))  # of runs, which are far fewer
    lengths = np.diff(np.concatenate((starts, [flat.size])))
    found, places = np.unique(flat[starts], return_inverse=True)
    counts = np.bincount(places, weights=lengths)
    return {int(code): int(count) for code, count in zip(found, counts, strict=True)}


def bitmap_of(part: PicturePart, codes: Codes) -> Bitmap:
    """Return which pixels belong to the part: bool (rows, columns)."""
    if len(part.codes) == 1:
        return np.asarray(codes == part.codes[0])
    return np.isin(codes, part.codes)


def hex_colour(code: int) -> str:
    """Return the code of a colour as `#rrggbb`."""
    return f"#{code:06x}"


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path, formats=IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise SegStudioError(f'the mask "{path.name}" is larger than any photo')
            if image.format in _MOST_PER_BYTE and image.width * image.height > _LEAST_PIXELS:
                _check_length(image, path)
            if image.format in _LOSSY:
                raise SegStudioError(
                    f'the mask "{path.name}" is a JPEG, which smears labels into one another',
                    fix="Save the masks as PNG or BMP where they were made",
                )
            yield image
    except FileNotFoundError as error:
        raise SegStudioError(f'the mask "{path.name}" is missing', fix="Copy it to its place") from error
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError) as error:
        raise SegStudioError(
            f'the mask "{path.name}" is damaged or cut off', fix="Export or copy it again"
        ) from error


def _check_length(image: Image.Image, path: Path) -> None:
    """Raise OSError when a file is too short for its size: a false one would have its memory asked for first."""
    is_plain = image.format == "BMP" and not image.info.get("compression")
    most = 8 if is_plain else _MOST_PER_BYTE[image.format or ""]
    if image.width * image.height > path.stat().st_size * most:
        raise OSError("cut off")


def _look_of(image: Image.Image) -> PictureLook:
    coding: Coding = "index" if image.mode in _INDEX_MODES else "colour"
    found = image.getpalette("RGB") if image.mode == "P" and _greys_of(image) is None else None
    packed = _packed(np.array(found or [], dtype=np.uint8).reshape(-1, 3))
    return PictureLook(coding, (image.height, image.width), tuple(packed.tolist()))


def _index_values(image: Image.Image) -> Codes:
    if image.mode == "1":
        return np.asarray(image).astype(np.uint8)
    values = np.asarray(image)
    if (greys := _greys_of(image)) is not None:
        grey: npt.NDArray[np.uint8] = greys[values]
        return grey
    return values if values.dtype == np.uint8 else values.astype(np.int32)


def _greys_of(image: Image.Image) -> npt.NDArray[np.uint8] | None:
    """Return the grey value of each index of a GIF that was grey: it has no grey, only a palette of those in use, so that
    the index says nothing. None for other pictures, and for those of black and white alone.
    """
    if image.format != "GIF" or image.mode != "P":
        return None
    colours = np.array(image.getpalette("RGB") or [], dtype=np.uint8).reshape(-1, 3)
    if (colours != colours[:, :1]).any() or {0, 255} >= set(colours[:, 0].tolist()):
        return None
    greys = np.zeros(256, dtype=np.uint8)
    greys[: len(colours)] = colours[:, 0]
    return greys


def _colours(image: Image.Image) -> Codes:
    return _packed(np.asarray(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8))


def _packed(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    red, green, blue = (pixels[..., channel].astype(np.int32) for channel in range(3))
    return (red << 16) | (green << 8) | blue
