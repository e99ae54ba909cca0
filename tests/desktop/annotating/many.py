"""A project of very many photos, made in a few seconds: one file under ten thousand names."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.masks import encode_mask
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project

_SIZE = (1500, 2000)
_PLAIN_FILES = 8


def project_of(folder: Path, count: int) -> Project:
    """Make a project of `count` photos of three megapixels, every second with a mask.

    Hard links of a few files: to whoever reads them, they are as many files.
    """
    classes = ClassList.from_names(["sky", "ground", "person"])
    made = Project.create(folder, classes=classes)
    masters = folder.parent / "masters"
    masters.mkdir()
    noise = np.random.default_rng(1)
    for number in range(_PLAIN_FILES):
        coarse = noise.integers(0, 255, (_SIZE[0] // 20, _SIZE[1] // 20, 3), dtype=np.uint8)
        pixels = np.kron(coarse, np.ones((20, 20, 1), dtype=np.uint8))
        mask = np.kron(coarse[..., 0] % 3, np.ones((20, 20), dtype=np.uint8))
        (masters / f"{number}.jpg").write_bytes(encode_jpeg(pixels))
        (masters / f"{number}.png").write_bytes(encode_mask(mask, classes))
    state = PhotoState(size=_SIZE, status="done").model_dump_json()
    for number in range(count):
        key = f"IMG_{number:05}.jpg"
        os.link(masters / f"{number % _PLAIN_FILES}.jpg", folder / "photos" / key)
        (folder / "masks" / f"{key}.json").write_text(state, encoding="utf-8")
        if number % 2:
            os.link(masters / f"{number % _PLAIN_FILES}.png", folder / "masks" / f"{key}.png")
    return made
