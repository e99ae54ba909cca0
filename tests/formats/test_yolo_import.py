"""YOLO's files take their photo's size: pixels are those of the polygon that was exported."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.kept import mask_from_kept
from segstudio.formats.options import ImportOptions
from segstudio.formats.plan import make_plan
from segstudio.formats.previewing import Paint, preview_mask
from segstudio.formats.rasterise import rasterise
from segstudio.formats.shapes import Points, Polygon
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]
CORNERS: Points = np.array([(1, 2), (477, 3), (320, 333), (7, 300), (100, 111)], dtype=np.float64)
SIZE = (337, 479)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("layout", [("images/a.jpg", "labels/a.txt"), ("a.jpg", "a.txt")])
def test_masks_are_exact(
    project: Project, tmp_path: Path, make_photo: MakePhoto, orientation: int, layout: tuple[str, str]
) -> None:
    size = SIZE if orientation == 1 else SIZE[::-1]
    make_photo(tmp_path / "in" / layout[0], *SIZE, orientation=orientation)
    text = " ".join(f"{x / size[1]:.6g} {y / size[0]:.6g}" for x, y in CORNERS)
    path = tmp_path / "in" / layout[1]
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"1 {text}\n", encoding="utf-8")
    (tmp_path / "in/data.yaml").write_text("names: [person, sky]", encoding="utf-8")
    with gather([tmp_path / "in"]) as gathered:
        prepared = prepare(gathered, project, ImportOptions())
        assert prepared.report.refusal is None
        commit_import(prepared, project)
    (there,) = Project.open(project.folder).photos()
    shape = Polygon(label="sky", points=CORNERS)
    expected = rasterise([shape], size, project.classes).mask
    assert (read_mask(project.mask_path(there)) == expected).all()
    assert (mask_from_kept(Project.open(project.folder), there) == expected).all()
    annotation = prepared.plan.photos[0].annotation
    assert annotation is not None
    paint = Paint(project.classes, {"sky": 2})
    shown = preview_mask(annotation, paint, upright=size, orientation=orientation, small=size)
    assert (shown == expected).all()


def test_empty_files_say_that_there_is_nothing(tmp_path: Path, make_photo: MakePhoto) -> None:
    for name in "ab":
        make_photo(tmp_path / f"images/{name}.jpg")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/a.txt").write_text("0 0 0 1 0 1 1", encoding="utf-8")
    (tmp_path / "labels/b.txt").touch()
    (tmp_path / "readme.txt").touch()
    with gather([tmp_path]) as gathered:
        assert [file.path.name for file in gathered.files] == ["a.txt", "b.txt"]


GOOD = b"0 0 0 1 0 1 1\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (GOOD + b"0 nan 0 1 0 1 1", "line 2.*no fractions"),
        (b"-1 0 0 1 0 1 1", "line 1.*no class number"),
        (GOOD + b"x", "line 2.*no number"),
        (b"sky 0.1 0.1 0.5 0.1 0.5 0.5", "line 1.*no number"),
        (b"0 0,1 0,1 0,5 0,1 0,5 0,5", "line 1.*no number"),
        (GOOD.decode().encode("utf-16"), "not UTF-8"),
    ],
)
@pytest.mark.parametrize("has_others", [True, False])
def test_damaged_labels_are_told_not_passed_over(
    tmp_path: Path, make_photo: MakePhoto, project: Project, *, content: bytes, problem: str, has_others: bool
) -> None:
    make_photo(tmp_path / "in/images/a.jpg")
    (tmp_path / "in/labels").mkdir()
    (tmp_path / "in/labels/a.txt").write_bytes(content)
    (tmp_path / "in/labels/notes.txt").write_text("seen on the 1 2 3 4 5th\n", encoding="utf-8")
    if has_others:
        make_photo(tmp_path / "in/images/b.jpg")
        (tmp_path / "in/labels/b.txt").write_bytes(GOOD)
    with gather([tmp_path / "in"]) as gathered:
        refusal = prepare(gathered, project, ImportOptions(add_classes=True)).report.refusal
    assert re.search(problem, str(refusal))


SPLITS = "train: images/train\nval: ./images/val\ntest:\n  - images/other\nnames: [person, sky]\n"


@pytest.mark.parametrize(
    ("yaml", "photos", "keys"),
    [
        (SPLITS, ("images/train/a.jpg", "images/val/b/c.jpg"), {"a.jpg": "train", "b/c.jpg": "val"}),
        (
            SPLITS,
            ("images/train/train/a.jpg", "images/train/val/a.jpg"),
            {"train/a.jpg": "train", "val/a.jpg": "train"},
        ),
        (SPLITS, ("images/train/a.jpg", "images/val/a.jpg"), {"train/a.jpg": "train", "val/a.jpg": "val"}),
        (SPLITS, ("images/train/a.jpg", "images/train/img/a.jpg"), {"a.jpg": "train", "img/a.jpg": "train"}),
        (SPLITS, ("images/street/a.jpg",), {"street/a.jpg": None}),
        ("train: images/val\n" + SPLITS[20:], ("images/val/a.jpg",), {"a.jpg": "val"}),
        ("train: ../train/images\nnames: [a, b]", ("train/images/a.jpg",), {"train/a.jpg": "train"}),
        ("names: [person, sky]", ("images/train/a.jpg",), {"train/a.jpg": "train"}),
    ],
)
def test_the_folder_of_a_split_is_no_part_of_the_name(
    tmp_path: Path, make_photo: MakePhoto, yaml: str, photos: tuple[str, ...], keys: dict[str, str | None]
) -> None:
    for number, name in enumerate(photos):
        make_photo(tmp_path / name, 20 + number, 30)
        labels = tmp_path / name.replace("images", "labels", 1).replace(".jpg", ".txt")
        labels.parent.mkdir(parents=True, exist_ok=True)
        labels.write_text("0 0 0 1 0 1 1\n", encoding="utf-8")
    (tmp_path / "data.yaml").write_text(yaml, encoding="utf-8")
    with gather([tmp_path]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    found = {photo.key: photo.annotation.subset or None for photo in plan.photos if photo.annotation}
    assert found == keys


def test_a_photo_without_labels_beside_those_of_a_split_loses_its_folder_too(
    tmp_path: Path, make_photo: MakePhoto
) -> None:
    for name in "ab":
        make_photo(tmp_path / f"images/train/{name}.jpg")
    (tmp_path / "labels/train").mkdir(parents=True)
    (tmp_path / "labels/train/a.txt").write_text("0 0 0 1 0 1 1\n", encoding="utf-8")
    (tmp_path / "data.yaml").write_text(SPLITS, encoding="utf-8")
    with gather([tmp_path]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    assert [one.key for one in (*plan.photos, *plan.spare)] == ["a.jpg", "b.jpg"]


def test_the_labels_of_a_photo_called_classes_are_no_names(tmp_path: Path, make_photo: MakePhoto) -> None:
    for name in ("a", "classes"):
        make_photo(tmp_path / f"images/{name}.jpg")
        (tmp_path / "labels").mkdir(exist_ok=True)
        (tmp_path / f"labels/{name}.txt").write_text("1 0 0 1 0 1 1\n", encoding="utf-8")
    (tmp_path / "data.yaml").write_text("names: [person, sky]", encoding="utf-8")
    with gather([tmp_path]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    assert [use.name for use in plan.uses if use.shapes] == ["sky"]


def _label(folder: Path, name: str) -> None:
    path = folder / name.replace("images", "labels", 1).replace(".jpg", ".txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("0 0 0 1 0 1 1\n", encoding="utf-8")


PHOTOS = ("images/mon/a.jpg", "images/tue/a.jpg", "images/tue/b.jpg")
LISTED = {"mon/a.jpg": "train", "tue/a.jpg": "val", "tue/b.jpg": None}


@pytest.mark.parametrize(
    ("yaml", "lists"),
    [
        (
            "train: train.txt\nval: val.txt",
            {"train.txt": "./images/mon/a.jpg\n", "val.txt": "./images/tue/a.jpg\n"},
        ),
        (  # as CVAT writes it
            "path: ./\ntrain: train.txt\nval: val.txt",
            {"train.txt": "data/images/mon/a.jpg\n", "val.txt": "\ndata/images/tue/a.jpg"},
        ),
        (
            "path: /home/me/set\ntrain: /home/me/set/lists/train.txt\nval: lists/val.txt",
            {
                "lists/train.txt": "/home/me/set/images/mon/a.jpg\n",
                "lists/val.txt": "D:\\set\\images\\tue\\A.JPG\r\n",
            },
        ),
        (
            "train: [a.txt, 'b.txt']\nval:\n  - c.txt",
            {"a.txt": "images/mon/a.jpg", "b.txt": "images/wed/x.jpg", "c.txt": "images/tue/a.jpg"},
        ),
        (
            "train: train.txt\nval: val.txt",  # what is on two lists is on none
            {
                "train.txt": "images/mon/a.jpg\nimages/tue/b.jpg",
                "val.txt": "images/tue/a.jpg\nimages/tue/b.jpg",
            },
        ),
    ],
)
def test_lists_of_photos_say_what_they_are_for(
    tmp_path: Path, make_photo: MakePhoto, yaml: str, lists: dict[str, str]
) -> None:
    for number, name in enumerate(PHOTOS):
        make_photo(tmp_path / name, 20 + number, 30)
        _label(tmp_path, name)
    for name, text in lists.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "data.yaml").write_text(f"{yaml}\nnames: [sky]\n", encoding="utf-8")
    with gather([tmp_path]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    found = {photo.key: photo.annotation.subset or None for photo in plan.photos if photo.annotation}
    assert found == LISTED


@pytest.mark.parametrize(
    "yaml",
    [
        "train: [images/mon, images/wed]\nval: images/tue",
        "train:\n- images/mon\n- images/wed\nval: [images/tue]",
    ],
)
def test_several_folders_of_one_split_stay_part_of_the_names(
    tmp_path: Path, make_photo: MakePhoto, yaml: str
) -> None:
    for number, name in enumerate(("images/mon/a.jpg", "images/wed/b.jpg", "images/tue/c.jpg")):
        make_photo(tmp_path / name, 20 + number, 30)
        _label(tmp_path, name)
    (tmp_path / "data.yaml").write_text(f"{yaml}\nnames: [sky]\n", encoding="utf-8")
    with gather([tmp_path]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    found = {photo.key: photo.annotation.subset for photo in plan.photos if photo.annotation}
    assert found == {"mon/a.jpg": "train", "wed/b.jpg": "train", "c.jpg": "val"}


def test_a_list_outside_the_folder_is_not_read(tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "set/images/a.jpg")
    _label(tmp_path / "set", "images/a.jpg")
    (tmp_path / "train.txt").write_text("images/a.jpg\n", encoding="utf-8")
    (tmp_path / "set/data.yaml").write_text("train: ../train.txt\nnames: [sky]\n", encoding="utf-8")
    with gather([tmp_path / "set"]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    assert [photo.annotation.subset for photo in plan.photos if photo.annotation] == [""]


def test_a_list_that_no_file_can_be_called_is_not_read(tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "set/images/a.jpg")
    _label(tmp_path / "set", "images/a.jpg")
    (tmp_path / "set/data.yaml").write_text(f"train: {'9' * 5000}.txt\nnames: [sky]\n", encoding="utf-8")
    with gather([tmp_path / "set"]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    assert [photo.annotation.subset for photo in plan.photos if photo.annotation] == [""]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-16", ""),
        ("cp1252", 'the names in "train.txt" are not written as UTF-8'),
        ("utf-16-le", 'the list "train.txt" is no text of names'),
    ],
)
def test_a_list_of_photos_is_read_or_told(
    tmp_path: Path, make_photo: MakePhoto, encoding: str, told: str
) -> None:
    make_photo(tmp_path / "images/Straße.jpg")
    _label(tmp_path, "images/Straße.jpg")
    (tmp_path / "train.txt").write_text("images/Straße.jpg\n", encoding=encoding)
    (tmp_path / "data.yaml").write_text("train: train.txt\nnames: [sky]\n", encoding="utf-8")
    with gather([tmp_path]) as gathered:
        plan = make_plan(gathered, ClassList(), ImportOptions())
    assert [error.problem for error in plan.damaged] == ([told] if told else [])
    assert [photo.annotation.subset for photo in plan.photos if photo.annotation] == (
        [] if told else ["train"]
    )
