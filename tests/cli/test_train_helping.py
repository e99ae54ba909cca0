"""Of two real processes one is killed, the first one above all: what was learnt is kept, and gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from segstudio.cli.train_helping import helped
from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from segstudio.runs.events import (
    EpochDone,
    Event,
    RunFailed,
    RunStarted,
    StepDone,
    decode_event,
    encode_event,
)
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.checkpoints import load_checkpoint
from segstudio.training.team import Team
from tests.cli.two_processes import nine_photos, options, process_of, two_processes, wait_for_step
from tests.run_events import started

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return nine_photos(tmp_path)


def steps_of(run: RunFolder) -> list[int]:
    return [event.step for event in run.events() if isinstance(event, StepDone)]


def check_that_nothing_is_lost(run: RunFolder, process: subprocess.Popen[str], rank: int) -> None:
    """Kill the process of that rank, and look at what is left and told."""
    process_of(process, rank).kill()
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in said
    events = run.events()
    failed = events[-1]
    assert isinstance(failed, RunFailed)
    assert "--gpus 2" in failed.problem
    assert said.count(failed.problem) == 1, "it is told, and once"
    if rank == 0:
        assert "the first of the 2 processes of this training was ended" in said
        assert "Go on from the last checkpoint" in said
    steps = steps_of(run)
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) - load_checkpoint(run.last).counters.step in {0, 1}, (
        "what was told last may not be done yet elsewhere"
    )
    lines = run.log.read_bytes().splitlines()
    assert all(decode_event(line) is not None for line in lines), "nobody wrote into another's line"
    assert not list(run.path.glob(".*.part"))


SAVES = """
import os
if os.environ.get("SAVES_AT"):
    from segstudio.training.pace import Clock

    asked = []

    def is_save_due(self):
        asked.append(self)
        return len(asked) == int(os.environ["SAVES_AT"])

    Clock.is_save_due = is_save_due
"""
"""Python reads such a `sitecustomize` in every process: before that step since its start, from 1, the run is saved."""


def with_code(folder: Path, code: str) -> str:
    """Return the PYTHONPATH with which `code` is read first of all."""
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


def test_whichever_process_is_killed_before_or_after_a_save_nothing_is_lost(
    project: Project, tmp_path: Path
) -> None:
    paths = with_code(tmp_path, SAVES)
    run, whole = RunFolder(project.runs_folder / "two"), RunFolder(project.runs_folder / "whole")
    choices = options(batch_size=2, ema_decay=0.9)
    words = [*choices, "--name", "two"]
    step = 0
    for rank, saves_at in ((0, "-1"), (0, "2"), (1, "2")):
        had = run.last.read_bytes() if run.last.exists() else b""
        with two_processes(project, *words, PYTHONPATH=paths, SAVES_AT=saves_at) as process:
            wait_for_step(run, process, step + 3)
            assert (run.last.exists() and run.last.read_bytes() != had) == (saves_at == "2")
            check_that_nothing_is_lost(run, process, rank)
        words, step = ["--resume", "two"], load_checkpoint(run.last).counters.step
    with two_processes(project, *words) as process:
        stop_after(run, process, step + 2)

    with two_processes(project, *choices, "--name", "whole") as process:
        stop_after(whole, process, step + 2)
    ours, theirs = losses(run), losses(whole)
    both = min(len(ours), len(theirs))
    assert both > step
    assert ours[:both] == pytest.approx(theirs[:both], rel=1e-5)


def stop_after(run: RunFolder, process: subprocess.Popen[str], step: int) -> None:
    wait_for_step(run, process, step)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert run.state() == "stopped"


def losses(run: RunFolder) -> list[float]:
    """The losses of all steps and validations, in their order."""
    told = [
        event.loss if isinstance(event, StepDone) else event.val_loss
        for event in run.events()
        if isinstance(event, StepDone | EpochDone)
    ]
    return [loss for loss in told if loss is not None]


DIES = """
import os
if os.environ.get("RANK") == "0" and os.environ.get("DIES_WRITING"):
    import signal
    from segstudio.training import keeper

    def dies(name):
        write = getattr(keeper, name)

        def written(path, *others, **more):
            if path.name == os.environ["DIES_WRITING"]:
                path.with_name(f".{path.name}.a1b2c3d4.part").touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return write(path, *others, **more)

        setattr(keeper, name, written)

    dies("save_model")
    dies("save_checkpoint")
"""
"""As a `sitecustomize` it kills the first process in the middle of writing the file of that name."""


def test_a_first_process_that_dies_at_the_end_of_an_epoch_leaves_nothing_undone(
    project: Project, tmp_path: Path
) -> None:
    """In the middle of writing its best model, and then the last checkpoint of all: the others wait for both."""
    paths = with_code(tmp_path, DIES)
    run = RunFolder(project.runs_folder / "two")
    words = [*options(batch_size=2, epochs=2, validate_every=1), "--name", "two"]
    for name, epoch in (("best.pt", 1), ("last.pt", 2)):
        with two_processes(project, *words, PYTHONPATH=paths, DIES_WRITING=name) as process:
            said, _ = process.communicate(timeout=300)
        assert process.returncode == 1
        assert "Go on from the last checkpoint with --resume two --gpus 2" in said
        assert run.state() == "failed"
        counters = load_checkpoint(run.last).counters
        assert (counters.step, counters.closed) == (2 * epoch, epoch - 1), (
            "what may not be written whole is done again"
        )
        assert run.best.exists() == (epoch > 1)
        assert not list(run.path.glob(".*.part"))
        words = ["--resume", "two"]
    with two_processes(project, *words) as process:
        said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert run.state() == "finished"
    assert [event.epoch for event in run.events() if isinstance(event, EpochDone)] == [1, 2]
    assert [event.step for event in run.events() if isinstance(event, RunStarted)] == [0, 2, 4]
    assert steps_of(run) == [1, 2, 3, 4]


def test_a_process_that_is_killed_before_the_training_has_begun_is_told(project: Project) -> None:
    run = RunFolder(project.runs_folder / "two")
    with two_processes(project, *options(batch_size=2), "--name", "two") as process:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                process_of(process, 0).kill()
                break
            except AssertionError:
                time.sleep(0.05)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "one of the 2 processes of this training was ended" in said
    assert "It had not begun to learn: start it again" in said
    assert not run.path.exists()


@pytest.mark.parametrize("is_told", [True, False])
def test_what_all_processes_meet_is_told_by_the_first_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_told: bool
) -> None:
    error = SegStudioError("the loss is no longer a number after step 4", fix="Lower the learning rate")

    class Failing:
        def run(self, _stop: object) -> Iterator[Event]:
            yield started()
            raise error

    prepared = SimpleNamespace(trainer=Failing(), close=lambda: None)
    monkeypatch.setattr("segstudio.training.prepare.prepare", lambda *_, **__: prepared)
    monkeypatch.setattr("segstudio.cli.train_helping.stop_on_interrupt", lambda **_: nullcontext([]))
    folder = RunFolder.create(tmp_path / "runs", Recipe(), name="two")
    failed = RunFailed(problem=str(error))
    events: list[Event] = [failed, started(), failed] if is_told else [failed, started()]
    folder.log.write_bytes(b"".join(map(encode_event, events)))
    project = Project.create(tmp_path / "jumps", classes=ClassList.from_names(["sky", "ground"]))
    with pytest.raises(SystemExit if is_told else SegStudioError):
        helped(project, Recipe(), folder, device="cpu", resume=True, team=Team(rank=1, size=2))
