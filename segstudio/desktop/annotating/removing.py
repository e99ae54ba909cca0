"""PhotoRemover: takes photos out of the project after asking once, and brings back what was removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from segstudio.counting import counted
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.problems import Problem, Remedy, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobControl
from segstudio.errors import SegStudioError, WorkStopped
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.removal import Removal, bring_back, remove_photos, removed_last

_NOTHING = Problem("Nothing was removed from this project that could be brought back.", level="info")
_OTHER_FIRST = Problem("Something else came first: try again.", level="info")


@dataclass(slots=True)
class _Outcome:
    """What a job of the session led to: the worker writes it, and it is read when the job is over."""

    problem: Problem | None = None
    show: str = ""


class PhotoRemover(QObject):
    """Both are jobs of the session, for which the desk saves and closes what is open. In the GUI thread.

    `problem_met` carries a Problem, `came_back` the key of the first photo that was brought back.
    """

    problem_met = Signal(object)
    came_back = Signal(str)

    def __init__(self, session: ProjectSession, desk: PhotoDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._desk, self._parent = session, desk, parent
        self._outcome: _Outcome | None = None
        session.job_changed.connect(self._on_session_job)

    def ask(self, photos: Sequence[Photo]) -> None:
        """Ask once, and then remove them."""
        opened = self._session.opened
        if not photos or opened is None:
            return
        keys = tuple(photo.key for photo in photos)
        referenced = any(opened.project.reference(key) for key in keys)
        asking = QMessageBox(self._parent)
        asking.setObjectName("photos.remove")
        asking.setIcon(QMessageBox.Icon.Question)
        asking.setWindowTitle("Remove from the project?")
        asking.setText(question(photos))
        asking.setInformativeText(consequence(photos, referenced=referenced))
        remove = asking.addButton("Remove", QMessageBox.ButtonRole.AcceptRole)
        keep = asking.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        asking.setDefaultButton(remove)
        asking.setEscapeButton(keep)
        remove.clicked.connect(lambda: self.remove(keys))
        asking.finished.connect(asking.deleteLater)
        asking.open()

    def remove(self, keys: Sequence[str]) -> None:
        """Move these photos to the trash of the project."""

        def work(project: Project, control: JobControl) -> _Outcome:
            stage = control.stage("Removing photos")
            removal = remove_photos(project, keys, progress=stage, cancelled=control.cancelled)
            return _Outcome(self._told_of(removal))

        self._begin("Removing photos", work)

    def bring_back(self, removal: Removal | None = None) -> None:
        """Bring a removal back, by default the newest."""

        def work(project: Project, control: JobControl) -> _Outcome:
            found = removal or removed_last(project.folder)
            if found is None:
                return _Outcome(_NOTHING)
            stage = control.stage("Bringing photos back")
            told = bring_back(project, found, progress=stage, cancelled=control.cancelled)
            return _Outcome(Problem(f"{_are(found)} back. {told}".strip(), level="info"), found.keys[0])

        self._begin("Bringing photos back", work)

    def _told_of(self, removal: Removal) -> Problem:
        undo = Remedy("Undo", do=lambda: self.bring_back(removal))
        return Problem(f"{_are(removal)} in the project's trash now.", level="info", actions=(undo,))

    def _begin(self, what: str, work: Callable[[Project, JobControl], _Outcome]) -> None:
        if self._outcome is not None:
            return
        if self._session.job is not None:
            self.problem_met.emit(Problem(f"{self._session.job.what} comes first.", level="info"))
            return
        outcome = _Outcome()

        def go() -> None:
            opened = self._session.opened
            if opened is None or self._session.is_busy:
                self._desk.resume()
                self.problem_met.emit(_OTHER_FIRST)
                return
            folder = opened.folder
            self._outcome = outcome
            self._session.import_prepared(
                what, lambda control: _do(lambda: work(Project.open(folder), control), outcome)
            )

        self._desk.release(go, self.problem_met.emit)

    @Slot(object)
    def _on_session_job(self, status: object) -> None:
        if status is None and self._outcome is not None:
            QTimer.singleShot(0, self, self._on_over)  # once the session has told what is new

    @Slot()
    def _on_over(self) -> None:
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            return
        self._desk.resume()
        if outcome.show:
            self.came_back.emit(outcome.show)
        if outcome.problem is not None:
            self.problem_met.emit(outcome.problem)


def question(photos: Sequence[Photo]) -> str:
    """Return what is asked before photos are removed; pure."""
    what = f'"{photos[0].key}"' if len(photos) == 1 else f"{len(photos):,} photos"
    return f"Remove {what} from the project?"


def consequence(photos: Sequence[Photo], *, referenced: bool) -> str:
    """Return what removing them means; `referenced`: the file of one of them lies outside the project; pure."""
    masks = sum(photo.has_mask for photo in photos)
    if len(photos) == 1:
        what = "The photo with its mask goes" if masks else "The photo, which has no mask, goes"
    else:
        what = f"{len(photos):,} photos and {counted(masks, 'mask')} go"
    outside = " Photo files outside the project stay where they are." if referenced else ""
    return f"{what} to the project's trash and can be brought back.{outside}"


def _are(removal: Removal) -> str:
    return f"{removal.told()} {'is' if len(removal.keys) == 1 else 'are'}"


def _do(work: Callable[[], _Outcome], outcome: _Outcome) -> None:
    """Do it in a worker; what goes wrong is told where it was asked."""
    try:
        ended = work()
    except WorkStopped:
        raise
    except SegStudioError as error:
        outcome.problem = problem_of(error)
    else:
        outcome.problem, outcome.show = ended.problem, ended.show
