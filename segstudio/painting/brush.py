"""The brush: which pixels a round or square tip covers on its way between two pointer positions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, hypot

import numpy as np
import numpy.typing as npt

from segstudio.painting.grid_sweep import grid_sweep
from segstudio.painting.points import Points, Position
from segstudio.painting.rect import Rect
from segstudio.painting.region import Region
from segstudio.painting.sweep import EPSILON, Shape, Tip, clipped_sweep, round_spans, square_spans

MAX_DIAMETER_PX = 1000

_PIECE_PX = 128
"""Slanting lines are cut into pieces about this long: the rectangle around the whole would be mostly air."""


@dataclass(frozen=True, slots=True)
class Brush:
    """A tip of `diameter_px` 1…1000; `softest` is the part of it that is left at no pen pressure."""

    diameter_px: int = 24
    shape: Shape = "round"
    softest: float = 0.1

    def __post_init__(self) -> None:
        if not 1 <= self.diameter_px <= MAX_DIAMETER_PX:
            raise ValueError(f"a brush is 1 to {MAX_DIAMETER_PX} pixels wide, not {self.diameter_px}")
        if not 0 <= self.softest <= 1:
            raise ValueError(f"softest is a share from 0 to 1, not {self.softest}")

    def tip(self, position: Position, pressure: float = 1.0) -> Tip:
        """Return the tip at `position`, moved by at most half a pixel on to the grid.

        An odd diameter is centred on a pixel, an even one on a corner between pixels, so that the tip covers
        the same pixels wherever it stands. `pressure` is 0…1 as pens tell it.
        """
        share = self.softest + (1 - self.softest) * min(max(pressure, 0.0), 1.0)
        diameter = max(round(self.diameter_px * share), 1)
        if diameter % 2:
            return Tip(floor(position[0]) + 0.5, floor(position[1]) + 0.5, diameter / 2)
        return Tip(float(floor(position[0] + 0.5)), float(floor(position[1] + 0.5)), diameter / 2)

    def outline(self, position: Position, pressure: float = 1.0) -> Points:
        """Return the exact border of the pixels that a click at `position` covers, along their edges.

        float64 (points, 2) of (x, y): a closed line of steps (the last point is joined with the first).
        """
        tip = self.tip(position, pressure)
        radius = ceil(tip.radius)
        top = floor(tip.y) - radius
        left, right = self._columns(tip, tip, np.arange(top, floor(tip.y) + radius + 1, dtype=np.float64))
        rows = np.flatnonzero(right > left)
        ys = np.stack((rows, rows + 1), axis=1).ravel() + top
        down = np.column_stack((np.repeat(right[rows], 2), ys))
        up = np.column_stack((np.repeat(left[rows], 2), ys))[::-1]
        return np.concatenate((down, up)).astype(np.float64)

    def sweep(self, start: Tip, end: Tip, size: tuple[int, int]) -> Iterator[Region]:
        """Yield the pixels that the tip covers on its straight way, in a photo of `size` (rows, columns).

        A pixel is covered when its centre is; there are no gaps however long the way. A tip whose size changes
        on the way does so evenly. The regions may overlap; what lies outside the photo is left out.
        """
        reach = max(start.radius, end.radius) + 1
        if (
            _pieces(start, end, reach) == 1
            and (quick := grid_sweep(start, end, self.shape, size)) is not None
        ):
            yield quick
            return
        inside = clipped_sweep(start, end, Rect.whole(size), reach)
        if inside is None:
            return
        start, end = inside
        pieces = _pieces(start, end, reach)
        stops = [start.towards(end, piece / pieces) for piece in range(pieces + 1)]
        for first, second in pairwise(stops):
            region = self._piece(first, second, size)
            if region is not None:
                yield region

    def _piece(self, start: Tip, end: Tip, size: tuple[int, int]) -> Region | None:
        rect = _around(start, end) & Rect.whole(size)
        if not rect:
            return None
        left, right = self._columns(start, end, np.arange(rect.top, rect.bottom, dtype=np.float64))
        left, right = (np.clip(side - rect.left, 0, rect.columns) for side in (left, right))
        # One comparison instead of two: in unsigned numbers, what lies left of the span wraps round to large.
        number = np.dtype(np.uint16 if rect.columns < 1 << 16 else np.uint32)
        first, length = left.astype(number)[:, None], np.maximum(right - left, 0).astype(number)[:, None]
        columns: npt.NDArray[np.unsignedinteger] = np.arange(rect.columns).astype(number)
        return Region(rect, (columns - first) < length)

    def _columns(self, start: Tip, end: Tip, rows: Points) -> tuple[Points, Points]:
        """Return the first column and the one after the last that is covered in each of `rows`, as floats."""
        spans = round_spans if self.shape == "round" else square_spans
        left, right = spans(start, end, rows + 0.5)
        first, after = np.ceil(left - 0.5 - EPSILON), np.floor(right + 0.5 + EPSILON)
        covered = after > first  # false where there is no number, too
        return np.where(covered, first, 0.0), np.where(covered, after, 0.0)


class Stroke:
    """The way of one brush from press to release: a click, what is dragged, and straight lines."""

    def __init__(self, brush: Brush, size: tuple[int, int]) -> None:
        self.brush = brush
        self._size = size
        self._last: Tip | None = None

    def to(self, position: Position, *, pressure: float = 1.0) -> Iterator[Region]:
        """Yield what is covered between the last position and this one; the first time, only the tip itself.

        A line from the end of an earlier stroke (Shift held) is a stroke that first goes there with `start_at`.
        """
        tip = self.brush.tip(position, pressure)
        start, self._last = self._last or tip, tip
        return self.brush.sweep(start, tip, self._size)

    def start_at(self, position: Position, *, pressure: float = 1.0) -> None:
        """Let the stroke begin at `position` without painting there yet."""
        self._last = self.brush.tip(position, pressure)


def length_px(start: Position, end: Position) -> float:
    """Return the length of a straight line, to be told while it is drawn."""
    return hypot(end[0] - start[0], end[1] - start[1])


def _pieces(start: Tip, end: Tip, reach: float) -> int:
    """Return into how many pieces the way between two tips is cut."""
    across = min(abs(end.x - start.x), abs(end.y - start.y))
    return max(1, ceil(across / max(_PIECE_PX, 2 * reach)))


def _around(start: Tip, end: Tip) -> Rect:
    """Return the rectangle of the pixels that can be covered between two tips."""
    return Rect(
        ceil(min(start.y - start.radius, end.y - end.radius) - 0.5 - EPSILON),
        ceil(min(start.x - start.radius, end.x - end.radius) - 0.5 - EPSILON),
        floor(max(start.y + start.radius, end.y + end.radius) + 0.5 + EPSILON),
        floor(max(start.x + start.radius, end.x + end.radius) + 0.5 + EPSILON),
    )
