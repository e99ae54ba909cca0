"""FormatList: the formats that can be written, each with what it keeps."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QStyle

from segstudio.desktop.exporting.words import keeps_told, loses_told
from segstudio.desktop.look import Look
from segstudio.desktop.row_drawing import Index, RowDelegate
from segstudio.formats.exporting import EXPORTS, ExportFormat

ROW_PX = 40
_FEWEST_ROWS, _INDENT_PX, _APART_PX = 3, 12, 17
_FORMAT_ROLE = Qt.ItemDataRole.UserRole


class FormatList(QListWidget):
    """One row for each format; `currentItemChanged` tells that another is chosen."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("export.formats")
        self.setAccessibleName("Format")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Delegate(look, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(ROW_PX * _FEWEST_ROWS)
        for row in EXPORTS:
            item = QListWidgetItem(row.name)
            told = f"{keeps_told(row)}\n{loses_told(row)}"
            item.setData(_FORMAT_ROLE, row)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, told)
            item.setToolTip(told)
            self.addItem(item)
        look.theme.changed.connect(self.viewport().update)

    @property
    def chosen(self) -> ExportFormat | None:
        """The format that is chosen."""
        item = self.currentItem()
        row = item.data(_FORMAT_ROLE) if item is not None else None
        return row if isinstance(row, ExportFormat) else None

    def choose(self, row: ExportFormat) -> None:
        """Choose a format."""
        self.setCurrentRow(EXPORTS.index(row))


class _Delegate(RowDelegate):
    def __init__(self, look: Look, view: QListWidget) -> None:
        super().__init__(look, view, row_px=ROW_PX)

    def draw_row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index) -> None:
        row = index.data(_FORMAT_ROLE)
        if isinstance(row, ExportFormat):
            self.draw_ground(painter, rect, state)
            room = rect.adjusted(_INDENT_PX, 0, -_INDENT_PX, 0)
            token = "text" if state & QStyle.StateFlag.State_Enabled else "text_dim"
            self.draw_two_lines(painter, room, row.name, row.carries, apart_px=_APART_PX, token=token)
