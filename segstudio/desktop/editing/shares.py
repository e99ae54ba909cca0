"""How much of a photo each mask value covers, followed edit by edit instead of counted anew."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.painting.edit import Edit, unpack
from segstudio.painting.rect import tile_rect
from segstudio.project.masks import Mask

Counts = npt.NDArray[np.int64]
"""int64 (256,): the number of pixels of each mask value."""

Shares = tuple[tuple[int, float], ...]
"""Mask values that occur and their part of the photo, 0–1."""

_BAND_PIXELS = 1 << 24
"""OpenCV's counts are float32: exact up to here. numpy's bincount would make eight bytes of every pixel."""


def count(mask: Mask) -> Counts:
    """Count the pixels of each value in a mask of any size."""
    counts = np.zeros(256, dtype=np.int64)
    rows = max(1, _BAND_PIXELS // max(1, mask.shape[1]))
    for top in range(0, mask.shape[0], rows):
        band = np.ascontiguousarray(mask[top : top + rows])
        counts += cv2.calcHist([band], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    return counts


def change_of(edit: Edit, size: tuple[int, int]) -> Counts:
    """Return by how much an edit changes the counts of a mask of `size` (rows, columns)."""
    change = np.zeros(256, dtype=np.int64)
    for tile in edit.tiles:
        shape = tile_rect(tile.tile, size).size
        change += count(unpack(tile.after, shape)) - count(unpack(tile.before, shape))
    return change


def shares_of(counts: Counts) -> Shares:
    """Return what occurs, by value."""
    total = max(1, int(counts.sum()))
    return tuple((int(value), float(counts[value] / total)) for value in np.flatnonzero(counts))
