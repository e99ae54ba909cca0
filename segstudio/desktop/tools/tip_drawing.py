"""TipDrawing: the true outline of the brush's tip over the photo, along the edges of the pixels it would paint."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from segstudio.desktop.tools.drawing import DARK, LIGHT, draw_cross, draw_line, on_screen
from segstudio.desktop.tools.tool import Viewport
from segstudio.painting.brush import Brush
from segstudio.painting.points import Points, Position

_SMALL_PX = 6
"""A tip that is smaller on the screen gets a cross, so that it is found."""

_STEPS_FROM_SCALE = 2.0
"""Zoomed out further than this, the steps along the pixels are finer than the line."""

_HAIRLINE = 0.0
"""Qt's width for lines of one pixel of the device: twenty times as quick as wider ones, and a large tip is long."""

_MARGIN_PX = 3
_ARM_PX, _GAP_PX = 9, 4

_PHASES = 2
"""A small tip is drawn once for each half of a device pixel each way, and then copied: it is too small to tell."""

_MANY_STAMPS = 64

_Stamp = tuple[Brush, float, float, float, float]
"""Tip, its radius on the screen, device pixels for one pixel, and where in one of them the centre lies."""

_DARK_PEN, _LIGHT_PEN = (QPen(ink, _HAIRLINE) for ink in (DARK, LIGHT))


def tip_bounds(view: Viewport, brush: Brush, *, position: Position, pressure: float) -> QRectF:
    """Return where a tip is drawn."""
    tip = brush.tip(position, pressure)
    centre, radius_px = view.to_screen((tip.x, tip.y)), tip.radius * view.scale
    return _around(centre, max(radius_px, _ARM_PX if radius_px * 2 < _SMALL_PX else 0) + _MARGIN_PX)


def way_bounds(view: Viewport, brush: Brush, *, start: Position, end: Position) -> QRectF:
    """Return where a straight line is drawn."""
    reach = (brush.diameter_px / 2 + 1) * view.scale + _MARGIN_PX
    return _around(view.to_screen(start), reach) | _around(view.to_screen(end), reach)


class TipDrawing:
    """Draws a tip; what it looks like is kept, since it is the same wherever the tip stands."""

    def __init__(self) -> None:
        self._known: tuple[Brush, bool] | None = None
        self._shape = QPolygonF()
        self._stamps: dict[_Stamp, QImage] = {}

    def draw_tip(
        self, painter: QPainter, view: Viewport, brush: Brush, *, position: Position, pressure: float
    ) -> None:
        """Draw the outline of what a click at `position` would paint."""
        tip, scale = brush.tip(position, pressure), view.scale
        fitting = Brush(round(tip.radius * 2), brush.shape)
        centre, radius_px, ratio = view.to_screen((tip.x, tip.y)), tip.radius * scale, _ratio(painter)
        if radius_px * 2 >= _SMALL_PX:
            self._outline(painter, fitting, centre, radius_px, ratio, steps=scale > _STEPS_FROM_SCALE)
        elif scale > _STEPS_FROM_SCALE:
            self._outline(painter, fitting, centre, radius_px, ratio, steps=True)
            draw_cross(painter, centre, arm_px=_ARM_PX, gap_px=_GAP_PX)
        else:
            self._copy_stamp(painter, fitting, centre, radius_px, ratio)

    def _copy_stamp(
        self, painter: QPainter, tip: Brush, centre: QPointF, radius_px: float, ratio: float
    ) -> None:
        """Draw outline and cross of a small tip."""
        halves = round(centre.x() * ratio * _PHASES), round(centre.y() * ratio * _PHASES)
        (right, across), (down, along) = (divmod(number, _PHASES) for number in halves)
        reach = ceil((_ARM_PX + _MARGIN_PX) * ratio)
        key = tip, radius_px, ratio, across, along
        stamp = self._stamps.get(key)
        if stamp is None:
            stamp = QImage(2 * reach + 1, 2 * reach + 1, QImage.Format.Format_ARGB32_Premultiplied)
            stamp.setDevicePixelRatio(ratio)
            stamp.fill(Qt.GlobalColor.transparent)
            middle = QPointF(reach + across / _PHASES, reach + along / _PHASES) / ratio
            drawing = QPainter(stamp)
            self._outline(drawing, tip, middle, radius_px, ratio, steps=False)
            draw_cross(drawing, middle, arm_px=_ARM_PX, gap_px=_GAP_PX)
            drawing.end()
            if len(self._stamps) >= _MANY_STAMPS:
                self._stamps.clear()
            self._stamps[key] = stamp
        painter.drawImage(QPointF(right - reach, down - reach) / ratio, stamp)

    def _outline(
        self,
        painter: QPainter,
        tip: Brush,
        centre: QPointF,
        radius_px: float,
        ratio: float,
        *,
        steps: bool,
    ) -> None:
        if self._known != (tip, steps):
            self._known = (tip, steps)
            self._shape = _polygon(_shape(tip, steps))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not steps)
        for pen, place, radius in _hairlines(centre, radius_px, ratio, steps):
            painter.setPen(pen)
            painter.drawPolygon(_placed(radius * 2 / tip.diameter_px, place).map(self._shape))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def draw_way(
        self, painter: QPainter, view: Viewport, brush: Brush, *, start: Position, end: Position
    ) -> None:
        """Draw the border of what a straight line would paint, and its middle."""
        shape = on_screen(_hull(np.concatenate([brush.outline(place) for place in (start, end)])), view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(255, 255, 255, 48))
        painter.setPen(_DARK_PEN)
        painter.drawPolygon(shape)
        draw_line(painter, QPolygonF([view.to_screen(start), view.to_screen(end)]))


def _hairlines(
    centre: QPointF, radius: float, ratio: float, steps: bool
) -> Iterator[tuple[QPen, QPointF, float]]:
    """Yield pen, centre and radius of the lines that together are one light line between two dark ones.

    Lines along the pixels are moved on the screen, the others grow; both by whole pixels of the device.
    """
    wide = max(round(ratio), 1)
    if steps:
        for dx, dy in ((-1, -1), (wide, wide), (-1, wide), (wide, -1)):
            yield _DARK_PEN, centre + QPointF(dx, dy) / ratio, radius
        for move in range(wide):
            for other in range(wide):
                yield _LIGHT_PEN, centre + QPointF(move, other) / ratio, radius
        return
    for grow in (-1, wide):
        yield _DARK_PEN, centre, max(radius + grow / ratio, 1 / ratio)
    for grow in range(wide):
        yield _LIGHT_PEN, centre, max(radius + grow / ratio, 1 / ratio)


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


def _ratio(painter: QPainter) -> float:
    """Return how many device pixels one pixel is on what is painted on."""
    return painter.device().devicePixelRatioF()


def _around(centre: QPointF, reach: float) -> QRectF:
    return QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)


def _placed(scale: float, centre: QPointF) -> QTransform:
    return QTransform(scale, 0, 0, scale, centre.x(), centre.y())


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(float(x), float(y)) for x, y in points])
