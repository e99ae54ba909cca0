"""Mask files: 8-bit palette PNG in the class colours, void as 255."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary, read_small, write_bytes
from segstudio.png import png_of
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import IMAGE_FORMATS, MAX_PIXELS, check_bytes
from segstudio.project.large_images import fill_by_bands, freed_in_steps

Mask = npt.NDArray[np.uint8]
"""uint8 of shape (rows, columns); the value is a class index, 255 is void."""


_MOST_BYTES = MAX_PIXELS + (64 << 20)
"""No mask file is larger: one that cannot be compressed at all takes a byte for each pixel."""


def read_mask_file(path: Path) -> bytes:
    """Return the bytes of a mask file; raises SegStudioError when it cannot be read, is no ordinary file or too large."""
    try:
        return read_small(path, most_bytes=_MOST_BYTES)
    except OSError as error:
        raise SegStudioError(
            f"the mask cannot be read ({error.strerror or error})",
            where=str(path),
            fix="Restore it, or import it again",
        ) from error


def encode_mask(mask: Mask, classes: ClassList) -> bytes:
    """Return the bytes of a palette PNG whose pixel values are the mask's."""
    if mask.dtype != np.uint8 or mask.ndim != 2:
        raise ValueError(f"a mask is uint8 (rows, columns), not {mask.dtype} {mask.shape}")
    return png_of(mask, classes.palette())


def write_mask(path: Path, mask: Mask, classes: ClassList) -> None:
    """Replace the mask file `path`, whole or not at all."""
    write_bytes(path, encode_mask(mask, classes))


def read_mask(path: Path, *, size: tuple[int, int] | None = None) -> Mask:
    """Return the values of an index mask (palette or grey PNG) as uint8 (rows, columns).

    Raises SegStudioError when the file is missing, damaged or no index mask, or when `size` (rows, columns)
    is given and the mask is of another size.
    """
    try:
        with (
            freed_in_steps(),
            open_ordinary(path) as stream,
            Image.open(stream, formats=IMAGE_FORMATS) as image,
        ):
            if image.mode not in ("P", "L"):
                raise SegStudioError(
                    f"this is a picture of mode {image.mode}, not a mask of class numbers",
                    where=str(path),
                    fix="Save the mask as an 8-bit palette or grey PNG",
                )
            if image.width * image.height > MAX_PIXELS or (size is not None and image.size[::-1] != size):
                raise _unfitting(path, image.size, size)  # before a false header makes us ask for its memory
            check_bytes(path, image)
            image.load()
            mask = np.empty(image.size[::-1], dtype=np.uint8)
            fill_by_bands(mask, image, np.asarray)
            image.close()
    except FileNotFoundError as error:
        raise SegStudioError("there is no such mask", where=str(path)) from error
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError) as error:
        raise SegStudioError(
            "the mask is damaged or cut off", where=str(path), fix="Restore it, or import it again"
        ) from error
    return mask


def _unfitting(path: Path, found: tuple[int, int], size: tuple[int, int] | None) -> SegStudioError:
    """Say that a mask of `found` (columns, rows) does not fit a photo of `size` (rows, columns)."""
    told = f"the mask is {found[0]} × {found[1]} pixels"
    told += f", its photo {size[1]} × {size[0]}" if size is not None else ", more than a photo may have"
    return SegStudioError(told, where=str(path), fix="Import the mask again, or remove it")


def unknown_values(mask: Mask, classes: ClassList) -> tuple[int, ...]:
    """Return the values in the mask that are neither void nor a class, in ascending order."""
    present = np.flatnonzero(np.bincount(mask.ravel(), minlength=256))
    known = {VOID, *classes.indices}
    return tuple(int(value) for value in present if int(value) not in known)
