"""The start page: new project, open, the sample, and the projects opened lately."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.tabs.recent_list import RecentList
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.work import Job, JobControl, JobStatus

_CHOICES = ("project.new", "project.open", "project.sample")
_LEFT_PX = 300
_WIDTH_PX = 920
_ICON_PX = 20


class StartPage(QWidget):
    """What is seen without a project. `folder_chosen` carries the project that the person picked."""

    folder_chosen = Signal(object)

    def __init__(self, look: Look, actions: Actions, settings: Settings, places: Places) -> None:
        super().__init__()
        self._look = look
        self._actions = actions
        self._settings = settings
        self._looking: Job | None = None
        self._is_busy = False
        self._came_from: QWidget | None = None
        self.recent = RecentList(look, places)
        self._nothing = label(
            "Projects that you open are listed here. Photos, annotation files or a project folder can be dropped"
            " anywhere on this window.",
            "dim",
            wraps=True,
        )
        self._buttons = [self._button(action_id) for action_id in _CHOICES]
        self._buttons[0].setProperty("kind", "primary")
        self.setFocusProxy(self._buttons[0])
        self._progress = _Progress(actions)
        self._lay_out()
        self.recent.chosen.connect(self.folder_chosen)
        self.recent.forgotten.connect(self._on_forgotten)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.refresh()

    def refresh(self) -> None:
        """List the recent projects anew."""
        entries = self._settings.recent()
        self.recent.show_projects(entries)
        self.recent.setVisible(bool(entries))
        self._nothing.setVisible(not entries)

    def look_for_gone(self) -> None:
        """Find out, in a thread (a lost network drive answers late), which recent projects are not there."""
        folders = tuple(folder for _, folder in self._settings.recent())
        if self._looking is not None or not folders:
            return

        def work(_control: JobControl) -> frozenset[Path]:
            return frozenset(folder for folder in folders if not folder.is_dir())

        self._looking = Job("Looking for recent projects", work, self)
        self._looking.succeeded.connect(self._on_looked)
        self._looking.finished.connect(self._on_looking_finished)
        self._looking.start()

    @Slot(object)
    def _on_looked(self, gone: frozenset[Path]) -> None:
        self.recent.show_gone(gone)

    @Slot()
    def _on_looking_finished(self) -> None:
        job, self._looking = self._looking, None
        if job is not None:
            job.wait()
            job.deleteLater()

    @Slot(object)
    def show_job(self, status: JobStatus | None) -> None:
        """Show what is under way in the place that waits for it; afterwards the keyboard is where it was."""
        focus = self.window().focusWidget()
        if status is not None and not self._is_busy:
            self._came_from = focus if focus is not None and self.isAncestorOf(focus) else None
        self._is_busy = status is not None
        self._progress.show_job(status)
        for button, action_id in zip(self._buttons, _CHOICES, strict=True):
            button.setEnabled(self._actions[action_id].isEnabled())
        self.recent.setEnabled(status is None)
        if status is None and self.isVisible():
            came_from, self._came_from = self._came_from, None
            if came_from is not None:
                came_from.setFocus(Qt.FocusReason.OtherFocusReason)
            self.look_for_gone()  # what could not be opened may be gone

    def shut_down(self) -> None:
        """End the look for projects that are gone."""
        if self._looking is not None:
            self._looking.wait()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(label("SegStudio", "display"))
        left.addWidget(
            label("Teach a computer to find your classes in your photos, pixel by pixel.", "dim", wraps=True)
        )
        left.addSpacing(16)
        for button in self._buttons:
            left.addWidget(button)
        left.addSpacing(8)
        left.addWidget(self._progress)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(label("Recent projects", "title"))
        right.addWidget(self._nothing)
        right.addWidget(self.recent, 1)
        right.addStretch(0)
        left_side, right_side = QWidget(), QWidget()
        left_side.setLayout(left)
        right_side.setLayout(right)
        left_side.setFixedWidth(_LEFT_PX)
        for side in (left, right):
            side.setContentsMargins(0, 0, 0, 0)
        both = QWidget()
        both.setMaximumWidth(_WIDTH_PX)
        row = QHBoxLayout(both)
        row.setContentsMargins(32, 64, 32, 32)
        row.setSpacing(64)
        row.addWidget(left_side)
        row.addWidget(right_side, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(both, 100)
        outer.addStretch(1)

    def _button(self, action_id: str) -> QPushButton:
        action = self._actions[action_id]
        button = QPushButton(f"  {action.text()}")
        button.setObjectName(f"start.{action_id}")
        button.setToolTip(action.toolTip())
        button.setProperty("place", "start")
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.clicked.connect(action.trigger)
        return button

    @Slot(object)
    def _on_forgotten(self, folder: Path) -> None:
        self._settings.forget(folder)
        self._settings.save()
        self.refresh()
        self.recent.setFocus()

    @Slot()
    def _on_theme_changed(self) -> None:
        for button, (name, token) in zip(
            self._buttons, (("new", "on_accent"), ("open", "text"), ("sample", "text")), strict=True
        ):
            button.setIcon(self._look.icon(name, token))


class _Progress(QWidget):
    """What is under way, how far it is, and the way to stop it."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._what = label("", "caption")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._cancel = QPushButton("Cancel")
        self._cancel.setObjectName("start.cancel")
        self._cancel.setProperty("kind", "quiet")
        self._cancel.clicked.connect(actions["job.cancel"].trigger)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._what)
        column.addWidget(self._bar)
        column.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignRight)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_job(self, status: JobStatus | None) -> None:
        """Show a job, or nothing."""
        self.setVisible(status is not None)
        if status is not None:
            self._what.setText(
                f"{status.what} · {status.done} of {status.total}" if status.total else f"{status.what} …"
            )
            self._bar.setRange(0, status.total)
            self._bar.setValue(status.done)
            self._cancel.setVisible(status.can_cancel)
