"""RegionDrawing: any set of pixels as a tint with an outline, sharp at every scale and as quick on any photo."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from segstudio.desktop.tools.drawing import beside, is_only_measured, tint
from segstudio.desktop.tools.tool import Viewport
from segstudio.painting.region import Region

_Codes = npt.NDArray[np.uint8]


class RegionDrawing:
    """Draws a region: what is seen of it is sampled once for each view, one value for each pixel of the screen."""

    def __init__(self) -> None:
        self._region: Region | None = None
        self._seen: tuple[float, ...] = ()
        self._codes: _Codes = np.zeros((0, 0), dtype=np.uint8)
        self._place = QPointF()

    def draw(self, painter: QPainter, view: Viewport, region: Region, colour: QColor) -> None:
        """Draw what is seen of `region` in the colour of a class."""
        rect = region.rect
        if is_only_measured(painter):
            whole = QRectF(view.to_screen((rect.left, rect.top)), view.to_screen((rect.right, rect.bottom)))
            painter.drawRect(whole.adjusted(-1, -1, 1, 1))
            return
        ratio, width, height = _screen(painter, view)
        corner = view.to_screen((0.0, 0.0))
        seen = (ratio, width, height, view.scale, corner.x(), corner.y())
        if region is not self._region or seen != self._seen:
            self._region, self._seen = region, seen
            self._sample(
                region,
                view.scale * ratio,
                corner * ratio,
                size=(round(width * ratio), round(height * ratio)),
                line_px=max(round(ratio), 1),
            )
        rows, columns = self._codes.shape
        if not rows or not columns:
            return
        target = QRectF(self._place / ratio, QSizeF(columns, rows) / ratio)
        image = QImage(self._codes.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        image.setColorTable([0, beside(colour).rgba(), colour.rgba(), tint(colour).color().rgba()])
        painter.drawImage(target, image)

    def _sample(
        self, region: Region, scale: float, corner: QPointF, *, size: tuple[int, int], line_px: int
    ) -> None:
        """Look, in device pixels, at what lies under the middle of each pixel of the screen."""
        rect = region.rect
        columns, left = _under((rect.left, rect.right), scale, corner.x(), (-line_px, size[0] + line_px))
        rows, top = _under((rect.top, rect.bottom), scale, corner.y(), (-line_px, size[1] + line_px))
        if not len(columns) or not len(rows):
            self._codes = np.zeros((0, 0), dtype=np.uint8)
            return
        near = region.bitmap[:, columns[0] : columns[-1] + 1]
        seen = np.ascontiguousarray(near[rows][:, columns - columns[0]]).view(np.uint8)
        inside = np.pad(seen, line_px)
        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
        core, around = (
            np.asarray(change(inside, cross, iterations=line_px), dtype=np.uint8)
            for change in (cv2.erode, cv2.dilate)
        )
        # 1 shadow, 2 line, 3 area: each lies within the one before
        self._codes = np.add(inside + core, around, dtype=np.uint8)
        self._place = QPointF(left - line_px, top - line_px)


def _under(
    span: tuple[int, int], scale: float, corner: float, screen: tuple[int, int]
) -> tuple[npt.NDArray[np.intp], int]:
    """Return which photo pixels of `span` lie under those of the screen that show it, counted from the span's
    beginning, and the first of the latter; no more of them than lie in `screen`.
    """
    first, after = (math.ceil(edge * scale + corner - 0.5) for edge in span)
    start, end = max(first, screen[0]), min(after, screen[1])
    places = np.arange(start, max(end, start))
    pixels = np.floor((places + 0.5 - corner) / scale).astype(np.intp) - span[0]
    return np.clip(pixels, 0, span[1] - span[0] - 1), start


def _screen(painter: QPainter, view: Viewport) -> tuple[float, float, float]:
    """Return device pixels for one pixel, width and height of what is drawn on."""
    if isinstance(view, QWidget):
        return view.devicePixelRatioF(), view.width(), view.height()
    device = painter.device()
    ratio = device.devicePixelRatioF()
    return ratio, device.width() / ratio, device.height() / ratio
