"""Writer: imports are written, and taken back, as jobs of the session, with every open photo saved and closed before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.importing.committing import Commit, Release, TakeBack, at_once
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobStatus


class Writer(QObject):
    """One at a time. `busy_changed` carries whether one is under way, `progressed` a JobStatus.

    `was_written` and `was_taken_back` carry the Commit or TakeBack that is done; `was_outdated` comes where nothing was
    written because somebody changed the project meanwhile, `was_given_up` where nothing was written for another reason.
    """

    busy_changed = Signal(bool)
    progressed = Signal(object)
    was_written = Signal(object)
    was_taken_back = Signal(object)
    was_outdated = Signal()
    was_given_up = Signal()

    def __init__(self, session: ProjectSession, parent: QObject, release: Release = at_once) -> None:
        super().__init__(parent)
        self._session = session
        self.release = release
        self._under_way: Commit | TakeBack | None = None
        session.job_changed.connect(self._on_job_changed)

    @property
    def is_busy(self) -> bool:
        """Whether an import is written or taken back."""
        return self._under_way is not None

    @property
    def unfinished(self) -> str:
        """What closing the window would cut short."""
        if self._under_way is None:
            return ""
        what = "An import is" if isinstance(self._under_way, Commit) else "Taking an import back is"
        return f"{what} under way; the project stays as it was."

    def write(self, commit: Callable[[], Commit | None]) -> None:
        """Write the import that `commit` returns once all open photos are saved and closed; None: not any more."""
        if not self.is_busy:
            self.release(partial(self._begin, "Importing", commit))

    def take_back(self, record: Path) -> None:
        """Take the import back whose record is `record`."""
        opened = self._session.opened
        if not self.is_busy and opened is not None:
            work = TakeBack(opened.folder, record)
            self.release(partial(self._begin, "Taking the import back", lambda: work))

    def cancel(self) -> None:
        """Stop; the project stays as it was."""
        if self.is_busy:
            self._session.cancel()

    def forget(self) -> None:
        """Another project is open: what is under way is no longer of interest here."""
        if self._under_way is not None:
            self._under_way = None
            self.busy_changed.emit(False)

    def _begin(self, what: str, make: Callable[[], Commit | TakeBack | None]) -> None:
        """Every open photo is saved and closed by now."""
        if self._session.is_busy or self.is_busy:
            return
        under_way = make()
        if under_way is not None:
            self._under_way = under_way
            self.busy_changed.emit(True)
            self._session.import_prepared(what, under_way.work())

    @Slot(object)
    def _on_job_changed(self, status: JobStatus | None) -> None:
        if self._under_way is None:
            return
        if status is not None:
            self.progressed.emit(status)
            return
        done, self._under_way = self._under_way, None
        self.busy_changed.emit(False)
        if isinstance(done, TakeBack):
            (self.was_taken_back.emit(done) if done.undone is not None else self.was_given_up.emit())
        elif done.record is not None:
            self.was_written.emit(done)
        elif done.is_outdated:
            self.was_outdated.emit()
        else:
            self.was_given_up.emit()
