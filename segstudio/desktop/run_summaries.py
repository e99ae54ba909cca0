"""RunSummary: what the event log of a run tells at a glance."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from segstudio.desktop.log_reading import LogReading, read_on
from segstudio.desktop.train.phases import QUIET_S
from segstudio.errors import SegStudioError
from segstudio.runs.events import EpochDone, Event, RunFailed, RunStarted
from segstudio.runs.folder import RunFolder, RunState, list_runs, state_of
from segstudio.runs.model_glance import NO_TRACE, ModelTrace, trace_of
from segstudio.runs.scores import Scores


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run. `classes` are those that its model tells apart; `best` are the scores of its best epoch.

    `is_live`: its log has no end, or is not there yet, and a process works on it. `last_sign` is when its log was last
    written (POSIX seconds, 0 when there is none). `problem` says why it failed or cannot be read. `model` is by
    what its model is known again, whatever the run is called by then.
    """

    name: str
    head: str = ""
    state: RunState = "new"
    epoch: int = 0
    epochs: int = 0
    classes: tuple[str, ...] = ()
    best: Scores | None = None
    best_epoch: int = 0
    has_model: bool = False
    is_live: bool = False
    last_sign: float = 0.0
    problem: str = ""
    model: ModelTrace = NO_TRACE
    reading: LogReading = field(default=LogReading(), compare=False, repr=False)

    @property
    def state_text(self) -> str:
        """The state in words."""
        if self.state == "open":
            return "running" if self.is_live else "interrupted"
        if self.state == "new":
            return "starting …" if self.is_live else "not begun"
        return self.state

    @property
    def miou(self) -> float | None:
        """The best mean IoU on the held-out photos, 0–1."""
        return self.best.miou if self.best is not None else None


def summarise_runs(folder: Path, before: Sequence[RunSummary] = ()) -> tuple[RunSummary, ...]:
    """Return the runs below a project's runs folder, newest first; a damaged one is told, not left out.

    Of runs that were looked at `before` only that is read which was written since.
    """
    readings = {summary.name: summary.reading for summary in before}
    return tuple(
        _summarised(run, readings.get(run.name, LogReading())) for run in reversed(list_runs(folder))
    )


def summarise(name: str, events: Sequence[Event], state: RunState) -> RunSummary:
    """Return what the events of a run tell; pure."""
    started = next((event for event in reversed(events) if isinstance(event, RunStarted)), None)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    failed = next((event for event in reversed(events) if isinstance(event, RunFailed)), None)
    scored = [event for event in epochs if event.scores is not None and event.scores.miou is not None]
    best = max(scored, key=_miou, default=None)
    return RunSummary(
        name=name,
        head=started.head if started else "",
        state=state,
        epoch=epochs[-1].epoch if epochs else 0,
        epochs=started.epochs if started else 0,
        classes=started.classes if started else (),
        best=best.scores if best else None,
        best_epoch=best.epoch if best else 0,
        last_sign=events[-1].time if events else 0.0,
        problem=failed.problem if failed and state == "failed" else "",
    )


def _miou(event: EpochDone) -> float:
    miou = event.scores.miou if event.scores is not None else None
    return -1.0 if miou is None else miou


def _summarised(run: RunFolder, before: LogReading) -> RunSummary:
    try:
        reading = read_on(run.log, before)
        events = reading.events
        summary = summarise(run.name, events, state_of(events))
        started = next((event for event in reversed(events) if isinstance(event, RunStarted)), None)
        written = _written(run)
        return replace(
            summary,
            head=summary.head or run.recipe().head,
            has_model=run.best.exists(),
            model=trace_of(run.best),
            is_live=_lives(run, started, written) if summary.state == "open" else _begins(run, summary.state),
            last_sign=written,
            reading=reading,
        )
    except SegStudioError as error:
        return RunSummary(run.name, problem=str(error))
    except OSError as error:
        return RunSummary(run.name, problem=f"the run cannot be read ({error.strerror})")


def _begins(run: RunFolder, state: RunState) -> bool:
    """Whether a process is just getting ready for a run whose log is not there yet."""
    return state == "new" and bool(run.is_held())


def _lives(run: RunFolder, started: RunStarted | None, written: float) -> bool:
    """Whether a process works on a run whose log has no end: its lock tells, and elsewhere the log."""
    held = run.is_held()
    if held or started is None or (held is False and started.host == socket.gethostname()):
        return bool(held)
    return abs(time.time() - written) < QUIET_S  # a clock that was set back makes nothing live


def _written(run: RunFolder) -> float:
    try:
        return run.log.stat().st_mtime
    except OSError:
        return 0.0
