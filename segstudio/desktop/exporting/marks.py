"""Marks: pixels that differ, so that each of them is seen at any scale. Pure numpy."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Level = npt.NDArray[np.uint8]
"""uint8 (rows, columns): 1 where any of its 2^k × 2^k pixels of the photo differs, else 0."""

_SMALLEST_PX = 256


def marks_of(differs: npt.NDArray[np.bool_]) -> tuple[Level, ...]:
    """Return `differs` (rows, columns) and, each half as large as the one before, smaller ones; nothing where no pixel
    differs. For a worker thread.
    """
    if not differs.any():
        return ()
    levels = [np.ascontiguousarray(differs).view(np.uint8)]
    while max(levels[-1].shape) > _SMALLEST_PX:
        above = levels[-1]
        rows, columns = above.shape
        even = np.pad(above, ((0, rows % 2), (0, columns % 2)))
        across = np.maximum(even[:, ::2], even[:, 1::2])
        levels.append(np.maximum(across[::2], across[1::2]))
    return tuple(levels)


def level_for(scale: float, levels: int) -> int:
    """Return the level of which a pixel takes at least one of the screen, at `scale` device pixels for one of the photo."""
    return min(max(math.ceil(-math.log2(scale) - 1e-9), 0), levels - 1)
