"""ProjectSession: the open project, and the only writer of what is open. Panels refresh by the flags it tells."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.opened import OpenedProject, differences, with_noted, with_photo
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.settings import Places
from segstudio.desktop.work import EndingJobs, Job, JobControl, JobStatus

if TYPE_CHECKING:  # what is heavy is imported in the workers, after the window is on screen
    from segstudio.project.classes import ClassList
    from segstudio.project.photos import Photo

_OLD_S = 10.0
"""A look at the project holds for so long when nobody asks for another."""

_log = logging.getLogger(__name__)


class ProjectSession(QObject):
    """Opens, makes, refreshes and closes a project, one job at a time, each in a worker thread.

    `changed` carries `Changed` flags, `job_changed` a JobStatus or None, `problem_met` a Problem,
    `problem_over` one that was told and is over, and `project_opened` comes once for each project that was opened.
    """

    changed = Signal(object)
    job_changed = Signal(object)
    problem_met = Signal(object)
    problem_over = Signal(object)
    project_opened = Signal()

    def __init__(self, places: Places, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = places
        self._opened: OpenedProject | None = None
        self._job: Job | None = None
        self._look: Job | None = None
        self._ending = EndingJobs(self)
        self._noted: dict[str, tuple[Photo, int | None]] = {}
        self._look_again = False
        self._is_shut = False
        self._looked_at = -_OLD_S
        self._status: JobStatus | None = None
        self._damaged: Path | None = None
        self._to_tell: Problem | None = None

    @property
    def places(self) -> Places:
        """Where the window keeps its own files."""
        return self._places

    @property
    def opened(self) -> OpenedProject | None:
        """What is open."""
        return self._opened

    @property
    def job(self) -> JobStatus | None:
        """What is under way."""
        return self._status

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    # -- wishes

    def open(self, folder: Path) -> None:
        """Open the project in `folder`; the one that is open stays until then, and if that fails."""
        places = self._places

        def work(_control: JobControl) -> OpenedProject:
            from segstudio.desktop.annotating.gone import told_of_gone
            from segstudio.desktop.opened_reading import remember_thumbnail

            opened = self._read(folder)
            remember_thumbnail(opened, places.thumbnail(opened.folder))
            self._to_tell = _told_unfinished(opened) or told_of_gone(opened.project.missing(), opened)
            return opened

        self._start(f"Opening {folder.name}", work)

    def restore(self, folder: Path) -> None:
        """Put the last good copy of the project's document in the place of the damaged one, and open the project."""

        def work(_control: JobControl) -> OpenedProject:
            from segstudio.project.project import Project

            aside = Project.restore(folder)
            opened = self._read(folder)
            kept = f" The damaged file is kept as {aside.name}." if aside is not None else ""
            self._to_tell = Problem(f"The last good copy of the project is in use.{kept}", level="info")
            return opened

        self._start(f"Opening {folder.name}", work)

    def unpack(self, archive: Path, folder: Path) -> None:
        """Make the project of a backup or a pack in the new `folder`, and open it."""

        def work(control: JobControl) -> OpenedProject:
            from segstudio.project.backup import restore

            restore(archive, folder, progress=control.megabytes("Restoring, MB"), cancelled=control.cancelled)
            return self._read(folder)

        self._start(f"Restoring {archive.name}", work, can_cancel=True)

    def tell_after(self, problem: Problem) -> None:
        """Tell this once the job under way has succeeded; to be called by its worker."""
        self._to_tell = problem

    def _read(self, folder: Path, before: OpenedProject | None = None) -> OpenedProject:
        """Read a project, in a worker; remembers where the last good copy of its document could be used."""
        from segstudio.desktop.opened_reading import read_opened
        from segstudio.project.document import DamagedDocumentError

        try:
            return read_opened(folder, before)
        except DamagedDocumentError:
            self._damaged = folder
            raise

    def create(self, folder: Path, name: str, classes: tuple[tuple[str, str], ...]) -> None:
        """Make a project with classes (name, `#RRGGBB`), and open it."""

        def work(_control: JobControl) -> OpenedProject:
            from segstudio.desktop.opened_reading import read_opened
            from segstudio.project.project import Project

            Project.create(folder, name=name, classes=_class_list(classes))
            return read_opened(folder)

        self._start(f"Making {name}", work)

    def make_sample(self, folder: Path) -> None:
        """Make the sample project, or find the one that is there, and open it."""
        places = self._places

        def work(control: JobControl) -> OpenedProject:
            from segstudio.desktop.opened_reading import read_opened, remember_thumbnail
            from segstudio.desktop.sample import make_sample

            opened = read_opened(make_sample(folder, control))
            remember_thumbnail(opened, places.thumbnail(opened.folder))
            return opened

        self._start("Making the sample project", work, can_cancel=True)

    def import_prepared(self, what: str, work: Callable[[JobControl], object]) -> None:
        """Let `work` write into the open project (it raises Stopped when cancelled), then read the project again."""
        before = self._opened
        if before is None:
            return

        def write(control: JobControl) -> OpenedProject:
            from segstudio.desktop.opened_reading import read_opened

            work(control)
            return read_opened(before.folder, before)

        self._start(what, write, can_cancel=True)

    def refresh(self) -> None:
        """Read the open project again: others may have written into it.

        That is no job: nothing waits for it, and whatever the person does meanwhile comes first.
        """
        before = self._opened
        self._look_again = self._look is not None  # it may have gone past what is new already
        if before is None or self.is_busy or self._look is not None or self._is_shut:
            return
        self._noted = {}

        def work(_control: JobControl) -> OpenedProject:
            return self._read(before.folder, before)

        self._look = Job("Looking for changes", work, self)
        self._look.succeeded.connect(self._on_looked)
        self._look.failed.connect(self._on_look_failed)
        self._look.start()

    def refresh_if_old(self) -> None:
        """Read the open project again unless that was done a moment ago: asked for whenever the window is turned to."""
        if time.monotonic() - self._looked_at > _OLD_S:
            self.refresh()

    def note_photo(self, photo: Photo, mask_time: int | None) -> None:
        """Take in what was just written of one photo (`mask_time`: when its mask was, ns), without reading the rest."""
        if self._opened is not None:
            self._noted[photo.key] = (photo, mask_time)
            self._put(with_photo(self._opened, photo, mask_time))

    def close(self) -> None:
        """Close the project; everything is on disk already."""
        if not self.is_busy:
            self._stop_looking()
            self._put(None)

    def cancel(self) -> None:
        """Ask the job under way to stop."""
        if self._job is not None:
            self._job.cancel()

    def shut_down(self) -> None:
        """End what is under way and wait for its threads; the project is looked at no more."""
        self._is_shut = True
        self._stop_looking()
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
        self._ending.wait()

    # -- looking for changes

    def _stop_looking(self) -> None:
        """Whatever the look under way will tell is no longer wanted; its thread ends by itself."""
        self._ending.add(self._look)
        self._look = None

    @Slot(object)
    def _on_looked(self, opened: OpenedProject) -> None:
        if self.sender() is self._look:
            self._stop_looking()
            before, told = self._opened, _told_unfinished(opened)
            self._put_look(opened)
            if told is not None and (before is None or told != _told_unfinished(before)):
                self.problem_met.emit(told)
            if self._look_again:
                self.refresh()

    @Slot(object)
    def _on_look_failed(self, problem: Problem) -> None:
        if self.sender() is self._look:
            self._stop_looking()
            self.problem_met.emit(self._with_way_out(problem))

    # -- the job

    def _start(
        self, what: str, work: Callable[[JobControl], OpenedProject], *, can_cancel: bool = False
    ) -> None:
        if self._job is not None:
            self.problem_met.emit(Problem(f"{self._job.status.what} comes first.", level="info"))
            return
        self._stop_looking()
        self._noted = {}
        self._job = Job(what, work, self, can_cancel=can_cancel)
        self._job.progressed.connect(self._on_progressed)
        self._job.succeeded.connect(self._on_succeeded)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._on_stopped)
        self._tell(self._job.status)
        self._job.start()

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        if self._job is not None:
            self._tell(status)

    @Slot(object)
    def _on_succeeded(self, opened: OpenedProject) -> None:
        another = self._opened is None or self._opened.folder != opened.folder
        # first: who hears that the job is over may begin the next one, and means what is open now
        self._put_look(opened)
        self._end_job()
        if another:
            _log.info("opened a project of %d photos", len(opened.photos))
            self.project_opened.emit()
        told, self._to_tell = self._to_tell, None
        if told is not None:
            self.problem_met.emit(told)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._end_job()
        self.problem_met.emit(self._with_way_out(problem))

    def _with_way_out(self, problem: Problem) -> Problem:
        """Offer the last good copy where the document of the project is damaged."""
        folder, self._damaged = self._damaged, None
        if folder is None:
            return problem
        return replace(problem, actions=(Remedy("Use the last good copy", do=lambda: self.restore(folder)),))

    @Slot()
    def _on_stopped(self) -> None:
        self._end_job()

    def _end_job(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.wait()  # its last act was the signal that brought us here
            job.deleteLater()
        self._tell(None)

    def _tell(self, status: JobStatus | None) -> None:
        self._status = status
        self.job_changed.emit(status)

    def _put_look(self, opened: OpenedProject) -> None:
        """Take in a look at the disk, and what was written here while it was taken."""
        self._looked_at = time.monotonic()
        same = self._opened is not None and self._opened.folder == opened.folder
        self._put(with_noted(opened, self._noted.values()) if same else opened)

    def _put(self, opened: OpenedProject | None) -> None:
        flags = differences(self._opened, opened)
        self._opened = opened
        if flags:
            self.changed.emit(flags)


def _told_unfinished(opened: OpenedProject) -> Problem | None:
    told = opened.project.unfinished
    return Problem(told, level="warning") if told else None


def _class_list(classes: tuple[tuple[str, str], ...]) -> ClassList:
    from segstudio.project.classes import ClassList

    return ClassList.from_names([f"{name}:{colour}" if colour else name for name, colour in classes])
