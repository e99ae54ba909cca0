"""Outlines with fewer corners, by Douglas and Peucker, the same on both sides of an edge.

An outline is taken apart where three pieces meet. Each part is simplified by itself, always in the same direction, so that
two pieces that share it keep the same corners and leave no gap. What would cross itself is simplified less.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.formats.shapes import Points
from segstudio.formats.writing.outlines import INSET_PX, Ring, points_of_ring

_Ints = npt.NDArray[np.int64]

_TRIES = 4
_LEAST_PX = 0.447
"""Nearer than 1 / √5 px no line that leaves out a corner passes by it: edges go along pixels. What is below is as 0."""

_LEAST_ALONE_PX = 0.707
"""The same where a single corner is left out: 1 / √2 px."""

_BLOCK = 32
_BLOCKS_AT_ONCE = 256
_CONCAVE = ((0, 3), (1, 0), (2, 1), (3, 2))


def simplified(ring: Ring, tolerance_px: float) -> Points:
    """Return the outline with fewer corners, none of those left out further than `tolerance_px` from it.

    What would be no area, or would cross itself, is simplified less, at last not at all. A tolerance far below a pixel
    leaves nothing out.
    """
    if int(np.ptp(ring.corners, axis=0).max()) <= 2 * tolerance_px:
        return points_of_ring(ring)  # nothing is left out of what is no larger than that
    tolerance = tolerance_px
    for _ in range(_TRIES):
        if tolerance < _LEAST_PX:
            break
        kept = _kept(ring, tolerance)
        if kept.size == len(ring.corners):
            break
        if kept.size >= 3:
            points = _placed(ring, kept)
            if not crosses_itself(points):
                return points
        tolerance /= 2
    return points_of_ring(ring)


def crosses_itself(points: Points) -> bool:
    """Tell whether a closed polygon touches or crosses itself, or encloses nothing."""
    ways = np.roll(points, -1, axis=0) - points
    following = np.roll(ways, -1, axis=0)
    if bool(((_area_of(ways, following) == 0) & ((ways * following).sum(axis=1) <= 0)).any()):
        return True  # an edge that goes back on the one before
    count = len(points)
    blocks = -(-count // _BLOCK)
    edges = np.minimum(np.arange(blocks * _BLOCK), count - 1).reshape(blocks, _BLOCK)
    starts, ends = points, np.roll(points, -1, axis=0)
    low = np.minimum(starts, ends)[edges].min(axis=1)
    high = np.maximum(starts, ends)[edges].max(axis=1)
    near = ((low[:, None] <= high[None]) & (low[None] <= high[:, None])).all(axis=2)
    first, second = np.nonzero(np.triu(near))
    for part in range(0, first.size, _BLOCKS_AT_ONCE):
        some = slice(part, part + _BLOCKS_AT_ONCE)
        ours, theirs = edges[first[some]][:, :, None], edges[second[some]][:, None, :]
        apart = np.abs(ours - theirs)
        strangers = (apart > 1) & (apart < count - 1)
        if bool((_meet(starts[ours], ends[ours], starts[theirs], ends[theirs]) & strangers).any()):
            return True
    return False


def _meet(a: Points, b: Points, c: Points, d: Points) -> npt.NDArray[np.bool_]:
    """Tell for each two edges a → b and c → d whether they have a point in common."""
    beside = ((np.minimum(a, b) <= np.maximum(c, d)) & (np.minimum(c, d) <= np.maximum(a, b))).all(axis=-1)
    theirs = _side(a, b, c) * _side(a, b, d)
    ours = _side(c, d, a) * _side(c, d, b)
    met: npt.NDArray[np.bool_] = beside & (theirs <= 0) & (ours <= 0)
    return met


def _side(a: Points, b: Points, point: Points) -> npt.NDArray[np.float64]:
    """Return on which side of the line a → b a point lies: -1, 0 or 1."""
    return np.sign(_area_of(b - a, point - a))


def _area_of(first: Points, second: Points) -> npt.NDArray[np.float64]:
    """Return the area between two ways, signed; a ten thousandth of a pixel is none."""
    area: npt.NDArray[np.float64] = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return np.round(area, 4)


def _kept(ring: Ring, tolerance: float) -> _Ints:
    """Return which corners stay, in order."""
    count = len(ring.corners)
    ends = _ends(ring)
    steps = np.diff(ends, append=ends[0] + count)
    stays = np.ones(count, dtype=np.bool_)
    least = 3 if tolerance < _LEAST_ALONE_PX else 2
    for which in np.flatnonzero(steps >= least).tolist():  # few of many: what is too short stays
        part = np.arange(ends[which], ends[which] + steps[which] + 1) % count
        inner = part[1:-1]
        stays[inner] = False
        stays[_part(ring.corners, part, tolerance)] = True
    kept = np.flatnonzero(stays)
    return np.concatenate((kept[kept >= ends[0]], kept[kept < ends[0]]))


def _ends(ring: Ring) -> _Ints:
    """Return the corners between which the parts lie, at least two."""
    ends = np.flatnonzero(ring.fixed)
    if ends.size >= 2:
        return ends
    first = int(ends[0]) if ends.size else int(np.lexsort(ring.corners.T)[0])
    away = np.abs(ring.corners - ring.corners[first]).sum(axis=1) * (len(ring.corners) + 1.0)
    # Of corners equally far the first in reading order, so that both sides of an edge choose the same.
    farthest = int(np.lexsort((*ring.corners.T, -away))[0])
    return np.array(sorted((first, farthest)))


def _part(corners: _Ints, part: _Ints, tolerance: float) -> _Ints:
    """Return the corners of a part that stay, without the last, which begins the next one."""
    backwards = tuple(corners[part[0]]) > tuple(corners[part[-1]]) or (
        bool((corners[part[0]] == corners[part[-1]]).all())
        and tuple(corners[part[1]]) > tuple(corners[part[-2]])
    )
    line = corners[part[::-1] if backwards else part].astype(np.int32)
    left = cv2.approxPolyDP(line, tolerance, False).reshape(-1, 2)
    stays = np.isin(_packed(corners[part]), _packed(np.asarray(left, dtype=np.int64)))
    stays[0], stays[-1] = True, False
    return part[stays]


def _packed(corners: _Ints) -> _Ints:
    return corners[:, 1] << 32 | corners[:, 0]


def _placed(ring: Ring, kept: _Ints) -> Points:
    """Return the corners that stay, as points.

    A corner that sticks in stands for three pixels. On a slanted edge it is taken for one of those beside the other piece,
    or a line of pixels along the slope would belong to neither; a straight edge that ends there stays straight.
    """
    points = points_of_ring(ring)[kept]
    corners = ring.corners[kept]
    level, upright = (np.roll(corners, -1, axis=0) == corners).T[::-1]
    level, upright = level | np.roll(level, 1), upright | np.roll(upright, 1)
    ways = ring.ins[kept] * 4 + ring.outs[kept]
    inner = np.isin(ways, [way_in * 4 + way_out for way_in, way_out in _CONCAVE])
    for axis, moved in ((0, inner & level & ~upright), (1, inner & ~level)):
        inset = points[:, axis] < corners[:, axis]
        points[moved, axis] += np.where(inset[moved], INSET_PX, -INSET_PX)
    return points
