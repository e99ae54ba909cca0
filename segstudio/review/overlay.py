"""A mask laid over its photo in the class colours."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList

_STRIP_ROWS = 512


def overlay(
    photo: npt.NDArray[np.uint8],
    mask: npt.NDArray[np.uint8],
    classes: ClassList,
    *,
    opacity: float = 0.5,
    outline_px: int = 0,
) -> npt.NDArray[np.uint8]:
    """Return the photo tinted with the class colours: uint8 (rows, columns, 3), RGB.

    `photo` is uint8 (rows, columns, 3) RGB, `mask` uint8 (rows, columns). `opacity` runs from 0 (the photo)
    to 1 (the colours). `outline_px` draws the inner border of every area in its full colour, about that wide.
    Void, and values that are no class, stay the photo. Raises SegStudioError when the sizes differ.
    """
    same_size(photo, mask)
    palette, painted = classes.palette(), painted_values(classes)
    result = np.empty_like(photo)
    for top in range(0, mask.shape[0], _STRIP_ROWS):  # by strips: the temporary arrays stay small
        rows = slice(top, top + _STRIP_ROWS)
        blended = cv2.addWeighted(photo[rows], 1 - opacity, palette[mask[rows]], opacity, 0)
        result[rows] = np.where(painted[mask[rows]][..., None], blended, photo[rows])
        if outline_px > 0:
            border = _borders_in(mask, rows, outline_px) & painted[mask[rows]]
            result[rows][border] = palette[mask[rows][border]]
    return result


def _borders_in(mask: npt.NDArray[np.uint8], rows: slice, width_px: int) -> npt.NDArray[np.bool_]:
    """Return `borders` of some rows of a mask, as if all of it had been looked at."""
    above = min(width_px, rows.start)
    wide = mask[rows.start - above : rows.stop + width_px]
    return borders(wide, width_px)[above : above + mask[rows].shape[0]]


def same_size(photo: npt.NDArray[np.uint8], mask: npt.NDArray[np.uint8]) -> None:
    """Raise SegStudioError when a photo and a mask differ in rows or columns."""
    if photo.shape[:2] != mask.shape:
        raise SegStudioError(
            f"the mask ({mask.shape[1]} × {mask.shape[0]}) and the photo "
            f"({photo.shape[1]} × {photo.shape[0]}) differ in size",
            fix="Use the mask that belongs to this photo",
        )


def painted_values(classes: ClassList) -> npt.NDArray[np.bool_]:
    """Return for every mask value whether it is a class: bool of shape (256,)."""
    painted = np.zeros(256, dtype=np.bool_)
    painted[list(classes.indices)] = True
    return painted


def borders(mask: npt.NDArray[np.uint8], width_px: int) -> npt.NDArray[np.bool_]:
    """Return where another value lies within `width_px` pixels (rows or columns): bool (rows, columns)."""
    window = np.ones((2 * width_px + 1, 2 * width_px + 1), dtype=np.uint8)
    highest = np.asarray(cv2.dilate(mask, window))
    lowest = np.asarray(cv2.erode(mask, window))
    return np.asarray(highest != lowest)
