"""Counting: how much of each class a project holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask

Counts = npt.NDArray[np.int64]
"""int64 (256,): the number of pixels of each mask value."""

_EXACT_PIXELS = 1 << 24
"""OpenCV tells counts as 32-bit floats, which are exact up to here."""


@dataclass(frozen=True, slots=True)
class MaskCounts:
    """Pixels of each mask value of one photo: `pixels` gives only the values that occur."""

    key: str
    pixels: Mapping[int, int]

    @property
    def classes(self) -> frozenset[int]:
        """The values that occur, void left out."""
        return frozenset(self.pixels) - {VOID}

    def unknown(self, classes: ClassList) -> tuple[int, ...]:
        """The values that are neither void nor a class."""
        return tuple(sorted(self.classes - set(classes.indices)))


@dataclass(frozen=True, slots=True)
class ClassTotals:
    """Over many photos: `pixels` and `photos` by mask value, void included where it occurs."""

    pixels: Mapping[int, int]
    photos: Mapping[int, int]

    @property
    def labelled_pixels(self) -> int:
        """All pixels that are not void."""
        return sum(count for value, count in self.pixels.items() if value != VOID)

    def share(self, index: int) -> float:
        """Return the class's part of the labelled pixels, 0–1."""
        return self.pixels.get(index, 0) / max(1, self.labelled_pixels)


def count_values(mask: Mask) -> Counts:
    """Return the number of pixels of each mask value: int64 (256,)."""
    counts = np.zeros(256, dtype=np.int64)
    rows = max(1, _EXACT_PIXELS // max(1, mask.shape[1]))
    for top in range(0, mask.shape[0], rows):
        # Five to fifteen times as fast as numpy's bincount, which first makes a mask of 64-bit numbers.
        band = cv2.calcHist([np.ascontiguousarray(mask[top : top + rows])], [0], None, [256], [0, 256])
        counts += band.ravel().astype(np.int64)
    return counts


def total(counts: Sequence[MaskCounts]) -> ClassTotals:
    """Add the counts of many photos."""
    pixels: dict[int, int] = {}
    photos: dict[int, int] = {}
    for photo in counts:
        for value, number in photo.pixels.items():
            pixels[value] = pixels.get(value, 0) + number
            photos[value] = photos.get(value, 0) + 1
    return ClassTotals(pixels, photos)
