"""TipDrawing: the true outline of the brush's tip over the photo, along the edges of the pixels it would paint."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from segstudio.desktop.tools.drawing import (
    DARK,
    LIGHT,
    draw_cross,
    draw_line,
    is_only_measured,
    on_screen,
)
from segstudio.desktop.tools.tool import Viewport
from segstudio.painting.brush import Brush
from segstudio.painting.points import Points, Position

_SMALL_PX = 6
"""A tip that is smaller on the screen gets a cross, so that it is found."""

_STEPS_FROM_SCALE = 2.0
"""Zoomed out further than this, the steps along the pixels are finer than the line."""

_HAIRLINE = 0.0
"""Qt's width for lines of one pixel of the device: twenty times as quick as wider ones, and a large tip is long."""

_MARGIN_PX = 4


class TipDrawing:
    """Draws a tip; its shape is kept, since it is the same wherever the tip stands."""

    def __init__(self) -> None:
        self._known: tuple[Brush, bool] | None = None
        self._shape = QPolygonF()

    def draw_tip(
        self, painter: QPainter, view: Viewport, brush: Brush, *, position: Position, pressure: float
    ) -> None:
        """Draw the outline of what a click at `position` would paint."""
        tip = brush.tip(position, pressure)
        fitting = Brush(max(round(tip.radius * 2), 1), brush.shape)
        steps = view.scale > _STEPS_FROM_SCALE
        if self._known != (fitting, steps):
            self._known = (fitting, steps)
            self._shape = _polygon(_shape(fitting, steps))
        centre, radius_px = view.to_screen((tip.x, tip.y)), tip.radius * view.scale
        if is_only_measured(painter):
            reach = max(radius_px, 2 * _SMALL_PX) + _MARGIN_PX
            painter.drawRect(QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach))
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not steps)
        for ink, place, radius in _hairlines(centre, radius_px, painter.device().devicePixelRatioF(), steps):
            painter.setPen(QPen(ink, _HAIRLINE))
            painter.drawPolygon(_placed(radius / tip.radius, place).map(self._shape))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if radius_px * 2 < _SMALL_PX:
            draw_cross(painter, centre, arm_px=9, gap_px=4)

    def draw_way(
        self, painter: QPainter, view: Viewport, brush: Brush, *, start: Position, end: Position
    ) -> None:
        """Draw the border of what a straight line would paint, and its middle."""
        if is_only_measured(painter):
            reach = (brush.diameter_px / 2 + 1) * view.scale + _MARGIN_PX
            for place in (view.to_screen(start), view.to_screen(end)):
                painter.drawRect(QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach))
            return
        shape = on_screen(_hull(np.concatenate([brush.outline(place) for place in (start, end)])), view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(255, 255, 255, 48))
        painter.setPen(QPen(DARK, _HAIRLINE))
        painter.drawPolygon(shape)
        draw_line(painter, QPolygonF([view.to_screen(start), view.to_screen(end)]))


def _hairlines(
    centre: QPointF, radius: float, ratio: float, steps: bool
) -> Iterator[tuple[QColor, QPointF, float]]:
    """Yield ink, centre and radius of the lines that together are one light line between two dark ones.

    Lines along the pixels are moved on the screen, the others grow; both by whole pixels of the device.
    """
    wide = max(round(ratio), 1)
    if steps:
        for dx, dy in ((-1, -1), (wide, wide), (-1, wide), (wide, -1)):
            yield DARK, centre + QPointF(dx, dy) / ratio, radius
        for move in range(wide):
            for other in range(wide):
                yield LIGHT, centre + QPointF(move, other) / ratio, radius
        return
    for grow in (-1, wide):
        yield DARK, centre, max(radius + grow / ratio, 1 / ratio)
    for grow in range(wide):
        yield LIGHT, centre, max(radius + grow / ratio, 1 / ratio)


def _shape(brush: Brush, steps: bool) -> Points:
    """Return the outline around (0, 0): every step along the pixels, or the line around them."""
    middle = (0.5, 0.5) if brush.diameter_px % 2 else (0.0, 0.0)
    outline = brush.outline(middle) - np.asarray(middle)
    if not steps:
        return _hull(outline)
    before, after = outline - np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0) - outline
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners: Points = outline[turns]
    return corners


def _hull(points: Points) -> Points:
    return np.asarray(cv2.convexHull(points.astype(np.float32)), dtype=np.float64).reshape(-1, 2)


def _placed(scale: float, centre: QPointF) -> QTransform:
    return QTransform(scale, 0, 0, scale, centre.x(), centre.y())


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(float(x), float(y)) for x, y in points])
