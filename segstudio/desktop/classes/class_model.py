"""The classes as a list model; it tells the names that are typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from segstudio.desktop.classes.rows import EditorRow
from segstudio.desktop.named_rows import NamedRowModel
from segstudio.desktop.row_drawing import Index

_TIP = "Drag it, or Alt+Up and Alt+Down, to reorder; F2 or a double click renames; a click on the colour changes it."


class ClassModel(NamedRowModel[EditorRow]):
    """Shows EditorRow values. It changes nothing by itself: `name_given` carries an index and a name."""

    name_given = Signal(int, str)

    def __init__(self) -> None:
        super().__init__(lambda row: row.index, lambda row: f"{row.name}\n{_TIP}")

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every row can be chosen and renamed."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Tell the name that was typed."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        row = self.rows[index.row()]
        if isinstance(value, str) and " ".join(value.split()) != row.name:
            self.name_given.emit(row.index, value)
        return True
