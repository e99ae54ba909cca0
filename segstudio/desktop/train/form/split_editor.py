"""SplitEditor: how many photos train and validate, splitting them anew, and taking that back."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.train.form.editors import Choice, Number
from segstudio.desktop.train.splitting import GROUPINGS, SplitCounts
from segstudio.desktop.widgets.labels import label


class SplitEditor(QWidget):
    """`split_asked` carries fraction, seed and grouping; `undo_asked` that the last split be taken back."""

    split_asked = Signal(float, int, str)
    undo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._told = label("", "dim", wraps=True)
        self.share, self.seed = Number(), Number()
        self.grouping = Choice()
        self.go = QPushButton("Split anew")
        self.undo = QPushButton("Undo")
        self._name()
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for position, (title, widget) in enumerate(
            (("For validation", self.share), ("Keep together", self.grouping), ("Draw number", self.seed))
        ):
            name = label(title)
            name.setBuddy(widget)
            grid.addWidget(name, position, 0)
            grid.addWidget(widget, position, 1)
        row = QHBoxLayout()
        row.addWidget(self.go)
        row.addWidget(self.undo)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(self._told)
        column.addLayout(grid)
        column.addLayout(row)

    def show_counts(self, counts: SplitCounts, *, can_undo: bool, is_busy: bool) -> None:
        """Show how the photos are split now."""
        labelled = counts.train + counts.val + counts.undecided
        if labelled < 2:
            text = "Two labelled photos at least are needed to split them."
        elif counts.undecided and not counts.val:
            text = "Not split yet: training draws one photo in five for validation."
        elif counts.undecided:
            text = "Photos that are undecided train."
        else:
            text = "The network learns from the training photos; the others show how good it is."
        self._told.setText(text)
        self.go.setEnabled(labelled >= 2 and not is_busy)
        self.undo.setEnabled(can_undo and not is_busy)

    def _name(self) -> None:
        self.share.setRange(5, 50)
        self.share.setValue(20)
        self.share.setSuffix(" %")
        self.seed.setRange(0, 9999)
        for grouping, words in GROUPINGS.items():
            self.grouping.addItem(words, grouping)
        for widget, name, tip in (
            (self.share, "split.share", "For validation\nHow many of the labelled photos are held out."),
            (
                self.grouping,
                "split.grouping",
                "Keep together\nPhotos of one jump look alike: apart, they make the score too good.",
            ),
            (
                self.seed,
                "split.seed",
                "Draw number\nAnother number draws other photos; the same one the same.",
            ),
            (
                self.go,
                "split.go",
                "Split anew\nDraw which photos train and which validate; undo takes it back.",
            ),
            (self.undo, "split.undo", "Undo\nGive every photo the split that it had before."),
        ):
            widget.setObjectName(name)
            widget.setToolTip(tip)
            widget.setAccessibleName(tip.partition("\n")[0])
        self.go.clicked.connect(self._on_go_clicked)
        self.undo.clicked.connect(self.undo_asked)

    @Slot()
    def _on_go_clicked(self) -> None:
        self.split_asked.emit(self.share.value() / 100, self.seed.value(), self.grouping.currentData())
