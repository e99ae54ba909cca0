"""Pieces → outlines: closed polygons along the edges of pixels.

An outline goes clockwise (as seen) along the edges between pixels, so that programs that take a photo for a plane read
exactly the pixels. Where the piece lies above or to the left of an edge, the outline stays a hundredth of a pixel inside it:
programs that cut off fractions and count the border as inside (OpenCV, this one) then read exactly the pixels, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.formats.options import Check, go_on
from segstudio.formats.shapes import Points
from segstudio.formats.writing.pieces import Labels

INSET_PX = 0.01
"""How far right and lower edges stay inside."""

_EAST, _SOUTH, _WEST, _NORTH = range(4)

_Ints = npt.NDArray[np.int64]
_Grid = npt.NDArray[np.int32]
_Ways = npt.NDArray[np.int8]
_Bits = npt.NDArray[np.bool_]

_RINGS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Outlines on the grid between pixels, one after the other: that of `pieces[n]` goes from corner `starts[n]` to before
    corner `starts[n + 1]`.

    `corners` int32 (n, 2) x, y: 0 is the left or upper edge of the photo; `ins` and `outs` int8 (n,) the way that leads
    to each corner and on from it: 0 east, 1 south, 2 west, 3 north. `fixed` bool (n,) where others meet it, too.
    """

    pieces: _Ints
    starts: _Ints
    corners: _Grid
    ins: _Ways
    outs: _Ways
    fixed: _Bits

    def __len__(self) -> int:
        return self.pieces.size

    def numbers(self) -> _Ints:
        """Return of each corner the number of its outline."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))


def rings_of(labels: Labels, *, meetings: bool, check: Check = go_on) -> Rings:
    """Return the outline of each piece, in the order of their numbers; pieces must have no holes.

    With `meetings`, points on straight edges where the piece beyond changes are corners, too. What `check` raises ends it.
    """
    found = _corners(labels, meetings=meetings)
    check()
    order = _in_order(_followers(found), found.pieces, check)
    check()
    pieces = found.pieces[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(pieces)) + 1, [pieces.size])) if pieces.size else [0]
    begins = np.asarray(starts, dtype=np.int64)
    return Rings(
        pieces[begins[:-1]].astype(np.int64),
        begins,
        found.corners[order],
        found.ins[order],
        found.outs[order],
        found.fixed[order],
    )


def points_of(rings: Rings) -> Points:
    """Return the corners as points of polygons, right and lower edges a hundredth of a pixel inside."""
    to_the_left = (rings.ins == _SOUTH) | (rings.outs == _SOUTH)
    above = (rings.ins == _WEST) | (rings.outs == _WEST)
    return rings.corners - np.stack((to_the_left, above), axis=1) * INSET_PX


def neighbours(starts: _Ints) -> tuple[_Ints, _Ints]:
    """Return of each place of closed rows that begin at `starts` (the last entry is the end of all) that before and that
    after it; no row is empty.
    """
    numbers = np.arange(starts[-1])
    before, after = numbers - 1, numbers + 1
    before[starts[:-1]] = starts[1:] - 1
    after[starts[1:] - 1] = starts[:-1]
    return before, after


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Corners in any order, each with the piece whose outline it is part of."""

    corners: _Grid
    ins: _Ways
    outs: _Ways
    pieces: Labels
    fixed: _Bits


def _corners(labels: Labels, *, meetings: bool) -> _Found:
    padded = np.pad(labels, 1, constant_values=-1)  # what lies beyond the photo is no piece, and not nothing
    north_west, north_east = padded[:-1, :-1], padded[:-1, 1:]
    south_west, south_east = padded[1:, :-1], padded[1:, 1:]
    top, bottom = north_west == north_east, south_west == south_east
    left, right = north_west == south_west, north_east == south_east
    busy = np.flatnonzero(~(top & bottom & left & right))
    nw, ne, sw, se = (quarter.ravel()[busy] for quarter in (north_west, north_east, south_west, south_east))
    top, bottom, left, right = (same.ravel()[busy] for same in (top, bottom, left, right))
    # (which corners, way in, way out, whose): a corner that sticks out, then one that sticks in, by quarters.
    kinds = [
        (~right & ~bottom, _NORTH, _EAST, se),
        (~top & ~right, _WEST, _NORTH, ne),
        (~top & ~left, _SOUTH, _WEST, nw),
        (~left & ~bottom, _EAST, _SOUTH, sw),
        (right & bottom & ~top & ~left, _EAST, _NORTH, se),
        (left & bottom & ~top & ~right, _SOUTH, _EAST, sw),
        (top & left & ~right & ~bottom, _WEST, _SOUTH, nw),
        (top & right & ~left & ~bottom, _NORTH, _WEST, ne),
    ]
    if meetings:
        kinds += [
            (bottom & ~left & ~right & ~top, _EAST, _EAST, se),
            (top & ~left & ~right & ~bottom, _WEST, _WEST, nw),
            (left & ~top & ~bottom & ~right, _SOUTH, _SOUTH, nw),
            (right & ~top & ~bottom & ~left, _NORTH, _NORTH, ne),
        ]
    # Three pieces meet where at least three of the four edges are there, and where two touch crosswise.
    meeting = (~top).astype(np.int8) + ~bottom + ~left + ~right >= 3
    places = [np.flatnonzero(where & (whose > 0)) for where, _, _, whose in kinds]
    ways_in, ways_out = (
        np.array(ways, dtype=np.int8) for ways in zip(*(kind[1:3] for kind in kinds), strict=True)
    )
    sizes = [place.size for place in places]
    at = np.concatenate(places)
    rows, columns = np.divmod(busy[at], padded.shape[1] - 1)
    return _Found(
        np.stack((columns, rows), axis=1).astype(np.int32),
        np.repeat(ways_in, sizes),
        np.repeat(ways_out, sizes),
        np.concatenate([kind[3][place] for kind, place in zip(kinds, places, strict=True)]),
        meeting[at],
    )


def _followers(found: _Found) -> _Grid:
    """Return the corner that follows each: the runs of one direction along one line begin and end in turn."""
    following = np.empty(found.pieces.size, dtype=np.int32)
    x, y = found.corners.astype(np.int64).T
    by_row, by_column = y << 32 | x, x << 32 | y
    for way in (_EAST, _SOUTH, _WEST, _NORTH):
        starts, ends = np.flatnonzero(found.outs == way), np.flatnonzero(found.ins == way)
        place = by_row if way in (_EAST, _WEST) else by_column
        first, last = starts[np.argsort(place[starts])], ends[np.argsort(place[ends])]
        following[first] = last
    return following


def _in_order(following: _Grid, pieces: Labels, check: Check) -> _Grid:
    """Return the corners one outline after the other, each from its first one on, by the number of the piece."""
    order = np.empty_like(following)
    firsts = np.full(int(pieces.max(initial=0)) + 1, -1, dtype=np.int64)
    firsts[pieces[::-1]] = np.arange(pieces.size)[::-1]
    after, found, done = following.data, order.data, 0
    for number, first in enumerate(firsts[firsts >= 0].tolist()):
        if number % _RINGS_AT_ONCE == 0:
            check()
        at = first
        while True:  # step by step: far less work than any way to go all outlines at once
            found[done] = at
            done += 1
            at = after[at]
            if at == first:
                break
    assert done == order.size, "a piece has a hole"
    return order
