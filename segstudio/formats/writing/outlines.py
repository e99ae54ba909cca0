"""Pieces → outlines: closed polygons along the edges of pixels.

An outline goes clockwise (as seen) along the edges between pixels, so that programs that take a photo for a plane read
exactly the pixels. Where the piece lies above or to the left of an edge, the outline stays a hundredth of a pixel inside it:
programs that cut off fractions and count the border as inside (OpenCV, this one) then read exactly the pixels, too.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.formats.shapes import Points
from segstudio.formats.writing.pieces import Labels

INSET_PX = 0.01
"""How far right and lower edges stay inside."""

_EAST, _SOUTH, _WEST, _NORTH = range(4)

_Ints = npt.NDArray[np.int64]
_Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ring:
    """The outline of one piece on the grid between pixels.

    `corners` int64 (n, 2) x, y: 0 is the left or upper edge of the photo; `ins` and `outs` int64 (n,) the way that leads
    to each corner and on from it: 0 east, 1 south, 2 west, 3 north. `fixed` bool (n,) where others meet it, too.
    """

    piece: int
    corners: _Ints
    ins: _Ints
    outs: _Ints
    fixed: _Bits


def rings_of(labels: Labels, *, meetings: bool) -> list[Ring]:
    """Return the outline of each piece, in the order of their numbers; pieces must have no holes.

    With `meetings`, points on straight edges where the piece beyond changes are corners, too.
    """
    x, y, ins, outs, piece, fixed = _corners(labels, meetings=meetings)
    if not x.size:
        return []
    order = _in_order(_followers(x, y, ins, outs), piece)
    piece = piece[order]
    starts = [0, *(np.flatnonzero(np.diff(piece)) + 1).tolist(), piece.size]
    corners = np.stack((x, y), axis=1)[order]
    ins, outs, fixed = ins[order], outs[order], fixed[order]
    slices = [slice(start, end) for start, end in itertools.pairwise(starts)]
    return [Ring(int(piece[s.start]), corners[s], ins[s], outs[s], fixed[s]) for s in slices]


def points_of_ring(ring: Ring) -> Points:
    """Return the outline as points of a polygon, right and lower edges a hundredth of a pixel inside."""
    to_the_left = (ring.ins == _SOUTH) | (ring.outs == _SOUTH)
    above = (ring.ins == _WEST) | (ring.outs == _WEST)
    return ring.corners - np.stack((to_the_left, above), axis=1) * INSET_PX


def _corners(labels: Labels, *, meetings: bool) -> tuple[_Ints, _Ints, _Ints, _Ints, _Ints, _Bits]:
    """Return x, y, the way in, the way out, piece and whether others meet there, for each corner of each outline."""
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
    width = padded.shape[1] - 1
    # Three pieces meet where at least three of the four edges are there, and where two touch crosswise.
    meeting = (~top).astype(np.int8) + ~bottom + ~left + ~right >= 3
    found: list[tuple[_Ints, _Ints, _Ints, _Ints, _Ints, _Bits]] = []
    for where, way_in, way_out, whose in kinds:
        at = np.flatnonzero(where & (whose > 0))
        rows, columns = np.divmod(busy[at], width)
        ways = (np.full(at.size, way_in), np.full(at.size, way_out))
        found.append((columns, rows, *ways, whose[at].astype(np.int64), meeting[at]))
    x, y, ins, outs, piece, fixed = (np.concatenate(column) for column in zip(*found, strict=True))
    return x, y, ins, outs, piece, fixed


def _followers(x: _Ints, y: _Ints, ins: _Ints, outs: _Ints) -> _Ints:
    """Return the corner that follows each: the runs of one direction along one line begin and end in turn."""
    following = np.empty(x.size, dtype=np.int64)
    for way in (_EAST, _SOUTH, _WEST, _NORTH):
        starts, ends = np.flatnonzero(outs == way), np.flatnonzero(ins == way)
        line, along = (y, x) if way in (_EAST, _WEST) else (x, y)
        if way in (_WEST, _NORTH):
            along = -along
        following[starts[np.lexsort((along[starts], line[starts]))]] = ends[
            np.lexsort((along[ends], line[ends]))
        ]
    return following


def _in_order(following: _Ints, piece: _Ints) -> _Ints:
    """Return the corners one outline after the other, each from its first one on, by the number of the piece."""
    steps = int(following.size).bit_length()
    numbers = np.arange(following.size)
    first, ahead = numbers, following
    for _ in range(steps):  # doubling: after n rounds each knows the least of the 2ⁿ corners from it on
        first = np.minimum(first, first[ahead])
        ahead = ahead[ahead]
    before = np.empty_like(following)
    before[following] = numbers
    begins = first == numbers
    before[begins] = numbers[begins]
    distance = (~begins).astype(np.int64)
    for _ in range(steps):
        distance += distance[before]
        before = before[before]
    return np.lexsort((distance, first, piece))
