"""ClassFinder: knows in which photos a class was painted, counted in a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.work import EndingJobs, Job, JobControl, JobStatus
from segstudio.project.class_uses import MaskCounter
from segstudio.project.photos import Photo

_THREADS = 2


@dataclass(frozen=True, slots=True)
class Painted:
    """What a mask held that was written at `time` (ns): its values, void left out."""

    time: int
    values: frozenset[int]


class ClassFinder(QObject):
    """Counts only while somebody wants to know. In the GUI thread; `shut_down` before the end.

    `changed` says that more is known, or how far counting is.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opened: OpenedProject | None = None
        self._counter = MaskCounter()
        self._known: dict[str, Painted] = {}
        self._is_wanted = False
        self._job: Job | None = None
        self._ending = EndingJobs(self)
        self._status: JobStatus | None = None

    @property
    def status(self) -> JobStatus | None:
        """How far counting is; None while nothing is counted."""
        return self._status

    def follow(self, opened: OpenedProject | None) -> None:
        """Look at this project from now on."""
        if (opened.folder if opened else None) != (self._opened.folder if self._opened else None):
            self._end()
            self._known = {}
        self._opened = opened
        self._go_on()

    def want(self, wanted: bool) -> None:
        """Begin to count, or leave it."""
        self._is_wanted = wanted
        if wanted:
            self._go_on()
        else:
            self._end()

    def holding(self, value: int) -> frozenset[str]:
        """Return the keys of the photos that are known to hold a mask value."""
        return frozenset(key for key, painted in self._known.items() if value in painted.values)

    def shut_down(self) -> None:
        """End the thread."""
        self._is_wanted = False
        self._end()
        self._ending.wait()

    def _go_on(self) -> None:
        opened = self._opened
        if opened is None or not self._is_wanted or self._job is not None:
            return
        times, known = opened.mask_times, self._known
        gone = [key for key in known if key not in times]
        for key in gone:
            del known[key]
        if all(key in known and known[key].time == time for key, time in times.items()):
            return
        folder, photos, counter = opened.folder, opened.photos, self._counter
        self._job = Job(
            "Looking at the masks",
            lambda control: _looked(folder, photos, times, counter, control),
            self,
            can_cancel=True,
        )
        self._job.progressed.connect(self._on_progressed)
        self._job.succeeded.connect(self._on_looked)
        self._job.failed.connect(self._on_failed)
        self._status = self._job.status
        self._job.start()

    def _end(self) -> None:
        job, self._job, self._status = self._job, None, None
        if job is not None:
            job.cancel()
            self._ending.add(job)  # it ends after the masks under way

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        if self._job is not None:
            self._status = status
            self.changed.emit()

    @Slot(object)
    def _on_looked(self, known: dict[str, Painted]) -> None:
        if self.sender() is self._job:
            self._end()
            self._known = known
            self._go_on()  # it may have been painted meanwhile
            self.changed.emit()

    @Slot(object)
    def _on_failed(self, _problem: object) -> None:
        """The log has it; the filter finds what is known."""
        if self.sender() is self._job:
            self._end()
            self.changed.emit()


def _looked(
    folder: Path, photos: Sequence[Photo], times: Mapping[str, int], counter: MaskCounter, control: JobControl
) -> dict[str, Painted]:
    """In a worker thread. A mask that cannot be read holds nothing: opening the photo tells of it."""
    uses = counter.count(
        folder,
        photos,
        progress=control.stage("Looking at the masks"),
        cancelled=control.cancelled,
        workers=_THREADS,
    )
    held = {mask.key: mask.classes for mask in uses.masks}
    return {key: Painted(time, held.get(key, frozenset())) for key, time in times.items()}
