"""A project small enough to train on in seconds, written logs, and an end for every trainer that a test starts."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import shiboken6
from PySide6.QtCore import QThread

from segstudio.desktop.train import launch
from segstudio.desktop.train.run_thread import RunThread
from segstudio.desktop.train.runs_watch import RunsWatch
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.photos import PhotoState, Split
from segstudio.project.project import Project
from segstudio.runs.events import EpochDone, Event, RunFinished, RunStarted, StepDone, encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.runs.scores import Scores
from tests import run_events
from tests.desktop.conftest import noting

TINY = {
    "weights": "none",
    "crop_px": 32,
    "max_side_px": 64,
    "batch_size": 2,
    "epochs": 3,
    "scale_min": 1.0,
    "scale_max": 1.0,
}

TRAIN_MS = 120_000
"""How long a test waits for what a real training does."""


@pytest.fixture
def tiny(tmp_path: Path) -> Project:
    """Six labelled photos of 64 × 64, four for training and two for validation: left sky, right ground."""
    project = Project.create(
        tmp_path / "my jumps", classes=ClassList.from_names(["sky:#3366FF", "ground:#996633"])
    )
    mask = np.zeros((64, 64), dtype=np.uint8)
    mask[:, 32:] = 1
    with project.change() as change:
        for number in range(6):
            pixels = np.random.default_rng(number).integers(0, 80, (64, 64, 3), dtype=np.uint8)
            pixels[:, 32:] += 120
            (tmp_path / "photo.png").write_bytes(encode_png(pixels))
            split: Split = "val" if number > 3 else "train"
            change.add_photo(f"{number}.png", tmp_path / "photo.png", size=(64, 64))
            change.put_mask(f"{number}.png", mask)
            change.put_state(f"{number}.png", PhotoState(size=(64, 64), status="done", split=split))
    return Project.open(project.folder)


@pytest.fixture
def trainers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The ids of the trainers that were started; none outlives the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    started: list[int] = []

    def start(order: launch.Order) -> int:
        started.append(real(order))
        return started[-1]

    real = launch.start
    monkeypatch.setattr("segstudio.desktop.train.run_thread.start", start)
    yield started
    for process in started:
        kill(process)


def kill(process: int) -> None:
    """End a process as a crash would, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    end = time.monotonic() + 30
    while time.monotonic() < end and (launch.is_alive(process) or psutil.pid_exists(process)):
        time.sleep(0.01)


def started(step: int = 0, *, epochs: int = 10, steps_per_epoch: int = 5, closed: int = 0) -> RunStarted:
    """The first line of a log."""
    return run_events.started(
        time=1000.0,
        classes=("sky", "ground"),
        step=step,
        closed_epochs=closed,
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        photos_train=4,
        parameters=3_000_000,
        parameters_trained=3_000_000,
        host="elsewhere",
        memory_total_mb=8000.0,
    )


def step(number: int, *, steps_per_epoch: int = 5) -> StepDone:
    """One step; the loss falls."""
    return StepDone(
        time=1000.0 + number,
        step=number,
        epoch=(number - 1) // steps_per_epoch + 1,
        loss=1 / number,
        learning_rate=0.001,
        images_per_s=10.0,
        memory_mb=500.0,
    )


def epoch(number: int, *, hits: int = 5, steps_per_epoch: int = 5) -> EpochDone:
    """One validated epoch; of 10 pixels of each class `hits` are right."""
    scores = Scores.from_confusion(np.array([[hits, 10 - hits], [10 - hits, hits]]), ["sky", "ground"])
    return EpochDone(
        time=1000.0 + number,
        epoch=number,
        step=number * steps_per_epoch,
        train_loss=1 / number,
        val_loss=1.1 / number,
        scores=scores,
        seconds=2.0,
    )


def finished(number: int, *, steps_per_epoch: int = 5) -> RunFinished:
    """The last line of a log."""
    return RunFinished(
        time=2000.0,
        epoch=number,
        step=number * steps_per_epoch,
        best_miou=0.5,
        best_epoch=number,
        seconds=20.0,
    )


@pytest.fixture(autouse=True)
def _no_thread_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A thread that follows runs outlives no test."""
    started: list[QThread] = []
    for kind in (RunThread, RunsWatch):
        monkeypatch.setattr(kind, "start", noting(kind.start, started))
    yield
    assert not [thread for thread in started if shiboken6.isValid(thread) and thread.isRunning()]


Written = Callable[..., RunFolder]


@pytest.fixture
def written(tiny: Project) -> Written:
    """Return a function that writes a run with its log."""

    def write(name: str, *events: Event) -> RunFolder:
        run = RunFolder.create(tiny.runs_folder, Recipe(), name=name)
        run.log.write_bytes(b"".join(map(encode_event, events)))
        return run

    return write
