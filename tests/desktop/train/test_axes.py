"""Marks of a logarithmic axis."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtGui import QPainter, QPicture
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.train.plots.axes import ValueAxis, log_marks, mark_text
from segstudio.desktop.train.plots.chart import Chart
from segstudio.desktop.train.plots.series import Series


@pytest.mark.parametrize("size_px", [40, 90, 150, 400, 1200])
@pytest.mark.parametrize(("low", "high"), [(-6, 0.2), (-2, 1), (-0.3, 0.1), (-12, 3), (-0.31, -0.30), (0, 1)])
def test_marks_are_as_many_as_can_be_read(low: float, high: float, size_px: float) -> None:
    marks = log_marks(low, high, size_px)
    assert all(low - 1e-9 <= mark <= high + 1e-9 for mark in marks)
    apart = [(after - before) * size_px / (high - low) for before, after in pairwise(marks)]
    assert min(apart, default=22) >= 21.5
    assert len(marks) >= (2 if size_px >= 90 else 1)
    assert len({mark_text(10**mark) for mark in marks}) == len(marks)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0.5, "0.5"),
        (0.001, "0.001"),
        (1e-5, "10⁻⁵"),
        (2e-5, "2·10⁻⁵"),
        (1000, "1000"),
        (0.305, "0.305"),
    ],
)
def test_a_mark_is_written_as_people_write_it(value: float, text: str) -> None:
    assert mark_text(value) == text


@pytest.mark.parametrize(
    ("values", "spacing", "texts"),
    [
        ([0.0, 0.00005, 0.0001], 0.00005, ["0.00000", "0.00005", "0.00010"]),
        ([0.0, 0.5, 1.0], 0.5, ["0.0", "0.5", "1.0"]),
        ([0.0, 20.0], 20.0, ["0", "20"]),
        ([0.0, 2e-7, 4e-7], 2e-7, ["0", "2·10⁻⁷", "4·10⁻⁷"]),
    ],
)
def test_numbers_of_a_plain_axis_are_written_alike(
    qapp: object, values: list[float], spacing: float, texts: list[str]
) -> None:
    assert ValueAxis("left").tickStrings(values, 1.0, spacing) == texts


@pytest.mark.parametrize(
    ("high", "size_px", "marks"),
    [
        (2.5, 140, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]),
        (1.0, 120, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (1.0, 600, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.0003, 60, ["0.0000", "0.0002"]),
        (1.0, 10, ["0"]),
    ],
)
def test_a_plain_axis_is_marked_at_even_steps(
    qapp: object, high: float, size_px: float, marks: list[str]
) -> None:
    axis = ValueAxis("left")
    [(step, values)] = axis.tickValues(0.0, high, size_px)
    assert axis.tickStrings(values, 1.0, step) == marks


def test_a_low_chart_of_a_learning_rate_has_room_between_its_numbers(qtbot: QtBot, look: Look) -> None:
    chart = Chart(look, "rate", "Learning rate")
    qtbot.addWidget(chart)
    chart.resize(320, 130)
    chart.set_log(log=True)
    x = np.arange(1.0, 200.0)
    chart.show_series((Series("rate", "accent", x, 5e-4 * (1 - x / 200) ** 0.9),), 200.0)
    axis = chart.view.getPlotItem().getAxis("left")
    chart.grab()
    picture = QPicture()
    painter = QPainter(picture)
    painter.setFont(look.theme.font("caption"))
    _, _, texts = axis.generateDrawSpecs(painter)
    painter.end()
    rects = [rect for rect, _, _ in texts]
    assert len(rects) >= 2
    assert not [pair for pair in combinations(rects, 2) if pair[0].intersects(pair[1])]
