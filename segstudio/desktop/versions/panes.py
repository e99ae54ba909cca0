"""TwoMasks: a photo twice, each time with another mask over it, moved together, beside each other or half and half with a
line to drag between them; in the right one what differs is marked.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.exporting.marks import Level
from segstudio.desktop.exporting.pane import ReturnPane
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.stage import Stage
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask


class TwoMasks(QWidget):
    """Two masks of one photo, side by side or under a wipe."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left, self.right = ReturnPane(look), ReturnPane(look)
        self.stage = Stage(look, (self.left, self.right))
        self.stage.set_way("side")
        self._left_name, self._right_name = label("", "caption"), label("", "caption")
        self.marking = QCheckBox("Mark what differs")
        self.marking.setObjectName("two.marking")
        self.marking.setChecked(True)
        self.wiping = QCheckBox("Wipe")
        self.wiping.setObjectName("two.wiping")
        self.wiping.setToolTip("Wipe\nOne over the other, with a line to drag between them.")
        self._shown: tuple[Pyramid, Mask, Mask, ClassList, tuple[Level, ...]] | None = None
        self._lay_out()
        self.marking.toggled.connect(self._show)
        self.wiping.toggled.connect(self._on_wiping_toggled)

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
        names = QHBoxLayout()
        names.setSpacing(8)
        names.addWidget(self._left_name, 1)
        names.addWidget(self._right_name, 1)
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self.marking)
        below.addWidget(self.wiping)
        below.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(names)
        whole.addWidget(self.stage, 1)
        whole.addLayout(below)

    @Slot(bool)
    def _on_wiping_toggled(self, wipes: bool) -> None:
        self.stage.set_way("wipe" if wipes else "side")
        across = Qt.AlignmentFlag.AlignRight if wipes else Qt.AlignmentFlag.AlignLeft
        self._right_name.setAlignment(across | Qt.AlignmentFlag.AlignVCenter)
        self._show()
