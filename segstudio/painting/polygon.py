"""Polygon, lasso, box and ellipse: outlines that become regions by the rule by which annotations are imported.

That rule: each corner moves to the pixel in which it lies (the fraction is cut off), OpenCV fills between the
corners, and the pixels of the border line belong to the figure. Where an outline crosses itself, what is
enclosed twice is left out.
"""

from __future__ import annotations

import cv2
import numpy as np

from segstudio.painting.points import Points, Position
from segstudio.painting.rect import Rect
from segstudio.painting.region import NOTHING, Region, trimmed

_ELLIPSE_CORNERS = 720

_FARTHEST_PX = 1 << 20
"""Corners beyond this are brought here: OpenCV reckons in 16 binary places and would run over."""


def polygon_region(points: Points, size: tuple[int, int]) -> Region:
    """Return the pixels inside the closed outline `points` (x, y), in a photo of `size` (rows, columns).

    NOTHING when fewer than three different points enclose no area.
    """
    if len(points) < 3 or len(np.unique(points, axis=0)) < 3:
        return NOTHING
    if not np.isfinite(points).all():
        raise ValueError("the corners of a polygon are finite numbers")
    corners = np.trunc(np.clip(points, -_FARTHEST_PX, _FARTHEST_PX)).astype(np.int32)
    left, top = (int(side) for side in corners.min(axis=0))
    right, bottom = (int(side) + 1 for side in corners.max(axis=0))
    rect = Rect(top, left, bottom, right) & Rect.whole(size)
    if not rect:
        return NOTHING
    canvas = np.zeros(rect.size, dtype=np.uint8)
    cv2.fillPoly(canvas, [corners - np.array((rect.left, rect.top), dtype=np.int32)], 1)
    return trimmed(rect, canvas.view(np.bool_))


def box_outline(start: Position, end: Position) -> Points:
    """Return the four corners of the box between two opposite positions."""
    (x0, y0), (x1, y1) = start, end
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float64)


def ellipse_outline(start: Position, end: Position) -> Points:
    """Return the ellipse that fills the box between two opposite positions, as 720 corners; none when flat."""
    (x0, y0), (x1, y1) = start, end
    if x0 == x1 or y0 == y1:
        return np.zeros((0, 2))
    angle = np.linspace(0, 2 * np.pi, _ELLIPSE_CORNERS, endpoint=False)
    centre = ((x0 + x1) / 2, (y0 + y1) / 2)
    half = (abs(x1 - x0) / 2, abs(y1 - y0) / 2)
    return np.column_stack((centre[0] + half[0] * np.cos(angle), centre[1] + half[1] * np.sin(angle)))


def box_region(start: Position, end: Position, size: tuple[int, int]) -> Region:
    """Return the pixels of a box, both border pixels included; NOTHING when it has no width or no height."""
    flat = start[0] == end[0] or start[1] == end[1]
    return NOTHING if flat else polygon_region(box_outline(start, end), size)


def ellipse_region(start: Position, end: Position, size: tuple[int, int]) -> Region:
    """Return the pixels of the ellipse that fills the box between two opposite positions."""
    return polygon_region(ellipse_outline(start, end), size)


def regular_end(start: Position, end: Position) -> Position:
    """Return `end` moved so that the box from `start` is a square, its side the longer one (Shift held)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    side = max(abs(dx), abs(dy))
    return start[0] + (side if dx >= 0 else -side), start[1] + (side if dy >= 0 else -side)


def simplified(points: Points, tolerance_px: float = 1.0) -> Points:
    """Return the closed line `points` with as few of its points as leave it within `tolerance_px`.

    What a lasso drew by hand becomes edge points that a person can move. (Douglas and Peucker, 1973.)
    """
    if len(points) < 4 or tolerance_px <= 0:
        return points
    # A closed line is two open ones, between the first point and the one farthest from it. (OpenCV's own
    # approxPolyDP removes points afterwards and then leaves the tolerance.)
    turn = int(np.hypot(*(points - points[0]).T).argmax())
    closed = np.concatenate((points, points[:1]))
    kept = np.zeros(len(closed), dtype=np.bool_)
    waiting = [(0, turn), (turn, len(points))]
    while waiting:
        first, last = waiting.pop()
        kept[first] = kept[last] = True
        if last - first < 2:
            continue
        away = _away_from_edge(closed[first + 1 : last], closed[first], closed[last])
        if away.max() > tolerance_px:
            middle = first + 1 + int(away.argmax())
            waiting += [(first, middle), (middle, last)]
    return points[kept[:-1]]


def nearest_corner(points: Points, position: Position) -> tuple[int, float]:
    """Return the index of the closest of `points` (at least one) and its distance in pixels."""
    away = np.hypot(points[:, 0] - position[0], points[:, 1] - position[1])
    index = int(away.argmin())
    return index, float(away[index])


def nearest_edge(points: Points, position: Position) -> tuple[int, Position, float]:
    """Return the closest edge of the closed line `points` (at least one): index, place on it, distance in pixels.

    Edge i goes from point i to the next; a new corner at that place is inserted behind point i.
    """
    along = np.roll(points, -1, axis=0) - points
    square = (along * along).sum(axis=1)
    share = ((np.asarray(position) - points) * along).sum(axis=1) / np.where(square > 0, square, 1.0)
    places = points + along * np.clip(share, 0.0, 1.0)[:, None]
    index, distance = nearest_corner(places, position)
    return index, (float(places[index, 0]), float(places[index, 1])), distance


def _away_from_edge(points: Points, start: Points, end: Points) -> Points:
    """Return how far each point lies from the line between `start` and `end` (each float64 of shape (2,))."""
    along = end - start
    square = float(along @ along)
    share = np.clip(((points - start) @ along) / square, 0.0, 1.0) if square else np.zeros(len(points))
    beside = points - start - share[:, None] * along
    return np.hypot(beside[:, 0], beside[:, 1])
