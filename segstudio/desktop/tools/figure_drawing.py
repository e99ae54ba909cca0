"""How an outline is drawn while it is being made."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPolygonF

from segstudio.desktop.tools.drawing import (
    HANDLE_PX,
    draw_faint,
    draw_handle,
    draw_line,
    fill_area,
    is_only_measured,
    on_screen,
)
from segstudio.desktop.tools.figure import FEWEST, Corner, Edge, Figure, Hit
from segstudio.desktop.tools.tool import Viewport
from segstudio.painting.points import Position

_CROWDED_PX = 20
"""Handles closer together than this (on average, along the outline) are drawn small."""


def draw_figure(
    painter: QPainter, view: Viewport, figure: Figure, *, colour: QColor, hit: Hit, pointer: Position | None
) -> None:
    """Draw outline, tint and handles; while it is open, the edge to the pointer and, faintly, the way back."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    corners = on_screen(figure.points, view)
    line = QPolygonF(corners)
    if not figure.closed and pointer is not None and not isinstance(hit, Corner):
        line.append(view.to_screen(pointer))
    if is_only_measured(painter):
        painter.drawRect(line.boundingRect().adjusted(-HANDLE_PX, -HANDLE_PX, HANDLE_PX, HANDLE_PX))
        return
    if line.size() >= FEWEST:
        fill_area(painter, line, colour)
    if not figure.closed and line.size() >= FEWEST:
        draw_faint(painter, QPolygonF([line.last(), line.first()]), colour)
    draw_line(painter, line, colour=colour, closed=figure.closed)
    small = len(figure.points) > 1 and _length(line) / len(figure.points) < _CROWDED_PX
    hovered = hit.index if isinstance(hit, Corner) else None
    places = _places(corners)
    for index, place in enumerate(places):
        if index not in (hovered, figure.selected):
            draw_handle(painter, place, colour, small=small)
    if isinstance(hit, Edge):
        draw_handle(painter, view.to_screen(hit.place), colour, hovered=True)
    for index, place in enumerate(places):  # on top of the others
        if index in (hovered, figure.selected):
            draw_handle(painter, place, colour, hovered=index == hovered, selected=index == figure.selected)


def _places(line: QPolygonF) -> list[QPointF]:
    return [line.at(index) for index in range(line.size())]


def _length(line: QPolygonF) -> float:
    places = _places(line)
    return sum(math.dist(one.toTuple(), two.toTuple()) for one, two in pairwise(places))
