"""Errands: small jobs of the tab, each in a thread of its own, the newest of a kind alone counts; and verbs as children."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO, Any

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.problems import Problem
from segstudio.desktop.train.launch import kill_with_helpers
from segstudio.desktop.work import Job, JobControl, JobStatus
from segstudio.errors import SegStudioError

_POLL_S = 0.05


class Errands(QObject):
    """Runs work in threads and hands its result to the GUI thread; `succeeded` carries its kind, `failed` kind and
    Problem, `progressed` kind and JobStatus, `stopped` the kind of work that was cancelled.
    """

    succeeded = Signal(str)
    failed = Signal(str, object)
    progressed = Signal(str, object)
    stopped = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[Job, tuple[str, Callable[[Any], None]]] = {}
        self._newest: dict[str, Job] = {}

    def run(self, kind: str, work: Callable[[JobControl], object], done: Callable[[Any], None]) -> None:
        """Start work; an older one of the same kind is told to stop, and its result is not wanted any more."""
        older = self._newest.get(kind)
        if older is not None:
            older.cancel()
        job = Job(kind, work, self)
        self._jobs[job] = (kind, done)
        self._newest[kind] = job
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.progressed.connect(self._on_progressed)
        job.stopped.connect(self._on_stopped)
        job.finished.connect(self._on_finished)
        job.start()

    def cancel(self, kind: str) -> None:
        """Ask work of this kind to stop."""
        job = self._newest.get(kind)
        if job is not None:
            job.cancel()

    def is_running(self, kind: str) -> bool:
        """Whether work of this kind is under way."""
        return kind in self._newest

    def shut_down(self) -> None:
        """Stop everything and wait for it."""
        for job in list(self._jobs):
            job.cancel()
            job.wait()
            job.deleteLater()
        self._jobs.clear()
        self._newest.clear()

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        job = self.sender()
        if isinstance(job, Job) and job in self._jobs:
            kind, done = self._jobs[job]
            if self._newest.get(kind) is job:
                del self._newest[kind]
                self.succeeded.emit(kind)
                done(result)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        job = self.sender()
        if isinstance(job, Job) and job in self._jobs:
            kind, _ = self._jobs[job]
            if self._newest.get(kind) is job:
                del self._newest[kind]
                self.failed.emit(kind, problem)

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        kind = self._kind_of_newest(self.sender())
        if kind:
            self.progressed.emit(kind, status)

    @Slot()
    def _on_stopped(self) -> None:
        kind = self._kind_of_newest(self.sender())
        if kind:
            del self._newest[kind]
            self.stopped.emit(kind)

    def _kind_of_newest(self, job: QObject | None) -> str:
        """Return of which kind `job` is the newest, or nothing."""
        kind, _ = self._jobs.get(job, ("", None)) if isinstance(job, Job) else ("", None)
        return kind if self._newest.get(kind) is job else ""

    @Slot()
    def _on_finished(self) -> None:
        job = self.sender()
        if isinstance(job, Job) and job in self._jobs:
            kind, _ = self._jobs.pop(job)
            if self._newest.get(kind) is job:
                del self._newest[kind]
            job.wait()
            job.deleteLater()


def ask_verb(
    words: Sequence[str], control: JobControl, heard: Callable[[str], object] | None = None
) -> dict[str, Any]:
    """Run `segstudio <words> --json` as a child process and return the object that it prints.

    `heard` is told each line of its standard error, from another thread. Raises SegStudioError with the child's own
    words when it prints no object, and Stopped when the job is cancelled.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "segstudio", *words, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        out, err = _Listener(child.stdout), _Listener(child.stderr, heard)
        try:
            while True:
                try:
                    child.wait(timeout=_POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    control.check()
        except BaseException:
            kill_with_helpers(child)
            raise
        finally:
            out.join()
            err.join()
    try:
        told = json.loads(out.last)
    except ValueError:
        raise SegStudioError(err.last or f"`segstudio {words[0]}` ended without an answer") from None
    return dict(told)


class _Listener(threading.Thread):
    """Reads what a child writes until it ends, and keeps its `last` line that is not empty."""

    def __init__(self, stream: IO[bytes] | None, heard: Callable[[str], object] | None = None) -> None:
        super().__init__(daemon=True)
        self._stream, self._heard = stream, heard
        self.last = ""
        self.start()

    def run(self) -> None:
        """Read (in the new thread)."""
        for line in self._stream or ():
            text = line.decode("utf-8", "replace").strip()
            self.last = text or self.last
            if text and self._heard:
                self._heard(text)
