"""Figure: an outline while it is being made, and what a hand can do with it. Plain values, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from segstudio.painting.points import Points, Position
from segstudio.painting.polygon import nearest_corner, nearest_edge

FEWEST = 3
"""So many corners enclose an area."""


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner of the figure is under the pointer."""

    index: int


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge is: a new corner at `place` would come behind corner `index`."""

    index: int
    place: Position


@dataclass(frozen=True, slots=True)
class Inside:
    """The area is."""


Hit = Corner | Edge | Inside | None


@dataclass(frozen=True, slots=True)
class Figure:
    """Corners (x, y) in photo pixels; `closed` once it is to be painted; `selected` is the corner that keys act on."""

    points: tuple[Position, ...] = ()
    closed: bool = False
    selected: int | None = None

    @property
    def array(self) -> Points:
        """The corners as float64 of shape (corners, 2)."""
        return np.array(self.points, dtype=np.float64).reshape(-1, 2)

    @property
    def can_close(self) -> bool:
        """Whether it is open and has enough corners."""
        return not self.closed and len(set(self.points)) >= FEWEST

    def with_corner(self, place: Position) -> Figure:
        """Return it with one corner more at the end."""
        return replace(self, points=(*self.points, place), selected=len(self.points))

    def with_corner_on(self, edge: Edge) -> Figure:
        """Return it with a new corner on an edge, selected."""
        index = edge.index + 1
        return replace(self, points=(*self.points[:index], edge.place, *self.points[index:]), selected=index)

    def close(self) -> Figure:
        """Return it closed; corners that follow one another in one place become one."""
        kept = tuple(p for before, p in zip((None, *self.points), self.points, strict=False) if p != before)
        return Figure(kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept, closed=True)

    def moved(self, index: int, place: Position) -> Figure:
        """Return it with a corner elsewhere."""
        return replace(self, points=(*self.points[:index], place, *self.points[index + 1 :]), selected=index)

    def shifted(self, right: float, down: float) -> Figure:
        """Return all of it elsewhere."""
        return replace(self, points=tuple((x + right, y + down) for x, y in self.points))

    def nudged(self, right: float, down: float) -> Figure:
        """Return it with the selected corner, or all of it when none is, moved a little."""
        if self.selected is None:
            return self.shifted(right, down)
        x, y = self.points[self.selected]
        return self.moved(self.selected, (x + right, y + down))

    def without(self, index: int) -> Figure:
        """Return it without a corner; the one before is selected then."""
        points = (*self.points[:index], *self.points[index + 1 :])
        return replace(self, points=points, selected=(index - 1) % len(points) if points else None)

    def selecting(self, step: int) -> Figure:
        """Return it with the next corner selected (or the one before)."""
        if not self.points:
            return self
        start = (-1 if step > 0 else 0) if self.selected is None else self.selected
        return replace(self, selected=(start + step) % len(self.points))

    def hit(self, position: Position, reach_px: float) -> Hit:
        """Return what of it lies at `position`, corners first; edges and area only once it is closed."""
        if not self.points:
            return None
        index, distance = nearest_corner(self.array, position)
        if distance <= reach_px:
            return Corner(index)
        if not self.closed:
            return None
        edge, place, distance = nearest_edge(self.array, position)
        if distance <= reach_px:
            return Edge(edge, place)
        return Inside() if encloses(self.array, position) else None


def encloses(points: Points, position: Position) -> bool:
    """Tell whether a ray from `position` crosses the closed line an odd number of times."""
    x, y = points[:, 0], points[:, 1]
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    spans = (y > position[1]) != (next_y > position[1])
    rise = np.where(spans, next_y - y, 1.0)
    crossing = x + (position[1] - y) / rise * (next_x - x)
    return bool(np.count_nonzero(spans & (position[0] < crossing)) % 2)
