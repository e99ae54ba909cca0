"""Pascal VOC's lists tell what photos are for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.formats.image_lists import listed_use
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions, SplitChoice
from segstudio.formats.sources import gather
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]
LISTS = {"train": "a\nday 1/b\n", "val": "c\r\n\r\n", "trainval": "a\nday 1/b\nc\n"}


@pytest.fixture
def voc(tmp_path: Path, make_photo: MakePhoto) -> Path:
    root = tmp_path / "voc"
    for seed, name in enumerate(("a", "day 1/b", "c")):
        make_photo(root / "JPEGImages" / f"{name}.jpg", seed=seed)
        mask = root / "SegmentationClass" / f"{name}.png"
        mask.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((20, 30), 15, np.uint8)).save(mask)  # a person
    _write(root, LISTS)
    return root


def _write(root: Path, lists: dict[str, str], folder: str = "ImageSets/Segmentation") -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    for name, text in lists.items():
        (root / folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize(
    ("choice", "splits"), [("auto", ["train", "val", "train"]), (None, [None] * 3), ("val", ["val"] * 3)]
)
def test_they_are_told_and_taken_or_declined(
    voc: Path, project: Project, choice: SplitChoice | None, splits: list[str | None]
) -> None:
    with gather([voc]) as gathered:
        prepared = prepare(gathered, project, ImportOptions(split=choice))
        assert prepared.report.told_splits == {"train": 2, "val": 1}
        commit_import(prepared, project)
    photos = Project.open(project.folder).photos()
    assert [photo.key for photo in photos] == ["a.jpg", "c.jpg", "day 1/b.jpg"]
    assert [photo.split for photo in photos] == splits


def test_what_is_on_two_lists_or_none_is_not_told(voc: Path) -> None:
    mask = voc / "SegmentationClass" / "a.png"
    assert listed_use(mask, voc) == listed_use(mask, voc / "SegmentationClass") == "train"
    _write(voc, {"val": "a\n"})
    assert listed_use(mask, voc) == ""
    assert listed_use(mask.with_name("z.png"), voc) == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("Straße\n".encode("cp1252"), 'the names in "train.txt" are not written as UTF-8'),
        (b"\xff\xfe\x00", 'the list "train.txt" is no text of names'),
    ],
)
def test_a_list_that_cannot_be_read_is_told(
    voc: Path, project: Project, content: bytes, problem: str
) -> None:
    (voc / "ImageSets/Segmentation/train.txt").write_bytes(content)
    with gather([voc]) as gathered:
        refusal = prepare(gathered, project, ImportOptions()).report.refusal
    assert refusal is not None
    assert refusal.problem == problem


def test_a_list_of_utf_16_is_read(voc: Path) -> None:
    (voc / "ImageSets/Segmentation/train.txt").write_text("a\n", encoding="utf-16")
    assert listed_use(voc / "SegmentationClass/a.png", voc) == "train"


def test_lists_of_one_class_tell_a_number(tmp_path: Path) -> None:
    _write(tmp_path, {"train": "a  1\nb -1\n", "val": "c 0\n"}, "ImageSets/Main")
    found = [listed_use(tmp_path / "SegmentationClass" / f"{name}.png", tmp_path) for name in "abc"]
    assert found == ["train", "train", "val"]
