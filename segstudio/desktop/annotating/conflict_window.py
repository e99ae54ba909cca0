"""ConflictWindow: two masks of one photo that two machines have written, side by side; the person takes one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.counting import percent
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.exporting.marks import Level, marks_of
from segstudio.desktop.look import Look
from segstudio.desktop.problems import problem_of
from segstudio.desktop.versions.panes import TwoMasks
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import VOID, ClassList
from segstudio.project.conflict_copies import ConflictCopy, read_copy
from segstudio.project.masks import Mask
from segstudio.project.photo_locks import told_time
from segstudio.project.project import Project

_SIZE, _SMALLEST = QSize(1100, 680), QSize(760, 480)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A copy beside the mask in the project, uint8 of the photo's size; `share` (0–1) of the pixels differ."""

    pyramid: Pyramid
    mine: Mask
    theirs: Mask
    marks: tuple[Level, ...]
    share: float
    classes: ClassList


class ConflictWindow(QDialog):
    """Shows one copy after the other. `decided` carries a ConflictCopy and whether it takes the mask's place.

    `shut_down` before the end.
    """

    decided = Signal(object, bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("conflicts")
        self.setWindowTitle("Copies in conflict")
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self._copies: tuple[ConflictCopy, ...] = ()
        self._folder = Path()
        self._reading = Errands("conflict", 1, self)
        self.panes = TwoMasks(look, self)
        self.told = label("", wraps=True)
        self.told.setObjectName("conflicts.told")
        self.keep, self.take = QPushButton("Keep this one"), QPushButton("Take this one")
        later = QPushButton("Later")
        later.setToolTip(
            "Decide later\nThe copies stay where they are, and are told of when the project is opened."
        )
        self.keep.setToolTip("Keep the mask of the project\nThe copy goes to the project's trash.")
        self.take.setToolTip(
            "Take the copy\nIt is one step of undo on the photo; the file goes to the project's trash."
        )
        for name, button in (("keep", self.keep), ("take", self.take), ("later", later)):
            button.setObjectName(f"conflicts.{name}")
            button.setAutoDefault(False)
        choosing = QHBoxLayout()
        choosing.setSpacing(8)
        choosing.addWidget(self.keep, 1)
        choosing.addWidget(self.take, 1)
        choosing.addWidget(later)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(12)
        whole.addWidget(self.told)
        whole.addWidget(self.panes, 1)
        whole.addLayout(choosing)
        self.keep.clicked.connect(partial(self._decide, False))
        self.take.clicked.connect(partial(self._decide, True))
        later.clicked.connect(self.hide)

    def open_on(self, folder: Path, copies: tuple[ConflictCopy, ...]) -> None:
        """Show the first of these copies, of the project in `folder`; without any the window goes."""
        self._folder, self._copies = folder, copies
        self.panes.show_nothing()
        self.panes.name("In the project", "")
        for button in (self.keep, self.take):
            button.setEnabled(False)
        if not copies:
            self.hide()
            return
        copy = copies[0]
        self.told.setText(conflict_words(copy, len(copies)))
        self._reading.send(
            lambda: read_both(folder, copy), partial(self._on_read, copy), partial(self._on_failed, copy)
        )
        self.show()

    def shut_down(self) -> None:
        """End what is under way."""
        self.hide()
        self.panes.show_nothing()
        self._reading.shut_down()

    def _on_read(self, copy: ConflictCopy, seen: Seen) -> None:
        if not self._copies or self._copies[0] is not copy:
            return
        self.panes.name(
            f"In the project · {percent(seen.share)} of the pixels differ", f"The copy · {copy.path.name}"
        )
        self.panes.show_two(seen.pyramid, (seen.mine, seen.theirs), seen.classes, seen.marks)
        for button in (self.keep, self.take):
            button.setEnabled(True)
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_failed(self, copy: ConflictCopy, error: BaseException) -> None:
        if self._copies and self._copies[0] is copy:
            self.told.setText(f"{conflict_words(copy, len(self._copies))}\n{problem_of(error).text}")
            self.keep.setEnabled(True)  # what cannot be read cannot be taken

    def _decide(self, take: bool, _checked: bool = False) -> None:
        for button in (self.keep, self.take):
            button.setEnabled(False)
        self.decided.emit(self._copies[0], take)


def read_both(folder: Path, copy: ConflictCopy) -> Seen:
    """Read photo, mask and copy, in a worker; raises SegStudioError when one of them cannot be read."""
    project = Project.open(folder)
    photo = project.photo(copy.key)
    theirs = read_copy(project, copy)
    there = project.read_mask(photo)
    mine = np.full(theirs.shape, VOID, dtype=np.uint8) if there is None else there
    differs = mine != theirs
    pyramid = Pyramid.of(project.read_photo(photo))
    return Seen(pyramid, mine, theirs, marks_of(differs), float(differs.mean()), project.classes)


def conflict_words(copy: ConflictCopy, left: int) -> str:
    """Return what is told above the two; pure."""
    more = f" {left - 1} more after this one." if left > 1 else ""
    when = told_time(copy.when.isoformat())
    return (
        f"{copy.key} was written on two machines before either knew of the other. The program that synchronises the "
        f"folder kept the other mask as a copy ({when}).{more}"
    )
