"""Small labelled projects for training tests: two classes that a network can tell apart by colour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project

MakeProject = Callable[..., Project]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Small tensors are slower on many threads, and other work may share the cores."""
    torch.set_num_threads(1)


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Return a function that makes a project of `train` and `val` photos of `size`, each half ground, half sky."""

    def make(
        *, train: int = 5, val: int = 2, size: tuple[int, int] = (48, 64), name: str = "project"
    ) -> Project:
        classes = ClassList.from_names(["sky", "ground", "rope"])
        project = Project.create(tmp_path / name, classes=classes)
        random = np.random.default_rng(1)
        with project.change() as change:
            for number in range(train + val):
                key = f"photo_{number}.png"
                rows = size[0] // 2 + int(random.integers(-size[0] // 8, size[0] // 8 + 1))
                mask = np.zeros(size, dtype=np.uint8)
                mask[rows:] = 1
                photo = np.where(mask[:, :, None] == 0, [90, 150, 220], [110, 90, 40])
                noisy = np.clip(photo + random.normal(0, 12, (*size, 3)), 0, 255).astype(np.uint8)
                mask[:, :3] = 255
                source = tmp_path / "source.png"
                source.write_bytes(encode_png(noisy))
                change.add_photo(key, source, size=size)
                change.put_mask(key, mask)
                split = "train" if number < train else "val"
                change.put_state(key, PhotoState(split=split, status="done", size=size))
        return project

    return make
