"""ExportWriter: an export is written as a job of the session, after everything painted is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobControl, JobStatus
from segstudio.errors import SegStudioError, WorkStopped
from segstudio.formats.exporting import ExportOptions, ExportReport, export_project
from segstudio.project.project import Project

_WHAT = "Exporting"
_ELSEWHERE = Problem("The export failed; the message in the main window says why.")
_OTHER_FIRST = Problem("Something else came first: try again.", level="info")


class Desk(Protocol):
    """Where photos are open for painting (`PhotoDesk`)."""

    def save(self) -> None:
        """Save what is unsaved."""

    def release(self, then: Callable[[], None], otherwise: Callable[[Problem], None] | None = None) -> None:
        """Save and close everything, then call `then`; or tell `otherwise` why that cannot be."""

    def resume(self) -> None:
        """Open again what was closed."""


@dataclass(slots=True)
class _Outcome:
    """How the job ended: the worker writes it, and it is read when the job is over."""

    report: ExportReport | None = None
    problem: Problem | None = None
    is_stopped: bool = False


class ExportWriter(QObject):
    """One at a time. As a job of the session it is seen in the status line, and masks are rewritten by nobody meanwhile;
    painting goes on.

    `busy_changed` carries whether one is under way, `progressed` a JobStatus, `done` an ExportReport, `failed` a
    Problem; `stopped`: the person stopped it, and nothing was written.
    """

    busy_changed = Signal(bool)
    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, session: ProjectSession, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk = session, desk
        self._outcome: _Outcome | None = None
        self._is_asked = False
        session.job_changed.connect(self._on_session_job)

    @property
    def is_busy(self) -> bool:
        """Whether an export is under way."""
        return self._is_asked

    @property
    def unfinished(self) -> str:
        """What closing the window would cut short."""
        return "An export is under way; nothing of it is kept." if self._is_asked else ""

    def write(self, options: ExportOptions) -> None:
        """Save what is painted, and write."""
        opened = self._session.opened
        if opened is None or self._is_asked:
            return
        if self._session.job is not None:
            self.failed.emit(Problem(f"{self._session.job.what} comes first.", level="info"))
            return
        self._set_asked(True)
        folder = opened.folder
        self._desk.release(lambda: self._begin(folder, options), self._on_not_released)

    def cancel(self) -> None:
        """Stop; nothing is written."""
        if self._outcome is not None:
            self._session.cancel()

    def _begin(self, folder: Path, options: ExportOptions) -> None:
        """Everything is on the disk."""
        opened, outcome = self._session.opened, _Outcome()
        if opened is None or opened.folder != folder or self._session.is_busy:
            self._desk.resume()
            self._set_asked(False)
            self.failed.emit(_OTHER_FIRST)
            return

        def work(control: JobControl) -> None:
            try:
                outcome.report = export_project(
                    Project.open(folder),
                    options,
                    progress=control.stage(_WHAT),
                    cancelled=control.cancelled,
                )
            except WorkStopped:
                outcome.is_stopped = True
                raise
            except SegStudioError as error:  # told where it was asked, not by the session
                outcome.problem = problem_of(error)

        self._outcome = outcome
        self._session.import_prepared(_WHAT, work)
        self._desk.resume()  # masks are only read: painting goes on

    def _on_not_released(self, problem: Problem) -> None:
        self._set_asked(False)
        self.failed.emit(problem)

    @Slot(object)
    def _on_session_job(self, status: JobStatus | None) -> None:
        if self._outcome is None:
            return
        if status is not None:
            self.progressed.emit(status)
        else:  # after all others who hear it
            QTimer.singleShot(0, self, self._on_session_over)

    @Slot()
    def _on_session_over(self) -> None:
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            return
        self._set_asked(False)
        if outcome.report is not None:
            self.done.emit(outcome.report)
        elif outcome.is_stopped:
            self.stopped.emit()
        else:
            self.failed.emit(outcome.problem or _ELSEWHERE)

    def _set_asked(self, asked: bool) -> None:
        if asked != self._is_asked:
            self._is_asked = asked
            self.busy_changed.emit(asked)
