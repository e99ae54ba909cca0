"""History: the imports that the project remembers, found and read in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.work import Job, JobControl
from segstudio.errors import SegStudioError
from segstudio.formats.record import ImportRecord, read_record, records_of

_MOST = 5


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import of before: its record's file, and how it is told from the others."""

    path: Path
    told: str


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record and the file in which it lies."""

    path: Path
    record: ImportRecord


class History(QObject):
    """`listed` carries PastImports, the newest first; `was_read` a ReadRecord; `problem_met` a Problem."""

    listed = Signal(object)
    was_read = Signal(object)
    problem_met = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []
        self._newest: Job | None = None

    def list_imports(self, project: Path) -> None:
        """Find the newest imports of a project; what an earlier wish still finds is not told."""
        self._newest = self._start("Looking for imports", lambda _control: past_imports(project))

    def read(self, path: Path) -> None:
        """Read one."""
        self._start("Reading a report", lambda _control: ReadRecord(path, read_record(path)))

    def shut_down(self) -> None:
        """Wait for the threads."""
        for job in self._jobs:
            job.wait()
            job.deleteLater()
        self._jobs.clear()

    def _start(self, what: str, work: Callable[[JobControl], object]) -> Job:
        job = Job(what, work, self)
        self._jobs.append(job)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self.problem_met)
        job.finished.connect(self._on_finished)
        job.start()
        return job

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        if isinstance(result, ReadRecord):
            self.was_read.emit(result)
        elif self.sender() is self._newest:
            self.listed.emit(result)

    @Slot()
    def _on_finished(self) -> None:
        for job in [job for job in self._jobs if job.isFinished()]:
            self._jobs.remove(job)
            job.deleteLater()


def past_imports(project: Path) -> tuple[PastImport, ...]:
    """Read the newest imports of a project; for a worker."""
    return tuple(PastImport(path, _told(path)) for path in records_of(project)[:_MOST])


def _told(path: Path) -> str:
    """When, how many photos, and what tells two imports of one second apart."""
    folder = path.parent.name
    number = folder[18:]
    when = told_when(folder) + (f" ({number})" if number else "")
    try:
        record = read_record(path)
    except SegStudioError:
        return when  # who asks for it is told why it cannot be read
    photos = len(record.report.get("imported", ())) + len(record.report.get("unlabelled", ()))
    told = f"{when} · {photos:,} {'photo' if photos == 1 else 'photos'}"
    return f"{told}, taken back" if record.undone else told


def told_when(text: str) -> str:
    """Return a time (ISO 8601, or a record's folder `2026-11-20-143205`) as people say it; pure."""
    for form in ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d-%H%M%S"):
        try:
            when = datetime.strptime(text[:17] if form.endswith("%S") and "T" not in text else text, form)
        except ValueError:
            continue
        return f"{when.day} {when:%B %Y, %H:%M:%S}"
    return text
