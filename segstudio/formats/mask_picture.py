"""Pictures of one object's mask, as LabelMe keeps them: what is opaque, bright or not index 0 belongs to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from segstudio.errors import SegStudioError
from segstudio.formats.shapes import Bitmap
from segstudio.project.images import IMAGE_FORMATS, MAX_PIXELS

_OPAQUE = 255


def read_mask_picture(path: Path) -> Bitmap:
    """Return which pixels belong to the object: bool (rows, columns).

    Where an alpha channel tells something, it alone counts. Soft edges are cut at half of the highest value in the picture.
    Raises SegStudioError when the picture is damaged or too large.
    """
    try:
        with Image.open(path, formats=IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise SegStudioError(f'its mask file "{path.name}" is larger than any photo')
            values = _values(image)
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError) as error:
        raise SegStudioError(
            f'its mask file "{path.name}" is damaged or cut off', fix="Export or copy it again"
        ) from error
    return (
        values > int(values.max(initial=0)) // 2 if values.any() else np.zeros(values.shape, dtype=np.bool_)
    )


def _values(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.mode == "P" and "transparency" not in image.info:
        return (np.asarray(image) > 0).astype(np.uint8)
    if (alpha := telling_alpha(image)) is not None:
        return alpha
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"), dtype=np.uint8)
    return np.asarray(np.asarray(image.convert("RGB")).max(axis=2), dtype=np.uint8)


def telling_alpha(image: Image.Image) -> npt.NDArray[np.uint8] | None:
    """Return the alpha channel, uint8 (rows, columns); None where there is none, or it is opaque all over: many programs
    write such a one beside what the mask is.
    """
    if not image.has_transparency_data:
        return None
    alpha: npt.NDArray[np.uint8] = np.asarray(image.convert("RGBA"), dtype=np.uint8)[:, :, 3]
    return alpha if alpha.size and int(alpha.min()) < _OPAQUE else None
