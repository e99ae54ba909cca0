"""GpuChoice: on how many GPUs of this machine a training runs; where there is but one, nothing is asked."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segstudio.desktop.train.form.editors import Choice
from segstudio.desktop.widgets.labels import label

_NAME_PX = 60


class GpuChoice(QWidget):
    """A list from 1 to as many as there are, hidden until `offer` tells of several."""

    def __init__(self) -> None:
        super().__init__()
        self._crops = 0
        self.choice = Choice()
        self.choice.setObjectName("train.gpus")
        self.choice.setAccessibleName("GPUs")
        self.choice.setToolTip(
            "GPUs\nOn how many GPUs of this machine the training runs. Each takes its own crops of every step."
        )
        self._told = label("", "caption", wraps=True)
        self._told.setObjectName("train.gpus.told")
        name = label("GPUs")
        name.setBuddy(self.choice)
        name.setMinimumWidth(_NAME_PX)
        row = QHBoxLayout()
        row.addWidget(name)
        row.addWidget(self.choice, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._told)
        self.choice.currentIndexChanged.connect(self._tell)
        self.hide()

    @property
    def count(self) -> int:
        """How many processes train, each on a GPU of its own."""
        return int(self.choice.currentData() or 1)

    def offer(self, there: int) -> None:
        """Let the person choose among so many GPUs; one is chosen first."""
        self.choice.clear()
        for number in range(1, there + 1):
            self.choice.addItem(f"{number} of {there}", number)
        self.setVisible(there > 1)
        self._tell()

    def know_crops(self, crops: int) -> None:
        """Take in how many crops each of them has in a step."""
        self._crops = crops
        self._tell()

    @Slot()
    def _tell(self) -> None:
        count = self.count
        self._told.setText(
            f"{self._crops:,} crops on each make steps of {self._crops * count:,}: choose the learning rate for that."
        )
        self._told.setVisible(count > 1 and self._crops > 0)
