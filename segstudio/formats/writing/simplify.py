"""Outlines with fewer corners, by Douglas and Peucker, the same on both sides of an edge.

An outline is taken apart where three pieces meet. Each part is simplified by itself, always in the same direction, so that
two pieces that share it keep the same corners and leave no gap. What would cross itself is simplified less. All outlines of
a photo go through each step together.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.formats.options import Check, go_on
from segstudio.formats.shapes import Points
from segstudio.formats.writing.crossing import crossing
from segstudio.formats.writing.outlines import INSET_PX, Rings, neighbours, points_of

_Ints = npt.NDArray[np.int64]
_Bits = npt.NDArray[np.bool_]

_TRIES = 4
_LEAST_PX = 0.447
"""Nearer than 1 / √5 px no line that leaves out a corner passes by it: edges go along pixels. What is below is as 0."""

_LEAST_ALONE_PX = 0.707
"""The same where a single corner is left out: 1 / √2 px."""

_PARTS_AT_ONCE = 2048
_CONCAVE = ((0, 3), (1, 0), (2, 1), (3, 2))


def simplified(rings: Rings, tolerance_px: float, check: Check = go_on) -> tuple[Points, _Ints]:
    """Return the outlines with fewer corners, none of those left out further than `tolerance_px` from them: all points, and
    where each outline begins, with the end of all as last entry.

    What would be no area, or would cross itself, is simplified less, at last not at all. A tolerance far below a pixel
    leaves nothing out. What `check` raises ends it.
    """
    points, stays = points_of(rings), np.ones(len(rings.corners), dtype=np.bool_)
    if not len(rings):
        return points, rings.starts
    numbers, sizes = rings.numbers(), np.diff(rings.starts)
    extents = _extreme(np.maximum, rings.corners, rings) - _extreme(np.minimum, rings.corners, rings)
    waiting = extents.max(axis=1) > 2 * tolerance_px  # nothing is left out of what is no larger than that
    tolerance = tolerance_px
    for _ in range(_TRIES):
        if tolerance < _LEAST_PX or not waiting.any():
            break
        kept = _kept(rings, waiting, tolerance, check)
        counts = np.add.reduceat(kept, rings.starts[:-1], dtype=np.int64)
        waiting = waiting & (counts < sizes)
        tried = np.flatnonzero(waiting & (counts >= 3))
        chosen = np.flatnonzero(kept & (waiting & (counts >= 3))[numbers])
        starts = np.concatenate(([0], np.cumsum(counts[tried])))
        placed = _placed(points, rings, chosen, starts)
        check()
        is_settled = ~crossing(placed, starts, check)
        settled = np.repeat(is_settled, counts[tried])
        stays[np.isin(numbers, tried[is_settled])] = False
        stays[chosen[settled]] = True
        points[chosen[settled]] = placed[settled]
        waiting[tried[is_settled]] = False
        tolerance /= 2
    lengths = np.add.reduceat(stays, rings.starts[:-1], dtype=np.int64)
    return points[stays], np.concatenate(([0], np.cumsum(lengths)))


def _extreme(of: np.ufunc, values: npt.NDArray[np.integer], rings: Rings) -> _Ints:
    return np.asarray(of.reduceat(values, rings.starts[:-1], axis=0), dtype=np.int64)


def _kept(rings: Rings, waiting: _Bits, tolerance: float, check: Check) -> _Bits:
    """Return which corners stay: of the outlines that are `waiting`; of the others all."""
    stays = np.ones(len(rings.corners), dtype=np.bool_)
    begins = np.flatnonzero(_ends(rings))
    numbers = rings.numbers()[begins]
    before, _ = neighbours(np.concatenate((np.flatnonzero(np.diff(numbers, prepend=-1)), [begins.size])))
    ends = np.empty_like(begins)
    ends[before] = begins
    last = rings.starts[numbers + 1]
    steps = np.where(ends > begins, ends - begins, ends - begins + np.diff(rings.starts)[numbers])
    least = 3 if tolerance < _LEAST_ALONE_PX else 2
    corners = rings.corners
    left: list[npt.NDArray[np.int32]] = []
    whose: list[int] = []
    long_enough = np.flatnonzero(waiting[numbers] & (steps >= least))  # few of many: what is too short stays
    for done, which in enumerate(long_enough.tolist()):
        if done % _PARTS_AT_ONCE == 0:
            check()
        begin, end, number = int(begins[which]), int(ends[which]), int(numbers[which])
        if end > begin:
            line = corners[begin : end + 1]
            stays[begin + 1 : end] = False
        else:  # round the first corner
            first = int(rings.starts[number])
            line = np.concatenate((corners[begin : last[which]], corners[first : end + 1]))
            stays[begin + 1 : last[which]] = False
            stays[first:end] = False
        few = cv2.approxPolyDP(_directed(line), tolerance, False).reshape(-1, 2)
        left.append(few.astype(np.int32, copy=False))
        whose.append(number)
    if left:
        found = np.repeat(np.array(whose), [len(few) for few in left])
        # No corner within a part lies where another of the same outline does: there, parts would end.
        keys = _keys(found, np.concatenate(left))
        gone = np.flatnonzero(~stays)
        stays[gone[np.isin(_keys(rings.numbers()[gone], corners[gone]), keys)]] = True
    return stays


def _keys(numbers: _Ints, corners: npt.NDArray[np.int32]) -> _Ints:
    x, y = corners.astype(np.int64).T
    return np.asarray((numbers << 32) + (y << 16) + x, dtype=np.int64)


def _directed(line: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return a part in the direction that is the same for the pieces on both sides of it."""
    begin, end = line[0].tolist(), line[-1].tolist()
    backwards = begin > end or (begin == end and line[1].tolist() > line[-2].tolist())
    return np.ascontiguousarray(line[::-1] if backwards else line)


def _ends(rings: Rings) -> _Bits:
    """Return the corners between which the parts lie, at least two of each outline."""
    fixed = np.add.reduceat(rings.fixed, rings.starts[:-1], dtype=np.int64)
    ends = rings.fixed & (fixed >= 2)[rings.numbers()]
    few = np.flatnonzero(fixed < 2)
    corners = rings.corners.astype(np.int64)
    for start, end in zip(rings.starts[few].tolist(), rings.starts[few + 1].tolist(), strict=True):
        ours = corners[start:end]
        in_reading_order = ours[:, 1] << 32 | ours[:, 0]
        at = np.flatnonzero(rings.fixed[start:end])
        first = int(at[0]) if at.size else int(in_reading_order.argmin())
        away = np.abs(ours - ours[first]).sum(axis=1)
        # Of corners equally far the first in reading order, so that both sides of an edge choose the same.
        farthest = np.flatnonzero(away == away.max())
        ends[start + first] = True
        ends[start + int(farthest[in_reading_order[farthest].argmin()])] = True
    return ends


def _placed(points: Points, rings: Rings, kept: _Ints, starts: _Ints) -> Points:
    """Return the corners `kept` of some outlines, which begin at `starts`, as points.

    A corner that sticks in stands for three pixels. On a slanted edge it is taken for one of those beside the other piece,
    or a line of pixels along the slope would belong to neither; a straight edge that ends there stays straight.
    """
    placed, corners = points[kept], rings.corners[kept]
    if not kept.size:
        return placed
    before, after = neighbours(starts)
    upright, level = (corners[after] == corners).T
    level, upright = level | level[before], upright | upright[before]
    ways = rings.ins[kept] * 4 + rings.outs[kept]
    inner = np.isin(ways, [way_in * 4 + way_out for way_in, way_out in _CONCAVE])
    for axis, moved in ((0, inner & level & ~upright), (1, inner & ~level)):
        inset = placed[:, axis] < corners[:, axis]
        placed[moved, axis] += np.where(inset[moved], INSET_PX, -INSET_PX)
    return placed
