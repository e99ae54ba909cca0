"""The quick way of a brush tip that keeps its size, stands on the grid and stays inside the photo: nearly all moves.

Where the tip covers a row depends on whole numbers alone, so that it is looked up; only the two lines along which the
tip's sides move are worked out. The pixels are those that `sweep` finds for any tip.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, copysign, floor, hypot

import numpy as np
import numpy.typing as npt

from segstudio.painting.rect import Rect
from segstudio.painting.region import Region
from segstudio.painting.sweep import EPSILON, Shape, Tip, round_spans

_Columns = npt.NDArray[np.int16]

_LONGEST_PX = (1 << 15) - 2
_NUMBERS = np.arange(_LONGEST_PX, dtype=np.float64)
_COLUMNS = np.arange(_LONGEST_PX, dtype=np.uint16)


def grid_sweep(start: Tip, end: Tip, shape: Shape, size: tuple[int, int]) -> Region | None:
    """Return the pixels covered on the straight way from `start` to `end`; None where this is not the quick case."""
    radius = start.radius
    left, top = min(start.x, end.x) - radius, min(start.y, end.y) - radius
    across, down = end.x - start.x, end.y - start.y
    right, bottom = left + 2 * radius + abs(across), top + 2 * radius + abs(down)
    if (
        end.radius != radius
        or min(left, top) < 0
        or right > size[1]
        or bottom > size[0]
        or max(right - left, bottom - top) > _LONGEST_PX
        or not (left.is_integer() and top.is_integer() and right.is_integer() and bottom.is_integer())
        or not (across.is_integer() and down.is_integer())
    ):
        return None
    rect = Rect(int(top), int(left), int(bottom), int(right))
    first = np.full(rect.rows, rect.columns, dtype=np.int16)
    after = np.zeros(rect.rows, dtype=np.int16)
    tip_first, tip_after = _tip_spans(round(2 * radius), shape)
    for tip in (start, end) if across or down else (start,):
        row, column = int(tip.y - radius - top), int(tip.x - radius - left)
        rows = slice(row, row + len(tip_first))
        np.minimum(first[rows], tip_first + column, out=first[rows])
        np.maximum(after[rows], tip_after + column, out=after[rows])
    if down:
        # From where on the tip its left side leaves, seen from the centre; the right side is opposite.
        out_x, out_y = _leaving(across, down, radius, shape)
        lean = across / down
        upper = min(start.y, end.y) - top - 0.5  # the centre's way, counted in rows
        begin = start.x - left - 0.5 - lean * (start.y - top - 0.5)  # where it would cross row 0
        line = _NUMBERS[: rect.rows] * lean
        rows = slice(ceil(upper + out_y), floor(upper + abs(down) + out_y) + 1)
        crossed = np.ceil(line[rows] + (begin + out_x - lean * out_y - EPSILON))
        np.minimum(first[rows], crossed.astype(np.int16), out=first[rows])
        rows = slice(ceil(upper - out_y), floor(upper + abs(down) - out_y) + 1)
        crossed = np.floor(line[rows] + (begin - out_x + lean * out_y + 1 + EPSILON))
        np.maximum(after[rows], crossed.astype(np.int16), out=after[rows])
    # One comparison instead of two: in unsigned numbers, what lies left of the span wraps round to large.
    number, length = first.view(np.uint16), (after - first).view(np.uint16)
    return Region(rect, (_COLUMNS[: rect.columns] - number[:, None]) < length[:, None])


def _leaving(across: float, down: float, radius: float, shape: Shape) -> tuple[float, float]:
    """Return the point of the tip that draws the left border of its way, from its centre."""
    if shape == "square":
        return -radius, copysign(radius, across * down)
    share = radius / hypot(across, down)
    return -abs(down) * share, copysign(across * share, across * down)


@lru_cache(maxsize=64)
def _tip_spans(diameter_px: int, shape: Shape) -> tuple[_Columns, _Columns]:
    """Return the first column and the one after the last of each row of a tip that stands still, from its corner."""
    if shape == "square":
        return np.zeros(diameter_px, dtype=np.int16), np.full(diameter_px, diameter_px, dtype=np.int16)
    tip = Tip(diameter_px / 2, diameter_px / 2, diameter_px / 2)
    left, right = round_spans(tip, tip, np.arange(diameter_px, dtype=np.float64) + 0.5)
    return (
        np.ceil(left - 0.5 - EPSILON).astype(np.int16),
        np.floor(right + 0.5 + EPSILON).astype(np.int16),
    )
