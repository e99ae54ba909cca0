"""ReturnPane: a photo with what a reader of the file gets back laid over it, and every pixel marked that differs."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.canvas.view import View
from segstudio.desktop.exporting.marks import Level, level_for
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.faces import MARKED, Laid
from segstudio.desktop.reviewing.pane import Pane
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask

_OPACITY = 0.55


class ReturnPane(Pane):
    """Can be moved and zoomed as every photo. The marks are as large as a pixel, and no smaller than one of the screen."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "export.canvas", parent)
        self.setAccessibleName("What comes back")
        self._marks: tuple[Level, ...] = ()

    def show_return(
        self, pyramid: Pyramid | None, mask: Mask | None, classes: ClassList, marks: tuple[Level, ...]
    ) -> None:
        """Show a photo and the mask that comes back; the view stays where it is the same photo."""
        self._marks = marks
        laid = Laid(mask, classes) if mask is not None else None
        self.lay(pyramid, laid, CanvasLook(opacity=_OPACITY))
        self.update()

    @property
    def marks(self) -> tuple[Level, ...]:
        """What is marked."""
        return self._marks

    def draw_over(self, painter: QPainter) -> None:
        """Draw the marks, and what every canvas draws."""
        if self._marks and self._view is not None:
            draw_marks(painter, self._marks, self._view, self._ratio)
        super().draw_over(painter)


def draw_marks(painter: QPainter, marks: tuple[Level, ...], view: View, ratio: float) -> None:
    """Draw the marks that are seen; the painter draws device independent pixels, of which each is `ratio` of the view's."""
    number = level_for(view.scale, len(marks))
    level, side = marks[number], 2**number * view.scale
    (left, top), (width, height) = view.corner, view.room
    rows, columns = level.shape
    first_row, last_row = max(math.floor(-top / side), 0), min(math.ceil((height - top) / side), rows)
    first, last = max(math.floor(-left / side), 0), min(math.ceil((width - left) / side), columns)
    if first_row >= last_row or first >= last:
        return
    seen = np.ascontiguousarray(level[first_row:last_row, first:last])
    if not seen.any():
        return
    table = np.zeros(256, dtype=np.int32)
    table[1] = np.uint32(QColor(MARKED).rgba()).view(np.int32)
    pixels = np.asarray(cv2.LUT(seen, table), dtype=np.int32)
    image = QImage(
        pixels.data,
        seen.shape[1],
        seen.shape[0],
        4 * seen.shape[1],
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    place = QRectF(
        (left + first * side) / ratio,
        (top + first_row * side) / ratio,
        seen.shape[1] * side / ratio,
        seen.shape[0] * side / ratio,
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(place, image)
