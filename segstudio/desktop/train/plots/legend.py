"""Legend: what the lines of a chart are, and their values, in as many rows as they need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.plots.series import ChartId, Series, Stroke, value_at

STROKES: dict[Stroke, tuple[float, ...]] = {
    "solid": (),
    "dashed": (4, 3),
    "dotted": (1, 2),
    "dashdot": (5, 2, 1, 2),
    "dashdotdot": (5, 2, 1, 2, 1, 2),
    "long": (9, 4),
}
"""Dashes and gaps, in widths of the line."""

_SQUARE_PX, _LINE_PX, _GAP_PX, _BETWEEN_PX = 8, 22, 5, 14
_MOST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a square in `colour`, or with a `stroke` a piece of such a line; `values` are None where none is."""

    label: str
    colour: str
    values: tuple[float | None, ...] = ()
    stroke: Stroke | None = None

    @property
    def told(self) -> str:
        """The entry in words."""
        values = " / ".join("–" if value is None else number(value) for value in self.values)
        return f"{self.label} {values}".rstrip()


def legend_of(chart: ChartId, series: Sequence[Series], place: float | None) -> tuple[Entry, ...]:
    """Return the entries of a chart's lines with their values at an epoch, or the newest ones (None); pure.

    Of several runs a class is told once, with the value of each run, and each run by its kind of line.
    """
    runs = list(dict.fromkeys(line.run for line in series))
    if len(runs) < 2:
        return tuple(Entry(line.label, line.colour, (value_at(line, place),)) for line in series)
    if chart == "classes":
        kinds = {line.run: Entry(line.run, "text", stroke=line.stroke) for line in series}
        labels = {line.label: line.colour for line in series}
        of = {(line.label, line.run): value_at(line, place) for line in series}
        classes = [
            Entry(label, colour, tuple(of.get((label, run)) for run in runs))
            for label, colour in labels.items()
        ]
        return (*kinds.values(), *classes)
    parts = {line.label: line.stroke for line in series} if chart == "loss" else {}
    keys = [Entry(label, "text_dim", stroke=stroke) for label, stroke in parts.items()]
    told = []
    for run in runs:
        lines = [line for line in series if line.run == run]
        told.append(Entry(run, lines[0].colour, tuple(value_at(line, place) for line in lines)))
    return (*keys, *told)


def rows_of(widths: Sequence[float], room: float, *, first: float, gap: float) -> list[list[int]]:
    """Return which entries stand in which row, of which the first has less room than the others; pure."""
    rows: list[list[int]] = [[]]
    left = first
    for place, width in enumerate(widths):
        if left < width and (rows[-1] or len(rows) == 1):
            rows.append([])
            left = room
        rows[-1].append(place)
        left -= width + gap
    return rows


def number(value: float) -> str:
    """Return a value in few letters."""
    if not value:
        return "0"
    if abs(value) < 0.001:
        return f"{value:.1e}"
    return f"{value:.4f}" if abs(value) < 0.1 else f"{value:.3f}"


def line_pen(colour: QColor, width: float, stroke: Stroke) -> QPen:
    """Return the pen of a line."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if STROKES[stroke]:
        pen.setDashPattern(STROKES[stroke])
    return pen


class Legend(QWidget):
    """The title at the left, the entries at the right; its height follows from names and room, and not from the values,
    which change.
    """

    def __init__(self, look: Look, title: str, *, widest: str = "0.000") -> None:
        super().__init__()
        self._look, self._title, self._widest = look, title, widest
        self._entries: tuple[Entry, ...] = ()
        self._metrics = QFontMetricsF(look.theme.font("caption"))
        self._bold = QFontMetricsF(look.theme.font("caption", bold=True))
        self._heading = QFontMetricsF(look.theme.font("body", bold=True))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    @property
    def told(self) -> str:
        """All of it in words."""
        return " · ".join(entry.told for entry in self._entries)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show other entries."""
        if tuple(entries) != self._entries:
            self._entries = tuple(entries)
            self.setToolTip("\n".join(entry.told for entry in entries))
            self.setAccessibleName(self.told)
            self._fit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many rows as are needed now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = min(_MOST_ROWS, len(self._rows())) * self._row_px()
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)

    def _row_px(self) -> int:
        return math.ceil(max(self._metrics.height() + 2, self._heading.height()))

    def _rows(self) -> list[list[int]]:
        widths = [self._width_of(entry) for entry in self._entries]
        title_px = self._heading.horizontalAdvance(self._title) + _BETWEEN_PX
        return rows_of(widths, self.width(), first=self.width() - title_px, gap=_BETWEEN_PX)

    def _width_of(self, entry: Entry) -> float:
        sample = _SQUARE_PX if entry.stroke is None else _LINE_PX
        values = " / ".join(self._widest for _ in entry.values)
        values_px = self._bold.horizontalAdvance(values) + _GAP_PX if values else 0.0
        return sample + _GAP_PX + self._metrics.horizontalAdvance(entry.label) + values_px

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows; what does not fit is told by dots, and by the tooltip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows, height = self._rows(), self._row_px()
        painter.setPen(self._look.colour("text"))
        painter.setFont(self._look.theme.font("body", bold=True))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, self.width(), height), left, self._title)
        for place, row in enumerate(rows[:_MOST_ROWS]):
            widths = [self._width_of(self._entries[each]) for each in row]
            x = max(0.0, self.width() - sum(widths) - _BETWEEN_PX * (len(row) - 1))
            for each, width in zip(row, widths, strict=True):
                self._draw(painter, self._entries[each], QRectF(x, place * height, width, height))
                x += width + _BETWEEN_PX
        if len(rows) > _MOST_ROWS:
            painter.setPen(self._look.colour("text_dim"))
            corner = QRectF(0, (_MOST_ROWS - 1) * height, 16, height)
            painter.drawText(corner, Qt.AlignmentFlag.AlignCenter, "…")

    def _draw(self, painter: QPainter, entry: Entry, room: QRectF) -> None:
        colour, middle = self._colour(entry.colour), room.center().y()
        left = room.left()
        if entry.stroke is None:
            square = QRectF(left, middle - _SQUARE_PX / 2, _SQUARE_PX, _SQUARE_PX)
            painter.fillRect(square, colour)
            left += _SQUARE_PX + _GAP_PX
        else:
            painter.setPen(line_pen(colour, 1.8, entry.stroke))
            painter.drawLine(QPointF(left, middle), QPointF(left + _LINE_PX, middle))
            left += _LINE_PX + _GAP_PX
        painter.setPen(self._look.colour("text_dim"))
        middle_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._look.theme.font("caption"))
        painter.drawText(
            QRectF(left, room.top(), room.right() - left, room.height()), middle_left, entry.label
        )
        if entry.values:
            left += self._metrics.horizontalAdvance(entry.label) + _GAP_PX
            values = " / ".join("–" if value is None else number(value) for value in entry.values)
            painter.setFont(self._look.theme.font("caption", bold=True))
            painter.drawText(
                QRectF(left, room.top(), self.width() - left, room.height()), middle_left, values
            )

    def _colour(self, name: str) -> QColor:
        return QColor(name) if name.startswith("#") else self._look.colour(name)
