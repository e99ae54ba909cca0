"""Geometry of a brush tip that moves: in each row, from where to where it covers the photo.

A tip that moves along a line while its size changes evenly covers a convex figure, so that one span per row
says everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from segstudio.painting.rect import Rect

Numbers = npt.NDArray[np.float64]
"""float64 of shape (rows,)."""

Shape = Literal["round", "square"]

EPSILON = 1e-7
"""What lies this close to the border belongs to the tip, so that rounding decides nothing."""


@dataclass(frozen=True, slots=True)
class Tip:
    """A brush tip: its centre (x, y) and its radius (half its width) in pixels."""

    x: float
    y: float
    radius: float

    def towards(self, other: Tip, share: float) -> Tip:
        """Return the tip after `share` (0…1) of the way to `other`."""
        return Tip(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
            self.radius + (other.radius - self.radius) * share,
        )


def round_spans(start: Tip, end: Tip, ys: Numbers) -> tuple[Numbers, Numbers]:
    """Return where the figure begins and ends (x) on each line y of `ys`, for a disc; nan where it is not met.

    The figure is the convex hull of the two discs: the discs themselves and, between them, the two outer
    tangents.
    """
    half = _half_chord(start, ys)
    left, right = start.x - half, start.x + half
    distance = hypot(end.x - start.x, end.y - start.y)
    if distance == 0 and end.radius == start.radius:
        return left, right
    half = _half_chord(end, ys)
    left, right = np.fmin(left, end.x - half), np.fmax(right, end.x + half)
    if distance <= abs(start.radius - end.radius):
        return left, right  # one disc holds the other
    along = ((end.x - start.x) / distance, (end.y - start.y) / distance)
    slope = (start.radius - end.radius) / distance
    rise = sqrt(1 - slope * slope)
    for side in (rise, -rise):
        normal = (slope * along[0] - side * along[1], slope * along[1] + side * along[0])
        tangent = _crossing(_on_rim(start, normal), _on_rim(end, normal), ys)
        if tangent is not None:
            left, right = np.fmin(left, tangent), np.fmax(right, tangent)
    return left, right


def square_spans(start: Tip, end: Tip, ys: Numbers) -> tuple[Numbers, Numbers]:
    """Return where the figure begins and ends (x) on each line y of `ys`, for a square; nan where it is not met.

    On a line the square is met while |y - centre| <= radius, which holds between two moments of the way; its
    left and right edge are straight in time, so that the outermost is reached at one of them.
    """
    first, last = np.zeros_like(ys), np.ones_like(ys)
    met = np.ones(ys.shape, dtype=np.bool_)
    dy, dr = end.y - start.y, end.radius - start.radius
    for sign in (1.0, -1.0):
        # sign * (centre(t) - y) <= radius(t), that is speed * t <= room
        speed, room = sign * dy - dr, start.radius - sign * (start.y - ys) + EPSILON
        if speed > 0:
            last = np.minimum(last, room / speed)
        elif speed < 0:
            first = np.maximum(first, room / speed)
        else:
            met &= room >= 0
    met &= first <= last
    edges = [
        (start.x + side * start.radius, (end.x - start.x) + side * dr) for side in (-1.0, 1.0)
    ]  # where each edge is at the beginning, and how far it moves
    left, right = ([where + moves * moment for moment in (first, last)] for where, moves in edges)
    nowhere = np.where(met, 0.0, np.nan)
    return np.minimum(*left) + nowhere, np.maximum(*right) + nowhere


def clipped_sweep(start: Tip, end: Tip, rect: Rect, reach: float) -> tuple[Tip, Tip] | None:
    """Return the part of the way on which a tip that covers up to `reach` around it can touch `rect`.

    None when there is no such part. (Liang and Barsky, A new concept and method for line clipping, 1984.)
    """
    first, last = 0.0, 1.0
    for begin, goes, low, high in (
        (start.x, end.x - start.x, rect.left - reach, rect.right + reach),
        (start.y, end.y - start.y, rect.top - reach, rect.bottom + reach),
    ):
        if goes == 0:
            if not low <= begin <= high:
                return None
            continue
        enters, leaves = sorted(((low - begin) / goes, (high - begin) / goes))
        first, last = max(first, enters), min(last, leaves)
    if first > last:
        return None
    return (start if first == 0 else start.towards(end, first)), (
        end if last == 1 else start.towards(end, last)
    )


def _half_chord(tip: Tip, ys: Numbers) -> Numbers:
    """Return half the width of the disc on each line, nan outside it."""
    square = tip.radius * tip.radius - (ys - tip.y) ** 2
    return np.sqrt(np.where(square >= -EPSILON, np.maximum(square, 0.0), np.nan))


def _on_rim(tip: Tip, normal: tuple[float, float]) -> tuple[float, float]:
    return tip.x + tip.radius * normal[0], tip.y + tip.radius * normal[1]


def _crossing(one: tuple[float, float], other: tuple[float, float], ys: Numbers) -> Numbers | None:
    """Return x of the line between two points on each y, nan beyond its ends; None when it is level."""
    (x0, y0), (x1, y1) = (one, other) if one[1] <= other[1] else (other, one)
    if y1 - y0 < EPSILON:
        return None  # both ends lie on the discs, which reach as far
    crossed: Numbers = np.interp(ys, (y0, y1), (x0, x1), left=np.nan, right=np.nan)
    return crossed
