"""Two recipes on the same network, photos and processor time: what the race of them is made of."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torchvision import tv_tensors
from torchvision.transforms import v2

from segstudio.formats.importing import commit_import
from segstudio.formats.importing import prepare as prepare_import
from segstudio.formats.options import ImportOptions
from segstudio.formats.presets import find_set, preset_named
from segstudio.formats.sources import gather
from segstudio.inference.predictor import load_network
from segstudio.networks.build import build
from segstudio.networks.segmenting import IMAGENET_MEAN, IMAGENET_STD, segment
from segstudio.networks.weights import load_initial
from segstudio.project.classes import VOID, ClassList
from segstudio.project.project import Project
from segstudio.runs.events import RunStarted, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.photos import LabelledPhoto, PhotoStore
from segstudio.training.prepare import prepare
from segstudio.training.validation import confusion_matrix

HEAD = "deeplabv3_mobilenet_v2"
_KEPT_BACK = 0.97
"""Share of the time that the schedule is laid out for: the pace of the first steps does not hold for all."""

_WARM, _TIMED = 3, 10
"""Steps before the pace is measured, and at least so many in which it is: whole epochs, where they are shorter."""

Confusion = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a training came to: steps, their processor time, and a confusion matrix for each photo that was held out."""

    steps: int
    seconds: float
    confusions: Mapping[str, Confusion]


class _Spent:
    """Steps, and the processor time from now to the last of them."""

    def __init__(self) -> None:
        self.steps, self.seconds = 0, 0.0
        self._start = time.process_time()

    def count(self) -> None:
        self.steps, self.seconds = self.steps + 1, time.process_time() - self._start


def skydiving(data: Path, folder: Path) -> Project:
    """Return the twelve photos as a project of four classes; what no polygon covers is void."""
    classes = ClassList.from_names(["person", "airplane", "ground", "sky"])
    project = Project.create(folder, classes=classes)
    options = ImportOptions(order=("sky", "ground", "airplane", "person"), split="train")
    for part in ("train", "val"):
        source = data / "skydiving" / part
        with gather([source / "Annotations"], [source / "Images"]) as gathered:
            commit_import(prepare_import(gathered, project, options), project)
    return project


def msrc(data: Path, folder: Path) -> Project:
    """Return the photos of MSRC that are there as a project of its 21 classes."""
    found = find_set(preset_named("msrc"), data / "msrc")
    project = Project.create(folder, classes=found.classes)
    options = found.options(ImportOptions(split="train"))
    commit_import(prepare_import(found.gathered, project, options), project)
    return project


def hold_out(project: Project, keys: Sequence[str]) -> None:
    """Leave these photos to validation, and all others to training."""
    project.set_split({photo.key: "val" if photo.key in keys else "train" for photo in project.photos()})


def train_with(project: Project, recipe: Recipe, folder: Path, *, budget_s: float) -> Outcome:
    """Train by our Trainer until `budget_s` seconds of processor time are spent; the schedule ends with them.

    How many epochs that makes is told by the pace of a short training before. Saves and the choice of crops count;
    validation, which only tells, does not.
    """
    recipe = recipe.model_copy(update={"epochs": 1_000_000, "validate_every": 1_000_000, "previews": 0})
    one = _seconds_of_an_epoch(project, recipe, folder / "pace")
    epochs = max(1, int(_KEPT_BACK * budget_s / one))
    recipe = recipe.model_copy(update={"epochs": epochs})
    run = RunFolder.create(folder, recipe, name="run")
    prepared = prepare(project, recipe, run, device="cpu")
    spent = _Spent()
    try:
        for event in prepared.trainer.run(lambda: spent.seconds > budget_s):
            if isinstance(event, StepDone):
                spent.count()
    finally:
        prepared.close()
    network, card = load_network(run.best if run.best.exists() else run.last)
    return Outcome(spent.steps, spent.seconds, _confusions(network, project, max_side_px=card.max_side_px))


def _seconds_of_an_epoch(project: Project, recipe: Recipe, folder: Path) -> float:
    """Return the processor time that an epoch takes: measured on a few steps after the first."""
    prepared = prepare(project, recipe, RunFolder.create(folder, recipe), device="cpu")
    per_epoch, timed, start = 1, 0, 0.0
    try:
        for event in prepared.trainer.run(lambda: False):
            if isinstance(event, RunStarted):
                per_epoch = event.steps_per_epoch
                timed = -(-_TIMED // per_epoch) * per_epoch if per_epoch < _TIMED else _TIMED
            if isinstance(event, StepDone) and event.step == _WARM:
                start = time.process_time()
            if isinstance(event, StepDone) and event.step == _WARM + timed:
                break
    finally:
        prepared.close()
    return (time.process_time() - start) / timed * per_epoch


def train_as_the_script(project: Project, weights: Path, *, budget_s: float, seed: int) -> Outcome:
    """Train by a plain loop with the choices of the skydiving script, until `budget_s` seconds of processor time are spent.

    Crops of 224 from photos at their own size, mirrored both ways; batch 16 (or all photos, where there are fewer); SGD of
    0.001 with momentum 0.9, always the same; cross-entropy; every layer learns and takes the statistics of its batch. The
    photos lie decoded in memory, as ours do.
    """
    torch.manual_seed(seed)
    network = build(HEAD, len(project.classes.classes))
    load_initial(network, HEAD, str(weights))
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9)
    train = _store(project, "train")
    batches = _batches(train)
    spent = _Spent()
    while spent.seconds < budget_s:
        images, labels = next(batches)
        loss = nn.functional.cross_entropy(network(images)["out"], labels, ignore_index=VOID)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        spent.count()
    return Outcome(spent.steps, spent.seconds, _confusions(network, project, max_side_px=0))


def _batches(store: PhotoStore) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield batches without end, every photo once in each epoch; MSRC's photos are lower than a crop and are padded."""
    filled: dict[type | str, Any] = {tv_tensors.Image: 0, tv_tensors.Mask: VOID}
    transform = v2.Compose(
        [
            v2.RandomHorizontalFlip(),
            v2.RandomVerticalFlip(),
            v2.RandomCrop(224, pad_if_needed=True, fill=filled),
            v2.ToDtype({tv_tensors.Image: torch.float32, tv_tensors.Mask: torch.int64}, scale=True),
            v2.Normalize(mean=list(IMAGENET_MEAN), std=list(IMAGENET_STD)),
        ]
    )
    while True:
        for positions in torch.split(torch.randperm(len(store)), 16):
            crops = []
            for position in positions.tolist():
                image, labels = store[position]
                crops.append(transform(tv_tensors.Image(image), tv_tensors.Mask(labels)))
            images, labels = (torch.stack(part) for part in zip(*crops, strict=True))
            yield images.as_subclass(Tensor), labels.as_subclass(Tensor)


def _store(project: Project, split: str) -> PhotoStore:
    """Return the photos of a split at their own size, decoded."""
    photos = [photo for photo in project.photos() if photo.split == split]
    store = PhotoStore(
        [LabelledPhoto(each.key, each.path, project.mask_path(each), each.size) for each in photos],
        classes=project.classes,
        channels=[(entry.index,) for entry in project.classes.classes],
        max_side_px=0,
        cache_mb=1024,
    )
    store.load()
    return store


def _confusions(network: nn.Module, project: Project, *, max_side_px: int) -> dict[str, Confusion]:
    """Segment every photo that was held out whole and compare at its own size: int64 (C, C), rows truth."""
    held_out = _store(project, "val")
    device = torch.device("cpu")
    found = {}
    for position, photo in enumerate(held_out.photos):
        image, truth = held_out[position]
        answer = segment(network, image, device=device, max_side_px=max_side_px)
        found[photo.key] = confusion_matrix(answer.labels, truth, len(project.classes.classes))
    return found
