"""Table: rows of plain cells, to read and to select; numbers stand flush right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from segstudio.desktop.look import Look

_ROW_PX = 36
_SWATCH_PX = 14


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, the colour token of its text, a class colour (`#RRGGBB`) as a swatch before it, a tooltip."""

    text: str
    token: str = "text"
    swatch: str = ""
    tip: str = ""
    is_number: bool = False


class Table(QTableWidget):
    """Shows cells; the column `stretched` takes the room that is left."""

    def __init__(self, look: Look, name: str, columns: Sequence[str], *, stretched: int) -> None:
        super().__init__(0, len(columns))
        self.setObjectName(name.lower())
        self.setAccessibleName(name)
        self._look = look
        self._shown: list[Sequence[Cell]] = []
        self.setHorizontalHeaderLabels(list(columns))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        look.theme.changed.connect(self._on_theme_changed)

    def show_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Show other rows; the selected row stays selected."""
        selected = self.currentRow()
        self._shown = list(rows)
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                self.setItem(row, column, self._item(cell))
                head = self.horizontalHeaderItem(column)
                if head is not None:
                    head.setTextAlignment(_alignment(cell))
        if 0 <= selected < len(rows):
            self.setCurrentCell(selected, 0)

    def _item(self, cell: Cell) -> QTableWidgetItem:
        item = QTableWidgetItem(cell.text)
        item.setTextAlignment(_alignment(cell))
        item.setForeground(self._look.colour(cell.token))
        item.setToolTip(cell.tip)
        if cell.swatch:
            item.setIcon(_swatch_icon(cell.swatch, self._look.colour("line_strong"), self.devicePixelRatio()))
        return item

    @Slot()
    def _on_theme_changed(self) -> None:
        self.show_rows(self._shown)


def _alignment(cell: Cell) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if cell.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _swatch_icon(colour: str, edge: QColor, ratio: float) -> QIcon:
    picture = QPixmap(round(_SWATCH_PX * ratio), round(_SWATCH_PX * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(0.5, 0.5, _SWATCH_PX - 1, _SWATCH_PX - 1), 3, 3)
    painter.end()
    return QIcon(picture)
