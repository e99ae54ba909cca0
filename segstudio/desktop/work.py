"""Job: work in a thread of its own, with progress, cancel, and one end: succeeded, failed or stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal, Slot

from segstudio.desktop.problems import Stopped, problem_of
from segstudio.desktop.qt_threads import make_types_at_once
from segstudio.desktop.warm_up import load_what_comes_soon
from segstudio.errors import SegStudioError, WorkStopped

_SECONDS_BETWEEN_SIGNALS = 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a job is: `done` of `total` steps of `what`; `total` 0 when that is not known."""

    what: str
    done: int = 0
    total: int = 0
    can_cancel: bool = False


class JobControl:
    """What the work sees of its job: it tells progress and asks whether it should stop. Any thread."""

    def __init__(self, tell: Callable[[JobStatus], None], *, can_cancel: bool) -> None:
        self._tell = tell
        self._can_cancel = can_cancel
        self._wish = threading.Event()
        self._last = ("", 0.0)

    def cancelled(self) -> bool:
        """Whether the person wants to stop."""
        return self._wish.is_set()

    def ask_to_stop(self) -> None:
        """Leave the wish that the work stop."""
        self._wish.set()

    def check(self) -> None:
        """Raise Stopped when the person wants to stop."""
        if self.cancelled():
            raise Stopped

    def stage(self, what: str) -> Callable[[int, int], None]:
        """Return a `progress(done, total)` for one stage; at most ten times a second it is passed on."""

        def progress(done: int, total: int) -> None:
            now = time.monotonic()
            stage, last = self._last
            if stage == what and now - last < _SECONDS_BETWEEN_SIGNALS and done < total:
                return
            self._last = (what, now)
            self._tell(JobStatus(what, done, total, self._can_cancel))

        return progress

    def megabytes(self, what: str) -> Callable[[int, int], None]:
        """Return a `progress(done, total)` for a stage whose steps are bytes."""
        stage = self.stage(what)
        return lambda done, total: stage(done >> 20, max(total >> 20, 1))


class Job(QThread):
    """Runs `work` once. The signals arrive in the thread of their receivers; exactly one of the last three comes.

    `over` is set when the work has ended: other workers wait for that and not for the thread, whose object may be
    deleted by then.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    stopped = Signal()

    def __init__(
        self, what: str, work: Callable[[JobControl], object], parent: QObject, *, can_cancel: bool = False
    ) -> None:
        super().__init__(parent)
        make_types_at_once()
        self.status = JobStatus(what, can_cancel=can_cancel)
        self.over = threading.Event()
        self._work = work
        self._control = JobControl(self.progressed.emit, can_cancel=can_cancel)

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next step."""
        self._control.ask_to_stop()

    def run(self) -> None:
        """Do the work (in the new thread)."""
        try:
            self._do()
        finally:
            self.over.set()

    def _do(self) -> None:
        try:
            load_what_comes_soon()  # one thread imports, and the others wait for it
            result = self._work(self._control)
        except (Stopped, WorkStopped):
            self.stopped.emit()
        except SegStudioError as error:
            _log.warning("%s", error)
            self.failed.emit(problem_of(error))
        except Exception as error:  # noqa: BLE001 (the edge of a thread)
            _log.error("%s failed", self.status.what, exc_info=error)
            self.failed.emit(problem_of(error))
        else:
            self.succeeded.emit(result)


class EndingJobs(QObject):
    """Jobs that nobody waits for any more: they are kept until their threads have ended, and deleted then."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: list[Job] = []

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def add(self, job: Job | None) -> None:
        """Keep one, which may have ended just before, until its thread has."""
        if job is not None:
            self._jobs.append(job)
            job.finished.connect(self._on_finished)
            self._on_finished()

    def wait(self) -> None:
        """Wait for all threads."""
        for job in self._jobs:
            job.wait()
            job.deleteLater()
        self._jobs.clear()

    @Slot()
    def _on_finished(self) -> None:
        for job in [job for job in self._jobs if job.isFinished()]:
            self._jobs.remove(job)
            job.deleteLater()
