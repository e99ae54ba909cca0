"""What a person is told of a run while it runs: a bar on a terminal, a line for each epoch anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

from segstudio.cli.output import Output
from segstudio.cli.scores import score_text
from segstudio.counting import counted
from segstudio.runs.events import EpochDone, Event, Notice, RunStarted, RunStopped, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.resuming import resume_words

_SECONDS_BETWEEN_LINES = 5.0
"""Short epochs are not all told: a line at most this often, and always the last one and those that are the best so far."""


class Teller:
    """Tells the events of a run. Use it as a context; it ends the bar."""

    def __init__(self, out: Output, folder: RunFolder) -> None:
        self._out = out
        self._folder = folder
        self._stack = ExitStack()
        self._advance: Callable[[int], None] = lambda steps: None
        self._last_line = 0.0
        self._epochs = 0
        self._processes = 1
        self._reached = 0
        self._best = -1.0

    def __enter__(self) -> Teller:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def tell(self, event: Event) -> None:
        """Print what the event means, if it means something to a person."""
        match event:
            case RunStarted():
                self._started(event)
            case StepDone():
                self._reach(event.step)
            case EpochDone():
                self._reach(event.step)
                self._epoch(event)
            case Notice(text=text):
                self._out.say(text)
            case RunStopped(step=step):
                words = resume_words(self._folder.name, self._processes)
                self._out.say(f"Stopped after step {step}. Go on with: {words}")
            case _:
                pass

    def _started(self, event: RunStarted) -> None:
        self._epochs, self._processes = event.epochs, event.processes
        goes_on = f" from step {event.step}" if event.step else ""
        self._out.say(
            f"{event.head} on {event.device} in {event.precision}{goes_on}: {counted(event.photos_train, 'photo')},"
            f" {event.photos_val} to validate, {counted(event.epochs, 'epoch')} of {counted(event.steps_per_epoch, 'step')},"
            f" {event.parameters_trained / 1e6:.1f} of {event.parameters / 1e6:.1f} million parameters learn."
        )
        total = event.epochs * event.steps_per_epoch
        if self._out.is_live:
            self._advance = self._stack.enter_context(self._out.progress("Training", total))
        self._reach(event.step)

    def _reach(self, step: int) -> None:
        """Move the bar to a step: not each one is told."""
        self._advance(step - self._reached)
        self._reached = step

    def _epoch(self, event: EpochDone) -> None:
        now = time.monotonic()
        miou = event.scores.miou if event.scores else None
        is_best = miou is not None and miou > self._best
        self._best = miou if miou is not None and is_best else self._best
        is_soon = now - self._last_line < _SECONDS_BETWEEN_LINES
        if is_soon and not is_best and event.epoch < self._epochs:
            return
        self._last_line = now
        validated = f", validation {event.val_loss:.3f}" if event.val_loss is not None else ""
        scored = f", mIoU {score_text(miou)}" if event.scores else ""
        self._out.say(f"epoch {event.epoch}/{self._epochs}: loss {event.train_loss:.3f}{validated}{scored}")
