"""Every pixel that differs is seen, at any scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from segstudio.desktop.canvas.view import View
from segstudio.desktop.exporting.marks import level_for, marks_of
from segstudio.desktop.exporting.pane import draw_marks
from segstudio.desktop.reviewing.faces import MARKED


@given(st.integers(1, 700), st.integers(1, 700), st.data())
def test_each_level_has_what_is_below_it(rows: int, columns: int, data: st.DataObject) -> None:
    differs = np.zeros((rows, columns), dtype=bool)
    row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    differs[row, column] = True
    for number, level in enumerate(marks_of(differs)):
        assert level.sum() == 1
        assert level[row >> number, column >> number] == 1


def test_without_a_difference_there_is_nothing() -> None:
    assert marks_of(np.zeros((40, 60), dtype=bool)) == ()


def test_a_mark_takes_a_pixel_of_the_screen_at_least() -> None:
    assert [level_for(scale, 4) for scale in (8, 1, 0.9, 0.5, 0.3, 0.01)] == [0, 0, 1, 1, 2, 3]


@pytest.mark.parametrize(("scale", "ratio"), [(0.11, 1.0), (0.37, 2.0), (1.0, 1.0), (5.0, 2.0)])
def test_a_single_pixel_is_drawn_where_it_lies(qapp: QApplication, scale: float, ratio: float) -> None:
    differs = np.zeros((1200, 1600), dtype=bool)
    row, column = 611, 803
    differs[row, column] = True
    room = (400, 300)
    view = View(differs.shape, room, 1.0, (800.0, 600.0))
    view = replace(view, scale=scale)
    image = QImage(*room, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    draw_marks(painter, marks_of(differs), view, ratio)
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(room[::-1]) & 0xFFFFFF
    found = np.argwhere(pixels == QColor(MARKED).rgb() & 0xFFFFFF)
    assert len(found)
    x, y = view.to_device((column + 0.5, row + 0.5))
    assert np.abs(found - (y, x)).max() <= max(scale, 1) + 1 / (2 * min(scale, 1)) ** 0.5 + 2
