"""A canvas on a screen of fractional scale; run as a process, since the scale is settled when Qt starts.

Prints how many pixels differ from what they are to be.
"""

from __future__ import annotations

import sys

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.look import Look
from segstudio.painting.rect import Rect
from segstudio.project.classes import ClassList
from tests.desktop.canvas.seen import Colours, pixels_of

_SIDE = 2000
_BORDER = 3


def on_screen(window: QWidget) -> Colours:
    QApplication.processEvents()
    return pixels_of(window.screen().grabWindow(window.winId()).toImage())


def wrong_pixels(window: QWidget, canvas: Canvas, zoom: float, rng: np.random.Generator) -> int:
    """Change the mask here and there and compare what is on the screen with the mask, pixel by pixel."""
    mask = rng.integers(0, 2, (_SIDE, _SIDE), dtype=np.uint8)
    canvas.show_photo(Pyramid.of(np.zeros((_SIDE, _SIDE, 3), dtype=np.uint8)), mask)
    canvas.zoom_by(zoom / canvas.zoom)
    canvas.zoom_by(zoom / canvas.zoom)  # it stopped at 1:1 on its way
    canvas.pan(11.3, -5.1)
    QApplication.processEvents()
    for number in range(6):
        x, y = (int(side) for side in canvas.to_photo(QPointF(*rng.uniform(20, 280, 2))))
        rect = Rect(y, x, y + int(rng.integers(1, 60)), x + int(rng.integers(1, 60)))
        mask[rect.slices] = number % 2
        canvas.mask_changed(rect)
        QApplication.processEvents()
    ratio = canvas.devicePixelRatioF()
    shown = on_screen(window)[round(canvas.y() * ratio) :, round(canvas.x() * ratio) :]
    shown = shown[
        _BORDER : round(canvas.height() * ratio) - _BORDER, _BORDER : round(canvas.width() * ratio) - _BORDER
    ]
    left, top = (side * ratio for side in canvas.to_screen((0, 0)).toTuple())
    rows = np.floor((np.arange(shown.shape[0]) + _BORDER - round(top) + 0.5) / zoom).astype(int)
    columns = np.floor((np.arange(shown.shape[1]) + _BORDER - round(left) + 0.5) / zoom).astype(int)
    wanted = np.where(mask[rows[:, None], columns][..., None] == 1, (255, 128, 0), (0, 128, 255))
    return int((wanted != shown).any(axis=2).sum())


def main() -> None:
    app = QApplication(sys.argv)
    window = QWidget()
    window.resize(541, 407)
    canvas = Canvas(Look(app, "light"), window)
    canvas.setGeometry(33, 17, 401, 303)  # begins between device pixels
    canvas.set_classes(ClassList.from_names(["sky:#0080FF", "ground:#FF8000"]))
    canvas.set_look(CanvasLook(opacity=1, pixel_grid=False))
    window.show()
    rng = np.random.default_rng(0)
    wrong = sum(wrong_pixels(window, canvas, zoom, rng) for zoom in (1.0, 1.7, 3.3, 6.0))
    print(canvas.devicePixelRatioF(), wrong)  # noqa: T201


if __name__ == "__main__":
    main()
