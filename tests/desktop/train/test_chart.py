"""What a chart shows of its lines."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.train.plots.chart import Chart
from segstudio.desktop.train.plots.series import Series


def test_the_faint_line_behind_a_smoothed_one_is_not_cut(qtbot: QtBot, look: Look) -> None:
    chart = Chart(look, "loss", "Loss")
    qtbot.addWidget(chart)
    x = np.arange(6.0)
    raw = np.array([1.0, 1.9, 0.8, 1.0, 0.9, 1.0])
    chart.show_series((Series("training", "accent", x, np.full(6, 1.1), raw),), 6.0)
    assert chart.view.getPlotItem().getViewBox().viewRange()[1][1] >= 1.9


def test_of_many_lines_none_has_dots_but_what_would_not_be_seen_without(qtbot: QtBot, look: Look) -> None:
    chart = Chart(look, "classes", "IoU per class")
    qtbot.addWidget(chart)

    def dots(lines: int, epochs: int) -> set[str | None]:
        x = np.arange(1.0, epochs + 1)
        series = [Series(f"{n}", "#336699", x, x / 100, dots=True) for n in range(lines)]
        chart.show_series(series, 60.0)
        return {item.opts["symbol"] for item in chart._lines}

    assert dots(lines=12, epochs=3) == {"o"}
    assert dots(lines=40, epochs=3) == {None}
    assert dots(lines=40, epochs=1) == {"o"}
    assert dots(lines=2, epochs=61) == {None}
