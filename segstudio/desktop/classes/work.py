"""ClassWork: what is done to the class list, in worker threads, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import EndingJobs, Job, JobControl, JobStatus
from segstudio.errors import SegStudioError, WorkStopped
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Add, ClassEdit, Delete, Merge, Recolour, Rename, Reorder
from segstudio.project.class_edits import ClassEditing, Done
from segstudio.project.class_history import ClassHistory
from segstudio.project.class_uses import MaskCounter
from segstudio.project.project import Project

if TYPE_CHECKING:
    from segstudio.project.class_telling import EditPreview
    from segstudio.project.class_uses import ClassUses

Back = Literal["undo", "redo"]
Wish = ClassEdit | Back

_UNREAD = "what was done last"


class Desk(Protocol):
    """Where photos are open for painting: what is to be done while masks are changed below it (`PhotoDesk`)."""

    def release(self, then: Callable[[], None], otherwise: Callable[[Problem], None] | None = None) -> None:
        """Save and close everything, then call `then`; or tell `otherwise` why that cannot be."""

    def resume(self) -> None:
        """Open again what was closed."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen: which photos hold what, and what undo and redo would do, in a few words."""

    uses: ClassUses
    undo: str
    redo: str


@dataclass(slots=True)
class _Outcome:
    """How a job of the session ended: the worker writes it, and it is read when the job is over."""

    done: Done | None = None
    problem: Problem | None = None


class ClassWork(QObject):
    """Looks, previews and does, for the project of the session. In the GUI thread.

    `looked` carries a Looked, `previewed` an EditPreview, `done` a Done, `failed` a Problem, `progressed` a
    JobStatus; `stopped`: the person stopped it, and nothing was changed. `busy_changed` comes when `busy` is another.
    """

    looked = Signal(object)
    previewed = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    stopped = Signal()
    progressed = Signal(object)
    busy_changed = Signal()

    def __init__(self, session: ProjectSession, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._desk = session, desk
        self._counter = MaskCounter()
        self._journals = StrokeJournals()
        self._look: Job | None = None
        self._preview: Job | None = None
        self._ending = EndingJobs(self)
        self._outcome: _Outcome | None = None
        self._released = False
        self._asked = False
        session.job_changed.connect(self._on_session_job)
        session.changed.connect(self._on_session_changed)

    @property
    def busy(self) -> bool:
        """Whether a preview or a change is under way."""
        return self._asked

    # -- looking

    def look(self) -> None:
        """Count what the masks hold and read the history; the newest wish wins."""
        self._drop(self._look)
        self._look = None
        folder = self._folder
        if folder is None:
            return

        def work(control: JobControl) -> Looked:
            editing = self._editing(Project.open(folder), control)
            history = ClassHistory(folder)
            undo, redo = history.undoable, history.redoable
            last = _UNREAD if history.problem is not None else ""  # told when it is asked for
            return Looked(editing.uses(), undo.label if undo else last, redo.label if redo else "")

        self._look = Job("Counting classes", work, self, can_cancel=True)
        self._look.succeeded.connect(self._on_looked)
        self._look.failed.connect(self._on_look_failed)
        self._look.start()

    # -- asking

    def preview(self, edit: ClassEdit) -> None:
        """Work out what an edit would do."""
        folder = self._folder
        if folder is None or not self._may_begin():
            return

        def work(control: JobControl) -> EditPreview:
            return self._editing(Project.open(folder), control).preview(edit)

        self._preview = Job("Looking at the masks", work, self, can_cancel=True)
        self._preview.progressed.connect(self._on_preview_progressed)
        self._preview.succeeded.connect(self._on_previewed)
        self._preview.failed.connect(self._on_preview_failed)
        self._preview.stopped.connect(self._on_preview_stopped)
        self._set_asked(True)
        self._preview.start()

    def do(self, wish: Wish, what: str) -> None:
        """Do an edit, or take the last one back (`undo`), or do that again (`redo`); `what` names it while it runs."""
        if self._folder is None or not self._may_begin():
            return
        self._set_asked(True)
        if isinstance(wish, Add | Recolour | Reorder):
            self._begin(wish, what)  # no number means anything else then: painting can go on
            return
        self._released = True
        self._desk.release(lambda: self._begin(wish, what), self._on_not_released)

    def cancel(self) -> None:
        """Ask what is under way to stop."""
        if self._preview is not None:
            self._preview.cancel()
        elif self._outcome is not None:
            self._session.cancel()

    def shut_down(self) -> None:
        """End what is under way here; what writes is the session's."""
        for job in (self._look, self._preview):
            if job is not None:
                job.cancel()
                job.wait()
        self._ending.wait()

    # -- inside

    @property
    def _folder(self) -> Path | None:
        return self._session.opened.folder if self._session.opened is not None else None

    def _editing(self, project: Project, control: JobControl) -> ClassEditing:
        """In a worker thread."""
        return ClassEditing(
            project,
            self._journals,
            counter=self._counter,
            progress=lambda what, done, total: control.stage(what)(done, total),
            cancelled=control.cancelled,
        )

    def _may_begin(self) -> bool:
        if self._asked:
            return False
        if self._session.job is not None:
            self.failed.emit(Problem(f"{self._session.job.what} comes first.", level="info"))
            return False
        return True

    def _begin(self, wish: Wish, what: str) -> None:
        folder, outcome = self._folder, _Outcome()
        if folder is None or self._session.is_busy:
            self._on_not_released(Problem("Something else came first: try again.", level="info"))
            return

        def work(control: JobControl) -> None:
            try:
                outcome.done = _carried_out(self._editing(Project.open(folder), control), wish)
            except WorkStopped:
                raise
            except SegStudioError as error:  # told where it was asked, not by the session
                outcome.problem = problem_of(error)

        self._outcome = outcome
        self._session.import_prepared(what, work)

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if flags & Changed.PROJECT:
            self._journals = StrokeJournals()  # what it remembers is of the former one

    @Slot(object)
    def _on_session_job(self, status: JobStatus | None) -> None:
        if self._outcome is None:
            return
        if status is not None:
            self.progressed.emit(status)
        else:  # after all others who hear it: what comes of this may begin the next job
            QTimer.singleShot(0, self, self._on_session_over)

    @Slot()
    def _on_session_over(self) -> None:
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            return
        self._let_go()
        if outcome.done is not None:
            self.done.emit(outcome.done)
        elif outcome.problem is not None:
            self.failed.emit(outcome.problem)
        else:
            self.stopped.emit()

    def _on_not_released(self, problem: Problem) -> None:
        self._let_go()
        self.failed.emit(problem)

    def _let_go(self) -> None:
        released, self._released = self._released, False
        if released:
            self._desk.resume()
        self._set_asked(False)

    def _set_asked(self, asked: bool) -> None:
        if asked != self._asked:
            self._asked = asked
            self.busy_changed.emit()

    @Slot(object)
    def _on_looked(self, looked: Looked) -> None:
        if self.sender() is self._look:
            self._drop(self._look)
            self._look = None
            self.looked.emit(looked)

    @Slot(object)
    def _on_look_failed(self, _problem: Problem) -> None:
        """What cannot be counted is not told; whoever asks for an edit learns why."""
        if self.sender() is self._look:
            self._drop(self._look)
            self._look = None

    @Slot(object)
    def _on_preview_progressed(self, status: JobStatus) -> None:
        if self.sender() is self._preview:
            self.progressed.emit(status)

    @Slot(object)
    def _on_previewed(self, preview: EditPreview) -> None:
        self._end_preview()
        self.previewed.emit(preview)

    @Slot(object)
    def _on_preview_failed(self, problem: Problem) -> None:
        self._end_preview()
        self.failed.emit(problem)

    @Slot()
    def _on_preview_stopped(self) -> None:
        self._end_preview()
        self.stopped.emit()

    def _end_preview(self) -> None:
        self._drop(self._preview)
        self._preview = None
        self._set_asked(False)

    def _drop(self, job: Job | None) -> None:
        """Nobody waits for this job any more; its thread ends by itself."""
        if job is not None:
            job.cancel()
            self._ending.add(job)


def _carried_out(editing: ClassEditing, wish: Wish) -> Done:
    if wish == "undo":
        return editing.undo()
    if wish == "redo":
        return editing.redo()
    assert isinstance(wish, Add | Rename | Recolour | Reorder | Merge | Delete)
    return editing.commit(wish)
