"""Small projects with photos and masks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.project.classes import ClassList
from segstudio.project.images import RgbImage, encode_jpeg, encode_png
from segstudio.project.masks import Mask
from segstudio.project.photos import PhotoState, Split
from segstudio.project.project import Project

Textured = Callable[..., RgbImage]
AddPhoto = Callable[..., None]
Fingerprint = Callable[[Path], dict[str, str]]


@pytest.fixture
def classes() -> ClassList:
    return ClassList.from_names(["background", "person", "sky"])


@pytest.fixture
def project(tmp_path: Path, classes: ClassList) -> Project:
    return Project.create(tmp_path / "ü project", classes=classes)


@pytest.fixture
def textured() -> Textured:
    """Return a function that draws a photo of soft blobs and fine grain; another seed is another photo."""

    def draw(seed: int = 0, rows: int = 60, columns: int = 80) -> RgbImage:
        rng = np.random.default_rng(seed)
        coarse = cv2.resize(
            rng.integers(0, 256, (9, 12, 3), dtype=np.uint8), (columns, rows), interpolation=cv2.INTER_CUBIC
        )
        grain = rng.integers(-12, 13, (rows, columns, 3))
        return np.asarray(np.clip(coarse.astype(np.int16) + grain, 0, 255), dtype=np.uint8)

    return draw


@pytest.fixture
def add_photo(project: Project, tmp_path: Path, textured: Textured) -> AddPhoto:
    """Return a function that puts a photo, and perhaps its mask, into `project`."""

    def add(
        key: str,
        mask: Mask | None = None,
        *,
        split: Split | None = None,
        seed: int | None = None,
        photo: RgbImage | None = None,
    ) -> None:
        drawn = textured(len(project.keys()) if seed is None else seed) if photo is None else photo
        source = tmp_path / f"source{Path(key).suffix}"
        source.write_bytes(encode_jpeg(drawn) if source.suffix == ".jpg" else encode_png(drawn))
        size = (drawn.shape[0], drawn.shape[1])
        with project.change() as change:
            change.add_photo(key, source, size=size, replace=True)
            if mask is not None:
                change.put_mask(key, mask)
            change.put_state(key, PhotoState(split=split, size=size))

    return add


@pytest.fixture
def fingerprint() -> Fingerprint:
    """Return a function that gives a hash for the bytes of every file of a folder, but for its caches, and names its
    folders.
    """

    def of(folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            if path.is_file()
            else "folder"
            for path in folder.rglob("*")
            if ".cache" not in path.parts
        }

    return of
