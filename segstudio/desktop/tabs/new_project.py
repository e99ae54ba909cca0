"""The dialog for a new project: its name, its folder, its classes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.look import Look
from segstudio.desktop.tabs.new_classes import ClassNames
from segstudio.desktop.widgets.labels import label, set_property, shortened, shown_path
from segstudio.file_names import name_for

Field = Literal["name", "place", "classes"]

_WIDTH_PX, _HEIGHT_PX = 560, 560
_PROJECT_FILE = "project.json"
_PATH_LETTERS = 64


@dataclass(frozen=True, slots=True)
class NewProject:
    """What the person asked for: classes are (name, `#RRGGBB`) in the order of their numbers; `files` come in next."""

    folder: Path
    name: str
    classes: tuple[tuple[str, str], ...]
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Lack:
    """Why the project cannot be made yet: the field it is about, and whether that is wrong or only not given yet."""

    field: Field
    text: str
    is_wrong: bool = True


def free_name(name: str, place: Path) -> str:
    """Return `name`, with the first number behind it that makes its folder in `place` a new one."""
    candidate, number = name, 2
    while name_for(candidate) and (place / name_for(candidate)).exists():
        candidate, number = f"{name} {number}", number + 1
    return candidate


def lacks(name: str, place: str, classes: Sequence[str], *, needs_classes: bool = True) -> tuple[Lack, ...]:
    """Return what is missing or wrong, field by field; nothing when the project can be made."""
    return tuple(
        lack
        for lack in (
            _lack_of_place(place),
            _lack_of_name(name, place),
            _lack_of_classes(classes, needs_classes=needs_classes),
        )
        if lack is not None
    )


def _lack_of_name(name: str, place: str) -> Lack | None:
    if not name.strip():
        return Lack("name", "Give the project a name.", is_wrong=False)
    if not name_for(name):
        return Lack("name", "A name needs a letter or a digit: it names the folder, too.")
    folder = Path(place.strip()).expanduser() / name_for(name)
    if (folder / _PROJECT_FILE).exists():
        return Lack("name", f"The project “{folder.name}” is there already: choose another name, or open it.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return Lack("name", f"“{folder.name}” is there already and not empty: choose another name.")
    return None


def _lack_of_place(place: str) -> Lack | None:
    if not place.strip():
        return Lack("place", "Say in which folder.", is_wrong=False)
    folder = Path(place.strip()).expanduser()
    if not folder.is_absolute():
        return Lack("place", "Give the whole path, or choose the folder.")
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        return Lack("place", f"{there.name} is a file, not a folder.")
    if not os.access(there, os.W_OK):
        return Lack("place", f"Nothing can be written into {there}: choose another folder.")
    return None


def _lack_of_classes(classes: Sequence[str], *, needs_classes: bool) -> Lack | None:
    names = [word.casefold() for word in classes]
    doubled = [word for word, low in zip(classes, names, strict=True) if names.count(low) > 1]
    if doubled:
        return Lack("classes", f"The class “{doubled[0]}” is there twice.")
    if needs_classes and not classes:
        return Lack("classes", "Give at least one class; more can be added later.", is_wrong=False)
    return None


class NewProjectDialog(QDialog):
    """Asks for a new project. After `accepted`, `result_value` holds it; nothing is made here.

    `files` wait for it: they may bring the classes, so none need be given. `classes` (name, colour) are proposed: they
    are those of a model that waits.
    """

    def __init__(
        self,
        look: Look,
        place: Path,
        parent: QWidget | None = None,
        *,
        name: str = "",
        files: Sequence[Path] = (),
        classes: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self.setMinimumWidth(_WIDTH_PX)
        self._files = tuple(files)
        self._name = QLineEdit(free_name(name, place))
        self._name.setObjectName("new.name")
        self._name.setAccessibleName("Name")
        self._name.setPlaceholderText("My photos")
        self._where = QLineEdit(shown_path(place))
        self._where.setObjectName("new.place")
        self._where.setAccessibleName("In folder")
        self._browse = QPushButton("Choose…")
        self._browse.setAutoDefault(False)
        self._classes = ClassNames(look)
        self._classes.take_classes(classes)
        self._hint = _hint("new.hint")
        self._classes_hint = _hint("new.hint.classes")
        self._make = QPushButton("Make project")
        self._make.setObjectName("new.make")
        self._make.setProperty("kind", "primary")
        self._make.setDefault(True)
        self._cancel = QPushButton("Cancel")
        self._cancel.setAutoDefault(False)
        self._lay_out()
        self.resize(_WIDTH_PX, _HEIGHT_PX)
        self._connect()
        self._on_anything_changed()
        self._name.setFocus()
        self._name.selectAll()

    @property
    def result_value(self) -> NewProject | None:
        """What the person asked for, when it can be made."""
        if self._lacks():
            return None
        folder = Path(self._where.text().strip()).expanduser() / name_for(self._name.text())
        return NewProject(folder, self._name.text().strip(), self._classes.classes(), self._files)

    def _lacks(self) -> tuple[Lack, ...]:
        names = [name for name, _ in self._classes.classes()]
        return lacks(self._name.text(), self._where.text(), names, needs_classes=not self._files)

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        for row, (text, edit) in enumerate((("Name", self._name), ("In folder", self._where))):
            caption = label(text)
            caption.setBuddy(edit)
            form.addWidget(caption, row, 0)
            form.addWidget(edit, row, 1, 1, 1 if row else 2)
        form.addWidget(self._browse, 1, 2)
        form.addWidget(self._hint, 2, 1, 1, 2)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self._cancel)
        below.addWidget(self._make)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addWidget(label("New project", "title"))
        if self._files:
            told = self._files[0].name if len(self._files) == 1 else f"{len(self._files):,} things dropped"
            following = (
                "the Review tab asks this model"
                if self._classes.classes()
                else "the Import tab shows what comes in"
            )
            column.addWidget(
                label(
                    f"{shortened(told, _PATH_LETTERS)}: next, {following}.",
                    "dim",
                    wraps=True,
                )
            )
        column.addSpacing(4)
        column.addLayout(form)
        column.addWidget(self._classes, 1)
        column.addWidget(self._classes_hint)
        column.addSpacing(8)
        column.addLayout(below)

    def _connect(self) -> None:
        self._browse.clicked.connect(self._on_browse_clicked)
        self._make.clicked.connect(self.accept)
        self._cancel.clicked.connect(self.reject)
        self._classes.changed.connect(self._on_anything_changed)
        for edit in (self._name, self._where):
            edit.textChanged.connect(self._on_anything_changed)

    @Slot()
    def _on_browse_clicked(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Where the project's folder goes", self._where.text())
        if chosen:
            self._where.setText(chosen)

    @Slot()
    def _on_anything_changed(self) -> None:
        found = {lack.field: lack for lack in self._lacks()}
        folder = Path(self._where.text().strip()).expanduser() / name_for(self._name.text())
        self._show(
            self._hint,
            found.get("place") or found.get("name"),
            f"Makes {shortened(shown_path(folder), _PATH_LETTERS)}",
        )
        self._show(
            self._classes_hint,
            found.get("classes"),
            "None are needed: the files may bring their own." if self._files else "",
        )
        for edit, lack in ((self._name, found.get("name")), (self._where, found.get("place"))):
            set_property(edit, "wrong", lack is not None and lack.is_wrong)
        self._make.setEnabled(not found)

    def _show(self, hint: QLabel, lack: Lack | None, otherwise: str) -> None:
        hint.setText(lack.text if lack else otherwise)
        set_property(hint, "wrong", lack is not None and lack.is_wrong)


def _hint(name: str) -> QLabel:
    hint = label(" ", "caption", wraps=True)
    hint.setObjectName(name)
    hint.setMinimumHeight(hint.sizeHint().height())
    hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return hint
