"""Trainings beside which ours is timed: a bare loop over tensors in memory, and the loop of a script over its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import tv_tensors
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms import v2

from segstudio.networks.build import build
from segstudio.networks.segmenting import IMAGENET_MEAN, IMAGENET_STD
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.runs.events import Event, StepDone
from segstudio.runs.recipe import Recipe
from segstudio.training.devices import autocast_dtype

CLASSES = 5
_LEARNING_RATE = 1e-4
_COARSE_PX = 30


def make_project(folder: Path, *, photos: int = 12, size: tuple[int, int] = (540, 960)) -> Project:
    """Textured photos of `size` (H, W) for training, and one to validate, which is never used."""
    project = Project.create(
        folder / "project", classes=ClassList.from_names([f"c{i}" for i in range(CLASSES)])
    )
    random = np.random.default_rng(0)
    coarse = size[0] // _COARSE_PX, size[1] // _COARSE_PX
    with project.change() as change:
        for number in range(photos + 1):
            texture = random.integers(0, 256, (*coarse, 3), dtype=np.uint8)
            photo = cv2.resize(texture, size[::-1], interpolation=cv2.INTER_CUBIC)
            patches = random.integers(0, CLASSES, (coarse[0] // 2, coarse[1] // 2), dtype=np.uint8)
            mask = cv2.resize(patches, size[::-1], interpolation=cv2.INTER_NEAREST)
            source = folder / "photo.jpg"
            source.write_bytes(encode_jpeg(np.asarray(photo, dtype=np.uint8)))
            change.add_photo(f"{number}.jpg", source, size=size)
            change.put_mask(f"{number}.jpg", np.asarray(mask, dtype=np.uint8))
            change.put_state(f"{number}.jpg", PhotoState(split="train" if number else "val", size=size))
    return project


class BareLoop:
    """A network, AdamW, and one batch that already lies on the device: forward, loss, backward, step."""

    def __init__(self, recipe: Recipe, device: torch.device) -> None:
        torch.manual_seed(0)
        self._device = device
        self._dtype = autocast_dtype(recipe.precision, device)
        layout = torch.channels_last if recipe.channels_last else torch.contiguous_format
        self._network = build(recipe.head, CLASSES).train()
        self._network.to(device, memory_format=layout)  # type: ignore[call-overload]
        self._called = torch.compile(self._network) if recipe.compile_network else self._network
        self._optimizer = torch.optim.AdamW(self._network.parameters(), lr=_LEARNING_RATE)
        shape = (recipe.batch_size, 3, recipe.crop_px, recipe.crop_px)
        self._images = torch.randn(shape, device=device).contiguous(memory_format=layout)
        self._labels = torch.randint(0, CLASSES, (shape[0], *shape[2:]), device=device)

    def steps(self, count: int) -> None:
        """Take so many steps."""
        for _ in range(count):
            self._optimizer.zero_grad(set_to_none=True)
            with torch.autocast(self._device.type, dtype=self._dtype, enabled=self._dtype is not None):
                out = self._called(self._images)["out"]
            loss = F.cross_entropy(out.float(), self._labels, ignore_index=VOID)
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()


class ScriptLoop:
    """The skydiving script's loader and loop: photos and masks read from their files for every crop, by torchvision, in the
    training process, as a DataLoader does unless it is told otherwise; mirrored, cropped, normalised; SGD; the loss is
    read after each step.
    """

    def __init__(self, project: Project, recipe: Recipe, device: torch.device) -> None:
        torch.manual_seed(0)
        self._device = device
        self._network = build(recipe.head, CLASSES).train().to(device)
        self._optimizer = torch.optim.SGD(self._network.parameters(), lr=_LEARNING_RATE, momentum=0.9)
        self._loader = DataLoader(_Files(project, recipe), recipe.batch_size, shuffle=True, drop_last=True)
        self._batches = self._without_end()
        self.losses: list[float] = []

    def steps(self, count: int) -> None:
        """Take so many steps, whatever others have set in the numbers that torch takes by itself."""
        convolutions, matrices = torch.backends.cudnn, torch.backends.cuda.matmul
        before = convolutions.allow_tf32, matrices.allow_tf32
        convolutions.allow_tf32, matrices.allow_tf32 = True, False
        self._steps(count)
        convolutions.allow_tf32, matrices.allow_tf32 = before

    def _steps(self, count: int) -> None:
        for _ in range(count):
            images, labels = (part.to(self._device) for part in next(self._batches))
            self._optimizer.zero_grad()
            loss = F.cross_entropy(self._network(images)["out"], labels, ignore_index=VOID)
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            self.losses.append(loss.item())

    def _without_end(self) -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            yield from self._loader


class _Files(Dataset[tuple[Tensor, Tensor]]):
    def __init__(self, project: Project, recipe: Recipe) -> None:
        photos = [photo for photo in project.photos() if photo.split == "train"]
        self._files = [(str(photo.path), str(project.mask_path(photo))) for photo in photos]
        self._crops = max(recipe.crops_per_photo, -(-recipe.batch_size // len(photos)))
        filled: dict[type | str, Any] = {tv_tensors.Image: 0, tv_tensors.Mask: VOID}
        self._transform = v2.Compose(
            [
                v2.RandomHorizontalFlip(),
                v2.RandomVerticalFlip(),
                v2.RandomCrop(recipe.crop_px, pad_if_needed=True, fill=filled),
                v2.ToDtype({tv_tensors.Image: torch.float32, tv_tensors.Mask: torch.int64}, scale=True),
                v2.Normalize(mean=list(IMAGENET_MEAN), std=list(IMAGENET_STD)),
            ]
        )

    def __len__(self) -> int:
        return len(self._files) * self._crops

    def __getitem__(self, position: int) -> tuple[Tensor, Tensor]:
        photo, mask = self._files[position % len(self._files)]
        image = tv_tensors.Image(decode_image(photo, ImageReadMode.RGB))
        labels = tv_tensors.Mask(decode_image(mask, ImageReadMode.UNCHANGED)[0])
        image, labels = self._transform(image, labels)
        return image.as_subclass(Tensor), labels.as_subclass(Tensor)


def advance(events: Iterator[Event], steps: int) -> None:
    """Read the events of a training until so many steps are done."""
    while steps:
        steps -= isinstance(next(events), StepDone)


def synchronize(device: torch.device) -> None:
    """Wait for what a GPU was given to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
