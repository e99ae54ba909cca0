"""Plots: the four charts of one run, or of several laid over each other, and what they have in common."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.plots.chart import Chart
from segstudio.desktop.train.plots.series import CHARTS, ChartId, Curve, series_of, state_of, window_of
from segstudio.desktop.widgets.labels import label

_PICTURE_RATIO = 2
_SMOOTHING = 40
_SOON_MS = 100
_LONGEST_PAUSE_MS = 1000
_SHARE = 0.01
"""So much of a core goes into working out what is drawn; drawing takes about twice as much."""
_BETWEEN_CHARTS_MS = 10
_BESIDE = 2


class Plots(QWidget):
    """Charts whose epochs move together. Only those are drawn that have changed, at most ten times a second, and more
    seldom the longer it takes: a training goes on beside them. `room` is where they stand.
    """

    export_asked = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._curves: tuple[Curve, ...] = ()
        self.charts: dict[ChartId, Chart] = {}
        self._waiting: list[ChartId] = list(CHARTS)
        self._to_draw: list[ChartId] = []
        self._drawn: dict[ChartId, tuple[object, ...]] = {}
        self._spent_s = 0.0
        self._is_stale = False
        self.room = QWidget()
        self._grid = QGridLayout(self.room)
        self._grid.setContentsMargins(8, 0, 8, 0)
        self._grid.setSpacing(1)
        for place in range(
            _BESIDE
        ):  # each chart has its place from the start: those that are there stay as they are
            self._grid.setRowStretch(place, 1)
            self._grid.setColumnStretch(place, 1)
        self._buttons: list[QPushButton] = []
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.log = QCheckBox("Log scale")
        self._redraw = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._redraw.timeout.connect(self._draw)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        column.addWidget(self.room, 1)

    @property
    def is_built(self) -> bool:
        """Whether all charts are there."""
        return len(self.charts) == len(CHARTS)

    @Slot()
    def build(self) -> None:
        """Make one chart after the other, with a turn of the event loop between them: each takes its time."""
        if not self._waiting:
            self._draw()
            return
        chart_id = self._waiting.pop(0)
        chart = Chart(self._look, chart_id, CHARTS[chart_id])
        chart.zoomed.connect(self._on_zoomed)
        chart.hovered.connect(self._on_hovered)
        chart.reset_asked.connect(self.reset)
        QTimer.singleShot(_BETWEEN_CHARTS_MS, self, lambda: self._put(chart))

    def _put(self, chart: Chart) -> None:
        """Show a chart that was made: in a turn of its own, since it is drawn in it."""
        place = len(self.charts)
        if self.charts:
            chart.view.setXLink(next(iter(self.charts.values())).view)
        before: QWidget = list(self.charts.values())[-1] if self.charts else self._buttons[-1]
        self.charts[chart.chart_id] = chart
        self._grid.addWidget(chart, place // _BESIDE, place % _BESIDE)
        QWidget.setTabOrder(before, chart)
        QTimer.singleShot(_BETWEEN_CHARTS_MS, self, self.build)

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Show these runs; soon, and not more often than it can be seen."""
        if [each.name for each in curves] != [each.name for each in self._curves]:
            self._redraw.stop()
            self._spent_s = 0.0
        self._curves = tuple(curves)
        for button in self._buttons:
            button.setEnabled(any(curve.told.started is not None for curve in curves))
        self._is_stale = True
        if self.isVisible() and not self._redraw.isActive() and not self._to_draw:
            self._redraw.start(pause_ms(self._spent_s))

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self._redraw.start(_SOON_MS)

    @Slot()
    def reset(self) -> None:
        """Show all of everything again."""
        for chart in self.charts.values():
            chart.reset()

    def picture(self) -> QPixmap:
        """Return the charts as a picture, twice as fine as the screen."""
        self._grid.activate()
        found = QPixmap(self.room.size() * _PICTURE_RATIO)
        found.setDevicePixelRatio(_PICTURE_RATIO)
        found.fill(self._look.colour("raised"))
        for chart in self.charts.values():
            chart.render(found, chart.pos())
        return found

    def save_picture(self, path: Path) -> bool:
        """Write the charts as a picture; False when the disk refuses."""
        return self.picture().save(str(path))

    def _bar(self) -> QWidget:
        bar = QWidget()
        self.smoothing.setObjectName("plots.smoothing")
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setRange(0, 100)
        self.smoothing.setValue(_SMOOTHING)
        self.smoothing.setFixedWidth(112)
        self.smoothing.setToolTip(
            "Smoothing\nAverage the training loss over more or fewer steps around each."
        )
        self.smoothing.valueChanged.connect(self._on_option_changed)
        self.log.setObjectName("plots.log")
        self.log.setToolTip(
            "Log scale\nSpread small losses and learning rates out: each line is ten times the next."
        )
        self.log.toggled.connect(self._on_log_toggled)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        row.addWidget(label("Smoothing", "caption"))
        row.addWidget(self.smoothing)
        row.addWidget(self.log)
        row.addStretch(1)
        for text, name, tip, wanted in (
            ("Show all", "plots.reset", "Show all of every chart again (Home).", None),
            ("Save picture…", "plots.png", "Save the charts as a picture (PNG).", "png"),
            ("Save values…", "plots.csv", "Save the values as tables for a spreadsheet (CSV).", "csv"),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setProperty("kind", "small")
            button.setEnabled(False)
            self._buttons.append(button)
            button.setToolTip(tip)
            if wanted is None:
                button.clicked.connect(self.reset)
            else:
                button.clicked.connect(lambda _=False, kind=wanted: self.export_asked.emit(kind))
            row.addWidget(button)
        return bar

    @Slot()
    def _draw(self) -> None:
        """Draw what has changed: one chart, and the next one in the next turn of the event loop."""
        if not self.is_built:
            return
        began = time.thread_time()
        if not self._to_draw:
            self._to_draw, self._is_stale, self._spent_s = list(self.charts), False, 0.0
        chart_id = self._to_draw.pop(0)
        state = state_of(chart_id, self._curves)
        if self._drawn.get(chart_id) != state:
            self._draw_chart(chart_id)
            self._drawn[chart_id] = state
        self._spent_s += time.thread_time() - began
        if self._to_draw:
            QTimer.singleShot(_BETWEEN_CHARTS_MS, self, self._draw)
        elif self._is_stale:
            self._redraw.start(pause_ms(self._spent_s))

    def _draw_chart(self, chart_id: ChartId) -> None:
        steps = max((curve.told.steps.shape[1] for curve in self._curves), default=0)
        window = window_of(self.smoothing.value(), steps)
        epochs = max((float(c.told.started.epochs) for c in self._curves if c.told.started), default=1.0)
        self.charts[chart_id].show_series(series_of(chart_id, self._curves, window), epochs)

    @Slot()
    def _on_option_changed(self) -> None:
        self._drawn.pop("loss", None)
        self._redraw.stop()
        self._spent_s = 0.0  # who moves the slider waits for nothing
        self.show_curves(self._curves)

    @Slot(bool)
    def _on_log_toggled(self, on: bool) -> None:
        for chart_id in ("loss", "rate"):
            self.charts[chart_id].set_log(on)

    @Slot()
    def _on_zoomed(self) -> None:
        for chart in self.charts.values():
            chart.hold()

    @Slot(object)
    def _on_hovered(self, epoch: float | None) -> None:
        for chart in self.charts.values():
            chart.point_at(epoch)


def pause_ms(spent_s: float) -> int:
    """Return how long to wait before charts are drawn that took so long to work out the last time."""
    return round(min(_LONGEST_PAUSE_MS, max(_SOON_MS, 1000 * spent_s / _SHARE)))
