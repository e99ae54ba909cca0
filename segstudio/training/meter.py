"""Meter: turns the losses of steps into events without making the device wait."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from segstudio.errors import SegStudioError
from segstudio.runs.events import StepDone
from segstudio.training.checkpoints import Counters
from segstudio.training.devices import memory_mb


class _Pending(NamedTuple):
    step: int
    epoch: int
    loss: _Loss
    rate: float
    images: int


class _Loss:
    """A loss on its way to the CPU; reading it waits for its own step and for nothing launched later."""

    def __init__(self, loss: Tensor) -> None:
        self._copied: torch.cuda.Event | None = None
        self._value = loss
        if loss.device.type == "cuda":
            self._value = torch.empty((), dtype=loss.dtype, pin_memory=True)
            self._value.copy_(loss, non_blocking=True)
            self._copied = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._copied.record()

    def read(self) -> float:
        if self._copied is not None:
            self._copied.synchronize()
        return float(self._value)


class Meter:
    """Reads the loss of a step when the next one is already under way (on a GPU; at once on a CPU), adds it
    to the epoch's sum in `counters`, and tells of each `every`th step what was since the last one told.
    """

    def __init__(self, counters: Counters, device: torch.device, *, every: int = 1) -> None:
        self._every = every
        self._untold: list[float] = []
        self._images = 0
        self._counters = counters
        self._device = device
        self._pending: deque[_Pending] = deque()
        self._kept_back = 0 if device.type == "cpu" else 1
        self._last = time.perf_counter()

    def step_done(self, loss: Tensor, *, rate: float, epoch: int, images: int) -> Iterator[StepDone]:
        """Take the loss of the step that `counters` just counted, and yield what can be told without waiting."""
        self._pending.append(_Pending(self._counters.step, epoch, _Loss(loss), rate, images))
        while len(self._pending) > self._kept_back:
            yield from self._told(self._pending.popleft())

    def flush(self) -> Iterator[StepDone]:
        """Yield what is left, waiting for the device."""
        while self._pending:
            yield from self._told(self._pending.popleft())

    def restart(self) -> None:
        """Leave out of the speed what was done since the last step."""
        self._last = time.perf_counter()

    def _told(self, step: _Pending) -> Iterator[StepDone]:
        loss = step.loss.read()
        if not math.isfinite(loss):
            raise SegStudioError(
                f"the loss is no longer a number after step {step.step}",
                fix="Lower the learning rate (learning_rate), or train with --set precision=fp32",
            )
        self._counters.loss_sum += loss
        self._counters.loss_count += 1
        self._untold.append(loss)
        self._images += step.images
        if step.step % self._every:
            return
        now = time.perf_counter()
        passed, self._last = now - self._last, now
        yield StepDone(
            step=step.step,
            epoch=step.epoch,
            loss=sum(self._untold) / len(self._untold),
            learning_rate=step.rate,
            images_per_s=self._images / max(passed, 1e-9),
            memory_mb=memory_mb(self._device),
        )
        self._untold, self._images = [], 0
