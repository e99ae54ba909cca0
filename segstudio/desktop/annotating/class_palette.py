"""ClassPalette: which class is painted, which are shown, how much of the photo each is, and a new one at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from segstudio.desktop.annotating.class_list import ClassListView
from segstudio.desktop.annotating.class_rows import class_rows, toggled_alone
from segstudio.desktop.annotating.overlay import Overlay
from segstudio.desktop.look import Look
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import ClassList

_NAMELESS = "What is there to see? Name the first class; more can follow at any time."


class ClassPalette(QFrame):
    """Shows and changes the class to paint (of a ToolBox) and the classes shown (of an Overlay).

    `chosen` carries a mask value, `name_given` the name of a class to add.
    """

    chosen = Signal(int)
    name_given = Signal(str)

    def __init__(self, look: Look, box: ToolBox, overlay: Overlay, edit: QAction | None) -> None:
        super().__init__()
        self._look, self._box, self._overlay = look, box, overlay
        self._classes = ClassList()
        self._shares: Mapping[int, float] = {}
        self.view = ClassListView(look)
        self._nameless = label(_NAMELESS, "dim", wraps=True)
        self._add = QPushButton("+ class")
        self._add.setObjectName("class.add")
        self._add.setProperty("kind", "quiet")
        self._add.setToolTip(
            "Add a class\nIt gets the next free colour; name and colour can be changed later."
        )
        self.name = _NameField()
        self.name.hide()
        self._edit = QPushButton("Edit classes…", self)  # without a parent it would be shown as a window
        self._edit.setObjectName("class.edit")
        self._edit.setProperty("kind", "quiet")
        self._can_edit = edit is not None
        self._edit.setVisible(self._can_edit)
        if edit is not None:
            self._edit.setToolTip(edit.toolTip())
            self._edit.clicked.connect(edit.trigger)
        self._lay_out()
        self.view.chosen.connect(self.chosen)
        self.view.eye_clicked.connect(self._on_eye_clicked)
        self._add.clicked.connect(self.ask_for_name)
        self.name.returnPressed.connect(self._on_name_given)
        self.name.left.connect(self._on_name_left)
        box.options_changed.connect(self._refresh)
        overlay.changed.connect(self._refresh)
        self._refresh()

    def show_classes(self, classes: ClassList) -> None:
        """List other classes."""
        if classes != self._classes or not len(classes):
            self._classes = classes
            self._nameless.setVisible(not len(classes))
            if len(classes):
                self._on_name_left()
            else:
                self.ask_for_name()
            self._refresh()

    @Slot(object)
    def show_shares(self, shares: tuple[tuple[int, float], ...]) -> None:
        """Tell each mask value's part (0–1) of the photo; empty: there is no photo."""
        self._shares = dict(shares)
        self._refresh()

    @Slot()
    def ask_for_name(self) -> None:
        """Let the person type the name of a new class."""
        self.name.show()
        self._add.hide()
        self._edit.hide()
        if self.isVisible() and len(self._classes):
            self.name.setFocus()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 0)
        foot.setSpacing(8)
        foot.addWidget(self._add)
        foot.addWidget(self.name, 1)
        foot.addStretch(0)
        foot.addWidget(self._edit)
        title = label("Classes", "caption")
        title.setContentsMargins(12, 8, 8, 0)
        self._nameless.setContentsMargins(12, 4, 8, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(self._nameless)
        column.addWidget(self.view, 1)
        column.addLayout(foot)

    @Slot()
    def _refresh(self) -> None:
        rows = class_rows(self._classes, self._shares, self._overlay.look.hidden)
        self.view.show_rows(rows, self._box.options.value)

    @Slot(int, bool)
    def _on_eye_clicked(self, value: int, alone: bool) -> None:
        hidden = self._overlay.look.hidden
        wanted = toggled_alone(hidden, value, self._classes) if alone else hidden ^ {value}
        self._overlay.change(hidden=frozenset(wanted))

    @Slot()
    def _on_name_given(self) -> None:
        name = self.name.text().strip()
        if name:
            self.name.clear()
            self.name_given.emit(name)
        self._on_name_left()

    @Slot()
    def _on_name_left(self) -> None:
        if len(self._classes) and not self.name.text().strip():
            self.name.hide()
            self._add.show()
            self._edit.setVisible(self._can_edit)


class _NameField(QLineEdit):
    """`left`: Escape was pressed, or the person went elsewhere."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("class.name")
        self.setPlaceholderText("Name of the class")
        self.setAccessibleName("Name of the new class")
        self.setToolTip("Return adds the class; Escape leaves it.")
        self.editingFinished.connect(self.left)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves without adding."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
