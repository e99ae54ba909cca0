"""TwoMasks: a photo twice, each time with another mask over it, moved together; in the right one what differs is marked."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.exporting.marks import Level
from segstudio.desktop.exporting.pane import ReturnPane
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask


class TwoMasks(QWidget):
    """Two masks of one photo, side by side."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left, self.right = ReturnPane(look), ReturnPane(look)
        self._left_name, self._right_name = label("", "caption"), label("", "caption")
        self.marking = QCheckBox("Mark what differs")
        self.marking.setObjectName("two.marking")
        self.marking.setChecked(True)
        self._shown: tuple[Pyramid, Mask, Mask, ClassList, tuple[Level, ...]] | None = None
        self._lay_out()
        self.left.view_changed.connect(self._on_left_moved)
        self.right.view_changed.connect(self._on_right_moved)
        self.marking.toggled.connect(self._show)

    @property
    def marks(self) -> tuple[Level, ...]:
        """What is marked now."""
        return self.right.marks

    def name(self, left: str, right: str) -> None:
        """Say what the two are."""
        self._left_name.setText(left)
        self._right_name.setText(right)
        self.left.setAccessibleName(left)
        self.right.setAccessibleName(right)

    def show_two(
        self, pyramid: Pyramid, masks: tuple[Mask, Mask], classes: ClassList, marks: tuple[Level, ...]
    ) -> None:
        """Show a photo under these masks, uint8 of its size; `marks` is where they differ."""
        self._shown = (pyramid, masks[0], masks[1], classes, marks)
        self._show()

    def show_nothing(self) -> None:
        """Show no photo."""
        self._shown = None
        for pane in (self.left, self.right):
            pane.show_return(None, None, ClassList(), ())

    @Slot()
    def _show(self) -> None:
        if self._shown is None:
            return
        pyramid, left, right, classes, marks = self._shown
        seen = marks if self.marking.isChecked() else ()
        self.left.show_return(pyramid, left, classes, ())  # what the marks hide is seen here
        self.right.show_return(pyramid, right, classes, seen)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, pane in ((self._left_name, self.left), (self._right_name, self.right)):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(name)
            column.addWidget(pane, 1)
            row.addLayout(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(row, 1)
        whole.addWidget(self.marking)

    @Slot()
    def _on_left_moved(self) -> None:
        self.right.follow(self.left)

    @Slot()
    def _on_right_moved(self) -> None:
        self.left.follow(self.right)
