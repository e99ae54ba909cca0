"""Chart: one plot with its title, its lines told in words and numbers, hover, zoom and reset."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.plots.axes import EpochAxis, ValueAxis
from segstudio.desktop.train.plots.legend import Legend, legend_of, line_pen
from segstudio.desktop.train.plots.series import ChartId, Series, bottom_of, top_of

pg: Any = pyqtgraph  # it has no types

_AXIS_PX = 52
_RING_PX, _RING_RADIUS_PX = 2, 6
_FAINT = 45
_DOTS_AT_MOST, _DOTTED_LINES_AT_MOST = 60, 12
"""Beyond that they hide the lines, and drawing them is felt."""
_SMOOTH_AT_MOST = 20_000
"""Lines of more points than this are drawn without smooth edges: nobody sees the difference."""


class Chart(QWidget):
    """Shows lines over epochs. `zoomed` says that the person chose what to see, `hovered` carries the epoch under
    the pointer or None, `reset_asked` that all is to be seen again.
    """

    zoomed = Signal()
    hovered = Signal(object)
    reset_asked = Signal()

    def __init__(self, look: Look, chart_id: ChartId, title: str) -> None:
        super().__init__()
        self.setObjectName(f"chart.{chart_id}")
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.chart_id = chart_id
        self._look = look
        self._series: tuple[Series, ...] = ()
        self._lines: list[Any] = []
        self._epochs = 1.0
        self._log = False
        self._is_zoomed = self._holds_epochs = False
        self._hover: float | None = None
        self.legend = Legend(look, title, widest="0.0e-00" if chart_id == "rate" else "0.000")
        self.view: Any = pg.PlotWidget(axisItems={"bottom": EpochAxis("bottom"), "left": ValueAxis("left")})
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cross = pg.InfiniteLine(angle=90, label="", labelOpts={"position": 0.94, "movable": False})
        self._cross.setVisible(False)
        self._set_up()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.legend)
        column.addWidget(self.view, 1)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._show_ranges()

    @property
    def series(self) -> tuple[Series, ...]:
        """What is shown."""
        return self._series

    @property
    def told(self) -> str:
        """The legend in words."""
        return self.legend.told

    def show_series(self, series: Sequence[Series], epochs: float) -> None:
        """Show other lines, or longer ones, over so many epochs."""
        self._series, self._epochs = tuple(series), max(1.0, epochs)
        wanted = [
            (line, raw) for line in series for raw in ((True, False) if line.raw is not None else (False,))
        ]
        while len(self._lines) > len(wanted):
            self.view.removeItem(self._lines.pop())
        while len(self._lines) < len(wanted):
            self._lines.append(self._new_line())
        for item, (line, raw) in zip(self._lines, wanted, strict=True):
            self._draw(item, line, raw=raw)
        self._show_ranges()
        self._tell()

    def set_log(self, log: bool) -> None:
        """Show values on a logarithmic axis, or on a plain one."""
        self._log = log
        self.view.getPlotItem().setLogMode(x=False, y=log)
        self._show_ranges()

    def hold(self) -> None:
        """Keep the part of the epochs that the person chose."""
        self._holds_epochs = True

    def reset(self) -> None:
        """Show all again."""
        self._is_zoomed = self._holds_epochs = False
        self._show_ranges()

    def point_at(self, epoch: float | None) -> None:
        """Show the values at an epoch, or the newest ones."""
        self._hover = epoch
        self._cross.setVisible(epoch is not None)
        if epoch is not None:
            self._cross.setPos(epoch)
            self._cross.label.setFormat(f"epoch {epoch:.1f}")
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and - zoom, Home shows all."""
        box = self.view.getPlotItem().getViewBox()
        low, high = box.viewRange()[0]
        step = (high - low) / 8
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                by = -step if event.key() == Qt.Key.Key_Left else step
                box.setXRange(low + by, high + by, padding=0)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                box.setXRange(low + step, high - step, padding=0)
            case Qt.Key.Key_Minus:
                box.setXRange(low - step, high + step, padding=0)
            case Qt.Key.Key_Home | Qt.Key.Key_0:
                self.reset_asked.emit()
                return
            case _:
                super().keyPressEvent(event)
                return
        self._on_zoomed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show by a ring that the keyboard is here."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._look.colour("accent"), _RING_PX))
            inset = _RING_PX / 2
            room = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(room, _RING_RADIUS_PX, _RING_RADIUS_PX)

    # -- drawing

    def _set_up(self) -> None:
        item = self.view.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setDownsampling(auto=True, mode="peak")
        item.setClipToView(True)
        item.getAxis("left").setWidth(_AXIS_PX)
        item.getAxis("left").enableAutoSIPrefix(False)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        item.getViewBox().disableAutoRange()
        item.getViewBox().sigRangeChangedManually.connect(self._on_zoomed)
        item.addItem(self._cross, ignoreBounds=True)
        self.view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.view.setToolTip(
            "Wheel zooms, dragging moves; + - and the arrows do too, Home shows all again.\n"
            "The values under the pointer stand beside the title."
        )

    def _new_line(self) -> Any:
        line = pg.PlotDataItem()
        self.view.addItem(line, ignoreBounds=True)
        return line

    def _draw(self, item: Any, line: Series, *, raw: bool) -> None:
        colour = self._colour(line.colour)
        if raw:
            colour.setAlpha(_FAINT)
        many = len(line.x) > _SMOOTH_AT_MOST and self.chart_id == "loss"
        width = 1 if raw or many else 1.8
        few = len(self._series) <= _DOTTED_LINES_AT_MOST or len(line.x) == 1
        marked = line.dots and few and len(line.x) <= _DOTS_AT_MOST
        item.setData(
            line.x,
            line.raw if raw and line.raw is not None else line.y,
            pen=line_pen(colour, width, line.stroke),
            antialias=not many,
            connect="finite",
            symbol="o" if marked else None,
            symbolSize=5,
            symbolBrush=colour,
            symbolPen=None,
        )

    def _colour(self, name: str) -> QColor:
        return QColor(name) if name.startswith("#") else self._look.colour(name)

    def _show_ranges(self) -> None:
        if self._is_zoomed:
            return
        box = self.view.getPlotItem().getViewBox()
        if not self._holds_epochs:
            box.setXRange(0, self._epochs, padding=0.02)
        values = [line.y if line.raw is None else line.raw for line in self._series]
        if self.chart_id in ("miou", "classes"):
            box.setYRange(0, 1, padding=0.03)
        elif self._log:
            box.setYRange(math.log10(bottom_of(values)), math.log10(top_of(values)), padding=0.03)
        else:
            box.setYRange(0, top_of(values), padding=0.03)

    def _tell(self) -> None:
        self.legend.show_entries(legend_of(self.chart_id, self._series, self._hover))

    @Slot()
    def _on_zoomed(self) -> None:
        self._is_zoomed = True
        self.zoomed.emit()

    @Slot(object)
    def _on_mouse_moved(self, place: QPointF) -> None:
        item = self.view.getPlotItem()
        inside = item.sceneBoundingRect().contains(place)
        x = float(item.getViewBox().mapSceneToView(place).x())
        self.hovered.emit(float(np.clip(x, 0, self._epochs)) if inside else None)

    def leaveEvent(self, event: object) -> None:
        """The newest values are told again."""
        self.hovered.emit(None)
        super().leaveEvent(event)  # type: ignore[arg-type]

    @Slot()
    def _on_theme_changed(self) -> None:
        self.view.setBackground(self._look.colour("raised"))
        item = self.view.getPlotItem()
        line, text = self._look.colour("line"), self._look.colour("text_dim")
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(line)
            axis.setTextPen(text)
            axis.setStyle(tickFont=self._look.theme.font("caption"), tickLength=0)
        item.showGrid(x=False, y=True, alpha=0.12)
        self._cross.setPen(pg.mkPen(self._look.colour("line_strong"), width=1))
        self._cross.label.setColor(text)
        self._cross.label.setFont(self._look.theme.font("caption"))
        self.legend.update()
        for drawn, (series, raw) in zip(
            self._lines,
            [(s, raw) for s in self._series for raw in ((True, False) if s.raw is not None else (False,))],
            strict=False,
        ):
            self._draw(drawn, series, raw=raw)
        self._tell()
