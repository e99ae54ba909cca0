"""One training by two real processes, which talk through gloo: killed, gone on with, without memory in one, stopped, and
beside one alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import torch

from segstudio.cli.gpus import train_on_many
from segstudio.cli.main import main
from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.runs.events import EpochDone, Event, Notice, RunFailed, RunStarted, StepDone, encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.checkpoints import load_checkpoint
from tests.cli.two_processes import alone, nine_photos, options, process_of, two_processes, wait_for_step
from tests.run_events import started

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return nine_photos(tmp_path)


SHORT_OF_MEMORY = """
import os
if os.environ.get("RANK") == "1":
    import torch
    from segstudio.training.learner import Learner
    part, parts = Learner._part, []

    def short(self, images, labels, share):
        parts.append(len(images))
        if len(images) > 1 and len(parts) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return part(self, images, labels, share)

    Learner._part = short
"""
"""Python reads such a `sitecustomize` in every process: the second one has no memory for two crops after two steps."""


def test_two_processes_killed_resumed_and_stopped_learn_what_one_does(
    project: Project, tmp_path: Path
) -> None:
    run = RunFolder(project.runs_folder / "two")

    with two_processes(project, *options(batch_size=2), "--name", "two") as process:
        wait_for_step(run, process, 3)
        process_of(process, 1).kill()
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "one of the processes of this training has ended" in said
    assert "Go on with --resume two --gpus 2: from the last checkpoint" in said
    assert "Traceback" not in said
    failed = run.events()[-1]
    assert isinstance(failed, RunFailed)
    assert "--resume" in failed.problem
    done = max(event.step for event in run.events() if isinstance(event, StepDone))
    assert load_checkpoint(run.last).counters.step == done, "nothing is lost"

    (tmp_path / "sitecustomize.py").write_text(SHORT_OF_MEMORY, encoding="utf-8")
    paths = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    with two_processes(project, "--resume", "two", PYTHONPATH=paths) as process:
        wait_for_step(run, process, done + 5)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert run.state() == "stopped"
    assert not run.is_asked_to_stop()
    assert said.count("Stopped after step") == 1, "only one of them speaks"

    events = run.events()
    started = [event.step for event in events if isinstance(event, RunStarted)]
    again = started[-1]
    assert started == [0, done, again]
    assert again in {done + 2, done + 3}, "every other step has one crop for each"
    assert sum(isinstance(event, RunFailed) for event in events) == 1, "without memory it has not failed"
    told = [event.text for event in events if isinstance(event, Notice) and "Memory" in event.text]
    assert told == [
        "Memory ran out: training goes on from the last checkpoint with 1 crop at a time in each process, their gradients"
        " added up, so that a step is still one of 4 crops."
    ]
    assert load_checkpoint(run.last).counters.together == 1
    ours = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in ours] == list(range(1, len(ours) + 1))
    ours = ours[:again]  # with one crop of each at a time batch statistics are others
    whole = alone(project, tmp_path / "one", len(ours))
    theirs = [event for event in whole if isinstance(event, StepDone)]
    assert [event.loss for event in ours] == pytest.approx([event.loss for event in theirs], rel=2e-3)
    for left, right in zip(_validated(events), _validated(whole), strict=False):
        assert left.val_loss == pytest.approx(right.val_loss, rel=2e-3)
        assert left.scores is not None
        assert right.scores is not None
        assert left.scores.miou == pytest.approx(right.scores.miou, abs=0.01)
        assert sum(map(sum, left.scores.confusion)) == sum(map(sum, right.scores.confusion)) == 3 * 48 * 64


def test_processes_whose_torchrun_is_killed_are_stopped(project: Project) -> None:
    """They would train on, with nobody to look after them, while their run was told to have failed."""
    run = RunFolder(project.runs_folder / "two")
    with two_processes(project, *options(batch_size=2), "--name", "two") as process:
        wait_for_step(run, process, 2)
        (torchrun,) = psutil.Process(process.pid).children()
        left = torchrun.children()
        torchrun.kill()
        said, _ = process.communicate(timeout=120)
        assert not [each for each in left if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    assert process.returncode == 1
    assert "torchrun, which looks after the 2 processes of this training, was ended" in said
    assert "Go on from the last checkpoint with --resume two --gpus 2" in said
    assert run.state() == "stopped"
    assert not run.is_asked_to_stop()
    done = max(event.step for event in run.events() if isinstance(event, StepDone))
    assert load_checkpoint(run.last).counters.step == done


def test_one_device_is_not_shared(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", str(project.folder), "--gpus", "2", "--device", "cuda:0"])
    assert 'cannot share the device "cuda:0"' in capsys.readouterr().err
    assert not project.runs_folder.exists() or not list(project.runs_folder.iterdir())


def test_more_gpus_than_there_are_are_refused_before_a_run_is_made(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    many = str(torch.cuda.device_count() + 2)
    with pytest.raises(SystemExit):
        main(["train", str(project.folder), "--gpus", many, "--device", "cuda"])
    assert f"{many} processes need a GPU each, and this machine has" in capsys.readouterr().err
    assert not project.runs_folder.exists() or not list(project.runs_folder.iterdir())


def test_processes_of_another_torchrun_say_once_that_there_are_too_few_gpus(project: Project) -> None:
    if torch.cuda.device_count() > 1:
        pytest.skip("there are two GPUs")
    command = [sys.executable, "-m", "segstudio", "train", str(project.folder), "--device", "cuda"]
    for rank, told in (("0", "2 processes need a GPU each"), ("1", "")):
        place = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "RANK": rank, "LOCAL_RANK": rank}
        ended = subprocess.run(
            command, env={**os.environ, **place}, capture_output=True, text=True, timeout=120, check=False
        )
        assert ended.returncode == 1
        assert told in ended.stderr
        assert bool(ended.stderr) == bool(told)


def test_what_one_process_has_trained_is_not_gone_on_with_by_two(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunFolder.create(project.runs_folder, Recipe(), name="three")
    run.last.touch()
    run.log.write_bytes(encode_event(started(processes=1)))
    log = run.log.read_bytes()
    with pytest.raises(SystemExit):
        main(["train", str(project.folder), "--resume", "three", "--gpus", "2", "--device", "cpu"])
    assert "trained by 1 process and cannot go on with 2. Go on without --gpus" in capsys.readouterr().err
    assert run.log.read_bytes() == log


def test_processes_that_were_ended_before_anything_was_saved_are_told_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder.create(project.runs_folder, Recipe(), name="kr")
    run.log.write_bytes(encode_event(started(processes=2)))
    monkeypatch.setattr("segstudio.cli.gpus.sys.executable", shutil.which("false"))
    with pytest.raises(
        SegStudioError, match="Nothing was saved yet: --resume kr --gpus 2 begins the run anew"
    ):
        train_on_many(project.folder, run, gpus=2, device="cpu", json=False)
    assert run.state() == "failed"


def _validated(events: list[Event]) -> list[EpochDone]:
    found = [event for event in events if isinstance(event, EpochDone) and event.scores]
    assert found
    return found
