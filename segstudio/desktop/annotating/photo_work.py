"""PhotoWork: what is done to photos and classes beside painting, in worker threads."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.problems import Problem, Stopped
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import Job, JobControl
from segstudio.errors import SegStudioError, WorkStopped
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Add
from segstudio.project.class_edits import ClassEditing
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo, PhotoState, Split, Status
from segstudio.project.project import Project, stamp

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Writing:
    """What is to be written into the project in `folder`, once the session is idle."""

    what: str
    folder: Path
    write: Callable[[Project], None]


class PhotoWork(QObject):
    """Writes are jobs of the session, one after the other: it reads the project anew after each. What was asked for
    in a project that is no longer open when its turn comes is written there all the same, without the session.

    `told` carries a JobStatus or None, of an import that is under way; `problem_met` a Problem.
    """

    told = Signal(object)
    problem_met = Signal(object)

    def __init__(self, session: ProjectSession, desk: PhotoDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._desk = session, desk
        self._waiting: deque[_Writing] = deque()
        self._elsewhere: Job | None = None
        self._importing: Job | None = None
        self._place: tuple[Path, str] | None = None  # the photo that is imported again
        session.job_changed.connect(self._go_on)

    def mark(self, photos: Sequence[Photo], status: Status) -> None:
        """Say how far the labelling of these photos has come."""
        if self._is_shown(photos):
            self._desk.mark(status)
        self._change_states(photos, f"Marking {_counted(photos)}", {"status": status})

    def set_split(self, photos: Sequence[Photo], split: Split | None) -> None:
        """Say what these photos are used for."""
        if self._is_shown(photos):
            self._desk.set_split(split)
        self._change_states(photos, f"Changing the use of {_counted(photos)}", {"split": split})

    def add_class(self, name: str) -> None:
        """Add a class with the next free colour, as the class editor would: it can be undone there."""
        self._ask(f"Adding {name}", lambda project: _add_class(project, name))

    def import_again(self, photo: Photo) -> None:
        """Draw the mask of the photo that is open anew from the annotation that came with it: one edit."""
        opened = self._session.opened
        if opened is None or self._importing is not None:
            return
        folder = opened.folder
        self._place = folder, photo.key
        self._importing = Job(
            f"Importing {photo.key} again",
            lambda control: _again(folder, photo, control),
            self,
            can_cancel=True,
        )
        self._importing.succeeded.connect(self._on_imported)
        self._importing.failed.connect(self._on_failed)
        self._importing.stopped.connect(self._end_import)
        self.told.emit(self._importing.status)
        self._importing.start()

    def cancel(self) -> None:
        """Ask the import that is under way to stop."""
        if self._importing is not None:
            self._importing.cancel()

    def shut_down(self) -> None:
        """Wait for what is under way, and write what waited for it: no other thread of the session runs by now."""
        self._session.job_changed.disconnect(self._go_on)
        if self._elsewhere is not None:
            self._elsewhere.wait()
        while self._waiting:
            writing = self._waiting.popleft()
            try:
                writing.write(Project.open(writing.folder))
            except SegStudioError as error:
                _log.error("not done when the window was closed: %s: %s", writing.what, error)
        self.cancel()
        if self._importing is not None:
            self._importing.wait()

    # -- writing

    def _is_shown(self, photos: Sequence[Photo]) -> bool:
        shown = self._desk.shown
        return shown is not None and any(photo.key == shown.photo.key for photo in photos)

    def _change_states(self, photos: Sequence[Photo], what: str, fields: Mapping[str, object]) -> None:
        """Write the states of all photos but the one that is open: the desk writes that."""
        shown = self._desk.shown
        keys = [photo.key for photo in photos if shown is None or photo.key != shown.photo.key]
        if keys:
            self._ask(what, lambda project: _write_states(project, keys, fields))

    def _ask(self, what: str, write: Callable[[Project], None]) -> None:
        opened = self._session.opened
        if opened is not None:
            self._waiting.append(_Writing(what, opened.folder, write))
            self._go_on()

    @Slot(object)
    def _go_on(self, _status: object = None) -> None:
        """Begin what waits when nothing else is under way."""
        if self._session.is_busy or self._elsewhere is not None or not self._waiting:
            return
        writing = self._waiting.popleft()
        opened = self._session.opened

        def work(_control: JobControl) -> None:
            writing.write(Project.open(writing.folder))

        if opened is not None and opened.folder == writing.folder:
            self._session.import_prepared(writing.what, work)
            return
        self._elsewhere = Job(writing.what, work, self)
        self._elsewhere.succeeded.connect(self._end_elsewhere)
        self._elsewhere.failed.connect(self._on_failed_elsewhere)
        self._elsewhere.start()

    @Slot(object)
    def _on_failed_elsewhere(self, problem: Problem) -> None:
        self.problem_met.emit(problem)
        self._end_elsewhere()

    @Slot()
    def _end_elsewhere(self) -> None:
        job, self._elsewhere = self._elsewhere, None
        if job is not None:
            job.wait()  # its last act was the signal that brought us here
            job.deleteLater()
        self._session.refresh()  # that project may be open again by now
        self._go_on()

    # -- importing again

    @Slot(object)
    def _on_imported(self, mask: Mask) -> None:
        self._end_import()
        if self._desk.place == self._place:
            self._desk.replace_with(mask, "import again")

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._end_import()
        self.problem_met.emit(problem)

    @Slot()
    def _end_import(self) -> None:
        job, self._importing = self._importing, None
        if job is not None:
            job.wait()  # its last act was the signal that brought us here
            job.deleteLater()
        self.told.emit(None)


def _again(folder: Path, photo: Photo, control: JobControl) -> Mask:
    from segstudio.desktop.importing.again import mask_again

    try:
        return mask_again(Project.open(folder), photo, control.cancelled)
    except WorkStopped as error:
        raise Stopped from error


def _add_class(project: Project, name: str) -> None:
    ClassEditing(project, StrokeJournals()).commit(Add(name))


def _write_states(project: Project, keys: Sequence[str], fields: Mapping[str, object]) -> None:
    """Change fields of the states of all these photos but those that another window has removed meanwhile."""
    who, when = stamp()

    def updated(state: PhotoState) -> PhotoState:
        return state.marked(fields, who=who, when=when)

    with project.change() as change:
        for key in filter(project.has_photo, keys):
            change.update_state(key, updated)


def _counted(photos: Sequence[Photo]) -> str:
    return photos[0].key if len(photos) == 1 else f"{len(photos):,} photos"
