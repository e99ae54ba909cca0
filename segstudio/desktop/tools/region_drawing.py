"""RegionDrawing: any set of pixels as a tint with an outline, sharp at every scale and as quick on any photo."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPicture
from PySide6.QtWidgets import QWidget

from segstudio.desktop.tools.drawing import beside, tint
from segstudio.desktop.tools.tool import Viewport
from segstudio.painting.region import Region

_AREA, _LINE, _SHADOW = 1, 2, 3

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
        ratio, width, height = _screen(painter, view)
        corner = view.to_screen((0.0, 0.0))
        seen = (ratio, width, height, view.scale, corner.x(), corner.y())
        if region is not self._region or seen != self._seen:
            self._region, self._seen = region, seen
            self._sample(
                region, view.scale * ratio, corner * ratio, (round(width * ratio), round(height * ratio))
            )
        rows, columns = self._codes.shape
        if not rows or not columns:
            return
        target = QRectF(
            self._place / ratio, QPointF(self._place.x() + columns, self._place.y() + rows) / ratio
        )
        if isinstance(painter.device(), QPicture):
            painter.drawRect(
                target
            )  # only the place is asked for; a picture in a QPicture costs far too much
            return
        codes = self._codes
        image = QImage(codes.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        line = QColor(colour)
        image.setColorTable([0, tint(colour).color().rgba(), line.rgba(), beside(line).rgba()])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(target, image)

    def _sample(self, region: Region, scale: float, corner: QPointF, size: tuple[int, int]) -> None:
        """Look, in device pixels, at what lies under the middle of each pixel of the screen."""
        columns, left = _under(region.rect.left, region.rect.right, scale, corner.x(), size[0])
        rows, top = _under(region.rect.top, region.rect.bottom, scale, corner.y(), size[1])
        self._place = QPointF(left, top)
        if not len(columns) or not len(rows):
            self._codes = np.zeros((0, 0), dtype=np.uint8)
            return
        near = region.bitmap[:, columns[0] : columns[-1] + 1]
        inside = np.zeros((len(rows) + 2, len(columns) + 2), dtype=np.uint8)
        inside[1:-1, 1:-1] = near[rows][:, columns - columns[0]]
        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
        core = np.asarray(cv2.erode(inside, cross))
        around = np.asarray(cv2.dilate(inside, cross))
        self._codes = np.ascontiguousarray(
            np.where(inside, np.where(core, _AREA, _LINE), around * _SHADOW).astype(np.uint8)
        )
        self._place -= QPointF(1, 1)


def _under(
    first: int, after: int, scale: float, corner: float, size: int
) -> tuple[npt.NDArray[np.intp], int]:
    """Return the pixels of the span `first`…`after` (counted from its beginning) under those of the screen that show
    it, and the first one of those; one pixel more on each side of the screen, so that its border is no edge.
    """
    start = max(math.ceil(first * scale + corner - 0.5), -1)
    end = min(math.ceil(after * scale + corner - 0.5), size + 1)
    places = np.arange(start, max(end, start))
    pixels = np.floor((places + 0.5 - corner) / scale).astype(np.intp) - first
    return np.clip(pixels, 0, after - first - 1), start


def _screen(painter: QPainter, view: Viewport) -> tuple[float, float, float]:
    """Return device pixels for one pixel, width and height of what is drawn on."""
    if isinstance(view, QWidget):
        return view.devicePixelRatioF(), view.width(), view.height()
    device = painter.device()
    ratio = device.devicePixelRatioF()
    return ratio, device.width() / ratio, device.height() / ratio
