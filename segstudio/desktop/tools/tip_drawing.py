"""TipDrawing: the true outline of the brush's tip over the photo, along the edges of the pixels it would paint."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from segstudio.desktop.tools.drawing import draw_cross, draw_line
from segstudio.desktop.tools.tool import Viewport
from segstudio.painting.brush import Brush
from segstudio.painting.points import Points, Position

_SMALL_PX = 6
"""A tip that is smaller on the screen gets a cross, so that it is found."""

_STEPS_FROM_SCALE = 1.0
"""Zoomed out further than this, the steps along the pixels are too small to be seen."""


class TipDrawing:
    """Draws a tip; its shape is kept, since it is the same wherever the tip stands."""

    def __init__(self) -> None:
        self._known: tuple[Brush, bool] | None = None
        self._shape = QPolygonF()

    def draw_tip(
        self, painter: QPainter, view: Viewport, brush: Brush, position: Position, pressure: float
    ) -> None:
        """Draw the outline of what a click at `position` would paint."""
        tip = brush.tip(position, pressure)
        fitting = Brush(max(round(tip.radius * 2), 1), brush.shape)
        steps = view.scale > _STEPS_FROM_SCALE
        if self._known != (fitting, steps):
            self._known = (fitting, steps)
            self._shape = _polygon(_shape(fitting, steps))
        centre = view.to_screen((tip.x, tip.y))
        placed = QTransform.fromScale(view.scale, view.scale) * QTransform.fromTranslate(
            centre.x(), centre.y()
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not steps)
        draw_line(painter, placed.map(self._shape), closed=True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if tip.radius * 2 * view.scale < _SMALL_PX:
            draw_cross(painter, centre, arm_px=9, gap_px=4)

    def draw_way(
        self, painter: QPainter, view: Viewport, brush: Brush, start: Position, end: Position
    ) -> None:
        """Draw the border of what a straight line would paint, and its middle."""
        border = np.concatenate([brush.outline(position) for position in (start, end)]).astype(np.float32)
        hull = cv2.convexHull(border).reshape(-1, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QPolygonF([view.to_screen((float(x), float(y))) for x, y in hull])
        painter.setBrush(QColor(255, 255, 255, 40))
        painter.setPen(QPen(QColor(0, 0, 0, 150), 1.0, Qt.PenStyle.DashLine))
        painter.drawPolygon(line)
        draw_line(painter, QPolygonF([view.to_screen(start), view.to_screen(end)]))


def _shape(brush: Brush, steps: bool) -> Points:
    """Return the outline around (0, 0): every step along the pixels, or the line around them."""
    middle = (0.5, 0.5) if brush.diameter_px % 2 else (0.0, 0.0)
    outline = brush.outline(middle) - np.asarray(middle)
    if not steps:
        return np.asarray(cv2.convexHull(outline.astype(np.float32)), dtype=np.float64).reshape(-1, 2)
    before, after = outline - np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0) - outline
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners: Points = outline[turns]
    return corners


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(float(x), float(y)) for x, y in points])
