"""MergeWindow: what a pack brings, photo by photo; of each conflict both masks are seen, and one is chosen."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from segstudio.counting import counted, percent
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.exporting.marks import Level, marks_of
from segstudio.desktop.look import Look
from segstudio.desktop.problems import problem_of
from segstudio.desktop.versions.panes import TwoMasks
from segstudio.desktop.widgets.labels import label
from segstudio.errors import SegStudioError
from segstudio.project.agreement import Agreement
from segstudio.project.classes import VOID
from segstudio.project.images import read_photo
from segstudio.project.masks import Mask
from segstudio.project.merging import FATES_TOLD, MergePlan, Pair, Side, choices_of, pairs_to_show
from segstudio.project.project import Project

_SIZE, _SMALLEST = QSize(1160, 720), QSize(860, 520)
_LIST_PX = 340
_TAKES: dict[str, str] = {"mine": "stays as here", "theirs": "taken from there"}

Seen = tuple[Pyramid, Mask, Mask, tuple[Level, ...]]


class MergeWindow(QDialog):
    """`merge_asked` comes when every conflict is decided and the person has pressed Merge. `shut_down` before the end."""

    merge_asked = Signal()

    def __init__(self, look: Look, project: Project, plan: MergePlan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("merge")
        self.setWindowTitle(f"Merge {plan.name}")
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self._project, self.plan = project, plan
        self._pairs = tuple(pairs_to_show(plan))
        self._chosen: dict[str, Side] = {}
        self._reading = Errands("merge", 1, self)
        self.list = QListWidget()
        self.list.setObjectName("merge.list")
        self.list.setAccessibleName("Photos of the pack, conflicts first")
        self.panes = TwoMasks(look, self)
        self.told = label("", "dim", wraps=True)
        self.agreement = label(agreement_told(plan.agreement), "dim", wraps=True)
        self.agreement.setObjectName("merge.agreement")
        self.agreement.setToolTip(agreement_table(plan.agreement))
        self.mine, self.theirs = QPushButton("Keep this one"), QPushButton("Take this one")
        self.all_mine, self.all_theirs, self.newer = (
            QPushButton(text) for text in ("All from here", "All from there", "The newer of each")
        )
        self.go = QPushButton("Merge")
        self._lay_out()
        self._connect()
        self.list.addItems([""] * len(self._pairs))
        self._tell_rows()
        self.list.setCurrentRow(0)

    @property
    def choices(self) -> dict[str, Side]:
        """What is chosen for each conflict, by key."""
        return dict(self._chosen)

    def shut_down(self) -> None:
        """End what is under way."""
        self.panes.show_nothing()
        self._reading.shut_down()

    # -- building

    def _lay_out(self) -> None:
        self.list.setSpacing(2)
        self.go.setObjectName("merge.go")
        self.go.setProperty("kind", "primary")
        for name, button in (("mine", self.mine), ("theirs", self.theirs)):
            button.setObjectName(f"merge.{name}")
            button.setCheckable(True)
        close = QPushButton("Cancel")
        close.clicked.connect(self.reject)
        for button in (self.mine, self.theirs, self.all_mine, self.all_theirs, self.newer, close):
            button.setAutoDefault(False)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.list, 1)
        column.addWidget(self.agreement)
        right = QWidget()
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(8)
        beside.addWidget(self.panes, 1)
        choosing = QHBoxLayout()
        choosing.setContentsMargins(8, 0, 0, 0)
        choosing.addWidget(self.mine, 1)
        choosing.addWidget(self.theirs, 1)
        beside.addLayout(choosing)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(left)
        parts.addWidget(right)
        parts.setStretchFactor(1, 1)
        parts.setSizes([_LIST_PX, _SIZE.width() - _LIST_PX])
        below = QHBoxLayout()
        below.setSpacing(8)
        for button in (self.all_mine, self.all_theirs, self.newer):
            below.addWidget(button)
            button.setVisible(bool(self.plan.conflicts))
        below.addWidget(self.told, 1)
        below.addWidget(close)
        below.addWidget(self.go)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(12)
        whole.addWidget(parts, 1)
        whole.addLayout(below)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._on_row_changed)
        self.mine.clicked.connect(lambda: self._choose("mine"))
        self.theirs.clicked.connect(lambda: self._choose("theirs"))
        self.all_mine.clicked.connect(lambda: self._choose_all(choices_of(self.plan, prefer="mine")))
        self.all_theirs.clicked.connect(lambda: self._choose_all(choices_of(self.plan, prefer="theirs")))
        self.newer.clicked.connect(lambda: self._choose_all(choices_of(self.plan, prefer="newer")))
        self.go.clicked.connect(self._on_go_clicked)

    # -- choosing

    def _choose(self, side: Side) -> None:
        """Choose for the photo that is looked at, and go on to the next that is not decided."""
        row = self.list.currentRow()
        if not 0 <= row < len(self._pairs) or self._pairs[row].fate != "both":
            return
        self._chosen[self._pairs[row].key] = side
        self._tell_rows()
        open_rows = [number for number, pair in enumerate(self._pairs) if self._is_open(pair)]
        if open_rows:
            self.list.setCurrentRow(next((number for number in open_rows if number > row), open_rows[0]))
        else:
            self._tell_choice()
            self.go.setFocus()

    def _choose_all(self, choices: dict[str, Side]) -> None:
        self._chosen.update(choices)
        self._tell_rows()
        self._tell_choice()

    def _is_open(self, pair: Pair) -> bool:
        return pair.fate == "both" and pair.key not in self._chosen

    def _tell_rows(self) -> None:
        for row, pair in enumerate(self._pairs):
            self.list.item(row).setText(row_told(pair, self._chosen.get(pair.key)))
            self.list.item(row).setToolTip(pair.problem)
        still = sum(map(self._is_open, self._pairs))
        coming = [pair for pair in self._pairs if self._comes_in(pair)]
        only_kept = bool(self.plan.conflicts) and not coming and not still
        self.go.setText("Keep as versions" if only_kept else f"Merge {counted(len(coming), 'photo')}")
        self.go.setEnabled(
            not still and any(p.fate in ("new", "theirs", "status", "both") for p in self._pairs)
        )
        if still:
            told = f"{still:,} to decide: both sides painted."
        elif not self._pairs:
            told = "Nothing differs: there is nothing to merge."
        else:
            told = "The masks that lose are kept as versions; the merge can be taken back."
        self.told.setText(told)

    def _comes_in(self, pair: Pair) -> bool:
        return pair.fate in ("new", "theirs", "status") or self._chosen.get(pair.key) == "theirs"

    def _tell_choice(self) -> None:
        row = self.list.currentRow()
        pair = self._pairs[row] if 0 <= row < len(self._pairs) else None
        is_conflict = pair is not None and pair.fate == "both"
        side = self._chosen.get(pair.key) if pair is not None else None
        for name, button in (("mine", self.mine), ("theirs", self.theirs)):
            button.setEnabled(is_conflict)
            button.setChecked(side == name)

    @Slot()
    def _on_go_clicked(self) -> None:
        if self.go.isEnabled():
            self.merge_asked.emit()

    # -- looking

    @Slot(int)
    def _on_row_changed(self, row: int) -> None:
        self._tell_choice()
        self.panes.show_nothing()
        self.panes.name("", "")
        if 0 <= row < len(self._pairs):
            pair = self._pairs[row]
            self._reading.send(lambda: self._read(pair), partial(self._on_read, row), self._on_failed)

    def _read(self, pair: Pair) -> Seen:
        """In a worker."""
        if pair.problem or pair.fate == "stranger":
            raise SegStudioError(pair.problem or "there is another picture of this name in the project")
        photo = pair.mine or pair.theirs
        pyramid = Pyramid.of(read_photo(photo.path))
        own = self._project.read_mask(pair.mine) if pair.mine is not None else None
        there = self.plan.their_mask(pair)
        here, other = (_void(pyramid) if mask is None else mask for mask in (own, there))
        if not here.shape == other.shape == pyramid.size:
            raise SegStudioError("the masks are not of the photo's size")
        return pyramid, here, other, marks_of(here != other)

    def _on_read(self, row: int, seen: Seen) -> None:
        if row != self.list.currentRow():
            return
        pair = self._pairs[row]
        here = pair.mine.state.who if pair.mine is not None else ""
        self.panes.name(
            " · ".join(part for part in ("Here", here) if part),
            " · ".join(part for part in ("There", pair.theirs.state.who) if part),
        )
        self.panes.show_two(seen[0], (seen[1], seen[2]), self.plan.classes, seen[3])

    def _on_failed(self, error: BaseException) -> None:
        self.panes.name(problem_of(error).text, "")


def row_told(pair: Pair, side: Side | None) -> str:
    """Return what the list says of a photo; pure."""
    told = FATES_TOLD[pair.fate]
    if pair.fate == "both":
        told = f"{told}, {_TAKES[side] if side else 'not decided'}"
    differs = f" · {percent(pair.differs)} differs" if pair.differs else ""
    return f"{pair.key}\n{told}{differs}"


def agreement_told(agreement: Agreement) -> str:
    """Return in a sentence how far the two agree; nothing where they have painted no photo both; pure."""
    if agreement.same is None or agreement.mean_iou is None:
        return ""
    worst = min(agreement.classes, key=lambda row: row.iou)
    return (
        f"On {counted(agreement.photos, 'photo')} painted by both, {percent(agreement.same)} of the pixels are the same; mean IoU"
        f" {percent(agreement.mean_iou)}, least for {worst.name} ({percent(worst.iou)})."
    )


def agreement_table(agreement: Agreement) -> str:
    """Return the IoU of each class, a line each; pure."""
    return "\n".join(f"{row.name}: IoU {percent(row.iou)}" for row in agreement.classes)


def _void(pyramid: Pyramid) -> Mask:
    return np.full(pyramid.size, VOID, dtype=np.uint8)
