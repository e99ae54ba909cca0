from __future__ import annotations

import json
import math

import numpy as np
import pytest

from segstudio.runs.events import (
    CheckpointSaved,
    EpochDone,
    Event,
    Notice,
    PreviewSaved,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    StepDone,
    current_events,
    decode_event,
    encode_event,
)
from segstudio.runs.scores import Scores
from tests.run_events import started


def _started(step: int = 0) -> RunStarted:
    return started(step=step)


def _step(step: int, loss: float = 0.5) -> StepDone:
    return StepDone(step=step, epoch=1, loss=loss, learning_rate=0.1, images_per_s=9, memory_mb=1)


def _epoch(step: int, epoch: int = 1) -> EpochDone:
    scores = Scores.from_confusion(np.array([[3, 1], [0, 4]]), ["sky", "größe"])
    return EpochDone(epoch=epoch, step=step, train_loss=0.4, val_loss=0.5, scores=scores, seconds=2)


_EVENTS: list[Event] = [
    _started(),
    _step(1),
    _epoch(4),
    EpochDone(epoch=1, step=4, train_loss=0.4, val_loss=None, scores=None, seconds=2),
    CheckpointSaved(name="best.pt", epoch=1, step=4, miou=0.5),
    CheckpointSaved(name="last.pt", epoch=1, step=4, miou=None),
    PreviewSaved(epoch=1, photo="ü/日本.jpg", name="previews/1.png"),
    Notice(text="line one\nline two\r\u2028"),
    RunStopped(epoch=1, step=5),
    RunFinished(epoch=3, step=12, best_miou=0.7, best_epoch=2, seconds=9),
    RunFailed(problem="out of memory"),
]


@pytest.mark.parametrize("event", _EVENTS, ids=lambda event: event.kind)
def test_every_event_is_one_line_and_comes_back_as_it_was(event: Event) -> None:
    line = encode_event(event)
    assert line.endswith(b"\n")
    assert line.count(b"\n") + line.count(b"\r") == 1
    assert json.loads(line)["kind"] == event.kind
    assert decode_event(line) == event


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_told_all_the_same(loss: float) -> None:
    line = encode_event(_step(3, loss))
    json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    back = decode_event(line)
    assert isinstance(back, StepDone)
    assert back.loss == loss or (math.isnan(back.loss) and math.isnan(loss))


def test_a_line_cut_off_anywhere_is_no_event() -> None:
    line = encode_event(_epoch(4)).rstrip(b"\n")
    assert [decode_event(line[:cut]) for cut in range(len(line))] == [None] * len(line)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"kind": "later_invention"}',
        b'{"kind": "step_done"}',
        b"[" * 9999,
    ],
)
def test_what_is_no_event_is_passed_over(line: bytes) -> None:
    assert decode_event(line) is None


def test_fields_of_a_later_version_are_passed_over() -> None:
    raw = {**json.loads(encode_event(_step(1))), "invented_later": 1}
    back = decode_event(json.dumps(raw).encode())
    assert isinstance(back, StepDone)
    assert back.step == 1


def test_going_on_voids_what_came_after_the_checkpoint() -> None:
    stopped, resumed = RunStopped(epoch=2, step=6), _started(4).model_copy(update={"closed_epochs": 1})
    first: list[Event] = [_started(), _step(3), _step(4), _epoch(4), _step(5), _epoch(8, 2), stopped]
    assert current_events([*first, resumed, _step(5, 0.1)])[1:4] == first[1:4]
    kept = current_events([*first, resumed, _step(5, 0.1)])
    assert [event.step for event in kept if isinstance(event, StepDone)] == [3, 4, 5]
    assert [event.loss for event in kept if isinstance(event, StepDone)][-1] == 0.1
    assert [event.epoch for event in kept if isinstance(event, EpochDone)] == [1]
    assert kept[-2] == resumed


def test_an_epoch_that_the_checkpoint_had_not_closed_is_told_once() -> None:
    """Stopped in its validation, gone on, died after telling the epoch, gone on again."""
    log: list[Event] = [_started(), _step(4), _started(4), _epoch(4), _started(4), _epoch(4)]
    assert [event.epoch for event in current_events(log) if isinstance(event, EpochDone)] == [1]


def test_a_run_that_goes_on_twice_keeps_one_of_each_step() -> None:
    log: list[Event] = [
        _started(),
        *map(_step, range(1, 7)),
        _started(4),
        *map(_step, range(5, 9)),
        _started(2),
    ]
    log += [_step(step) for step in (3, 4)]
    steps = [event.step for event in current_events(log) if isinstance(event, StepDone)]
    assert steps == [1, 2, 3, 4]


def test_a_run_that_starts_anew_keeps_none() -> None:
    kept = current_events([_started(), _step(1), _epoch(4), _started(0)])
    assert [event.kind for event in kept] == ["run_started", "run_started"]
