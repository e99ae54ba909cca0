"""StatusLine: one line that is always true: what is saved, what is in the project, and what is under way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton

from segstudio.desktop.tabs.tab import TellsRuns, TellsWork
from segstudio.desktop.widgets.labels import ElidedButton
from segstudio.desktop.work import JobStatus

_BAR_PX = 160


def job_told(status: JobStatus) -> str:
    """Return what is under way and how far it is; pure."""
    counted = f" {status.done:,} of {status.total:,}" if status.total else " …"
    return status.what + counted


class StatusLine(QFrame):
    """The row at the bottom. `asked_for` carries the id of the tab that the person wants to see."""

    asked_for = Signal(str)

    def __init__(self, cancel: QAction) -> None:
        super().__init__()
        self.setObjectName("status")
        self._cancel_action = cancel
        self._of_session: JobStatus | None = None
        self._of_pages: dict[str, JobStatus] = {}
        self._pages: dict[str, TellsWork] = {}
        self._runs: TellsRuns | None = None
        self._saved = self._link("status.saved", "annotate", "Painting is saved by itself: show the photo.")
        self._photos = self._link("status.photos", "annotate", "Show the photos.")
        self._run = self._link("status.run", "train", "Show the trainings.")
        self._job = self._link("status.job", "", "Show where this is under way.")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(_BAR_PX, 4)
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("status.cancel")
        self._cancel.setProperty("kind", "quiet")
        self._cancel.setToolTip(cancel.toolTip())
        self._cancel.clicked.connect(self._on_cancel_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._saved)
        row.addWidget(self._photos)
        row.addStretch(1)
        for widget in (self._job, self._bar, self._cancel, self._run):
            row.addWidget(widget)
        self._update_job()
        self.show_saved("")
        self.show_project("", "")

    def show_project(self, photos: str, run: str) -> None:
        """Show what is in the project, and its newest training, of which a page that follows it knows more."""
        self._photos.setText(photos)
        self._photos.setVisible(bool(photos))
        known = self._runs.run_line if self._runs is not None and photos else ""
        self._show_run(known or run)

    def follow(self, page: TellsRuns) -> None:
        """Show, from now on, what a page tells of the trainings."""
        self._runs = page
        page.run_told.connect(self._show_run)

    @Slot(str)
    def _show_run(self, run: str) -> None:
        self._run.setText(run)
        self._run.setVisible(bool(run))

    @Slot(str)
    def show_saved(self, text: str) -> None:
        """Show what is on the disk."""
        self._saved.setText(text)
        self._saved.setVisible(bool(text))

    @Slot(object)
    def show_job(self, status: JobStatus | None) -> None:
        """Show what the session has under way."""
        self._of_session = status
        self._update_job()

    def watch(self, tab_id: str, page: TellsWork) -> None:
        """Show, from now on, what a page has under way while the session has nothing."""
        self._pages[tab_id] = page

        def take(status: JobStatus | None) -> None:
            self._of_pages.pop(tab_id, None)
            if status is not None:
                self._of_pages[tab_id] = status
            self._update_job()

        page.work_changed.connect(take)

    def take_focus(self) -> bool:
        """Give the keyboard to the first part that can be pressed."""
        for part in (self._saved, self._photos, self._job, self._cancel, self._run):
            if part.isVisible():
                part.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
        return False

    def _update_job(self) -> None:
        tab, status = "", self._of_session
        if status is None:
            tab, status = next(iter(self._of_pages.items()), ("", None))
        for widget in (self._job, self._bar):
            widget.setVisible(status is not None)
        self._cancel.setVisible(status is not None and status.can_cancel)
        self._job.setProperty("tab", tab)
        if status is not None:
            self._job.setText(job_told(status))
            self._bar.setRange(0, status.total)
            self._bar.setValue(status.done)
            self._bar.setAccessibleName(job_told(status))

    def _link(self, name: str, tab_id: str, tip: str) -> ElidedButton:
        link = ElidedButton(tip)
        link.setObjectName(name)
        link.setProperty("kind", "link")
        link.setProperty("tab", tab_id)
        link.clicked.connect(self._on_link_clicked)
        return link

    @Slot()
    def _on_link_clicked(self) -> None:
        link = self.sender()
        if link is not None and link.property("tab"):
            self.asked_for.emit(str(link.property("tab")))

    @Slot()
    def _on_cancel_clicked(self) -> None:
        page = self._pages.get(str(self._job.property("tab")))
        if page is not None:
            page.cancel_work()
        else:
            self._cancel_action.trigger()
