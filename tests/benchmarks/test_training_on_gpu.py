"""Images a second of the Trainer on a GPU, beside a bare loop and beside a script's loader and loop, number format by format.

The bare loop has the same network, batch, crop, number format, memory order and compilation, on a batch that already lies
on the device. The script reads its files anew for every crop and trains in what torch takes by itself. All three
take turns, so that other load meets them alike.

    python -m pytest -m benchmark -n 0 -s tests/benchmarks/test_training_on_gpu.py

DeepLabV3 on ResNet-50 and 101, crops of 480, batch 16; about six minutes on a large GPU, most of it compilation. With
SEGSTUDIO_BENCH_DEVICE=cpu it runs anywhere, on small crops and without compilation, to show that it works.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.devices import worker_count
from segstudio.training.prepare import prepare
from tests.benchmarks.loops import BareLoop, ScriptLoop, advance, make_project, synchronize

DEVICE = torch.device(os.environ.get("SEGSTUDIO_BENCH_DEVICE", "cuda"))
ON_GPU = DEVICE.type == "cuda"
HEADS = ("deeplabv3_resnet50", "deeplabv3_resnet101") if ON_GPU else ("lraspp_mobilenet_v3_large",)
BATCH, CROP_PX, STEPS, ROUNDS = (16, 480, 10, 5) if ON_GPU else (2, 96, 2, 2)
FORMATS: Mapping[str, Mapping[str, object]] = {
    "fp32": {"precision": "fp32", "channels_last": False},
    "tf32": {"precision": "tf32", "channels_last": False},
    "bf16": {"precision": "bf16", "channels_last": False},
    "bf16, channels last": {"precision": "bf16"},
    "bf16, channels last, compiled": {"precision": "bf16", "compile_network": True},
}

Steps = Callable[[int], None]

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(ON_GPU and not torch.cuda.is_available(), reason="there is no GPU"),
]


@pytest.mark.parametrize("head", HEADS)
def test_images_a_second_on_a_gpu(head: str, tmp_path: Path) -> None:
    project = make_project(tmp_path, photos=32, size=(720, 1280))
    rows = {}
    for name, choices in FORMATS.items():
        if not ON_GPU and ("tf32" in name or "compiled" in name):
            continue
        recipe = Recipe(head=head, weights="none", batch_size=BATCH, crop_px=CROP_PX, epochs=10_000)
        recipe = recipe.model_copy(update={"validate_every": 10_000, "previews": 0, **choices})
        folder = RunFolder.create(tmp_path / "runs", recipe)
        prepared = prepare(project, recipe, folder, device=str(DEVICE))
        events = prepared.trainer.run(lambda: False)
        loops: dict[str, Steps] = {
            "ours": lambda count, events=events: advance(events, count),  # type: ignore[misc]
            "bare": BareLoop(recipe, DEVICE).steps,
            "script": ScriptLoop(project, recipe, DEVICE).steps,
        }
        rows[name] = in_turns(loops, queued=4 * worker_count(recipe, DEVICE))
        prepared.close()
        torch.cuda.empty_cache()
    tell(head, rows)
    for name, row in rows.items():
        assert row["ours"] > 0.5 * row["bare"], f"{name}: the Trainer takes twice the time of the bare loop"


def in_turns(loops: Mapping[str, Steps], *, queued: int) -> dict[str, float]:
    """Return images a second of each loop; what our loader prepared while others had their turn does not count.

    Ours comes first: from its first step on float32 is multiplied as its recipe says, for the bare loop too.
    """
    times: dict[str, list[float]] = {name: [] for name in loops}
    for steps in loops.values():
        steps(10 if ON_GPU else 2)
    for _ in range(ROUNDS):
        for name, steps in loops.items():
            if name == "ours":
                steps(queued)
            synchronize(DEVICE)
            start = time.perf_counter()
            steps(STEPS)
            synchronize(DEVICE)
            times[name].append((time.perf_counter() - start) / STEPS)
    return {name: BATCH / float(np.median(each)) for name, each in times.items()}


def tell(head: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    print(f"\n{head}, batch {BATCH}, crop {CROP_PX}, {DEVICE}: images a second")  # noqa: T201
    print(f"{'':32}{'ours':>8}{'bare':>8}{'script':>8}  of bare  times the script")  # noqa: T201
    for name, row in rows.items():
        shares = f"{row['ours'] / row['bare']:9.3f}{row['ours'] / row['script']:18.2f}"
        print(f"{name:32}" + "".join(f"{rate:8.1f}" for rate in row.values()) + shares)  # noqa: T201
