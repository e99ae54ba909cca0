"""`segstudio train` as people run it: in a process of its own, stopped, killed, resumed; and on real photos."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from segstudio.cli.main import main
from segstudio.cli.train_ends import failure_told
from segstudio.errors import SegStudioError
from segstudio.networks.model_file import read_model
from segstudio.project.project import Project
from segstudio.resource_files import load_script
from segstudio.runs.events import RunFailed, RunFinished, RunStarted, StepDone, encode_event
from segstudio.runs.folder import EventLog, RunFolder, appending, list_runs
from segstudio.runs.recipe import Recipe
from tests import run_events
from tests.project.links import link

QUICK = ["--set", "weights=none", "--set", "crop_px=64", "--set", "max_side_px=128", "--set", "batch_size=3"]
CLASSES = "sky,ground,airplane,person"
SKYDIVING = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "missing")) / "skydiving"
needs_real_photos = pytest.mark.skipif(not SKYDIVING.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")


def call(*arguments: str) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve small drawn photos with their LabelMe XML."""
    folder = tmp_path_factory.mktemp("sample")
    load_script("sample/skydiving.py").generate(folder, photos=12, size=(96, 128))
    return folder


@pytest.fixture
def project(tmp_path: Path, sample: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = make_project(tmp_path / "jumps", sample)
    capsys.readouterr()
    return folder


def make_project(folder: Path, sample: Path) -> Path:
    torch.set_num_threads(1)
    assert call("new", str(folder), "--class", CLASSES) == 0
    source, photos = str(sample / "annotations"), str(sample / "photos")
    assert call("import", source, "--photos", photos, "--order", CLASSES, "--project", str(folder)) == 0
    return folder


@contextmanager
def started(project: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A training in a process group of its own, which does not outlive the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "segstudio", "train", str(project), *options],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)


def newest(project: Path) -> RunFolder:
    return list_runs(project / "runs")[-1]


def wait_for_steps(project: Path, process: subprocess.Popen[str], count: int, *, known_runs: int = 0) -> None:
    """Wait until a new run has started and has done `count` steps."""
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if len(list_runs(project / "runs")) > known_runs:
            events = newest(project).events()
            if events and sum(isinstance(event, StepDone) for event in events) >= count:
                return
        time.sleep(0.02)
    raise AssertionError(f"no {count} steps in two minutes")


def weights_of(run: RunFolder) -> dict[str, torch.Tensor]:
    return read_model(run.last).weights


def test_trains_and_says_what_a_program_wants_to_know(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("train", str(project), *QUICK, "--set", "epochs=1", "--set", "focal_gamma=3", "--json") == 0
    out, err = capsys.readouterr()
    assert "focal_gamma counts for nothing with loss=cross-entropy+dice: it is for loss=focal." in err
    told = json.loads(out.splitlines()[-1])
    assert told["state"] == "finished"
    assert 0 <= told["best_miou"] <= 1
    assert Path(told["model"]).is_file()
    assert RunFolder(Path(told["folder"])).recipe().epochs == 1
    splits = {photo.split for photo in Project.open(project).photos()}
    assert splits == {"train", "val"}, "photos without a split are split, and it is remembered"


SIX = [*QUICK, "--set", "epochs=6"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> dict[str, torch.Tensor]:
    """The weights of a run that was left alone, on a project like any other here."""
    folder = make_project(tmp_path_factory.mktemp("undisturbed") / "jumps", sample)
    assert call("check", str(folder), "--split", "random") == 0
    assert call("train", str(folder), *SIX) == 0
    return weights_of(newest(folder))


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("how", ["interrupt", "wish", "kill"])
def test_ended_early_and_resumed_equals_undisturbed(
    project: Path, how: str, undisturbed: dict[str, torch.Tensor]
) -> None:
    """Ctrl-C, a stop file, and kill -9 of a real process; each goes on to the weights of a run left alone."""
    options = SIX
    assert call("check", str(project), "--split", "random") == 0
    with started(project, *options) as process:
        wait_for_steps(project, process, 4)
        run = newest(project)
        if how == "interrupt":
            process.send_signal(signal.SIGINT)
        elif how == "kill":
            process.kill()
        else:
            run.ask_to_stop()
        said, _ = process.communicate(timeout=120)
    if how == "kill":
        assert run.state() == "open"
    else:
        assert process.returncode == 0, said
        assert f"--resume {run.name}" in said
        assert run.state() == "stopped"
        assert not run.is_asked_to_stop()
    assert call("train", str(project), "--resume", "last") == 0
    assert run.state() == "finished"
    steps = [event.step for event in run.events() if isinstance(event, StepDone)]
    assert steps == sorted(set(steps)), "steps that were done again must not be told twice"
    resumed = weights_of(run)
    assert all(torch.equal(resumed[name], undisturbed[name]) for name in undisturbed)


def test_a_problem_is_one_sentence_and_stands_in_the_log(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mask = next((project / "masks").glob("*.png"))
    mask.write_bytes(mask.read_bytes()[:200])
    assert call("check", str(project)) == 1
    capsys.readouterr()
    assert call("train", str(project), *QUICK) == 1
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert mask.name in said


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_training_that_cannot_begin_changes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("check", str(project), "--split", "random") == 0
    photo = next((project / "photos").glob("*.jpg"))
    photo.write_bytes(photo.read_bytes()[:500])
    before = tree(project)
    assert call("train", str(project), *QUICK) == 1
    assert "damaged or cut off" in capsys.readouterr().err
    assert tree(project) == before
    assert not list_runs(project / "runs")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            RuntimeError("CUDA error: an illegal memory access was encountered\nFor debugging …"),
            "the GPU failed in the middle of training (CUDA error: an illegal memory access was encountered)",
        ),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), "RuntimeError: mat1"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "training ran out of memory"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp] can't allocate memory"), "training ran out of memory"),
    ],
)
def test_what_ends_a_run_stands_in_its_log(
    project: Path, monkeypatch: pytest.MonkeyPatch, error: RuntimeError, words: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("segstudio.training.trainer.Trainer._step", fail)
    if "mat1" in words:
        with pytest.raises(RuntimeError, match="mat1"):
            call("train", str(project), *QUICK)
    else:
        assert call("train", str(project), *QUICK) == 1
    last = newest(project).events()[-1]
    assert isinstance(last, RunFailed)
    assert words in last.problem


def test_what_ends_a_run_is_told_where_the_log_cannot_tell_it(tmp_path: Path) -> None:
    class Full(EventLog):
        def append(self, event: object) -> None:
            raise SegStudioError("the log of the training could not be written")

    with (
        appending(tmp_path / "events.jsonl") as log,
        pytest.raises(SegStudioError, match=r"best\.pt"),
        failure_told(Full(log._stream, log._path), RunFolder(tmp_path)),
    ):
        raise SegStudioError("best.pt could not be written")


def test_two_processes_do_not_train_one_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with started(project, *QUICK, "--set", "epochs=500") as process:
        wait_for_steps(project, process, 2)
        assert call("train", str(project), "--resume", "last") == 1
        assert "another process is training this run" in capsys.readouterr().err
        newest(project).ask_to_stop()
        process.communicate(timeout=120)
    assert newest(project).state() == "stopped"


def test_the_last_run_is_the_one_that_began_last(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the list of runs has it, and whatever was written into an older one since."""
    for name, began in (("older", 1000.0), ("newer", 2000.0)):
        run = RunFolder.create(project / "runs", Recipe(), name=name)
        run.log.write_bytes(encode_event(run_events.started(time=began)))
    (project / "runs" / "older" / "a note.txt").write_text("written since", encoding="utf-8")
    os.utime(project / "runs" / "older", (3e9, 3e9))
    with RunFolder(project / "runs" / "newer").held():
        assert call("train", str(project), "--resume", "last") == 1
    assert f"{Path('runs', 'newer')}: another process is training this run" in capsys.readouterr().err


def test_a_split_that_somebody_chose_is_kept(project: Path, sample: Path) -> None:
    opened = Project.open(project)
    chosen = opened.keys()[:7]
    opened.set_split(dict.fromkeys(chosen, "train"))
    assert call("train", str(project), *QUICK, "--set", "epochs=1") == 0
    photos = Project.open(project).photos()
    assert {photo.key for photo in photos if photo.split == "train"} >= set(chosen)
    assert any(photo.split == "val" for photo in photos)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_reaches_the_loader_processes_too_and_loses_nothing(project: Path) -> None:
    """A terminal sends it to the whole group: as soon as the run has started, and, in many rounds, in the middle."""
    options = [*QUICK, "--set", "epochs=500", "--set", "workers=2"]
    for steps in (0, 3) if int(os.environ.get("SEGSTUDIO_KILL_ROUNDS", "1")) > 2 else (0,):
        known = len(list_runs(project / "runs"))
        with started(project, *options) as process:
            wait_for_steps(project, process, steps, known_runs=known)
            os.killpg(process.pid, signal.SIGINT)
            said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        run = newest(project)
        assert run.state() == "stopped", said
        assert run.last.exists()


def test_resume_refuses_changes_and_unknown_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("train", str(project), "--resume", "last") == 1
    assert "there is no run to go on with" in capsys.readouterr().err
    assert call("train", str(project), "--resume", "last", "--set", "epochs=2") == 1
    assert "goes on with its own recipe" in capsys.readouterr().err
    assert call("train", str(project), "--resume", "last", "--recipe", "balanced") == 1
    assert "goes on with its own recipe" in capsys.readouterr().err


@pytest.mark.parametrize("more", [(), ("--gpus", "2", "--device", "cpu")])
def test_a_run_that_is_a_link_is_not_resumed_and_what_lies_there_stays(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    elsewhere = RunFolder.create(tmp_path / "elsewhere", Recipe(), name="t1").path
    for name in (".thesis.part", "stop"):
        (elsewhere / name).write_text("mine")
    (project / "runs").mkdir(exist_ok=True)
    link(project / "runs" / "t1", elsewhere)
    assert call("train", str(project), "--resume", "t1", *more) == 1
    assert "the folder is a link" in capsys.readouterr().err
    assert {path.name for path in elsewhere.iterdir()} == {"recipe.toml", ".thesis.part", "stop"}


@needs_real_photos
@pytest.mark.slow
def test_ten_real_photos_from_scratch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Enough to recognise sky and ground in the two photos that were held out."""
    folder, seen = tmp_path / "sky", tmp_path / "seen"
    assert call("new", str(folder), "--class", "no-label,person,airplane,ground,sky") == 0
    for part in ("train", "val"):
        source, photos = SKYDIVING / part / "Annotations", SKYDIVING / part / "Images"
        assert (
            call(
                *("import", str(source), "--photos", str(photos), "--split", part),
                *("--order", "sky,ground,airplane,person", "--project", str(folder)),
            )
            == 0
        )
    changes = ["weights=none", "epochs=10", "crops_per_photo=4", "crop_px=192", "max_side_px=480"]
    sets = [word for change in changes for word in ("--set", change)]
    assert call("train", str(folder), *sets, "--set", "validate_every=2") == 0
    capsys.readouterr()
    assert call("evaluate", str(folder), "--model", str(folder), "--json") == 0
    scores = json.loads(capsys.readouterr().out.splitlines()[-1])
    iou = {row["name"]: row["iou"] for row in scores["classes"]}
    assert iou["sky"] > 0.5
    assert iou["ground"] > 0.5
    images = SKYDIVING / "val" / "Images"
    assert call("predict", str(images), "--model", str(folder), "--out", str(seen), "--panels") == 0
    assert sorted(path.name for path in seen.glob("*.png")) == ["000077.panels.png", "000093.panels.png"]
    events = newest(folder).events()
    assert isinstance(events[0], RunStarted)
    assert any(isinstance(event, RunFinished) for event in events)
