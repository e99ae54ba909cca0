"""Shapes between two moments of a film: where a thing is that moves evenly from one place to another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from segstudio.formats.shapes import Box, Ellipse, Points, Polygon, Shape


def between(first: Shape, second: Shape, part: float) -> Shape:
    """Return the shape after `part` (0 to 1) of the way from `first` to `second`.

    Boxes and ellipses move, grow and turn (the shorter way round); of polygons each corner moves. Masks, and shapes
    that become another kind, stay as they are until the second takes over.
    """
    match first, second:
        case Box(), Box():
            return replace(
                first,
                x0=_mix(first.x0, second.x0, part),
                y0=_mix(first.y0, second.y0, part),
                x1=_mix(first.x1, second.x1, part),
                y1=_mix(first.y1, second.y1, part),
                rotation=_turn(first.rotation, second.rotation, part),
            )
        case Ellipse(), Ellipse():
            return replace(
                first,
                cx=_mix(first.cx, second.cx, part),
                cy=_mix(first.cy, second.cy, part),
                rx=_mix(first.rx, second.rx, part),
                ry=_mix(first.ry, second.ry, part),
                rotation=_turn(first.rotation, second.rotation, part),
            )
        case Polygon(), Polygon() if len(first.points) and len(second.points):
            ours, theirs = _paired(first.points, second.points)
            return replace(first, points=ours + (theirs - ours) * part)
    return first


def _mix(first: float, second: float, part: float) -> float:
    return first + (second - first) * part


def _turn(first: float, second: float, part: float) -> float:
    way = (second - first + 180) % 360 - 180
    return (first + way * part) % 360


def _paired(first: Points, second: Points) -> tuple[Points, Points]:
    """Return the corners of both in pairs: one to one when they are as many, else where each lies along its outline."""
    if len(first) == len(second):
        return first, second
    ours, theirs = _along(first), _along(second)
    stops = np.unique(np.concatenate((ours, theirs)))
    return _at(first, ours, stops), _at(second, theirs, stops)


def _along(points: Points) -> npt.NDArray[np.float64]:
    """Return how far along the closed outline each corner lies, from 0 to less than 1."""
    lengths = np.hypot(*np.diff(np.concatenate((points, points[:1])), axis=0).T)
    whole = lengths.sum()
    if whole == 0:
        return np.arange(len(points)) / len(points)
    return np.asarray(np.concatenate(([0.0], np.cumsum(lengths[:-1]))) / whole, dtype=np.float64)


def _at(points: Points, along: npt.NDArray[np.float64], stops: npt.NDArray[np.float64]) -> Points:
    closed = np.concatenate((points, points[:1]))
    ends = np.concatenate((along, [1.0]))
    return np.stack([np.interp(stops, ends, closed[:, axis]) for axis in (0, 1)], axis=1)
