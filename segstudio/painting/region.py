"""Region: the pixels that a tool covers, whatever is then done with them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.painting.rect import EMPTY, Rect

Bitmap = npt.NDArray[np.bool_]
"""bool of shape (rows, columns)."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The pixels of `rect` (which lies inside the photo) whose entry in `bitmap` (of that size) is true."""

    rect: Rect
    bitmap: Bitmap

    def __post_init__(self) -> None:
        if self.bitmap.shape != self.rect.size or self.bitmap.dtype != np.bool_:
            raise ValueError(f"a bitmap {self.bitmap.dtype} {self.bitmap.shape} does not fill {self.rect}")

    def __bool__(self) -> bool:
        return bool(self.rect) and bool(self.bitmap.any())

    def spread(self, size: tuple[int, int]) -> Bitmap:
        """Return the region as a bitmap of a whole picture of `size` (rows, columns)."""
        whole = np.zeros(size, dtype=np.bool_)
        whole[self.rect.slices] = self.bitmap
        return whole


NOTHING = Region(EMPTY, np.zeros((0, 0), dtype=np.bool_))
"""A region without pixels."""


def everything(size: tuple[int, int]) -> Region:
    """Return all pixels of a picture of `size` (rows, columns)."""
    return Region(Rect.whole(size), np.ones(size, dtype=np.bool_))


def trimmed(rect: Rect, bitmap: Bitmap) -> Region:
    """Return the region with the smallest rectangle that holds its pixels, or NOTHING."""
    if not rect:
        return NOTHING
    left, top, columns, rows = (int(side) for side in cv2.boundingRect(bitmap.view(np.uint8)))
    if not columns:
        return NOTHING
    inner = Rect(top, left, top + rows, left + columns)
    moved = Rect(rect.top + top, rect.left + left, rect.top + top + rows, rect.left + left + columns)
    return Region(moved, bitmap[inner.slices])
