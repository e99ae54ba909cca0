"""What others wrote: the same content in many formats gives the same masks, and each set comes in or is refused."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.places import SourceFile
from segstudio.formats.rasterise import rasterise
from segstudio.formats.report import ImportReport
from segstudio.formats.sources import gather
from segstudio.formats.table import recognise
from segstudio.project.classes import ClassList
from segstudio.project.images import photo_size
from segstudio.project.masks import Mask, read_mask
from segstudio.project.project import Project

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent"))
SETS = DATA / "annotations"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")

NAMES = ("bird", "triangle", "rectangle", "circle", "ellipse", "strawberry")
CLASSES = ClassList.from_names(["background", *NAMES])
ELLIPSE = 1 + NAMES.index("ellipse")
FILES = {
    "cvat1.1": "annotations.xml",
    "labelme3.0": "*.xml",
    "coco1.0": "annotations/*.json",
    "labelme": "*.json",
    "via": "*.json",
    "voc1.1": "SegmentationClass/*.png",
}


def _masks(name: str) -> dict[str, Mask]:
    folder = SETS / "one-content-many-formats" / name
    found = {}
    for path in sorted(folder.glob(FILES[name])):
        for annotation in recognise(path).read(SourceFile(path, folder, path.name)):
            stem = Path(annotation.names[-1]).stem
            size = photo_size(next(folder.rglob(f"{stem}.jp*g")))
            assert annotation.size in (None, size)
            found[stem] = rasterise(annotation.shapes, size, CLASSES).mask
    return found


@pytest.fixture(scope="module")
def cvat() -> dict[str, Mask]:
    return _masks("cvat1.1")


@pytest.mark.parametrize("name", ["coco1.0", "labelme3.0"])
def test_conversions_give_the_same_masks(cvat: dict[str, Mask], name: str) -> None:
    """Ellipses are the exception: CVAT tells them, the others hold pictures that another program drew of them."""
    other = _masks(name)
    assert set(other) == set(cvat) == {"birds", "crack", "shapes", "strawberry"}
    for photo, mask in cvat.items():
        differing = mask != other[photo]
        assert ((mask == ELLIPSE) | (other[photo] == ELLIPSE))[differing].all()
        assert differing.sum() == (677 if photo == "shapes" else 0)


def test_voc_holds_the_ellipses_of_the_other_conversions() -> None:
    """CVAT's VOC holds those shapes alone that were masks when it was written."""
    voc, coco = _masks("voc1.1"), _masks("coco1.0")
    assert set(voc) == {"shapes"}
    assert ((voc["shapes"] == ELLIPSE) == (coco["shapes"] == ELLIPSE)).all()


@pytest.mark.parametrize(("name", "least"), [("labelme", 0.96), ("via", 0.94)])
def test_what_was_drawn_anew_agrees(cvat: dict[str, Mask], name: str, least: float) -> None:
    other = _masks(name)
    for photo in ("birds", "shapes"):
        ours, theirs = cvat[photo] > 0, other[photo] > 0
        assert (ours & theirs).sum() / (ours | theirs).sum() > least


def _report(tmp_path: Path, source: Path) -> ImportReport:
    project = Project.create(tmp_path / "project", classes=ClassList.from_names(["background"]))
    with gather([source]) as gathered:
        return prepare(gathered, project, ImportOptions(add_classes=True)).report


@pytest.mark.parametrize(
    ("source", "imported", "shapes"),
    [
        ("datumaro/coco_dataset/coco_instances", 2, {"a": 1, "b": 2}),
        ("datumaro/coco_dataset/coco_roboflow", 2, {"a": 1, "b": 2}),
        ("datumaro/coco_dataset/mmdet_coco", 2, {"a": 1, "b": 2}),
        ("datumaro/coco_dataset/coco_stuff", 2, {"a": 1, "b": 1}),
        ("datumaro/coco_dataset/coco_person_keypoints", 2, {"a": 1, "b": 2}),
        ("datumaro/cvat_dataset/for_video", 1, {"II": 1}),
        ("datumaro-legacy/cvat_dataset/for_video", 1, {"II": 1}),
        ("datumaro/voc_dataset/voc_dataset1", 1, {"bicycle": 1}),
        (
            "one-content-many-formats/coco1.0",
            3,
            {"rectangle": 1, "triangle": 1, "ellipse": 2, "bird": 2, "strawberry": 17},
        ),
        ("one-content-many-formats/voc1.1", 1, {"background": 1, "ellipse": 1}),
    ],
)
def test_sets_come_in(tmp_path: Path, source: str, imported: int, shapes: dict[str, int]) -> None:
    report = _report(tmp_path, SETS / source)
    assert report.refusal is None
    assert (len(report.imported), report.shapes) == (imported, shapes)


@pytest.mark.parametrize(
    ("source", "skipped"),
    [
        ("datumaro/coco_dataset/coco_captions", {"caption": 3}),
        ("datumaro/coco_dataset/coco_labels", {"label of the whole photo": 3}),
        ("datumaro/coco_dataset/coco_person_keypoints", {"keypoints": 3}),
        ("datumaro/cvat_dataset/for_video", {"points": 1, "polyline": 1}),
        ("datumaro-legacy/cvat_dataset/for_video", {"points": 1, "polyline": 1, "skeleton": 4}),
        ("one-content-many-formats/labelme", {"linestrip": 2}),
        ("one-content-many-formats/via", {"polyline": 2}),
    ],
)
def test_what_has_no_area_is_told(tmp_path: Path, source: str, skipped: dict[str, int]) -> None:
    assert _report(tmp_path, SETS / source).skipped == skipped


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("not-ours", "boxes only, and no areas to learn from"),
        ("one-content-many-formats/labelImg", "boxes only, and no areas to learn from"),
        ("one-content-many-formats/yolo", "YOLO label file of boxes: it holds no areas to learn from"),
        ("one-content-many-formats/yolo1.1", "YOLO label file of boxes: it holds no areas to learn from"),
        ("one-content-many-formats/via/via_region_data.csv", "VIA's table of regions, which is not read"),
        ("datumaro/voc_dataset/voc_dataset3", "boxes only, and no areas to learn from"),
        ("datumaro/coco_dataset/coco_panoptic", "annotated on 5 × 5 pixels, but the photo has 10 × 5"),
        ("datumaro/coco_dataset/coco", "is annotated 2 times, differently"),
    ],
)
def test_sets_are_refused_in_a_sentence(tmp_path: Path, source: str, sentence: str) -> None:
    def outcome() -> str:
        try:
            return str(_report(tmp_path, SETS / source).refusal)
        except SegStudioError as error:
            return str(error)

    assert sentence in outcome()


def test_every_file_is_read_or_refused_in_a_sentence() -> None:
    read: dict[str, int] = {}
    refused: list[str] = []
    for path in sorted(SETS.rglob("*")):
        if path.suffix not in (".xml", ".json", ".npy", ".csv"):
            continue
        try:
            form = recognise(path)
            list(form.read(SourceFile(path, SETS, path.name)))
            read[form.name] = read.get(form.name, 0) + 1
        except SegStudioError as error:
            refused.append(error.problem)
    assert read == {"coco": 33, "cvat": 6, "cvat-video": 2, "labelme-json": 4, "labelme-xml": 107, "via": 1}
    assert set(refused) == {
        "this is Pascal VOC XML: it holds boxes only, and no areas to learn from",
        "this is VIA's table of regions, which is not read",
    }


def test_the_published_colours_give_the_published_classes(tmp_path: Path) -> None:
    folder = DATA / "msrc"
    if not folder.is_dir():
        pytest.skip("there is no msrc")
    given = tmp_path / "msrc"
    for sub, names in (("Images", "1_*_s.bmp"), ("GroundTruth", "1_*_s_GT.bmp")):
        (given / sub).mkdir(parents=True)
        for path in sorted((folder / sub).glob(names)):
            (given / sub / path.name).symlink_to(path)
    project = Project.create(tmp_path / "project", classes=ClassList.from_names(["grass", "cow"]))
    with gather([given]) as gathered:
        prepared = prepare(gathered, project, ImportOptions(add_classes=True))
        assert prepared.report.refusal is None
        commit_import(prepared, project)
    opened = Project.open(project.folder)
    assert opened.classes.named("building").colour == "#800000"
    colours = {entry.index: tuple(bytes.fromhex(entry.colour[1:])) for entry in opened.classes.classes}
    colours |= {0: (0, 128, 0), 1: (0, 0, 128), 255: (0, 0, 0)}
    for photo in opened.photos():
        mask = read_mask(opened.mask_path(photo))
        published = np.asarray(
            Image.open(given / f"GroundTruth/{Path(photo.key).stem}_GT.bmp").convert("RGB")
        )
        assert (np.array([colours.get(n, (0, 0, 0)) for n in range(256)])[mask] == published).all()
