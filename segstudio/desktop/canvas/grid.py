"""The pixel grid: lines between the photo's pixels when they are large, to be seen on bright and on dark."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from segstudio.desktop.canvas.view import View

GRID_FROM_SCALE = 8.0

_ALPHA = 56


def shows_grid(view: View, ratio: float) -> bool:
    """Tell whether pixels are large enough, `ratio` being device pixels for one of the screen's own."""
    return view.scale >= GRID_FROM_SCALE * ratio


def grid_lines(view: View, exposed: QRect) -> list[QRect]:
    """Return the lines between pixels that are seen in `exposed` (device pixels of the room)."""
    (right, down), (columns, rows) = view.corner, view.extent
    shown = exposed & QRect(right, down, columns, rows)
    if shown.isEmpty():
        return []
    upright = [
        QRect(right + x, shown.top(), 1, shown.height())
        for x in _lines(shown.left() - right, shown.right() + 1 - right, view.scale)
    ]
    level = [
        QRect(shown.left(), down + y, shown.width(), 1)
        for y in _lines(shown.top() - down, shown.bottom() + 1 - down, view.scale)
    ]
    return upright + level


def draw_grid(painter: QPainter, view: View, exposed: QRect) -> None:
    """Draw the grid; the painter draws on device pixels."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_checks())
    painter.drawRects(grid_lines(view, exposed))


def _lines(first: int, after: int, scale: float) -> list[int]:
    """Return the first device pixel of every photo pixel in the range, but of the first one of all."""
    pixels = range(max(math.floor(first / scale), 1), math.ceil(after / scale) + 1)
    starts = (math.ceil(pixel * scale - 0.5) for pixel in pixels)
    return [start for start in starts if first <= start < after]


def _checks() -> QBrush:
    """Return a brush of dark and light dots: one of the two is seen on any ground."""
    tile = QImage(4, 4, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(QColor(0, 0, 0, _ALPHA))
    light = QColor(255, 255, 255, _ALPHA)
    for x in range(4):
        for y in range(4):
            if (x // 2 + y // 2) % 2:
                tile.setPixelColor(x, y, light)
    return QBrush(tile)
