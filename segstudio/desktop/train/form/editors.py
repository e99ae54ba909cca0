"""FieldEditor: one field of the recipe with its title, its editor, its help, and what is wrong with its value."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.train.form.fields import Field, text_of, value_of
from segstudio.desktop.widgets.labels import ElidedLabel, label

_EDITOR_PX = 128
_TEXT_PX = 7
_UNIT_RIGHT_PX, _UNIT_GAP_PX = 8, 4


class Choice(QComboBox):
    """A list to choose from that the wheel scrolls past: only who opens it changes it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


class Number(QSpinBox):
    """A whole number that the wheel scrolls past."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(_TEXT_PX, 0, 0, 0)  # the style sheet's padding does not come through

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


class FieldEditor(QWidget):
    """Edits one field; `edited` carries its name and value as often as it changes by hand."""

    edited = Signal(str, object)

    def __init__(self, field: Field, *, is_upright: bool = False) -> None:
        super().__init__()
        self.field = field
        self._editor = self._make()
        self._editor.setObjectName(f"field.{field.name}")
        self._editor.setAccessibleName(field.title)
        self._keeps_room = is_upright
        self._problem = ElidedLabel("", "caption") if is_upright else label("", "caption", wraps=True)
        self._problem.setObjectName(f"problem.{field.name}")
        self._problem.setProperty("level", "error")
        if not is_upright:
            self._problem.hide()
        tip = "\n".join(part for part in (field.title, field.help, _sentence(field.range_text)) if part)
        self._editor.setToolTip(tip)
        title = label(field.title)
        title.setBuddy(self._editor)
        title.setToolTip(tip)
        row: QBoxLayout = QVBoxLayout() if is_upright else QHBoxLayout()
        row.setSpacing(2 if is_upright else 8)
        row.addWidget(title, 1)
        row.addWidget(self._editor)
        if not is_upright:
            self._editor.setFixedWidth(_EDITOR_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._problem)

    def show_in_use(self, in_use: bool) -> None:
        """Grey a field out that counts for nothing beside the others, unless something is wrong in it."""
        self.setEnabled(in_use or (not self._problem.isHidden() and bool(self._problem.text())))

    def show_value(self, value: Any) -> None:
        """Show a value that was not typed here."""
        match self._editor:
            case QCheckBox():
                self._editor.setChecked(bool(value))
            case QComboBox():
                values = [each for each, _ in self.field.choices]
                at = next((i for i, v in enumerate(values) if v == value and type(v) is type(value)), -1)
                self._editor.setCurrentIndex(at)
            case QLineEdit():
                self._editor.setText(text_of(value))
                self._editor.setCursorPosition(0)

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the value; nothing takes it away. Fields beside each other keep a line free for it."""
        if isinstance(self._problem, ElidedLabel):
            self._problem.set_whole(text)
        else:
            self._problem.setText(text)
        self._problem.setVisible(bool(text) or self._keeps_room)
        if isinstance(self._editor, QLineEdit) and bool(self._editor.property("wrong")) != bool(text):
            self._editor.setProperty("wrong", bool(text))
            self._editor.style().unpolish(self._editor)
            self._editor.style().polish(self._editor)

    def _make(self) -> QCheckBox | QComboBox | QLineEdit:
        match self.field.kind:
            case "yes-no":
                box = QCheckBox()
                box.clicked.connect(self._on_clicked)
                return box
            case "choice":
                combo = Choice()
                for _, words in self.field.choices:
                    combo.addItem(words)
                combo.activated.connect(self._on_chosen)
                return combo
            case _:
                line = QLineEdit()
                line.textEdited.connect(self._on_typed)
                if self.field.unit:
                    _put_unit(line, self.field.unit)
                return line

    @Slot(bool)
    def _on_clicked(self, on: bool) -> None:
        self.edited.emit(self.field.name, on)

    @Slot(int)
    def _on_chosen(self, position: int) -> None:
        self.edited.emit(self.field.name, self.field.choices[position][0])

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self.edited.emit(self.field.name, value_of(self.field, text))


def _put_unit(line: QLineEdit, unit: str) -> None:
    """Write the unit at the right end of the field, where nobody types."""
    said = label(unit, "caption")
    said.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, _UNIT_RIGHT_PX, 0)
    row.addStretch(1)
    row.addWidget(said)
    line.setTextMargins(0, 0, said.sizeHint().width() + _UNIT_GAP_PX, 0)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
