"""The classes as a list model; it tells the names that are typed."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, Qt, Signal

from segstudio.desktop.classes.rows import EditorRow
from segstudio.desktop.row_drawing import Index

ROW_ROLE = Qt.ItemDataRole.UserRole
_TIP = "Drag it, or Alt+Up and Alt+Down, to reorder; F2 or a double click renames; a click on the colour changes it."


class ClassModel(QAbstractListModel):
    """Shows EditorRow values. It changes nothing by itself: `name_given` carries an index and a name."""

    name_given = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[EditorRow, ...] = ()

    @property
    def rows(self) -> tuple[EditorRow, ...]:
        """What is listed."""
        return self._rows

    def show_rows(self, rows: tuple[EditorRow, ...]) -> None:
        """List other rows; where only what stands in them differs, nothing is laid out anew."""
        if [row.index for row in rows] != [row.index for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        """As many as classes."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name, words for who cannot see, the tooltip, or the EditorRow itself (ROW_ROLE)."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.name}\n{_TIP}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.told()
        return row if role == ROW_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every row can be chosen and renamed."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Tell the name that was typed."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        row = self._rows[index.row()]
        if isinstance(value, str) and " ".join(value.split()) != row.name:
            self.name_given.emit(row.index, value)
        return True
