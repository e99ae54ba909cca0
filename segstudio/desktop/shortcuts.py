"""The page of shortcuts: every action of the table with its key, searchable; Return does the one selected."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from segstudio.desktop.action_rows.spec import ActionSpec
from segstudio.desktop.actions import Actions, find_actions
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.widgets.table import Cell, Table


class ShortcutsPage(QDialog):
    """Stays open beside the window; what can be done now can be done from here."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(760, 560)
        self._actions = actions
        self._found: tuple[ActionSpec, ...] = ()
        self.search = QLineEdit()
        self.search.setObjectName("shortcuts.search")
        self.search.setPlaceholderText("Find an action or a key")
        self.search.setClearButtonEnabled(True)
        self.table = Table(look, "Shortcuts", ("action", "what it does", "key"), stretched=1)
        self.nothing = label("No action has these words.", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        column.addWidget(self.nothing)
        column.addWidget(label("Return does the action that is selected.", "caption"))
        self.search.textChanged.connect(self._on_searched)
        self.search.returnPressed.connect(self._on_chosen)
        self.table.cellActivated.connect(self._on_chosen)
        self._on_searched("")

    @Slot(str)
    def _on_searched(self, words: str) -> None:
        self._found = find_actions(words)
        self.table.show_rows([_cells(spec) for spec in self._found])
        self.nothing.setVisible(not self._found)
        if self._found:
            self.table.setCurrentCell(0, 0)

    @Slot()
    def _on_chosen(self) -> None:
        row = self.table.currentRow()
        if not 0 <= row < len(self._found):
            return
        action = self._actions[self._found[row].id]
        if action.isEnabled():
            self.close()
            action.trigger()


def _cells(spec: ActionSpec) -> tuple[Cell, ...]:
    key = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return (
        Cell(spec.text.rstrip("…")),
        Cell(spec.tip, token="text_dim", tip=spec.tip),
        Cell(key, is_number=True),
    )
