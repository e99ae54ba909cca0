"""RunCurves: what a run has told so far, kept as growing arrays; and RunNow, one look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from segstudio.desktop.train.log_tail import STEP_FIELDS, STEP_ROWS, Steps
from segstudio.runs.events import (
    EpochDone,
    Event,
    Notice,
    PreviewSaved,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
)

End = RunStopped | RunFinished | RunFailed

_ROOM = 1024
_RECENT_STEPS = 20
_TIME = STEP_FIELDS.index("time")


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the log of a run tells, of steps and epochs that still hold.

    `steps` is a read-only view, float64 (STEP_ROWS, n); `end` is None while the log has no end.
    """

    started: RunStarted | None = None
    steps: Steps = field(default_factory=lambda: np.empty((STEP_ROWS, 0)))
    epochs: tuple[EpochDone, ...] = ()
    previews: tuple[PreviewSaved, ...] = ()
    notices: tuple[str, ...] = ()
    end: End | None = None

    @property
    def step(self) -> int:
        """How many steps are done."""
        return int(self.steps[0, -1]) if self.steps.shape[1] else (self.started.step if self.started else 0)

    @property
    def steps_planned(self) -> int:
        """How many steps the run will have; 0 when that is not known."""
        return self.started.epochs * self.started.steps_per_epoch if self.started else 0

    @property
    def best(self) -> EpochDone | None:
        """The epoch with the highest validation mIoU."""
        scored = [
            epoch for epoch in self.epochs if epoch.scores is not None and epoch.scores.miou is not None
        ]
        return max(scored, key=_miou, default=None)


class RunCurves:
    """Takes in what a log tells, in order. One thread adds; what `told` returns may be read in any."""

    def __init__(self) -> None:
        self._steps: Steps = np.empty((STEP_ROWS, _ROOM))
        self._count = 0
        self._started: RunStarted | None = None
        self._epochs: list[EpochDone] = []
        self._previews: list[PreviewSaved] = []
        self._notices: list[str] = []
        self._end: End | None = None

    def add(self, found: Steps | Event) -> None:
        """Take in steps or one event; going on from a checkpoint voids the steps and epochs after it."""
        match found:
            case np.ndarray():
                self._add_steps(found)
            case RunStarted():
                self._restart(found)
            case EpochDone():
                self._epochs.append(found)
            case PreviewSaved():
                self._previews.append(found)
            case Notice(text=text):
                self._notices.append(text)
            case RunStopped() | RunFinished() | RunFailed():
                self._end = found
            case _:
                pass

    def told(self) -> Told:
        """Return a look at what was told so far; it does not change any more."""
        view = self._steps[:, : self._count]
        view.flags.writeable = False
        return Told(
            self._started,
            view,
            tuple(self._epochs),
            tuple(self._previews),
            tuple(self._notices),
            self._end,
        )

    def _add_steps(self, steps: Steps) -> None:
        wanted = self._count + steps.shape[1]
        if wanted > self._steps.shape[1]:
            self._move(max(wanted, 2 * self._steps.shape[1]))
        self._steps[:, self._count : wanted] = steps  # behind what others look at
        self._count = wanted

    def _restart(self, started: RunStarted) -> None:
        kept = int(np.searchsorted(self._steps[0, : self._count], started.step, side="right"))
        if kept < self._count:  # the room behind `kept` is being looked at
            self._count = kept
            self._move(self._steps.shape[1])
        self._epochs = [epoch for epoch in self._epochs if epoch.epoch <= started.closed_epochs]
        self._previews = [preview for preview in self._previews if preview.epoch <= started.closed_epochs]
        self._notices = []
        self._started, self._end = started, None

    def _move(self, room: int) -> None:
        moved: Steps = np.empty((STEP_ROWS, room))
        moved[:, : self._count] = self._steps[:, : self._count]
        self._steps = moved


def seconds_left(told: Told) -> float | None:
    """Estimate how long a running training will take still, from the last epochs or steps; None before there is a sign.

    Medians: an epoch in which the computer slept, and a step at which its clock was set, are among them.
    """
    if told.started is None or told.end is not None or not told.steps_planned:
        return None
    left = told.steps_planned - told.step
    recent = told.epochs[-5:]
    if recent and told.started.closed_epochs < recent[0].epoch:
        per_step = float(np.median([epoch.seconds for epoch in recent])) / told.started.steps_per_epoch
    else:
        here = told.steps[:, told.steps[0] > told.started.step]
        numbers = np.append(told.started.step, here[0])
        times = np.append(told.started.time, here[_TIME])
        if not here.shape[1]:
            return None
        per_step = float(np.median((np.diff(times) / np.diff(numbers))[-_RECENT_STEPS:]))
    return max(0.0, left * per_step)


def recent_speed(steps: Steps, count: int = _RECENT_STEPS) -> float | None:
    """Return the median of the last photos a second, which a pause does not move; None before the first step."""
    return float(np.median(steps[3, -count:])) if steps.shape[1] else None


def preview_epochs(previews: Sequence[PreviewSaved]) -> tuple[int, ...]:
    """Return the epochs that have previews, in order."""
    return tuple(sorted({preview.epoch for preview in previews}))


def _miou(event: EpochDone) -> float:
    miou = event.scores.miou if event.scores is not None else None
    return -1.0 if miou is None else miou
