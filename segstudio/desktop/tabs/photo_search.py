"""The field above the photo list, and what stands in place of the list when nothing passes its filters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.widgets.labels import label

_NONE = "No photo passes these filters."


class PhotoSearch(QLineEdit):
    """`returned` says that the first photo is wanted, `left` that the keys are meant for the list again."""

    returned = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("photos.search")
        self.setPlaceholderText("Find a photo")
        self.setToolTip(
            "Find a photo (Ctrl+F)\n"
            "Type parts of its name; Return shows the first one, Down goes to the list, Escape lists all again."
        )
        self.setClearButtonEnabled(True)
        self.returnPressed.connect(self.returned)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the words away and leaves, Down leaves."""
        if event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        self.left.emit()


class NoneListed(QWidget):
    """Says that the filters let no photo through; `all_wanted` when the button is used."""

    all_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        told = self._told = label(_NONE, "dim", wraps=True)
        told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = QPushButton("List all photos")
        self._button.setObjectName("photos.all")
        self._button.setToolTip("List all photos\nTake away the words and filters above.")
        self._button.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 32, 16, 16)
        column.setSpacing(12)
        column.addWidget(told)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def show_waiting(self, words: str) -> None:
        """Say what is waited for; nothing: that there is no such photo."""
        self._told.setText(words or _NONE)

    @Slot()
    def _on_clicked(self) -> None:
        self.all_wanted.emit()
