"""HeadChoice: the list of networks, with an entry for one of another depth; DepthField: the depth of those that have any."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segstudio.desktop.train.form.editors import Choice, Number
from segstudio.desktop.widgets.labels import label
from segstudio.runs.head_names import DEPTH_STEP, GREATEST_DEPTH, LEAST_DEPTH, depth_of, head_of_depth
from segstudio.runs.heads import HEADS


class HeadChoice(Choice):
    """The listed heads, and below the one of the same kind the last one shown that is not listed."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("train.head")
        self.setAccessibleName("Network")
        for info in HEADS.values():
            self.addItem(info.title, info.name)

    def show_head(self, name: str) -> None:
        """Choose a head; one of a depth that is not listed gets an entry of its own."""
        if self.findData(name) < 0:
            self._put(name)
        self.setCurrentIndex(self.findData(name))

    def _put(self, name: str) -> None:
        for position in reversed(range(self.count())):
            if self.itemData(position) not in list(HEADS):
                self.removeItem(position)
        kin = [position for position in range(self.count()) if depth_of(self.itemData(position)) is not None]
        self.insertItem(kin[-1] + 1, HEADS[name].title, name)


class DepthField(QWidget):
    """How deep a network is whose depth is free; hidden for all others. `chosen` carries the name of the head."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.number = Number()
        self.number.setObjectName("train.depth")
        self.number.setAccessibleName("Depth")
        self.number.setToolTip(
            f"Depth\nAny 9n + 2, from {LEAST_DEPTH}: layers of the ResNet; another becomes the nearest."
        )
        self.number.setRange(LEAST_DEPTH, GREATEST_DEPTH)
        self.number.setSingleStep(DEPTH_STEP)
        self.number.setKeyboardTracking(False)
        self.number.valueChanged.connect(self._on_depth_changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        name = label("Depth")
        name.setBuddy(self.number)
        name.setMinimumWidth(60)
        row.addWidget(name)
        row.addWidget(self.number)
        row.addStretch(1)

    def show_head(self, name: str) -> None:
        """Show the depth of a head."""
        depth = depth_of(name)
        self.setVisible(depth is not None)
        if depth is not None and depth != self.number.value():
            self.number.blockSignals(True)
            self.number.setValue(depth)
            self.number.blockSignals(False)

    @Slot(int)
    def _on_depth_changed(self, depth: int) -> None:
        head = head_of_depth(depth)
        self.show_head(head)
        self.chosen.emit(head)
