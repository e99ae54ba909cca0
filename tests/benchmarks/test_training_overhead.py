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
from pathlib import Path

import numpy as np
import pytest
import torch

from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.devices import worker_count
from segstudio.training.prepare import prepare
from tests.benchmarks.loops import BareLoop, advance, make_project, synchronize

HEAD = os.environ.get("SEGSTUDIO_BENCH_HEAD", "lraspp_mobilenet_v3_large")
BATCH = int(os.environ.get("SEGSTUDIO_BENCH_BATCH", "4"))
CROP_PX = int(os.environ.get("SEGSTUDIO_BENCH_CROP", "224"))
ROUNDS = int(os.environ.get("SEGSTUDIO_BENCH_ROUNDS", "12"))
STEPS = 5


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
