"""A training by two real processes, which talk through gloo, and the same one by one alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import torch

from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.runs.events import Event, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.prepare import prepare

CHOICES = {
    "weights": "none",
    "loss": "cross-entropy",  # Dice is of the crops that a process has
    "crop_px": 32,
    "epochs": 500,
    "warmup_steps": 0,
    "optimizer": "sgd",
    "learning_rate": 0.001,
    "validate_every": 2,
    "previews": 1,
}
"""Plain steps, so that rounding does not grow: Adam's first ones are as large for a gradient of next to nothing."""


def options(**choices: object) -> list[str]:
    """The options of `segstudio train` for CHOICES and others."""
    return [word for key, value in {**CHOICES, **choices}.items() for word in ("--set", f"{key}={value}")]


def nine_photos(tmp_path: Path) -> Project:
    """Return a project of six photos for training, so that the last step of an epoch is smaller, and three for validation."""
    project = Project.create(tmp_path / "jumps", classes=ClassList.from_names(["sky", "ground"]))
    random = np.random.default_rng(1)
    with project.change() as change:
        for number in range(9):
            mask = np.zeros((48, 64), dtype=np.uint8)
            mask[16 + 2 * number :] = 1
            photo = np.where(mask[:, :, None] == 0, [90, 150, 220], [110, 90, 40])
            noisy = np.clip(photo + random.normal(0, 12, photo.shape), 0, 255).astype(np.uint8)
            (tmp_path / "photo.png").write_bytes(encode_png(noisy))
            change.add_photo(f"{number}.png", tmp_path / "photo.png", size=(48, 64))
            change.put_mask(f"{number}.png", mask)
            split = "train" if number < 6 else "val"
            change.put_state(f"{number}.png", PhotoState(split=split, status="done", size=(48, 64)))
    return project


@contextmanager
def two_processes(project: Project, *options: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """`segstudio train --gpus 2`, of which nothing outlives the test."""
    words = ["train", str(project.folder), "--gpus", "2", "--device", "cpu", *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "segstudio", *words],
        env={**os.environ, "OMP_NUM_THREADS": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    family: list[psutil.Process] = []
    try:
        yield process
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    finally:
        for each in family:
            each.kill()
        process.kill()
        process.communicate(timeout=60)


def wait_for_step(run: RunFolder, process: subprocess.Popen[str], step: int) -> None:
    end = time.monotonic() + 180
    while time.monotonic() < end and process.poll() is None:
        if any(isinstance(event, StepDone) and event.step >= step for event in run.events()):
            return
        time.sleep(0.02)
    raise AssertionError(f"step {step} did not come: {process.communicate(timeout=60)[0]}")


def process_of(process: subprocess.Popen[str], rank: int) -> psutil.Process:
    """The process of torchrun that has this rank."""
    for each in psutil.Process(process.pid).children(recursive=True):
        if each.environ().get("RANK") == str(rank):
            return each
    raise AssertionError(f"there is no process {rank}")


def alone(project: Project, folder: Path, steps: int, **choices: object) -> list[Event]:
    """The same training by one process with the doubled batch."""
    torch.set_num_threads(1)
    recipe = Recipe.model_validate({**CHOICES, "batch_size": 4, **choices})
    prepared = prepare(project, recipe, RunFolder.create(folder, recipe), device="cpu")
    counters = prepared.trainer._counters
    try:
        return list(prepared.trainer.run(lambda: counters.step >= steps))
    finally:
        prepared.close()
