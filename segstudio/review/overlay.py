"""A mask laid over its photo in the class colours."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList

_STRIP_PIXELS = 1 << 17
"""What is in the works at a time: it stays in the processor's cache, and takes no memory to speak of."""


def overlay(
    photo: npt.NDArray[np.uint8],
    mask: npt.NDArray[np.uint8],
    classes: ClassList,
    *,
    opacity: float = 0.5,
    outline_px: int = 0,
    in_place: bool = False,
) -> npt.NDArray[np.uint8]:
    """Return the photo tinted with the class colours: uint8 (rows, columns, 3), RGB.

    `photo` is uint8 (rows, columns, 3) RGB, `mask` uint8 (rows, columns). `opacity` runs from 0 (the photo)
    to 1 (the colours). `outline_px` draws the inner border of every area in its full colour, about that wide.
    Void, and values that are no class, stay the photo. With `in_place` the photo itself is painted, if it can be
    written to. Raises SegStudioError when the sizes differ.
    """
    same_size(photo, mask)
    palette = classes.palette().reshape(256, 1, 3)
    painted = painted_values(classes).astype(np.uint8) * np.uint8(255)
    surely_painted = int(np.argmin(painted))  # what is below it is a class
    usable = in_place and photo.flags.writeable and photo.flags.c_contiguous
    result = photo if usable else np.array(photo, order="C")
    step = max(1, _STRIP_PIXELS // max(1, mask.shape[1]))
    room = [np.empty((min(step, mask.shape[0]), mask.shape[1], 3), dtype=np.uint8) for _ in range(2)]
    for top in range(0, mask.shape[0], step):
        rows = slice(top, top + step)
        values, below = np.ascontiguousarray(mask[rows]), result[rows]
        colours, mixed = (place[: values.shape[0]] for place in room)
        cv2.applyColorMap(values, palette, dst=colours)
        border = _borders_in(mask, rows, outline_px) if outline_px > 0 else None
        if cv2.minMaxLoc(values)[1] < surely_painted:
            cv2.addWeighted(below, 1 - opacity, colours, opacity, 0, dst=below)
        else:
            shows = cv2.LUT(values, painted)
            cv2.addWeighted(below, 1 - opacity, colours, opacity, 0, dst=mixed)
            cv2.copyTo(mixed, shows, below)
            if border is not None:
                cv2.bitwise_and(border, shows, dst=border)
        if border is not None:
            cv2.copyTo(colours, border, below)
    return result


def _borders_in(mask: npt.NDArray[np.uint8], rows: slice, width_px: int) -> npt.NDArray[np.uint8]:
    """Return `borders` of some rows of a mask, as if all of it had been looked at: not 0 where there are some."""
    above = min(width_px, rows.start)
    wide = mask[rows.start - above : rows.stop + width_px]
    return _gradient(wide, width_px)[above : above + mask[rows].shape[0]]


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
    return np.not_equal(_gradient(mask, width_px), 0)


def _gradient(mask: npt.NDArray[np.uint8], width_px: int) -> npt.NDArray[np.uint8]:
    """Return by how much the values within `width_px` pixels differ."""
    window = np.ones((2 * width_px + 1, 2 * width_px + 1), dtype=np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, window), dtype=np.uint8)
