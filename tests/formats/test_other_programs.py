"""What pycocotools, labelme, supervision and datumaro write comes in pixel by pixel, and they read what we write.

The outlines that we write give every program the same pixels but for supervision: it rounds corners to the nearest pixel
and fills with the border, so that it differs along borders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segstudio.formats.exporting import ExportOptions, export_project
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask, read_mask
from segstudio.project.project import Project
from tests.formats.other_programs import ask

ROWS, COLUMNS = 96, 128
NAMES = ("background", "sky", "car")
pytestmark = pytest.mark.filterwarnings("default")
Masks = dict[str, Mask]


@pytest.fixture(scope="module")
def masks() -> Masks:
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


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory, masks: Masks) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for seed, name in enumerate(masks):
        noise = np.random.default_rng(seed).integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{name}.png")
    return folder


@pytest.fixture(scope="module")
def mask_files(tmp_path_factory: pytest.TempPathFactory, masks: Masks) -> Path:
    folder = tmp_path_factory.mktemp("masks")
    for name, mask in masks.items():
        Image.fromarray(mask).save(folder / f"{name}.png")
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


def _least(found: Iterable[tuple[str, Mask]], masks: Masks) -> float:
    """Return the share of pixels that agree, of the photo where it is smallest."""
    told = dict(found)
    assert told.keys() == masks.keys()
    return min(float((told[name] == mask).mean()) for name, mask in masks.items())


# -- we read what they write


def test_we_read_pycocotools(tmp_path: Path, photos: Path, masks: Masks) -> None:
    encoder: Any = pytest.importorskip("pycocotools.mask")
    images, annotations = [], []
    for number, (name, mask) in enumerate(masks.items()):
        images.append({"id": number, "file_name": f"{name}.png", "width": COLUMNS, "height": ROWS})
        for value in (1, 2):
            runs = encoder.encode(np.asfortranarray((mask == value).astype(np.uint8)))
            runs["counts"] = runs["counts"].decode()
            annotations.append({"image_id": number, "category_id": value, "segmentation": runs, "iscrowd": 0})
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(_coco(images, annotations)), encoding="utf-8")
    assert _least(_imported(tmp_path, path, photos), masks) == 1


def _coco(images: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> dict[str, Any]:
    categories = [{"id": value, "name": NAMES[value]} for value in (1, 2)]
    return {"images": images, "annotations": annotations, "categories": categories}


def test_polygons_differ_from_pycocotools_in_their_border_alone(tmp_path: Path, photos: Path) -> None:
    """COCO's own code leaves out half of the border; ours, OpenCV's, takes it whole."""
    encoder: Any = pytest.importorskip("pycocotools.mask")
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    outline = np.column_stack((64 + 30 * np.cos(angle), 48 + 25 * np.sin(3 * angle) * np.cos(angle)))
    points = outline.ravel().tolist()
    images = [{"id": 0, "file_name": "p0.png", "width": COLUMNS, "height": ROWS}]
    annotation = {"image_id": 0, "category_id": 1, "segmentation": [points], "iscrowd": 0}
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(_coco(images, [annotation])), encoding="utf-8")
    ours = dict(_imported(tmp_path, path, photos))["p0"] == 1
    theirs = encoder.decode(encoder.frPyObjects([points], ROWS, COLUMNS))[:, :, 0].astype(bool)
    near = _near(theirs) & _near(~theirs)
    assert not ((ours != theirs) & ~near).any()
    assert not (theirs & ~ours & ~near).any()
    assert (ours & theirs).sum() > 0.85 * ours.sum()


def _near(bitmap: Any) -> Any:
    padded = np.pad(bitmap, 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    return windows.any(axis=(2, 3))


def test_we_read_labelme(tmp_path: Path, photos: Path, mask_files: Path, masks: Masks) -> None:
    ask("labelme_writes", masks=mask_files, photos=photos, names=NAMES, to=tmp_path / "labelme")
    assert _least(_imported(tmp_path, tmp_path / "labelme"), masks) == 1


@pytest.mark.parametrize(("form", "least"), [("coco", 1.0), ("yolo", 0.998)])
def test_we_read_supervision(tmp_path: Path, photos: Path, masks: Masks, form: str, least: float) -> None:
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
    assert _least(_imported(tmp_path, out), masks) >= least


DATUMARO = ("voc_segmentation", "coco_instances", "coco_panoptic", "cvat", "label_me", "cityscapes")


@pytest.fixture(scope="module")
def of_datumaro(tmp_path_factory: pytest.TempPathFactory, photos: Path, mask_files: Path) -> Path:
    to = tmp_path_factory.mktemp("datumaro")
    ask("datumaro_writes", masks=mask_files, photos=photos, names=NAMES, forms=DATUMARO, to=to)
    return to


@pytest.mark.parametrize("form", DATUMARO)
def test_we_read_datumaro(tmp_path: Path, of_datumaro: Path, masks: Masks, form: str) -> None:
    assert _least(_imported(tmp_path, of_datumaro / form), masks) == 1


# -- they read what we write


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, photos: Path, masks: Masks) -> dict[str, Path]:
    """Return the folder of each format that others read, polygons and masks apart: `coco polygons` …"""
    top = tmp_path_factory.mktemp("written")
    project = Project.create(top / "project", classes=ClassList.from_names(list(NAMES)))
    with project.change() as change:
        for name, mask in masks.items():
            change.add_photo(f"{name}.png", photos / f"{name}.png")
            change.put_mask(f"{name}.png", mask)
    found = {}
    for form in ("coco", "cvat", "labelme-json", "labelme-xml", "voc", "yolo-seg"):
        for outlines in _OUTLINES.get(form, ("polygons", "masks")):
            to = top / f"{form} {outlines}"
            options = ExportOptions(form, to, outlines=outlines, with_photos=True)
            assert export_project(Project.open(project.folder), options).agreement == 1
            found[to.name] = to
    return found


_OUTLINES = {"voc": ("masks",), "yolo-seg": ("polygons",)}


@pytest.mark.parametrize("outlines", ["masks", "polygons"])
def test_pycocotools_reads_ours(written: dict[str, Path], masks: Masks, outlines: str) -> None:
    coco: Any = pytest.importorskip("pycocotools.coco")
    (path,) = (written[f"coco {outlines}"]).rglob("*.json")
    data = coco.COCO(str(path))
    found: Masks = {}
    for image in data.loadImgs(data.getImgIds()):
        mask = np.zeros((image["height"], image["width"]), dtype=np.uint8)
        for annotation in data.loadAnns(data.getAnnIds(imgIds=image["id"])):
            name = data.cats[annotation["category_id"]]["name"]
            mask[data.annToMask(annotation) > 0] = NAMES.index(name)
        found[Path(image["file_name"]).stem] = mask
    assert _least(found.items(), masks) == 1


@pytest.mark.parametrize(
    ("form", "least"), [("coco masks", 1.0), ("coco polygons", 0.985), ("yolo-seg polygons", 0.985)]
)
def test_supervision_reads_ours(written: dict[str, Path], masks: Masks, form: str, least: float) -> None:
    sv: Any = pytest.importorskip("supervision")
    folder = written[form]
    if form.startswith("coco"):
        (path,) = folder.rglob("*.json")
        data = sv.DetectionDataset.from_coco(
            images_directory_path=str(next(folder.rglob("p0.png")).parent),
            annotations_path=str(path),
            force_masks=True,
        )
    else:
        data = sv.DetectionDataset.from_yolo(
            images_directory_path=str(next(folder.rglob("p0.png")).parent),
            annotations_directory_path=str(next(folder.rglob("p0.txt")).parent),
            data_yaml_path=str(next(folder.rglob("*.yaml"))),
            force_masks=True,
        )
    found: Masks = {}
    for path, _, detections in data:
        mask = np.zeros((ROWS, COLUMNS), dtype=np.uint8)
        for number, bitmap in zip(detections.class_id, detections.mask, strict=True):
            mask[bitmap] = NAMES.index(data.classes[number])
        found[Path(path).stem] = mask
    assert _least(found.items(), masks) >= least
    for name, mask in found.items():
        borders = np.logical_or.reduce(
            [_near(masks[name] == value) & _near(masks[name] != value) for value in (0, 1, 2)]
        )
        assert not ((mask != masks[name]) & ~borders).any()


READ_BY_DATUMARO = {
    "coco masks": "coco_instances",
    "coco polygons": "coco_instances",
    "cvat masks": "cvat",
    "cvat polygons": "cvat",
    "voc masks": "voc_segmentation",
    "labelme-xml masks": "label_me",
    "labelme-xml polygons": "label_me",
}


@pytest.fixture(scope="module")
def by_datumaro(tmp_path_factory: pytest.TempPathFactory, written: dict[str, Path]) -> Path:
    to = tmp_path_factory.mktemp("read")
    sources = {name: (form, written[name]) for name, form in READ_BY_DATUMARO.items()}
    ask("datumaro_reads", sources=sources, names=NAMES, to=to)
    return to


@pytest.mark.parametrize("name", READ_BY_DATUMARO)
def test_datumaro_reads_ours(by_datumaro: Path, masks: Masks, name: str) -> None:
    assert _least(_read(by_datumaro / name), masks) == 1


@pytest.fixture(scope="module")
def by_labelme(tmp_path_factory: pytest.TempPathFactory, written: dict[str, Path]) -> Path:
    to = tmp_path_factory.mktemp("read")
    sources = {outlines: written[f"labelme-json {outlines}"] for outlines in ("polygons", "masks")}
    ask("labelme_reads", sources=sources, names=NAMES, to=to)
    return to


@pytest.mark.parametrize("outlines", ["masks", "polygons"])
def test_labelme_reads_ours(by_labelme: Path, masks: Masks, outlines: str) -> None:
    assert _least(_read(by_labelme / outlines), masks) == 1


def _read(folder: Path) -> Iterator[tuple[str, Mask]]:
    for path in sorted(folder.glob("*.png")):
        yield path.stem, np.array(Image.open(path))
