"""Previewer: what would be written for one photo, worked out in a worker; the newest wish wins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.exporting.marks import Level, marks_of
from segstudio.desktop.problems import Problem
from segstudio.desktop.work import Job, JobControl, JobStatus
from segstudio.errors import SegStudioError
from segstudio.formats.exporting import ExportOptions, ExportPreview, preview_export
from segstudio.project.images import read_photo
from segstudio.project.photos import Photo
from segstudio.project.project import Project

_SOON_MS = 120
"""Who drags the slider gets the picture of where it rests."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A photo of the project in `folder`, its mask as it was written at `mask_time` (ns), and how it would be exported."""

    folder: Path
    photo: Photo
    mask_time: int | None
    options: ExportOptions


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What there is to look at. `differing` counts the pixels that do not come back the same."""

    subject: Subject
    pyramid: Pyramid
    preview: ExportPreview
    marks: tuple[Level, ...]
    differing: int


class Previewer(QObject):
    """One at a time, and only the newest: what was asked for before is dropped. In the GUI thread.

    `made` carries a Shown, `failed` a Problem; `busy_changed`: whether something is waited for; `progressed` carries the
    per cent that are done.
    """

    made = Signal(object)
    failed = Signal(object)
    busy_changed = Signal(bool)
    progressed = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wish: Subject | None = None
        self._job: Job | None = None
        self._at: Subject | None = None  # what the job is about
        self._photo: tuple[Path, Pyramid] | None = None  # the one that was read last
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._begin)

    @property
    def is_busy(self) -> bool:
        """Whether something is waited for."""
        return self._wish is not None

    def ask(self, subject: Subject) -> None:
        """Wish for another preview."""
        if subject == self._wish:
            return
        was_busy, self._wish = self.is_busy, subject
        if self._job is not None and self._at != subject:
            self._job.cancel()
        self._soon.start()
        if not was_busy:
            self.busy_changed.emit(True)

    def drop(self) -> None:
        """Wish for none."""
        self._soon.stop()
        was_busy, self._wish = self.is_busy, None
        if self._job is not None:
            self._job.cancel()
        if was_busy:
            self.busy_changed.emit(False)

    def forget(self) -> None:
        """Wish for none, and keep no photo."""
        self.drop()
        self._photo = None

    def shut_down(self) -> None:
        """End what is under way, and wait for it."""
        self.drop()
        if self._job is not None:
            self._job.wait()

    @Slot()
    def _begin(self) -> None:
        subject, last = self._wish, self._photo
        if subject is None or self._job is not None:
            return  # once the job under way has ended
        self._at = subject

        def work(control: JobControl) -> Shown:
            return _made(subject, last, control)

        self._job = Job("Looking at what comes back", work, self)
        self._job.progressed.connect(self._on_progressed)
        self._job.succeeded.connect(self._on_succeeded)
        self._job.failed.connect(self._on_failed)
        self._job.stopped.connect(self._on_stopped)
        self._job.start()

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        if self._wish is not None and self._at == self._wish:
            self.progressed.emit(100 * status.done // max(1, status.total))

    @Slot(object)
    def _on_succeeded(self, shown: Shown) -> None:
        if self._end():
            self._photo = shown.subject.photo.path, shown.pyramid
            self._settle()
            self.made.emit(shown)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        if self._end():
            self._settle()
            self.failed.emit(problem)

    @Slot()
    def _on_stopped(self) -> None:
        self._end()
        self._go_on()  # it may be wished for again by now

    def _end(self) -> bool:
        """Let go of the job; returns whether it was about what is wished for still, else the next one begins."""
        job, self._job = self._job, None
        if job is not None:
            job.wait()  # its last act was the signal that brought us here
            job.deleteLater()
        is_wanted = self._wish is not None and self._at == self._wish
        if not is_wanted:
            self._go_on()
        return is_wanted

    def _go_on(self) -> None:
        if self._wish is not None and not self._soon.isActive():
            self._begin()

    def _settle(self) -> None:
        self._wish = None
        self._soon.stop()
        self.busy_changed.emit(False)


def _made(subject: Subject, last: tuple[Path, Pyramid] | None, control: JobControl) -> Shown:
    """In a worker."""
    photo = subject.photo
    if last is not None and last[0] == photo.path:
        pyramid = last[1]
    else:
        pyramid = Pyramid.of(read_photo(photo.path), control.cancelled)
    control.check()
    preview = preview_export(
        Project.open(subject.folder),
        photo.key,
        subject.options,
        progress=control.stage("Looking at what comes back"),
        cancelled=control.cancelled,
    )
    if preview.mask.shape != pyramid.size:
        raise SegStudioError("the photo has another size than its mask", where=photo.key)
    control.check()
    marks, differing = marks_of(preview.differs), int(np.count_nonzero(preview.differs))
    return Shown(subject, pyramid, preview, marks, differing)
