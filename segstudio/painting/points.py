"""Positions on the photo.

Everywhere in this package a position is (x, y): x to the right, y downwards, in pixels of the photo, (0, 0)
being its upper left corner. The pixel in row r and column c covers r <= y < r + 1 and c <= x < c + 1; its
centre is (c + 0.5, r + 0.5). Arrays, sizes and tiles are (rows, columns).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from segstudio.project.masks import Mask

Position = tuple[float, float]
"""(x, y) in pixels; may lie outside the photo."""

Points = npt.NDArray[np.float64]
"""float64 of shape (points, 2): a line of positions (x, y)."""


def pixel_at(position: Position, size: tuple[int, int]) -> tuple[int, int] | None:
    """Return (row, column) of the pixel under `position`, or None outside a photo of `size` (rows, columns)."""
    row, column = math.floor(position[1]), math.floor(position[0])
    return (row, column) if 0 <= row < size[0] and 0 <= column < size[1] else None


def pick(mask: Mask, position: Position) -> int | None:
    """Return the class index (or void) under `position`, or None outside the photo."""
    pixel = pixel_at(position, (mask.shape[0], mask.shape[1]))
    return None if pixel is None else int(mask[pixel])
