"""pycocotools and supervision read what is exported, pixel by pixel; labelme and datumaro are asked in an environment of
their own (tests/formats/test_other_programs.py).
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest

from segstudio.project.masks import Mask
from segstudio.project.photos import Split
from segstudio.project.project import Project
from tests.formats.writing.trips import CLASSES, export, project_of

pytestmark = pytest.mark.filterwarnings("default")

SPLITS: dict[str, Split] = {"p0.png": "train", "day 1/p1.png": "val", "p2.png": "train"}


def _mask(seed: int) -> Mask:
    """Rings in rings, bridges of one pixel, islands, corners that touch, and pixels at the edges."""
    chance = np.random.default_rng(seed)
    down, across = np.mgrid[:60, :80]
    mask = np.zeros((60, 80), dtype=np.uint8)
    for value, radius in ((1, 26), (2, 20), (1, 15), (0, 9), (3, 5)):
        mask[(down - 30) ** 2 + (across - 36 - seed) ** 2 < radius**2] = value
    mask[12, :] = 3
    mask[20:40, 5:9] = chance.integers(0, 4, (20, 4))
    mask[0, 0], mask[-1, -1], mask[30:50, -1] = 1, 2, 1
    return mask


MASKS = {key: _mask(seed) for seed, key in enumerate(SPLITS)}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project_of(tmp_path_factory.mktemp("written") / "project", MASKS, CLASSES, SPLITS)


def _check(found: dict[str, Mask], least: float = 1.0) -> None:
    by_stem = {PurePosixPath(key).stem: mask for key, mask in MASKS.items()}
    assert found.keys() == by_stem.keys()
    shares = {stem: float((found[stem] == mask).mean()) for stem, mask in by_stem.items()}
    assert min(shares.values()) >= least, shares


def _number(name: str) -> int:
    return CLASSES.named(name).index


@pytest.mark.parametrize("outlines", ["polygons", "masks"])
def test_pycocotools(project: Project, tmp_path: Path, outlines: str) -> None:
    coco: Any = pytest.importorskip("pycocotools.coco")
    export(project, "coco", tmp_path / "out", outlines=outlines)
    found = {}
    for split in ("train", "val"):
        read = coco.COCO(str(tmp_path / f"out/annotations/instances_{split}.json"))
        for image in read.loadImgs(read.getImgIds()):
            mask = np.zeros((image["height"], image["width"]), dtype=np.uint8)
            for entry in read.loadAnns(read.getAnnIds(imgIds=image["id"])):
                part = read.annToMask(entry).astype(bool)
                assert part.sum() == entry["area"]
                mask[part] = _number(read.loadCats(entry["category_id"])[0]["name"])
            found[PurePosixPath(image["file_name"]).stem] = mask
    _check(found)


def test_supervision(project: Project, tmp_path: Path) -> None:
    """It rounds the corners of polygons; run lengths it takes as they are."""
    sv: Any = pytest.importorskip("supervision")
    export(project, "coco", tmp_path / "out", outlines="masks", with_photos=True)
    found = {}
    for split in ("train", "val"):
        data = sv.DetectionDataset.from_coco(
            images_directory_path=str(tmp_path / "out/images"),
            annotations_path=str(tmp_path / f"out/annotations/instances_{split}.json"),
            force_masks=True,
        )
        for path, _, read in data:
            mask = np.zeros((60, 80), dtype=np.uint8)
            for part, number in zip(read.mask, read.class_id, strict=True):
                mask[part] = _number(data.classes[number])
            found[Path(path).stem] = mask
    _check(found)
