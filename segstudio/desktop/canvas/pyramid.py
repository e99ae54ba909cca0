"""Pyramid: a photo and its halves, so that a photo of any size is drawn from about as many pixels as are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from segstudio.desktop.problems import Stopped
from segstudio.project.images import RgbImage

_SMALLEST_PX = 64
"""Halving ends when both sides are at most so long: that is drawn at once from there."""

_BAND_ROWS = 512
"""So many rows are halved at a time: little is copied, and a cancel is noticed soon."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """The photo (`levels[0]`) and, each half as large as the one before, smaller ones: uint8 (rows, columns, 3) RGB.

    A pixel of level k is the mean of 2^k × 2^k pixels of the photo (of those that there are, at its right and lower
    border).
    """

    levels: tuple[RgbImage, ...]

    @classmethod
    def of(cls, pixels: RgbImage, cancelled: Callable[[], bool] = _never) -> Pyramid:
        """Return the pyramid of a photo, uint8 (rows, columns, 3), which is kept, not copied; for a worker thread.

        Raises Stopped soon after `cancelled` says yes.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            raise ValueError(f"a photo is uint8 (rows, columns, 3), not {pixels.dtype} {pixels.shape}")
        levels = [np.ascontiguousarray(pixels)]
        while max(levels[-1].shape[:2]) > _SMALLEST_PX:
            levels.append(_halved(levels[-1], cancelled))
        return cls(tuple(levels))

    @property
    def pixels(self) -> RgbImage:
        """The whole photo."""
        return self.levels[0]

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the photo."""
        return self.pixels.shape[0], self.pixels.shape[1]


def _halved(above: RgbImage, cancelled: Callable[[], bool]) -> RgbImage:
    rows, columns = above.shape[:2]
    half = np.empty(((rows + 1) // 2, (columns + 1) // 2, 3), dtype=np.uint8)
    for top in range(0, rows, _BAND_ROWS):
        if cancelled():
            raise Stopped
        band = above[top : top + _BAND_ROWS]
        if band.shape[0] % 2 or columns % 2:  # an odd side repeats its last pixels: the mean stays theirs
            band = cv2.copyMakeBorder(band, 0, band.shape[0] % 2, 0, columns % 2, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
        below = half[top // 2 : top // 2 + band.shape[0] // 2]
        cv2.resize(band, (below.shape[1], below.shape[0]), dst=below, interpolation=cv2.INTER_AREA)
    return half
