"""Errands: small jobs of the tab, each in a thread of its own, the newest of a kind alone counts; and verbs as children."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.problems import Problem
from segstudio.desktop.work import Job, JobControl
from segstudio.errors import SegStudioError

_POLL_S = 0.05


class Errands(QObject):
    """Runs work in threads and hands its result to the GUI thread; `failed` carries kind and Problem."""

    failed = Signal(str, object)

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
        job.finished.connect(self._on_finished)
        job.start()

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
                done(result)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        job = self.sender()
        if isinstance(job, Job) and job in self._jobs:
            kind, _ = self._jobs[job]
            if self._newest.get(kind) is job:
                del self._newest[kind]
                self.failed.emit(kind, problem)

    @Slot()
    def _on_finished(self) -> None:
        job = self.sender()
        if isinstance(job, Job) and job in self._jobs:
            kind, _ = self._jobs.pop(job)
            if self._newest.get(kind) is job:
                del self._newest[kind]
            job.wait()
            job.deleteLater()


def ask_verb(words: Sequence[str], control: JobControl) -> dict[str, Any]:
    """Run `segstudio <words> --json` as a child process and return the object that it prints.

    Raises SegStudioError with the child's own words when it prints none, and Stopped when the job is cancelled.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "segstudio", *words, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        try:
            while True:
                try:
                    out, err = child.communicate(timeout=_POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    control.check()
        except BaseException:
            child.kill()
            raise
    last = out.decode("utf-8", "replace").strip().rpartition("\n")[2]
    try:
        told = json.loads(last)
    except ValueError:
        said = err.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise SegStudioError(said or f"`segstudio {words[0]}` ended without an answer") from None
    return dict(told)
