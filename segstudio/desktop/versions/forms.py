"""What is asked before a backup is written and before a part is handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.widgets.labels import label
from segstudio.project.backup import PARTS, Part
from segstudio.project.person import LONGEST, VARIABLE, chosen_name, login_name, named_by_environment

_SIZE = QSize(440, 0)
_PART_TEXTS: Mapping[Part, str] = {
    "photos": "The photos",
    "runs": "The trainings with their models",
    "versions": "What masks were before",
    "trash": "The trash",
}


class _Form(QDialog):
    """A question with one button that goes on."""

    def __init__(self, name: str, title: str, go_on: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setMinimumWidth(_SIZE.width())
        self.column = QVBoxLayout()
        self.column.setSpacing(8)
        self.start = QPushButton(go_on)
        self.start.setObjectName(f"{name}.start")
        self.start.setProperty("kind", "primary")
        self.start.setDefault(True)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        self.start.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addStretch(1)
        below.addWidget(cancel)
        below.addWidget(self.start)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(16)
        whole.addLayout(self.column)
        whole.addLayout(below)


class BackupForm(_Form):
    """Asks what goes into a backup; masks, classes and annotations always do."""

    def __init__(self, outside: int, parent: QWidget | None = None) -> None:
        super().__init__("backup", "Back up the project", "Choose a place…", parent)
        self.column.addWidget(
            label("Masks, classes and annotations as they are now, and besides:", wraps=True)
        )
        self.parts = {part: QCheckBox(_PART_TEXTS[part]) for part in PARTS}
        for part, box in self.parts.items():
            box.setObjectName(f"backup.{part}")
            box.setChecked(True)
            self.column.addWidget(box)
        photos = "1 photo that lies" if outside == 1 else f"{outside:,} photos that lie"
        self.outside = QCheckBox(f"Also {photos} outside the project")
        self.outside.setObjectName("backup.outside")
        self.outside.setChecked(True)
        if outside:
            self.column.addWidget(self.outside)
        else:
            self.outside.setChecked(False)
            self.outside.setParent(None)
        told = (
            "The file is read back and compared, so that you can trust it. You can go on painting meanwhile."
        )
        self.column.addWidget(label(told, "dim", wraps=True))

    @property
    def without(self) -> tuple[Part, ...]:
        """What is left out."""
        return tuple(part for part, box in self.parts.items() if not box.isChecked())


class NameForm(_Form):
    """Asks by which name others know who works here; nothing stands for the name of the login."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("name", "Your name", "Save", parent)
        self.field = QLineEdit(chosen_name())
        self.field.setObjectName("name.field")
        self.field.setAccessibleName("Your name")
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText(login_name())
        self.column.addWidget(self.field)
        told = (
            "Others read it in the locks of photos that you paint on, at those that you label or check, and in versions."
            " It holds for all projects on this computer."
        )
        given = named_by_environment()
        if given:
            self.field.setText(given)
            self.field.setEnabled(False)
            self.start.setEnabled(False)
            told = f"The environment variable {VARIABLE} says so: remove it there to choose a name here."
        self.column.addWidget(label(told, "dim", wraps=True))


class PackForm(_Form):
    """Asks which photos are handed out, and to whom; `choices` are (what, keys), the first chosen."""

    def __init__(self, choices: Sequence[tuple[str, tuple[str, ...]]], parent: QWidget | None = None) -> None:
        super().__init__("pack", "Hand out a part", "Choose a place…", parent)
        self._choices = tuple(choices)
        self._group = QButtonGroup(self)
        for number, (what, keys) in enumerate(self._choices):
            count = "1 photo" if len(keys) == 1 else f"{len(keys):,} photos"
            button = QRadioButton(f"{what} ({count})")
            button.setChecked(number == 0)
            self._group.addButton(button, number)
            self.column.addWidget(button)
        self.whom = QLineEdit()
        self.whom.setObjectName("pack.for")
        self.whom.setMaxLength(60)
        self.whom.setPlaceholderText("Anna")
        row = QFormLayout()
        row.addRow("For", self.whom)
        self.column.addLayout(row)
        told = (
            "They go out with their masks as a small project of its own. What is painted there comes back with"
            " Merge: nothing of yours is overwritten unasked."
        )
        self.column.addWidget(label(told, "dim", wraps=True))

    @property
    def keys(self) -> tuple[str, ...]:
        """The photos that are handed out."""
        return self._choices[self._group.checkedId()][1]
