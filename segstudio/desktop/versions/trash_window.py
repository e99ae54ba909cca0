"""TrashWindow: what was removed from the project, to be brought back one by one, or deleted for good."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.counting import counted
from segstudio.desktop.versions.words import told_time
from segstudio.desktop.widgets.labels import label
from segstudio.project.trash import Trashed

_SIZE = QSize(560, 440)
_EMPTY = "The trash is empty. Photos that you remove and classes that you delete come here."
_HINT = "Each comes back as it was; what was painted since stays."


class TrashWindow(QDialog):
    """`unlisted`: so many files lie there besides `things`. `back_asked` carries the Trashed that is wanted back, `empty_asked` comes once the person has said yes."""

    back_asked = Signal(object)
    empty_asked = Signal()

    def __init__(self, things: tuple[Trashed, ...], unlisted: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trash")
        self.setWindowTitle("Trash")
        self.resize(_SIZE)
        self._things, self._unlisted = things, unlisted
        self.list = QListWidget()
        self.list.setObjectName("trash.list")
        self.list.setAccessibleName("What is in the trash, the newest first")
        self.back = QPushButton("Bring back")
        self.back.setObjectName("trash.back")
        self.back.setProperty("kind", "primary")
        self.empty = QPushButton("Empty the trash…")
        self.empty.setObjectName("trash.empty")
        self.empty.setAutoDefault(False)
        self._fill()
        self._lay_out()
        self.list.itemActivated.connect(lambda _: self._on_back_clicked())
        self.back.clicked.connect(self._on_back_clicked)
        self.empty.clicked.connect(self._on_empty_clicked)

    def _fill(self) -> None:
        now = datetime.now().astimezone()
        for thing in self._things:
            try:
                when = told_time(datetime.fromisoformat(thing.when), now)
            except ValueError:
                when = thing.when
            item = QListWidgetItem(
                f"{thing.told()}\n{' · '.join(part for part in (when, thing.who) if part)}"
            )
            self.list.addItem(item)
        if self._things:
            self.list.setCurrentRow(0)
        self.back.setEnabled(bool(self._things))
        self.empty.setEnabled(bool(self._things) or self._unlisted > 0)

    def _lay_out(self) -> None:
        self.list.setSpacing(2)
        below = QHBoxLayout()
        below.setSpacing(8)
        close = QPushButton("Close")
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        below.addWidget(self.empty)
        below.addStretch(1)
        below.addWidget(close)
        below.addWidget(self.back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(12)
        whole.addWidget(self.list, 1)
        hint = _HINT if self._things else "" if self._unlisted else _EMPTY
        whole.addWidget(label(f"{hint} {self._told_unlisted()}".strip(), "dim", wraps=True))
        whole.addLayout(below)

    def _told_unlisted(self) -> str:
        are = "is" if self._unlisted == 1 else "are"
        files = f"{counted(self._unlisted, 'file')} that {are} not listed"
        return f"Besides, {files}." if self._unlisted else ""

    @Slot()
    def _on_back_clicked(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._things):
            self.accept()
            self.back_asked.emit(self._things[row])

    @Slot()
    def _on_empty_clicked(self) -> None:
        asking = QMessageBox(self)
        asking.setObjectName("trash.question")
        asking.setIcon(QMessageBox.Icon.Warning)
        asking.setWindowTitle("Empty the trash?")
        asking.setText("Delete everything in the trash for good?")
        size = sum(thing.size_bytes for thing in self._things) / 1e6
        told = f"{counted(len(self._things), 'thing')}, {size:,.1f} MB. {self._told_unlisted()}".strip()
        asking.setInformativeText(f"{told} Nothing of it can be brought back then.")
        delete = asking.addButton("Delete for good", QMessageBox.ButtonRole.DestructiveRole)
        keep = asking.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        asking.setDefaultButton(keep)
        asking.setEscapeButton(keep)
        delete.clicked.connect(self._on_sure)
        asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asking.open()

    @Slot()
    def _on_sure(self) -> None:
        self.accept()
        self.empty_asked.emit()
