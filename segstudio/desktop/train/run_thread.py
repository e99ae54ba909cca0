"""RunThread: starts a training, or picks up one that is under way, and follows its event log."""

from __future__ import annotations

import logging
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.train.curves import RunCurves, Told
from segstudio.desktop.train.gpu import gpu_use
from segstudio.desktop.train.launch import Order, end, is_alive, last_words, output_of, start, was_killed
from segstudio.desktop.train.log_tail import LogTail, read_events
from segstudio.desktop.train.phases import LIVE, Phase, Signs, phase_of
from segstudio.desktop.train.window_words import in_window_words
from segstudio.errors import SegStudioError
from segstudio.runs.events import RunFailed
from segstudio.runs.folder import RunFolder

_EVERY_S = 0.2
_CALM_EVERY_S = 2.0
_PROBE_EVERY_S = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class RunNow:
    """One look at a run, as it is handed to the window: at most five a second. `problem` says why it failed, `gpu` how
    busy its GPU is (percent, None for no GPU of this machine), `is_gone` that its folder went away while it was followed.
    """

    path: Path
    phase: Phase
    told: Told = field(default_factory=Told)
    problem: Problem | None = None
    gpu: float | None = None
    is_gone: bool = False

    @property
    def name(self) -> str:
        """The name of the run's folder."""
        return self.path.name

    @property
    def is_live(self) -> bool:
        """Whether a process works on it."""
        return self.phase in LIVE


class RunThread(QThread):
    """Follows one run until it has an end; with an `order` it starts the process first.

    `seen` carries a RunNow. Ending this thread (`leave`) leaves the training going.
    """

    seen = Signal(object)

    def __init__(self, run: Path, parent: QObject, order: Order | None = None) -> None:
        super().__init__(parent)
        self.path = run
        self._order = order
        self._leave = threading.Event()
        self._wish = threading.Event()

    def leave(self) -> None:
        """Ask the thread to end; it does within a moment."""
        self._leave.set()

    def ask_to_stop(self) -> None:
        """Leave the wish that the training stop."""
        self._wish.set()

    def run(self) -> None:
        """Follow (in the new thread)."""
        try:
            follower = _Follower(self.path, start(self._order) if self._order else None)
            now = follower.look()
            self.seen.emit(now)
            while not self._leave.wait(_EVERY_S if now.is_live else _CALM_EVERY_S):
                if self._wish.is_set():
                    self._wish.clear()
                    follower.ask_to_stop()
                before, now = now, follower.look()
                if follower.has_news or now.phase != before.phase:
                    self.seen.emit(now)
                if not now.is_live and now.phase != "interrupted":
                    return
        except _GoneError as error:
            self.seen.emit(RunNow(self.path, "failed", problem=problem_of(error), is_gone=True))
        except SegStudioError as error:
            self._fail(problem_of(error))
        except Exception as error:  # noqa: BLE001 (the edge of a thread)
            _log.error("following a run failed", exc_info=error)
            self._fail(problem_of(error))

    def _fail(self, problem: Problem) -> None:
        self.seen.emit(RunNow(self.path, "failed", problem=problem))


class _GoneError(SegStudioError):
    """The folder of a run that was followed is not there any more."""


class _Follower:
    """Everything that is known of one run; used in one thread."""

    def __init__(self, path: Path, process: int | None) -> None:
        self._folder = RunFolder(path)
        self._process = process
        self._tail = LogTail(self._folder.log)
        self._curves = RunCurves()
        self._held: bool | None = None
        self._probed: float | None = None
        self._before, written = self._log_state()
        self._quiet_before_s = max(0.0, time.time() - written)  # a clock that was set back tells nothing
        self._seen_at = time.monotonic()
        self._first = True
        self._was_there = False
        self._gpu: float | None = None
        self._gpu_asked = -_PROBE_EVERY_S
        self.has_news = False

    def ask_to_stop(self) -> None:
        """Leave the wish where the trainer looks for it."""
        self._folder.ask_to_stop()

    def look(self) -> RunNow:
        """Read what is new and say what the run is doing; raises SegStudioError once its folder is gone."""
        if self._folder.log.exists() if self._process is not None else self._folder.path.is_dir():
            self._was_there = True
        elif self._was_there:
            ended = ""
            if self._process is not None:
                end(self._process)  # it would make the folder anew, with a model that nobody can follow
                ended = ", and its training was ended"
            raise _GoneError(
                f"The folder of the run {self._folder.name} is gone{ended}",
                fix=f"Put it back below {self._folder.path.parent} to see the run again",
            )
        asked_to_stop = (
            self._folder.is_asked_to_stop()
        )  # before the log: the wish goes once the log tells of its end
        first, self.has_news = self._first, self._read()
        self._first = False
        if self.has_news and not first:
            self._quiet_before_s, self._seen_at = 0.0, time.monotonic()
        told = self._curves.told()
        alive = is_alive(self._process) if self._process is not None else None
        signs = Signs(
            process=alive,
            held=self._held_now(told),
            is_ours=told.started is None or told.started.host == socket.gethostname(),
            quiet_s=self._quiet_before_s + time.monotonic() - self._seen_at,
            grew=self._process is None or self._log_state()[0] != self._before,
            asked_to_stop=asked_to_stop,
        )
        phase = phase_of(told, signs)
        if phase not in LIVE and self._read():  # its last words came between the two looks
            self.has_news, told = True, self._curves.told()
            phase = phase_of(told, signs)
        return RunNow(self._folder.path, phase, told, self._problem(phase, told), self._gpu_now(phase, told))

    def _read(self) -> bool:
        news = False
        while True:
            lines, anew = self._tail.read()
            if anew:
                self._curves = RunCurves()
            if not lines:
                return news
            news = True
            for found in read_events(lines):
                self._curves.add(found)

    def _log_state(self) -> tuple[int, float]:
        """Return the log's length and when it was last written (POSIX seconds)."""
        try:
            state = self._folder.log.stat()
        except OSError:
            return 0, time.time()
        return state.st_size, state.st_mtime

    def _held_now(self, told: Told) -> bool | None:
        """Ask for the lock now and then, as long as the log has no end."""
        if told.end is not None:
            return None
        now = time.monotonic()
        if self._probed is None or now - self._probed > _PROBE_EVERY_S:
            self._probed, self._held = now, self._folder.is_held()
        return self._held

    def _gpu_now(self, phase: Phase, told: Told) -> float | None:
        started = told.started
        if phase not in LIVE or started is None or not started.device.startswith("cuda"):
            return None
        if started.host == socket.gethostname() and time.monotonic() - self._gpu_asked > _PROBE_EVERY_S:
            self._gpu, self._gpu_asked = gpu_use(started.device), time.monotonic()
        return self._gpu

    def _problem(self, phase: Phase, told: Told) -> Problem | None:
        if phase == "failed":
            words, details = last_words(output_of(self._folder.path))
            said = told.end.problem if isinstance(told.end, RunFailed) else words
            return Problem(
                in_window_words(said, self._folder.name) or "The run ended before it began, without a word.",
                details,
            )
        if phase == "interrupted":
            _, details = last_words(output_of(self._folder.path))
            how = "its process was ended from outside, or the computer was"
            if self._process is not None and was_killed(self._process):
                how = "the system ended its process, as it does where memory is short"
            on = (
                "Resume goes on from its last checkpoint."
                if self._folder.last.exists()
                else "There is no checkpoint yet: Resume begins it anew, in the same way."
            )
            return Problem(f"The run {self._folder.name} was interrupted: {how}. {on}", details)
        return None
