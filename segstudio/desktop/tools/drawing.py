"""What tools draw with: lines that are seen on any photo, handles, and the tint of a class. All in widget pixels."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPicture, QPolygonF, QTransform

from segstudio.desktop.tools.tool import Viewport
from segstudio.painting.points import Points, Position

HANDLE_PX = 8
"""How large a handle is."""

REACH_PX = 8
"""How far from a handle or an edge (screen pixels) the pointer still grabs it."""

_TINT_ALPHA = 96
DARK, LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255, 235)
_LINE_PX, _CASING_PX = 1.5, 3.5
_BRIGHT = 0.2
"""Relative luminance (WCAG) above which a dark line shows better beside a colour than a light one."""


def is_only_measured(painter: QPainter) -> bool:
    """Tell whether the canvas asks only for the place of a drawing: what is costly then draws a frame instead."""
    return isinstance(painter.device(), QPicture)


def tint(colour: QColor) -> QBrush:
    """Return what fills an area that is to be painted in `colour`."""
    return QBrush(QColor(colour.red(), colour.green(), colour.blue(), _TINT_ALPHA))


def beside(colour: QColor) -> QColor:
    """Return the dark or light colour that stands out from `colour`."""
    return DARK if luminance(colour) > _BRIGHT else LIGHT


def luminance(colour: QColor) -> float:
    """Return the relative luminance 0…1 of WCAG 2."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def to_widget(view: Viewport) -> QTransform:
    """Return what turns positions of the photo into places in the widget."""
    corner, scale = view.to_screen((0.0, 0.0)), view.scale
    return QTransform(scale, 0, 0, scale, corner.x(), corner.y())


def on_screen(points: Iterable[Position] | Points, view: Viewport) -> QPolygonF:
    """Return positions of the photo as a line in the widget."""
    return to_widget(view).map(QPolygonF([QPointF(float(x), float(y)) for x, y in points]))


def draw_line(
    painter: QPainter, line: QPolygonF, *, colour: QColor | None = None, closed: bool = False
) -> None:
    """Draw a line with its own shadow: white on dark, or a colour on what stands out from it."""
    draw = painter.drawPolygon if closed else painter.drawPolyline
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width in (
        (DARK if colour is None else beside(colour), _CASING_PX),
        (colour or LIGHT, _LINE_PX),
    ):
        painter.setPen(_pen(ink, width))
        draw(line)


def draw_faint(painter: QPainter, line: QPolygonF, colour: QColor) -> None:
    """Draw a dashed line: what will come if nothing else is done."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(beside(colour), 1.0))
    painter.drawPolyline(line)
    pen = _pen(colour, 1.0)
    pen.setDashPattern([4, 4])
    painter.setPen(pen)
    painter.drawPolyline(line)


def fill_area(painter: QPainter, outline: QPolygonF, colour: QColor) -> None:
    """Tint what an outline encloses; what it encloses twice stays free, as in the mask."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint(colour))
    painter.drawPolygon(outline, Qt.FillRule.OddEvenFill)


def draw_handle(
    painter: QPainter,
    place: QPointF,
    colour: QColor,
    *,
    hovered: bool = False,
    selected: bool = False,
    small: bool = False,
) -> None:
    """Draw a handle: a disc in the colour, with a ring; larger under the pointer, white inside when selected."""
    radius = HANDLE_PX / 2 * (1.4 if hovered or selected else 0.6 if small else 1.0)
    ring, inside = (colour, LIGHT) if selected else (LIGHT, colour)
    painter.setPen(Qt.PenStyle.NoPen)
    for ink, size in (
        (DARK, radius + 1.5),
        (ring, radius + 0.5),
        (inside, radius - (1.5 if selected else 1.0)),
    ):
        painter.setBrush(ink)
        painter.drawEllipse(place, size, size)


def draw_cross(painter: QPainter, place: QPointF, *, arm_px: float = 6, gap_px: float = 2) -> None:
    """Draw a small cross that leaves its middle free."""
    for ink, width in ((DARK, 3.0), (LIGHT, 1.0)):
        painter.setPen(_pen(ink, width))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            inner = place + QPointF(dx * gap_px, dy * gap_px)
            painter.drawLine(inner, place + QPointF(dx * arm_px, dy * arm_px))


def draw_swatch(painter: QPainter, place: QPointF, colour: QColor) -> None:
    """Draw a small field of a colour beside the pointer."""
    field = QRectF(place.x() + 12, place.y() + 12, 14, 14)
    painter.setPen(_pen(DARK, 3.0))
    painter.setBrush(colour)
    painter.drawRoundedRect(field, 3, 3)
    painter.setPen(_pen(LIGHT, 1.0))
    painter.drawRoundedRect(field, 3, 3)


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
