"""NamedRowModel: named rows as a list model, in which only what differs is drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, Qt

from segstudio.desktop.row_drawing import Index

ROW_ROLE = Qt.ItemDataRole.UserRole


class Row(Protocol):
    """What a row has to know of itself."""

    @property
    def name(self) -> str:
        """What stands in it."""

    def told(self) -> str:
        """Return it in words, for who cannot see it."""


RowT = TypeVar("RowT", bound=Row)


class NamedRowModel(QAbstractListModel, Generic[RowT]):
    """Shows rows; `number_of` tells which row is which, however its words change, and `tip_of` its tooltip."""

    def __init__(self, number_of: Callable[[RowT], int], tip_of: Callable[[RowT], str]) -> None:
        super().__init__()
        self._number_of, self._tip_of = number_of, tip_of
        self._rows: tuple[RowT, ...] = ()

    @property
    def rows(self) -> tuple[RowT, ...]:
        """What is listed."""
        return self._rows

    def show_rows(self, rows: tuple[RowT, ...]) -> None:
        """List other rows; where only what stands in them differs, nothing is laid out anew."""
        if [self._number_of(row) for row in rows] != [self._number_of(row) for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        old, self._rows = self._rows, rows
        for number, (before, now) in enumerate(zip(old, rows, strict=True)):
            if before != now:
                self.dataChanged.emit(self.index(number), self.index(number))

    def rowCount(self, parent: Index | None = None) -> int:
        """As many as rows; none has others below it."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name, words for who cannot see, the tooltip, or the row itself (ROW_ROLE)."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.told()
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip_of(row)
            case _:
                return row if role == ROW_ROLE else None
