from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from segstudio.cli.output import Output
from segstudio.cli.telling import Teller
from segstudio.runs.events import EpochDone, RunStopped, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.scores import Scores
from tests.run_events import started


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "1 photo, 2 to validate, 1 epoch of 1 step,"), (3, "3 photos, 2 to validate, 3 epochs of 3 steps,")],
)
def test_one_is_not_told_as_many(
    number: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = started(epochs=number, steps_per_epoch=number, photos_train=number)
    with Teller(Output(), RunFolder(tmp_path / "run")) as teller:
        teller.tell(event)
    assert told in capsys.readouterr().out


def test_a_run_of_several_processes_is_gone_on_with_by_as_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Teller(Output(), RunFolder(tmp_path / "run")) as teller:
        teller.tell(started(processes=2))
        teller.tell(RunStopped(epoch=1, step=3))
    assert "Go on with: --resume run --gpus 2" in capsys.readouterr().out


def test_the_bar_reaches_the_end_where_not_every_step_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Output()
    moved: list[int] = []
    totals: list[int] = []

    @contextmanager
    def progress(_what: str, total: int) -> Iterator[Callable[[int], None]]:
        totals.append(total)
        yield moved.append

    monkeypatch.setattr(Output, "is_live", True)
    monkeypatch.setattr(out, "progress", progress)
    with Teller(out, RunFolder(tmp_path / "run")) as teller:
        teller.tell(started(epochs=5, steps_per_epoch=5, step=4))
        for step in (10, 20):
            teller.tell(
                StepDone(step=step, epoch=1, loss=1.0, learning_rate=0.1, images_per_s=1.0, memory_mb=1)
            )
        teller.tell(EpochDone(epoch=5, step=25, train_loss=1.0, val_loss=None, scores=None, seconds=1.0))
    assert totals == [25]
    assert [sum(moved[:count]) for count in range(1, 5)] == [4, 10, 20, 25]


def test_of_short_epochs_the_best_ones_are_told_and_the_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Teller(Output(), RunFolder(tmp_path / "run")) as teller:
        teller.tell(started(epochs=5))
        for epoch, hits in enumerate((1, 5, 4, 8, 2), 1):
            scores = Scores.from_confusion(np.array([[hits, 10 - hits], [0, 10]]), ("sky", "ground"))
            done = EpochDone(
                epoch=epoch, step=4 * epoch, train_loss=1.0, val_loss=1.0, scores=scores, seconds=0.1
            )
            teller.tell(done)
    told = [line.split(":")[0] for line in capsys.readouterr().out.splitlines() if line.startswith("epoch")]
    assert told == ["epoch 1/5", "epoch 2/5", "epoch 4/5", "epoch 5/5"]
