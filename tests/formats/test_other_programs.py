"""What pycocotools, labelme, supervision and datumaro write comes in pixel by pixel. Each is asked where it is installed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask, read_mask
from segstudio.project.project import Project

ROWS, COLUMNS = 96, 128
NAMES = ("background", "sky", "car")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def masks() -> dict[str, Mask]:
    """Rings, islands, single pixels and edges of two classes, for photos `p0` to `p2`."""
    chance = np.random.default_rng(3)
    down, across = np.mgrid[:ROWS, :COLUMNS]
    found = {}
    for number in range(3):
        mask = np.zeros((ROWS, COLUMNS), dtype=np.uint8)
        for value in (1, 2):
            radius = chance.integers(8, 24)
            squared = (down - chance.integers(20, 76)) ** 2 + (across - chance.integers(20, 108)) ** 2
            mask[(squared < radius**2) & (squared > radius**2 / 6)] = value
        mask[0, 0], mask[-1, -1], mask[30:50, -1] = 1, 2, 1
        found[f"p{number}"] = mask
    return found


@pytest.fixture
def photos(tmp_path: Path, masks: dict[str, Mask]) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, name in enumerate(masks):
        noise = np.random.default_rng(seed).integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{name}.png")
    return folder


def _imported(tmp_path: Path, *sources: Path) -> Iterator[tuple[str, Mask]]:
    project = Project.create(tmp_path / "project", classes=ClassList.from_names(list(NAMES)))
    with gather(sources) as gathered:
        prepared = prepare(gathered, project, ImportOptions())
        assert prepared.report.refusal is None
        commit_import(prepared, project)
    opened = Project.open(project.folder)
    for photo in opened.photos():
        yield Path(photo.key).stem.removesuffix("_leftImg8bit"), read_mask(opened.mask_path(photo))


def test_pycocotools(tmp_path: Path, photos: Path, masks: dict[str, Mask]) -> None:
    encoder: Any = pytest.importorskip("pycocotools.mask")
    images, annotations = [], []
    for number, (name, mask) in enumerate(masks.items()):
        images.append({"id": number, "file_name": f"{name}.png", "width": COLUMNS, "height": ROWS})
        for value in (1, 2):
            runs = encoder.encode(np.asfortranarray((mask == value).astype(np.uint8)))
            runs["counts"] = runs["counts"].decode()
            annotations.append({"image_id": number, "category_id": value, "segmentation": runs, "iscrowd": 0})
    categories = [{"id": value, "name": NAMES[value]} for value in (1, 2)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    found = dict(_imported(tmp_path, path, photos))
    assert all((found[name] == mask).all() for name, mask in masks.items())


def test_labelme(tmp_path: Path, photos: Path, masks: dict[str, Mask]) -> None:
    utils: Any = pytest.importorskip("labelme.utils")
    folder = tmp_path / "labelme"
    folder.mkdir()
    for name, mask in masks.items():
        shapes = []
        for value in (1, 2):
            rows, columns = np.nonzero(mask == value)
            (top, bottom), (left, right) = (rows.min(), rows.max()), (columns.min(), columns.max())
            crop = (mask == value)[top : bottom + 1, left : right + 1].astype(np.uint8)
            corners = [[float(left), float(top)], [float(right), float(bottom)]]
            picture = utils.img_arr_to_b64(crop)
            shapes.append({"label": NAMES[value], "points": corners, "shape_type": "mask", "mask": picture})
        data = base64.b64encode((photos / f"{name}.png").read_bytes()).decode()
        content = {"shapes": shapes, "imagePath": f"{name}.png", "imageData": data}
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    found = dict(_imported(tmp_path, folder))
    assert all((found[name] == mask).all() for name, mask in masks.items())


@pytest.mark.parametrize(("form", "least"), [("coco", 1.0), ("yolo", 0.998)])
def test_supervision(tmp_path: Path, photos: Path, masks: dict[str, Mask], form: str, least: float) -> None:
    """YOLO's polygons cannot say the 21 pixels that are single or in a line."""
    sv: Any = pytest.importorskip("supervision")
    annotations = {}
    for name, mask in masks.items():
        parts = np.stack([mask == 1, mask == 2])
        annotations[str(photos / f"{name}.png")] = sv.Detections(
            xyxy=sv.mask_to_xyxy(parts), mask=parts, class_id=np.array([1, 2])
        )
    data = sv.DetectionDataset(classes=list(NAMES), images=list(annotations), annotations=annotations)
    out = tmp_path / "out"
    if form == "coco":
        data.as_coco(
            images_directory_path=str(out / "images"), annotations_path=str(out / "annotations.json")
        )
    else:
        data.as_yolo(
            images_directory_path=str(out / "images"),
            annotations_directory_path=str(out / "labels"),
            data_yaml_path=str(out / "data.yaml"),
        )
    found = dict(_imported(tmp_path, out))
    assert all((found[name] == mask).mean() >= least for name, mask in masks.items())


@pytest.mark.parametrize(
    "form", ["voc_segmentation", "coco_instances", "coco_panoptic", "cvat", "label_me", "cityscapes"]
)
def test_datumaro(tmp_path: Path, photos: Path, masks: dict[str, Mask], form: str) -> None:
    dm: Any = pytest.importorskip("datumaro")
    items = []
    for name, mask in masks.items():
        parts = [dm.Mask(image=mask == value, label=value, id=value, group=value) for value in (1, 2)]
        media = dm.Image.from_file(str(photos / f"{name}.png"))
        items.append(dm.DatasetItem(id=name, subset="train", media=media, annotations=parts))
    out = tmp_path / "out"
    dm.Dataset.from_iterable(items, categories=list(NAMES)).export(str(out), form, save_media=True)
    found = dict(_imported(tmp_path, out))
    assert all((found[name] == mask).all() for name, mask in masks.items())
