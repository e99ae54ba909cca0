"""ProjectErrand: work on masks of the project while nobody paints: the desk saves and closes, and opens again after it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobControl
from segstudio.errors import SegStudioError, WorkStopped
from segstudio.project.project import Project

Work = Callable[[Project, JobControl], Problem]
"""Done in a worker; returns what is to be told then. Raises SegStudioError, WorkStopped or Stopped."""

_OTHER_FIRST = Problem("Something else came first: try again.", level="info")


class ProjectErrand(QObject):
    """One at a time, each a job of the session. `over` comes after each one, with the Problem that tells how it went."""

    over = Signal(object)

    def __init__(self, session: ProjectSession, desk: PhotoDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._desk = session, desk
        self._told: list[Problem] | None = None
        session.job_changed.connect(self._on_session_job)

    @property
    def is_busy(self) -> bool:
        """Whether one is under way."""
        return self._told is not None

    def begin(self, what: str, work: Work) -> None:
        """Save what is painted and close it, do the work, and open again; how it went is told."""
        if self._told is not None or self._session.job is not None:
            first = self._session.job.what if self._session.job is not None else "Something else"
            self._tell(Problem(f"{first} comes first.", level="info"))
            return

        def go() -> None:
            opened = self._session.opened
            if opened is None or self._session.is_busy:
                self._desk.resume()
                self._tell(_OTHER_FIRST)
                return
            folder, told = opened.folder, list[Problem]()
            self._told = told
            self._session.import_prepared(
                what, lambda control: _do(work, Project.open(folder), control, told)
            )

        self._desk.release(go, self._tell)

    @Slot(object)
    def _on_session_job(self, status: object) -> None:
        if status is None and self._told is not None:
            QTimer.singleShot(0, self, self._on_over)  # once the session has told what is new

    @Slot()
    def _on_over(self) -> None:
        told, self._told = self._told, None
        if told is None:
            return
        self._desk.resume()
        if told:
            self._tell(told[0])

    def _tell(self, problem: Problem) -> None:
        self._session.problem_met.emit(problem)
        self.over.emit(problem)


def _do(work: Work, project: Project, control: JobControl, told: list[Problem]) -> None:
    try:
        told.append(work(project, control))
    except WorkStopped:
        raise
    except SegStudioError as error:
        told.append(problem_of(error))
