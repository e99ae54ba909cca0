from __future__ import annotations

from pathlib import Path

import pytest

from segstudio.cli.output import Output
from segstudio.cli.telling import Teller
from segstudio.runs.events import RunStopped
from segstudio.runs.folder import RunFolder
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
