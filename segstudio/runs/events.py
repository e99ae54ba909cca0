"""Event: one fact about a run, one line of its log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from segstudio.runs.photo_scores import PhotoScores
from segstudio.runs.scores import Scores


class _Event(BaseModel):
    # A loss that is no longer a number must be told as such: as `null` its event could not be read back.
    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="strings")

    time: float = Field(default_factory=time.time)
    """Seconds since the epoch (POSIX time)."""


class RunStarted(_Event):
    """The run begins, or goes on from `step` after a stop or a crash.

    What the log tells of later steps, and of epochs after `closed_epochs`, was lost and is done again.
    """

    kind: Literal["run_started"] = "run_started"
    head: str
    classes: tuple[str, ...]
    device: str
    precision: str
    step: int
    closed_epochs: int = 0
    epochs: int
    steps_per_epoch: int
    photos_train: int
    photos_val: int
    parameters: int
    parameters_trained: int
    weights: str
    process: int
    host: str
    memory_total_mb: float = 0.0
    """What the device has, 0 when that is not known."""
    processes: int = 1
    """How many train together, each on a device of its own: a step is of the crops of all of them."""
    order: float = 0.0
    """What puts runs in the order in which they began (see `RunFolder.place_in_order`); 0 in the logs of older versions."""


class StepDone(_Event):
    """One step of the optimizer, counted from 1; `loss` and `images_per_s` are of all since the last such event."""

    kind: Literal["step_done"] = "step_done"
    step: int
    epoch: int
    loss: float
    learning_rate: float
    images_per_s: float
    memory_mb: float


class EpochDone(_Event):
    """One epoch with its mean training loss and, when it was validated, the scores. Epochs count from 1."""

    kind: Literal["epoch_done"] = "epoch_done"
    epoch: int
    step: int
    train_loss: float
    val_loss: float | None
    scores: Scores | None
    seconds: float
    photo_scores: PhotoScores | None = None
    """None also in the logs of older versions."""


class CheckpointSaved(_Event):
    """A model file was written, relative to the run folder."""

    kind: Literal["checkpoint_saved"] = "checkpoint_saved"
    name: str
    epoch: int
    step: int
    miou: float | None


class PreviewSaved(_Event):
    """The mask of a validation photo as the network now sees it, relative to the run folder."""

    kind: Literal["preview_saved"] = "preview_saved"
    epoch: int
    photo: str
    name: str


class Notice(_Event):
    """Something that a person should know and that does not end the run."""

    kind: Literal["notice"] = "notice"
    text: str


class RunStopped(_Event):
    """The run was asked to stop and did; it can go on from `step`."""

    kind: Literal["run_stopped"] = "run_stopped"
    epoch: int
    step: int


class RunFinished(_Event):
    """All epochs are done."""

    kind: Literal["run_finished"] = "run_finished"
    epoch: int
    step: int
    best_miou: float | None
    best_epoch: int | None
    seconds: float


class RunFailed(_Event):
    """The run ended with a problem, told in one sentence."""

    kind: Literal["run_failed"] = "run_failed"
    problem: str


Event = (
    RunStarted
    | StepDone
    | EpochDone
    | CheckpointSaved
    | PreviewSaved
    | Notice
    | RunStopped
    | RunFinished
    | RunFailed
)

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def encode_event(event: Event) -> bytes:
    """Return the event as one line of JSON, newline included."""
    return event.model_dump_json().encode("utf-8") + b"\n"


def decode_event(line: bytes) -> Event | None:
    """Return the event on a line of a log, or None for a line that is cut off or of an unknown kind."""
    try:
        return _ADAPTER.validate_json(line)
    except ValidationError:
        return None


def is_step(line: bytes) -> bool:
    """Tell whether a line of a log is a `StepDone`, without decoding it: nearly all of a long log are."""
    return b'"kind":"step_done"' in line


def current_events(events: list[Event]) -> list[Event]:
    """Return the events that still hold: going on from a checkpoint voids the steps and epochs after it."""
    kept: list[Event] = []
    for event in events:
        if isinstance(event, RunStarted):
            kept = [old for old in kept if _holds(old, event)]
        kept.append(event)
    return kept


def photo_scores_of(events: Sequence[Event], epoch: int | None) -> PhotoScores | None:
    """Return what was told of the validation photos in that epoch, None where nothing was."""
    told = (event for event in reversed(events) if isinstance(event, EpochDone) and event.epoch == epoch)
    return next((event.photo_scores for event in told), None)


def _holds(old: Event, restart: RunStarted) -> bool:
    match old:
        case StepDone(step=step):
            return step <= restart.step
        case EpochDone(epoch=epoch) | PreviewSaved(epoch=epoch):
            return epoch <= restart.closed_epochs
        case CheckpointSaved(step=step, epoch=epoch, miou=miou):
            return step <= restart.step and (miou is None or epoch <= restart.closed_epochs)
        case _:
            return True
