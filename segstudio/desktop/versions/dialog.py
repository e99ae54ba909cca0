"""TimeLine: what the mask of the open photo was before, beside what it is now, and the way back to it."""

from __future__ import annotations

import threading
from datetime import datetime
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QIcon, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.look import Look
from segstudio.desktop.problems import problem_of
from segstudio.desktop.versions.panes import TwoMasks
from segstudio.desktop.versions.reading import Compared, Entry, compare, read_time_line
from segstudio.desktop.versions.words import told_reason, told_share, told_time, told_version
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import ClassList

_SIZE, _SMALLEST = QSize(1120, 680), QSize(820, 480)
_ICON = QSize(96, 72)
_LIST_PX = 330
_HINT = "Undo takes it back, and what the mask is now becomes a version too."
_NONE = "Nothing is kept of this photo yet: its mask was not replaced since it was first painted."


class TimeLine(QDialog):
    """`back_asked` carries the Compared that the person wants back. `shut_down` before the end."""

    back_asked = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("versions")
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self._reading = Errands("versions", 1, self)
        self._stop = threading.Event()
        self._shown: OpenPhoto | None = None
        self._classes = ClassList()
        self._compared: Compared | None = None
        self._entries: tuple[Entry, ...] = ()
        self.list = QListWidget()
        self.panes = TwoMasks(look, self)
        self.told = label("", "dim", wraps=True)
        self.back = QPushButton("Go back to this")
        self._lay_out()
        self.list.currentRowChanged.connect(self._on_row_changed)
        self.list.itemActivated.connect(lambda _: self.back.click())
        self.back.clicked.connect(self._on_back_clicked)

    @property
    def compared(self) -> Compared | None:
        """What is looked at."""
        return self._compared

    def open_on(self, shown: OpenPhoto, classes: ClassList) -> None:
        """Show the versions of the open photo, the newest first."""
        self._forget()
        self._shown, self._classes = shown, classes
        self._stop = threading.Event()
        self.setWindowTitle(f"Versions of {shown.photo.key}")
        self.told.setText("Reading …")
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus()
        folder, photo, pyramid = shown.folder, shown.photo, shown.pyramid
        now, stop = shown.editor.as_now(), self._stop
        self._reading.send(
            lambda: read_time_line(folder, photo, pyramid, now, stop.is_set),
            partial(self._on_read, stop),
            partial(self._on_failed, stop),
        )

    def shut_down(self) -> None:
        """End what is under way."""
        self._forget()
        self._reading.shut_down()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: keep no pixels."""
        super().hideEvent(event)
        self._forget()

    def _forget(self) -> None:
        self._stop.set()
        self._shown = self._compared = None
        self._entries = ()
        self.list.clear()
        self.panes.show_nothing()
        self.panes.name("", "")
        self.back.setEnabled(False)

    def _lay_out(self) -> None:
        self.list.setObjectName("versions.list")
        self.list.setAccessibleName("Versions, the newest first")
        self.list.setIconSize(_ICON)
        self.list.setSpacing(2)
        self.list.setUniformItemSizes(True)
        self.list.setMinimumWidth(240)
        self.told.setObjectName("versions.told")
        self.back.setObjectName("versions.back")
        self.back.setProperty("kind", "primary")
        self.back.setToolTip(f"Go back to this\n{_HINT}")
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        close.setAutoDefault(False)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.list)
        parts.addWidget(self.panes)
        parts.setStretchFactor(1, 1)
        parts.setSizes([_LIST_PX, _SIZE.width() - _LIST_PX])
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.told, 1)
        below.addWidget(close)
        below.addWidget(self.back)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 16, 16, 16)
        whole.setSpacing(12)
        whole.addWidget(parts, 1)
        whole.addLayout(below)

    # -- what was read

    def _on_read(self, stop: threading.Event, entries: tuple[Entry, ...]) -> None:
        if stop.is_set():
            return
        self._entries, now = entries, datetime.now().astimezone()
        for entry in entries:
            lines = [told_version(entry.version, now), entry.problem or told_share(entry.share)]
            item = QListWidgetItem("\n".join([*lines, told_reason(entry.version)]).rstrip())
            item.setToolTip(entry.problem or item.text())
            item.setSizeHint(QSize(_LIST_PX - 40, _ICON.height() + 8))
            if entry.picture is not None:
                item.setIcon(QIcon(QPixmap.fromImage(entry.picture)))
            self.list.addItem(item)
        self.told.setText(_HINT if entries else _NONE)
        if entries:
            self.list.setCurrentRow(0)

    def _on_failed(self, stop: threading.Event, error: BaseException) -> None:
        if not stop.is_set():
            self._compared = None
            self.panes.show_nothing()
            self.back.setEnabled(False)
            self.told.setText(problem_of(error).text)

    @Slot(int)
    def _on_row_changed(self, row: int) -> None:
        shown = self._shown
        self.back.setEnabled(False)
        if shown is None or not 0 <= row < len(self._entries):
            return
        version, now, stop = self._entries[row].version, shown.editor.as_now(), self._stop
        folder, photo = shown.folder, shown.photo
        self._reading.send(
            lambda: compare(folder, photo, version, now),
            partial(self._on_compared, stop, row),
            partial(self._on_failed, stop),
        )

    def _on_compared(self, stop: threading.Event, row: int, compared: Compared) -> None:
        shown = self._shown
        if stop.is_set() or shown is None or row != self.list.currentRow():
            return
        self._compared = compared
        time = told_time(compared.version.when, datetime.now().astimezone())
        self.panes.name(f"{time} · {compared.version.status}", "Now")
        masks = (compared.then, compared.now)
        self.panes.show_two(shown.pyramid, masks, self._classes, compared.marks)
        self.back.setEnabled(bool(compared.marks) and not shown.read_only)
        gone = ", ".join(compared.gone)
        lost = f" No longer in the class list, and void then: {gone}." if gone else ""
        why = shown.told if shown.read_only else _HINT
        self.told.setText(f"{why}{lost}")

    @Slot()
    def _on_back_clicked(self) -> None:
        if self._compared is not None and self.back.isEnabled():
            self.back_asked.emit(self._compared)
