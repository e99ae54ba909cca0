"""RunBoard: the runs of the open project, those under way among them, and the threads that follow them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.run_summaries import RunSummary
from segstudio.desktop.train.curves import Told
from segstudio.desktop.train.launch import Order, same_run
from segstudio.desktop.train.phases import LIVE, Phase
from segstudio.desktop.train.run_thread import RunNow, RunThread
from segstudio.desktop.train.runs_watch import RunsWatch
from segstudio.desktop.train.window_words import in_window_words
from segstudio.runs.folder import RunFolder

_OF_STATE: dict[str, Phase] = {
    "new": "not begun",
    "open": "running",
    "stopped": "stopped",
    "finished": "finished",
    "failed": "failed",
}

_READINGS = 2
"""A run that ends before the project was read with it is listed until so many readings do not find it: the first of
them may have begun before it.
"""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the list of runs. `written` is when its log last grew (POSIX seconds, 0 for never)."""

    name: str
    head: str
    phase: Phase
    epoch: int = 0
    epochs: int = 0
    miou: float | None = None
    best_epoch: int = 0
    has_model: bool = False
    written: float = 0.0
    problem: str = ""


def row_of(summary: RunSummary | None, now: RunNow | None) -> RunRow:
    """Return the line of a run from what was read of it when the project was read, and the newest look; pure."""
    if now is None or (summary is not None and now.told.started is None and not now.is_live):
        assert summary is not None
        row = RunRow(
            name=summary.name,
            head=summary.head,
            phase=_OF_STATE[summary.state],
            epoch=summary.epoch,
            epochs=summary.epochs,
            miou=summary.miou,
            best_epoch=summary.best_epoch,
            has_model=summary.has_model,
            written=summary.last_sign,
            problem=in_window_words(summary.problem, summary.name),
        )
        return row if now is None else replace(row, phase=now.phase)
    told, best = now.told, now.told.best
    epochs = told.epochs
    return RunRow(
        name=now.name,
        head=told.started.head if told.started else (summary.head if summary else ""),
        phase=now.phase,
        epoch=epochs[-1].epoch if epochs else 0,
        epochs=told.started.epochs if told.started else 0,
        miou=best.scores.miou if best and best.scores else None,
        best_epoch=best.epoch if best else 0,
        has_model=bool(epochs) or bool(summary and summary.has_model),
        written=summary.last_sign if summary else 0.0,
        problem=now.problem.text if now.problem else "",
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What was told of a run: that it could not begin, that it broke off or failed, or that its folder went away."""

    problem: Problem
    of: Literal["start", "run", "folder"]


class RunBoard(QObject):
    """Starts and follows runs. `seen` carries each RunNow, `rows_changed` says that the list is another,
    `runs_changed` that the project's runs are to be read again, `problem_met` carries a Problem, and `problem_over` one
    that was told and is of no account any more.
    """

    seen = Signal(object)
    rows_changed = Signal()
    runs_changed = Signal()
    problem_met = Signal(object)
    problem_over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: dict[str, _Told] = {}
        self._runs: Path | None = None
        self._watch: RunsWatch | None = None
        self._summaries: dict[str, RunSummary] = {}
        self._now: dict[str, RunNow] = {}
        self._unread: dict[str, int] = {}
        self._threads: dict[str, RunThread] = {}
        self._leaving: list[RunThread | RunsWatch] = []

    # -- what there is

    def rows(self) -> tuple[RunRow, ...]:
        """Return all runs: those that this window has just started first, then newest first."""
        fresh = [
            name
            for name, now in self._now.items()
            if name not in self._summaries and (now.is_live or name in self._unread)
        ]
        names = [*reversed(fresh), *self._summaries]
        return tuple(row_of(self._summaries.get(name), self._now.get(name)) for name in names)

    def now(self, name: str) -> RunNow | None:
        """Return the newest look at a run that is or was followed."""
        return self._now.get(name)

    def live(self) -> tuple[RunNow, ...]:
        """Return the runs that a process works on."""
        return tuple(now for now in self._now.values() if now.phase in LIVE)

    # -- wishes

    def show_project(self, folder: Path | None, summaries: Sequence[RunSummary]) -> None:
        """Take over the runs of the open project; those without an end are followed."""
        runs = folder / "runs" if folder is not None else None
        if runs != self._runs:
            self._begin_anew(runs)
        gone = self._summaries.keys() - {summary.name for summary in summaries}
        for name in gone:
            if name not in self._told or self._told[name].of != "folder":  # that is to be seen
                self._take_away(name)
        self._summaries = {summary.name: summary for summary in summaries}
        self._count_readings()
        for name in [name for name in self._threads if name not in self._summaries]:
            now = self._now.get(name)
            if now is not None and not now.is_live:
                self._leave(name)
        for summary in summaries:
            if is_behind(self._now.get(summary.name), summary):
                self.watch(summary.name)
        self.rows_changed.emit()

    def _begin_anew(self, runs: Path | None) -> None:
        self.leave_all()
        for known in (self._now, self._unread, self._told):  # the window has taken away what was told
            known.clear()
        self._runs = runs
        if self._watch is not None:
            self._end(self._watch)
        self._watch = RunsWatch(runs, self) if runs is not None else None
        if self._watch is not None:
            self._watch.changed.connect(self._on_written_elsewhere)
            self._watch.finished.connect(self._on_thread_finished)
            self._watch.start()

    def _count_readings(self) -> None:
        for name in list(self._unread):
            self._unread[name] -= 1
            if name in self._summaries:
                del self._unread[name]
            elif not self._unread[name]:
                self.forget(name)

    def watch(self, name: str) -> None:
        """Read a run, and follow it as long as it has no end."""
        if self._runs is not None and name not in self._threads:
            self._follow(RunThread(self._runs / name, self))

    def start(self, order: Order) -> None:
        """Start a training, or go on with one."""
        name = order.run.name
        for each in (name, *self._failed_starts()):
            self._take_away(each)
        self._leave(name)
        with suppress(OSError):  # an old wish: the trainer is told to heed what it finds
            RunFolder(order.run).forget_stop()
        before = self._now.get(name)
        self._now[name] = RunNow(order.run, "starting", before.told if before else Told())
        self._follow(RunThread(order.run, self, order))
        self.rows_changed.emit()

    def resume(self, name: str) -> None:
        """Go on with a run, with as many processes as it had."""
        if self._runs is not None:
            now = self._now.get(name)
            started = now.told.started if now is not None else None
            processes = started.processes if started is not None else 1
            self.start(same_run(self._runs.parent, name, processes=processes))

    def stop(self, name: str) -> None:
        """Ask a run to stop at its next step."""
        self.watch(name)
        self._threads[name].ask_to_stop()

    def stop_at_once(self, name: str) -> None:
        """Leave the wish to stop without waiting for the thread: the window is about to close."""
        now = self._now.get(name)
        if now is not None:
            RunFolder(now.path).ask_to_stop()

    def forget(self, name: str) -> None:
        """Stop following a run whose folder goes away."""
        self._take_away(name)
        self._leave(name)
        self._now.pop(name, None)
        self._unread.pop(name, None)

    def rename(self, before: str, after: str) -> None:
        """Take in that a run is called otherwise: its place in the list stays until the project is read again."""
        self.forget(before)
        self._summaries = {
            after if name == before else name: replace(summary, name=after) if name == before else summary
            for name, summary in self._summaries.items()
        }
        self.rows_changed.emit()

    def leave_all(self) -> None:
        """Stop following; the runs go on."""
        for name in list(self._threads):
            self._leave(name)

    def shut_down(self) -> None:
        """End all threads and wait for them; the runs go on."""
        self.leave_all()
        if self._watch is not None:
            self._end(self._watch)
            self._watch = None
        for thread in self._leaving:
            thread.wait()
        self._leaving.clear()

    def _take_away(self, name: str) -> None:
        """What was told of a run is over: it goes on, it is gone, or another start went well."""
        told = self._told.pop(name, None)
        if told is not None:
            self.problem_over.emit(told.problem)

    def _tell(self, now: RunNow, problem: Problem) -> None:
        """Tell why a run has ended, with a way on."""
        self._take_away(now.name)
        of: Literal["start", "run", "folder"] = "run"
        if now.is_gone:
            of = "folder"
        elif now.told.started is None:
            of = "start"
        else:
            problem = replace(problem, actions=(Remedy("Resume", do=partial(self.resume, now.name)),))
        self._told[now.name] = _Told(problem, of)
        self.problem_met.emit(problem)

    def _failed_starts(self) -> tuple[str, ...]:
        return tuple(name for name, told in self._told.items() if told.of == "start")

    # -- following

    def _follow(self, thread: RunThread) -> None:
        self._threads[thread.path.name] = thread
        thread.seen.connect(self._on_seen)
        thread.finished.connect(self._on_thread_finished)
        thread.start()
        self._tell_watch()

    def _tell_watch(self) -> None:
        if self._watch is not None:
            self._watch.pass_over(self._threads)

    def _leave(self, name: str) -> None:
        thread = self._threads.pop(name, None)
        if thread is not None:
            thread.seen.disconnect(self._on_seen)
            self._end(thread)
            self._tell_watch()

    def _end(self, thread: RunThread | RunsWatch) -> None:
        thread.leave()
        self._leaving.append(thread)

    @Slot(object)
    def _on_seen(self, now: RunNow) -> None:
        if self.sender() is not self._threads.get(now.name):
            return  # from a thread that was left
        before = self._now.get(now.name)
        self._now[now.name] = now
        if not now.is_live and now.told.started is not None and now.name not in self._summaries:
            self._unread[now.name] = _READINGS
        self.seen.emit(now)
        if before is None or _line(before) != _line(now):
            self.rows_changed.emit()
        was_live = before is not None and before.is_live
        if was_live and not now.is_live and now.problem is not None:
            self._tell(now, now.problem)
        elif now.phase == "running" and (before is None or before.phase != "running"):
            for name in (now.name, *self._failed_starts()):
                self._take_away(name)
        elif now.told.started is not None and now.name in self._told and self._told[now.name].of == "folder":
            self._take_away(now.name)  # it is there again
        epochs_before = len(before.told.epochs) if before is not None else 0
        is_further = len(now.told.epochs) != epochs_before
        if (
            was_live != now.is_live
            or (now.is_live and is_further)
            or (now.is_live and now.name not in self._summaries and now.told.started)
        ):
            self.runs_changed.emit()

    @Slot()
    def _on_written_elsewhere(self) -> None:
        if self.sender() is self._watch:
            self.runs_changed.emit()

    @Slot()
    def _on_thread_finished(self) -> None:
        thread = self.sender()
        if isinstance(thread, RunThread | RunsWatch):
            if isinstance(thread, RunThread) and self._threads.get(thread.path.name) is thread:
                del self._threads[thread.path.name]
                self._tell_watch()
            if thread in self._leaving:
                self._leaving.remove(thread)
            thread.wait()
            thread.deleteLater()


def _line(now: RunNow) -> tuple[Phase, int, bool]:
    return now.phase, len(now.told.epochs), now.told.started is None


def is_behind(known: RunNow | None, read: RunSummary) -> bool:
    """Tell whether a run is to be followed, since what was read of it is more than what is known; pure."""
    if known is not None and known.is_live:
        return False
    if read.state == "open" or read.is_live:
        return True
    if known is None:
        return False
    if known.told.started is None:
        was_away = known.is_gone or known.phase == "not begun"
        return was_away and read.state != "new"
    epochs = known.told.epochs
    return (_OF_STATE[read.state], read.epoch) != (known.phase, epochs[-1].epoch if epochs else 0)
