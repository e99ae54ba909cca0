"""TipDrawing: the true outline of the brush's tip over the photo, along the edges of the pixels it would paint."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QPointF, Qt
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
            reach = QPointF(1, 1) * (max(radius_px, 3 * _SMALL_PX) + _MARGIN_PX)
            painter.drawPolygon(QPolygonF([centre - reach, centre + reach]))
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not steps)
        one = 1 / painter.device().devicePixelRatioF()
        wide = max(round(1 / one), 1)
        for ink, out in [(DARK, -1), (DARK, wide), *((LIGHT, step) for step in range(wide))]:
            larger = max(radius_px + out * one, one) / tip.radius
            painter.setPen(QPen(ink, _HAIRLINE))
            painter.drawPolygon(_placed(larger, centre).map(self._shape))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if radius_px * 2 < _SMALL_PX:
            draw_cross(painter, centre, arm_px=9, gap_px=4)

    def draw_way(
        self, painter: QPainter, view: Viewport, brush: Brush, *, start: Position, end: Position
    ) -> None:
        """Draw the border of what a straight line would paint, and its middle."""
        shape = on_screen(_hull(np.concatenate([brush.outline(place) for place in (start, end)])), view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(255, 255, 255, 48))
        painter.setPen(QPen(DARK, _HAIRLINE))
        painter.drawPolygon(shape)
        draw_line(painter, QPolygonF([view.to_screen(start), view.to_screen(end)]))


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
