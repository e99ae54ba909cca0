"""The dialog for a new project: its name, its folder, its classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QColorDialog,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label
from segstudio.project.colours import next_colours

_WIDTH_PX = 520
_FORBIDDEN = '<>:"/\\|?*'


@dataclass(frozen=True, slots=True)
class NewProject:
    """What the person asked for: classes are (name, `#RRGGBB`) in the order of their numbers."""

    folder: Path
    name: str
    classes: tuple[tuple[str, str], ...]


def folder_name(name: str) -> str:
    """Return a folder name for a project's name: what file systems forbid becomes a dash; pure."""
    cleaned = "".join("-" if letter in _FORBIDDEN or ord(letter) < 32 else letter for letter in name)
    return cleaned.strip(" .")


def problem_with(name: str, folder: Path | None, classes: Sequence[str]) -> str:
    """Return what is missing, in one sentence, or nothing when the project can be made."""
    if not folder_name(name) or folder is None:
        return "Give the project a name."
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return f"{folder.name} is there already and not empty: choose another name or place."
    names = [word.casefold() for word in classes]
    doubled = [word for word, low in zip(classes, names, strict=True) if names.count(low) > 1]
    if doubled:
        return f"The class “{doubled[0]}” is there twice."
    if not classes:
        return "Give at least one class; more can be added later."
    return ""


class NewProjectDialog(QDialog):
    """Asks for a new project. After `accepted`, `result_value` holds it; nothing is made here."""

    def __init__(self, look: Look, place: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self.setMinimumWidth(_WIDTH_PX)
        self._look = look
        self._place = place
        self._rows: list[_ClassRow] = []
        self._name = QLineEdit()
        self._name.setObjectName("new.name")
        self._name.setPlaceholderText("My photos")
        self._where = QLineEdit(str(place))
        self._where.setObjectName("new.place")
        browse = QPushButton("Choose…")
        browse.clicked.connect(self._on_browse_clicked)
        self._hint = label("", "caption", wraps=True)
        self._hint.setObjectName("new.hint")
        self._make = QPushButton("Make project")
        self._make.setObjectName("new.make")
        self._make.setProperty("kind", "primary")
        self._make.setDefault(True)
        self._make.clicked.connect(self.accept)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        self._list = QVBoxLayout()
        self._add = QPushButton("Add a class")
        self._add.setObjectName("new.add")
        self._add.setAutoDefault(False)
        self._add.setProperty("kind", "quiet")
        self._add.setIcon(look.icon("plus"))
        self._add.clicked.connect(self._on_add_clicked)
        self._lay_out(browse, cancel)
        for edit in (self._name, self._where):
            edit.textChanged.connect(self._on_anything_changed)
        for _ in range(2):
            self._add_row()
        self._on_anything_changed()
        self._name.setFocus()

    @property
    def result_value(self) -> NewProject | None:
        """What the person asked for, when it can be made."""
        folder = self._folder()
        if folder is None or problem_with(self._name.text(), folder, [name for name, _ in self._classes()]):
            return None
        return NewProject(folder, self._name.text().strip(), self._classes())

    def _folder(self) -> Path | None:
        name, place = folder_name(self._name.text()), self._where.text().strip()
        return Path(place).expanduser() / name if name and place else None

    def _classes(self) -> tuple[tuple[str, str], ...]:
        return tuple((row.name, row.colour) for row in self._rows if row.name)

    def _lay_out(self, browse: QPushButton, cancel: QPushButton) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(8)
        for row, (text, field) in enumerate((("Name", self._name), ("In folder", self._where))):
            caption = label(text)
            caption.setBuddy(field)
            form.addWidget(caption, row, 0)
            form.addWidget(field, row, 1, 1, 1 if row else 2)
        form.addWidget(browse, 1, 2)
        inner = QWidget()
        inner.setObjectName("card")
        self._list.setContentsMargins(8, 8, 8, 8)
        self._list.setSpacing(4)
        around = QVBoxLayout(inner)
        around.setContentsMargins(0, 0, 0, 0)
        around.addLayout(self._list)
        around.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inner)
        scroll.setMinimumHeight(160)
        below = QHBoxLayout()
        below.addWidget(self._hint, 1)
        below.addWidget(cancel)
        below.addWidget(self._make)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addWidget(label("New project", "title"))
        column.addSpacing(4)
        column.addLayout(form)
        column.addSpacing(8)
        column.addWidget(label("Classes"))
        column.addWidget(
            label(
                "What a pixel can be. A first class named background stands for all that is not painted.",
                "caption",
                wraps=True,
            )
        )
        column.addWidget(scroll, 1)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(8)
        column.addLayout(below)

    def _add_row(self) -> _ClassRow:
        taken = tuple(row.colour for row in self._rows)
        row = _ClassRow(self._look, next_colours(1, taken)[0], self)
        row.edit.textChanged.connect(self._on_anything_changed)
        row.gone.clicked.connect(lambda: self._remove_row(row))
        self._rows.append(row)
        self._list.addWidget(row)
        self._on_anything_changed()
        return row

    def _remove_row(self, row: _ClassRow) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        self._on_anything_changed()

    @Slot()
    def _on_add_clicked(self) -> None:
        self._add_row().edit.setFocus()

    @Slot()
    def _on_browse_clicked(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Where the project's folder goes", self._where.text())
        if chosen:
            self._where.setText(chosen)

    @Slot()
    def _on_anything_changed(self) -> None:
        for number, row in enumerate(self._rows):
            row.edit.setPlaceholderText(f"Class {number + 1}")
        problem = problem_with(self._name.text(), self._folder(), [name for name, _ in self._classes()])
        folder = self._folder()
        self._hint.setText(problem or f"Makes {folder}")
        self._make.setEnabled(not problem)


class _ClassRow(QWidget):
    """One class: its colour as a button, its name, and the way to leave it out."""

    def __init__(self, look: Look, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.colour = colour
        self._swatch = QToolButton()
        self._swatch.setToolTip("Choose another colour.")
        self._swatch.setAccessibleName("Colour")
        self._swatch.setFixedSize(QSize(30, 30))
        self._swatch.clicked.connect(self._on_swatch_clicked)
        self.edit = QLineEdit()
        self.edit.setAccessibleName("Name of the class")
        self.gone = QToolButton()
        self.gone.setIcon(look.icon("close", "text_dim"))
        self.gone.setToolTip("Leave this class out.")
        self.gone.setAccessibleName("Leave this class out")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._swatch)
        row.addWidget(self.edit, 1)
        row.addWidget(self.gone)
        self._paint()

    @property
    def name(self) -> str:
        """The name, without outer and doubled spaces."""
        return " ".join(self.edit.text().split())

    @Slot()
    def _on_swatch_clicked(self) -> None:
        chosen = QColorDialog.getColor(self.colour, self, "Colour of the class")
        if chosen.isValid():
            self.colour = chosen.name().upper()
            self._paint()

    def _paint(self) -> None:
        self._swatch.setStyleSheet(f"QToolButton {{ background: {self.colour}; margin: 5px; }}")
