"""What the Trainer costs beside a bare loop: images a second of the one over the other, in one run.

The bare loop has the same network, batch, crop, number format and optimizer on tensors that already lie in memory:
forward, loss, backward, step, and nothing else. The Trainer does everything: it cuts and augments crops from photos,
schedules, reads losses and makes events. The two take turns, so that other load meets both alike.

    make benchmarks
    SEGSTUDIO_BENCH_HEAD=deeplabv3_resnet50 SEGSTUDIO_BENCH_CROP=480 SEGSTUDIO_BENCH_BATCH=16 make benchmarks   (on a GPU)
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from segstudio.networks.build import build
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.runs.events import Event, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.devices import autocast_dtype, worker_count
from segstudio.training.prepare import prepare

HEAD = os.environ.get("SEGSTUDIO_BENCH_HEAD", "lraspp_mobilenet_v3_large")
BATCH = int(os.environ.get("SEGSTUDIO_BENCH_BATCH", "4"))
CROP_PX = int(os.environ.get("SEGSTUDIO_BENCH_CROP", "224"))
ROUNDS = int(os.environ.get("SEGSTUDIO_BENCH_ROUNDS", "12"))
STEPS = 5
CLASSES = 5
SIZE = (540, 960)


def make_project(folder: Path) -> Project:
    """Twelve textured photos and one to validate, never used, of 960 × 540."""
    project = Project.create(
        folder / "project", classes=ClassList.from_names([f"c{i}" for i in range(CLASSES)])
    )
    random = np.random.default_rng(0)
    with project.change() as change:
        for number in range(13):
            coarse = random.integers(0, 256, (18, 32, 3), dtype=np.uint8)
            photo = cv2.resize(coarse, SIZE[::-1], interpolation=cv2.INTER_CUBIC)
            mask = cv2.resize(
                random.integers(0, CLASSES, (9, 16), dtype=np.uint8),
                SIZE[::-1],
                interpolation=cv2.INTER_NEAREST,
            )
            source = folder / "photo.jpg"
            source.write_bytes(encode_jpeg(np.asarray(photo, dtype=np.uint8)))
            change.add_photo(f"{number}.jpg", source, size=SIZE)
            change.put_mask(f"{number}.jpg", np.asarray(mask, dtype=np.uint8))
            change.put_state(f"{number}.jpg", PhotoState(split="train" if number else "val", size=SIZE))
    return project


class BareLoop:
    """A network, an optimizer, and batches that already lie on the device."""

    def __init__(self, recipe: Recipe, device: torch.device) -> None:
        torch.manual_seed(0)
        self._device = device
        self._dtype = autocast_dtype(recipe.precision, device)
        self._network = build(HEAD, CLASSES).train()
        self._network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._optimizer = torch.optim.AdamW(self._network.parameters(), lr=1e-4)
        self._images = torch.randn(BATCH, 3, CROP_PX, CROP_PX, device=device)
        self._images = self._images.contiguous(memory_format=torch.channels_last)
        self._labels = torch.randint(0, CLASSES, (BATCH, CROP_PX, CROP_PX), device=device)

    def steps(self, count: int) -> None:
        for _ in range(count):
            self._optimizer.zero_grad(set_to_none=True)
            with torch.autocast(self._device.type, dtype=self._dtype, enabled=self._dtype is not None):
                out = self._network(self._images)["out"]
            loss = F.cross_entropy(out.float(), self._labels, ignore_index=255)
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()


def advance(events: Iterator[Event], steps: int) -> None:
    while steps:
        steps -= isinstance(next(events), StepDone)


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


@pytest.mark.benchmark
def test_training_overhead(tmp_path: Path) -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    recipe = Recipe(
        head=HEAD,
        weights="none",
        batch_size=BATCH,
        crop_px=CROP_PX,
        epochs=10_000,
        validate_every=10_000,
        crops_per_photo=BATCH,
    )
    prepared = prepare(
        make_project(tmp_path), recipe, RunFolder.create(tmp_path / "runs", recipe), device=str(device)
    )
    events, bare = prepared.trainer.run(lambda: False), BareLoop(recipe, device)

    queued = 4 * worker_count(recipe, device)

    def trainer_steps(count: int) -> None:
        advance(events, count)

    trainer_steps(10)
    bare.steps(10)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        for times, go in ((theirs, bare.steps), (ours, trainer_steps)):
            if go is trainer_steps:
                trainer_steps(
                    queued
                )  # what its loader prepared while the bare loop had its turn does not count
            synchronize(device)
            start = time.perf_counter()
            go(STEPS)
            synchronize(device)
            times.append((time.perf_counter() - start) / STEPS)
    prepared.close()
    ratio = float(np.median(theirs) / np.median(ours))
    rates = [BATCH / float(np.median(times)) for times in (ours, theirs)]
    print(  # noqa: T201
        f"\n{HEAD}, batch {BATCH}, crop {CROP_PX}, {device}: Trainer {rates[0]:.1f} images/s,"
        f" bare loop {rates[1]:.1f}; ratio {ratio:.3f}"
        f" (rounds {min(t / o for t, o in zip(theirs, ours, strict=True)):.2f}"
        f"–{max(t / o for t, o in zip(theirs, ours, strict=True)):.2f})"
    )
    assert ratio > 0.5, "the Trainer takes twice the time of the bare loop"
