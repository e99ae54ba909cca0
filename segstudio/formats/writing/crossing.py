"""Which closed polygons touch or cross themselves, of many at a time.

The edges are laid on a coarse grid, and only those of one polygon that share a cell are compared: an outline of a million
corners takes no more for each of them than one of ten.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from segstudio.formats.options import Check, go_on
from segstudio.formats.shapes import Points
from segstudio.formats.writing.outlines import neighbours

_Ints = npt.NDArray[np.int64]
_Bits = npt.NDArray[np.bool_]

_CELL_PX = 16
_LONGEST_PX = _CELL_PX - 1
"""An edge is cut into parts so short that none reaches into a third cell, with its margin."""

_MARGIN_PX = 0.05
_CELLS = 1 << 16
"""More than there are across the largest photo."""


def crosses_itself(points: Points) -> bool:
    """Tell whether a closed polygon touches or crosses itself, or encloses nothing."""
    return bool(crossing(points, np.array([0, len(points)]))[0])


def crossing(points: Points, starts: _Ints, check: Check = go_on) -> _Bits:
    """Tell of each polygon whether it touches or crosses itself, or encloses nothing.

    Polygon n is `points[starts[n] : starts[n + 1]]`, at least one point; nothing lies below 0. What `check` raises ends it.
    """
    found = np.zeros(starts.size - 1, dtype=np.bool_)
    if not len(points):
        return found
    numbers = np.repeat(np.arange(found.size), np.diff(starts))
    _, after = neighbours(starts)
    ways = points[after] - points
    following = ways[after]
    # an edge that goes back on the one before
    found[numbers[(_area_of(ways, following) == 0) & ((ways * following).sum(axis=1) <= 0)]] = True
    check()
    waiting = np.flatnonzero(~found[numbers])
    for first, second in _near(points, ways, waiting, numbers):
        check()
        apart = (after[first] != second) & (after[second] != first) & ~found[numbers[first]]
        a, c = first[apart], second[apart]
        met = _meet(points[a], points[after[a]], points[c], points[after[c]])
        found[numbers[a[met]]] = True
    return found


def _near(points: Points, ways: Points, edges: _Ints, numbers: _Ints) -> Iterator[tuple[_Ints, _Ints]]:
    """Yield pairs of edges of one polygon that share a cell of the grid, some pairs more than once."""
    parts = np.maximum(1, np.ceil(np.abs(ways[edges]).max(axis=1) / _LONGEST_PX)).astype(np.int64)
    whose = np.repeat(edges, parts)
    which = np.arange(whose.size) - np.repeat(np.cumsum(parts) - parts, parts)
    step = ways[whose] / np.repeat(parts, parts)[:, None]
    begin = points[whose] + step * which[:, None]
    low = np.floor((np.minimum(begin, begin + step) - _MARGIN_PX) / _CELL_PX).astype(np.int64) + 1
    high = np.floor((np.maximum(begin, begin + step) + _MARGIN_PX) / _CELL_PX).astype(np.int64) + 1
    wide, tall = low[:, 0] != high[:, 0], low[:, 1] != high[:, 1]
    cells = [(low, slice(None)), (np.stack((high[:, 0], low[:, 1]), axis=1), wide)]
    cells += [(np.stack((low[:, 0], high[:, 1]), axis=1), tall), (high, wide & tall)]
    edge = np.concatenate([whose[some] for _, some in cells])
    cell = np.concatenate([place[some] for place, some in cells])
    key = (numbers[edge] * _CELLS + cell[:, 1]) * _CELLS + cell[:, 0]
    order = np.lexsort((edge, key))
    key, edge = key[order], edge[order]
    once = np.concatenate(([True], (key[1:] != key[:-1]) | (edge[1:] != edge[:-1]))) if key.size else slice(0)
    key, edge = key[once], edge[once]
    for distance in range(1, key.size):
        same = np.flatnonzero(key[distance:] == key[:-distance])
        if not same.size:
            return
        yield edge[same], edge[same + distance]


def _meet(a: Points, b: Points, c: Points, d: Points) -> _Bits:
    """Tell for each two edges a → b and c → d whether they have a point in common."""
    beside = ((np.minimum(a, b) <= np.maximum(c, d)) & (np.minimum(c, d) <= np.maximum(a, b))).all(axis=-1)
    theirs = _side(a, b, c) * _side(a, b, d)
    ours = _side(c, d, a) * _side(c, d, b)
    met: _Bits = beside & (theirs <= 0) & (ours <= 0)
    return met


def _side(a: Points, b: Points, point: Points) -> npt.NDArray[np.float64]:
    """Return on which side of the line a → b a point lies: -1, 0 or 1."""
    return np.sign(_area_of(b - a, point - a))


def _area_of(first: Points, second: Points) -> npt.NDArray[np.float64]:
    """Return the area between two ways, signed; a ten thousandth of a pixel is none."""
    area: npt.NDArray[np.float64] = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return np.round(area, 4)
