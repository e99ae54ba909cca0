"""RunList: the runs of the project, to choose one or several, to rename, to throw away."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle

from segstudio.desktop.look import Look
from segstudio.desktop.row_drawing import RowDelegate
from segstudio.desktop.train.board import RunRow
from segstudio.desktop.train.words import TOKENS, row_text
from segstudio.runs.heads import HEADS

Index = QModelIndex | QPersistentModelIndex

_ROW_PX = 44
_DOT_PX = 8
_AGES_EVERY_MS = 30_000
_ROW = Qt.ItemDataRole.UserRole


class RunModel(QAbstractListModel):
    """The rows; `rename_asked` carries a run's name and the one that was typed."""

    rename_asked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[RunRow, ...] = ()

    @property
    def rows(self) -> tuple[RunRow, ...]:
        """What is listed."""
        return self._rows

    def show_rows(self, rows: Sequence[RunRow]) -> bool:
        """Show other rows; True when there are others than before, and not just other words in them."""
        fresh = tuple(rows)
        if [row.name for row in fresh] == [row.name for row in self._rows]:
            self._rows = fresh
            if fresh:
                self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))
            return False
        self.beginResetModel()
        self._rows = fresh
        self.endResetModel()
        return True

    def rename(self, before: str, after: str) -> None:
        """Call a run otherwise, where it stands."""
        self._rows = tuple(replace(row, name=after) if row.name == before else row for row in self._rows)
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008 (as Qt has it)
        """Return how many runs there are."""
        return len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's name, its words for those who listen, or the row itself."""
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.name}: {row_text(row, time.time())}"
            case Qt.ItemDataRole.ToolTipRole:
                head = HEADS[row.head].title if row.head in HEADS else row.head
                parts = (row.name, head, row_text(row, time.time()), row.problem)
                return "\n".join(part for part in parts if part)
            case _ if role == _ROW:
                return row
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names can be edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(  # noqa: N802 (what Qt calls)
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Ask for another name; the list shows it once it is true."""
        if role == Qt.ItemDataRole.EditRole and str(value).strip() not in ("", self._rows[index.row()].name):
            self.rename_asked.emit(self._rows[index.row()].name, str(value))
        return False


class _Delegate(RowDelegate):
    def __init__(self, look: Look, view: QAbstractItemView) -> None:
        super().__init__(look, view, row_px=_ROW_PX)

    def draw_row(
        self,
        painter: QPainter,
        rect: QRect,
        state: QStyle.StateFlag,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a dot in the colour of what the run does, its name, and how far it is."""
        row: RunRow = index.data(_ROW)
        self.draw_ground(painter, rect, state)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour(TOKENS[row.phase]))
        middle = rect.center().y()
        painter.drawEllipse(rect.left() + 12, middle - _DOT_PX // 2, _DOT_PX, _DOT_PX)
        room = rect.adjusted(30, 0, -10, 0)
        self.draw_two_lines(painter, room, row.name, row_text(row, time.time()), apart_px=18)


class RunList(QListView):
    """`chosen` carries the names of the selected runs, in the order of the list."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("runs")
        self.setAccessibleName("Runs")
        self.setToolTip("")
        self.runs = RunModel()
        self.setModel(self.runs)
        self.setItemDelegate(_Delegate(look, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._ages = QTimer(self, interval=_AGES_EVERY_MS)
        self._ages.timeout.connect(self.viewport().update)
        self._ages.start()
        look.theme.changed.connect(self.viewport().update)

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Show other rows; what was selected stays so where it is still there."""
        before = self.selected()
        if self.runs.show_rows(rows):
            self.select(before)

    def selected(self) -> tuple[str, ...]:
        """Return the names of the selected runs."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self.runs.rows[row].name for row in rows if row < len(self.runs.rows))

    def select(self, names: Sequence[str]) -> None:
        """Select runs by name."""
        model = self.selectionModel()
        model.blockSignals(True)
        model.clearSelection()
        for row, run in enumerate(self.runs.rows):
            if run.name in names:
                model.select(self.runs.index(row), QItemSelectionModel.SelectionFlag.Select)
                model.setCurrentIndex(self.runs.index(row), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.blockSignals(False)
        self.viewport().update()
        self._on_selection_changed()

    @Slot()
    def _on_selection_changed(self) -> None:
        self.chosen.emit(self.selected())
