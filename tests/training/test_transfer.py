"""ImageNet weights carried by hand are worth something on ten real photos, seed by seed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from segstudio.formats.importing import commit_import
from segstudio.formats.importing import prepare as prepare_import
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from segstudio.runs.events import RunFinished
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.prepare import prepare

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "missing"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set"),
]


@pytest.fixture(scope="module")
def skydiving(tmp_path_factory: pytest.TempPathFactory) -> Project:
    classes = ClassList.from_names(["no-label", "person", "airplane", "ground", "sky"])
    project = Project.create(tmp_path_factory.mktemp("transfer") / "sky", classes=classes)
    for split in ("train", "val"):
        options = ImportOptions(order=("sky", "ground", "airplane", "person"), split=split)
        folder = DATA / "skydiving" / split
        with gather([folder / "Annotations"], [folder / "Images"]) as gathered:
            commit_import(prepare_import(gathered, project, options), project)
    return project


def best_miou(project: Project, folder: Path, *, weights: str, seed: int) -> float:
    recipe = Recipe(
        head="deeplabv3_mobilenet_v2",
        weights=weights,
        ignore_classes=("no-label",),
        max_side_px=320,
        crop_px=96,
        crops_per_photo=4,
        batch_size=4,
        epochs=2,
        warmup_steps=4,
        learning_rate=1e-3,
        validate_every=2,
        seed=seed,
        previews=0,
    )
    prepared = prepare(project, recipe, RunFolder.create(folder, recipe), device="cpu")
    try:
        end = list(prepared.trainer.run(lambda: False))[-1]
    finally:
        prepared.close()
    assert isinstance(end, RunFinished)
    return end.best_miou or 0.0


def test_imagenet_weights_beat_random_ones(skydiving: Project, tmp_path: Path) -> None:
    """The same 16 steps, three seeds each: half of it is lost where the backbone learns as fast as the classifier."""
    weights = str(DATA / "weights" / "mobilenet_v2_imagenet.pth")
    scratch, transferred = (
        [best_miou(skydiving, tmp_path, weights=choice, seed=seed) for seed in range(3)]
        for choice in ("none", weights)
    )
    print(f"scratch {scratch}, from ImageNet {transferred}")  # noqa: T201
    assert np.mean(transferred) > np.mean(scratch) + 0.25
