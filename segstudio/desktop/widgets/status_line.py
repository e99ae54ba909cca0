"""StatusLine: one line that is always true: what is in the project, and what is under way."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton

from segstudio.desktop.widgets.labels import label
from segstudio.desktop.work import JobStatus

_BAR_PX = 160


class StatusLine(QFrame):
    """The row at the bottom. `asked_for` carries the id of the tab that the person wants to see."""

    asked_for = Signal(str)

    def __init__(self, cancel: QAction) -> None:
        super().__init__()
        self.setObjectName("status")
        self._photos = self._link("status.photos", "annotate", "Show the photos.")
        self._run = self._link("status.run", "train", "Show the trainings.")
        self._job = label("", "dim")
        self._job.setObjectName("status.job")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(_BAR_PX, 4)
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("status.cancel")
        self._cancel.setProperty("kind", "quiet")
        self._cancel.setToolTip(cancel.toolTip())
        self._cancel.clicked.connect(cancel.trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._photos)
        row.addStretch(1)
        for widget in (self._job, self._bar, self._cancel, self._run):
            row.addWidget(widget)
        self.show_job(None)
        self.show_project("", "")

    def show_project(self, photos: str, run: str) -> None:
        """Show what is in the project, and its newest training."""
        for link, text in ((self._photos, photos), (self._run, run)):
            link.setText(text)
            link.setVisible(bool(text))

    @Slot(object)
    def show_job(self, status: JobStatus | None) -> None:
        """Show what is under way and how far it is."""
        for widget in (self._job, self._bar):
            widget.setVisible(status is not None)
        self._cancel.setVisible(status is not None and status.can_cancel)
        if status is not None:
            counted = f" {status.done} of {status.total}" if status.total else " …"
            self._job.setText(status.what + counted)
            self._bar.setRange(0, status.total)
            self._bar.setValue(status.done)

    def _link(self, name: str, tab_id: str, tip: str) -> QPushButton:
        link = QPushButton()
        link.setObjectName(name)
        link.setProperty("kind", "link")
        link.setProperty("tab", tab_id)
        link.setToolTip(tip)
        link.clicked.connect(self._on_link_clicked)
        return link

    @Slot()
    def _on_link_clicked(self) -> None:
        link = self.sender()
        if link is not None:
            self.asked_for.emit(str(link.property("tab")))
