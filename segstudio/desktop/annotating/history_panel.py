"""HistoryPanel: undo and redo, and the last edits of the photo by name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from segstudio.desktop.actions import Actions
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.widgets.action_button import ActionButton
from segstudio.desktop.widgets.labels import ElidedLabel, label

_ICON_PX = 20
_TIPS = {"edit.undo": "Take the last edit of this photo back.", "edit.redo": "Do again what was taken back."}
_SHOWN = 3


class HistoryPanel(QFrame):
    """Follows the history of the photo that is open."""

    def __init__(self, actions: Actions, desk: PhotoDesk) -> None:
        super().__init__()
        self._actions, self._desk = actions, desk
        self._lines = tuple(ElidedLabel("", "dim" if line else "body") for line in range(_SHOWN))
        for number, line in enumerate(self._lines):
            line.setObjectName(f"history.{number}")
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label("History", "caption"), 1)
        for action_id in _TIPS:
            head.addWidget(ActionButton(actions[action_id], icon_px=_ICON_PX))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 8)
        column.setSpacing(2)
        column.addLayout(head)
        for line in self._lines:
            column.addWidget(line)
        desk.history_changed.connect(self._on_history_changed)
        desk.opened.connect(self._on_history_changed)
        self._on_history_changed()

    @Slot()
    def _on_history_changed(self) -> None:
        shown = self._desk.shown
        editor = shown.editor if shown is not None else None
        edits = editor.history.undo_edits if editor is not None else ()
        for line, words in zip(self._lines, last_edits([edit.label for edit in edits]), strict=True):
            line.set_whole(words)
        undo, redo = (editor.undo_label, editor.redo_label) if editor is not None else (None, None)
        self._tell("edit.undo", "Undo", undo)
        self._tell("edit.redo", "Redo", redo)
        self._actions.know(can_undo=self._desk.can_undo, can_redo=self._desk.can_redo)

    def _tell(self, action_id: str, verb: str, what: str | None) -> None:
        action = self._actions[action_id]
        key = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
        action.setToolTip(f"{verb}{f' {what}' if what else ''} ({key})\n{_TIPS[action_id]}")


def last_edits(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the newest edits, newest first; the same several times in a row is told once with its number; pure."""
    told: list[tuple[str, int]] = []
    for words in reversed(labels):
        if told and told[-1][0] == words:
            told[-1] = (words, told[-1][1] + 1)
        elif len(told) < _SHOWN:
            told.append((words, 1))
        else:
            break
    lines = [words if count == 1 else f"{words} × {count}" for words, count in told]
    lines += [""] * (_SHOWN - len(lines))
    return tuple(lines) if labels else ("nothing painted yet", *[""] * (_SHOWN - 1))
