"""Photos in folders that are called like those of masks go out, and come in again as photos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from PIL import Image

from segstudio.formats.places import PhotoFile
from segstudio.formats.sources import Gathered, gather
from segstudio.formats.told_photos import twins_of
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from tests.formats.writing.trips import CLASSES, WAYS, export, import_again, masks_of, project_of

MakePhoto = Callable[..., Path]
MakeXml = Callable[..., Path]

KEYS = (
    "a.jpg",
    "masks/a.jpg",
    "labels/a.png",
    "Annotations/a.jpg",
    "SegmentationClass/a.png",
    "day 1/masks/b.png",
    "gt/SegmentationObject/c.png",
    "images/d.png",
    "e_mask_1.png",
)


def _mask(seed: int) -> Mask:
    values = np.random.default_rng(seed).integers(0, 4, (4, 5)).astype(np.uint8)
    return np.kron(values, np.ones((3, 3), dtype=np.uint8))


MASKS = {key: _mask(seed) for seed, key in enumerate(KEYS)}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project_of(tmp_path_factory.mktemp("odd") / "before", MASKS, CLASSES)


@pytest.mark.parametrize(("form", "outlines"), WAYS)
def test_photos_in_folders_called_like_those_of_masks_come_back(
    odd: Project, tmp_path: Path, form: str, outlines: str
) -> None:
    report = export(odd, form, tmp_path / "out", outlines=outlines, with_photos=True)
    assert (report.photos, report.agreement) == (len(KEYS), 1.0)
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", CLASSES))
    expected = {key.removeprefix("images/"): mask for key, mask in MASKS.items()}
    assert sorted(found) == sorted(expected)
    assert all((found[key] == mask).all() for key, mask in expected.items())


@pytest.mark.parametrize("form", ["cvat", "yolo-seg", "labelme-json", "voc", "index-png"])
def test_without_photos_they_find_those_of_the_project(odd: Project, tmp_path: Path, form: str) -> None:
    export(odd, form, tmp_path / "out")
    imported = import_again(tmp_path / "out", tmp_path / "after", CLASSES, photos=odd.folder / "photos")
    found = masks_of(imported)
    assert sum(key.endswith(("a.jpg", "a.png")) for key in found) == 5
    by_key = {key.removeprefix("images/"): mask for key, mask in MASKS.items()}
    assert all((found[key] == by_key[key.removeprefix("images/")]).all() for key in found)


def _gathered(*sources: Path) -> Gathered:
    with gather(sources) as gathered:
        return gathered


def test_masks_beside_photos_stay_masks(tmp_path: Path, make_photo: MakePhoto) -> None:
    """`images/masks/a.png` has no label of its own in a tree that is alike."""
    for name in ("images/a.jpg", "images/b.jpg"):
        make_photo(tmp_path / name)
    for name in ("images/masks/a.png", "images/masks/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(_mask(0)).save(tmp_path / name)
    gathered = _gathered(tmp_path)
    assert sorted(photo.path.name for photo in gathered.photos) == ["a.jpg", "b.jpg"]
    assert sorted(file.path.name for file in gathered.files) == ["a.png", "b.png"]


def test_twins_are_told_by_the_outermost_folders() -> None:
    plain, odd = (
        PhotoFile(Path("/x", name), PurePosixPath(name), name)
        for name in ("images/b.png", "images/masks/a.png")
    )
    labels = [
        Path("/x", name) for name in ("masks/b.png", "masks/masks/a.png", "labels/masks/a.txt", "c.txt")
    ]
    assert twins_of(labels, [plain]) == {}
    assert twins_of(labels, [plain, odd]) == dict(zip(labels, (plain, odd, odd), strict=False))


def test_a_folder_of_masks_that_was_given_itself_holds_no_photos() -> None:
    """Of one called otherwise, everything is."""
    for folder, count in (("masks", 0), ("pictures", 1)):
        given = PhotoFile(Path("/x", folder, "a_mask.png"), PurePosixPath("a_mask.png"), "a_mask.png")
        assert len(twins_of([Path("/x/labels/a_mask.txt")], [given])) == count


def test_labelme_beside_its_mask_means_the_photo_elsewhere(tmp_path: Path, make_photo: MakePhoto) -> None:
    """Who keeps JSON files and masks in one folder does not mean the masks by `imagePath`."""
    make_photo(tmp_path / "images" / "a.png", 12, 15)
    (tmp_path / "masks").mkdir()
    Image.fromarray(_mask(0)).save(tmp_path / "masks" / "a.png")
    text = '{"shapes": [{"label": "car", "points": [[1, 1], [9, 1], [9, 9]]}], "imagePath": "a.png"}'
    (tmp_path / "masks" / "a.json").write_text(text, encoding="utf-8")
    found = masks_of(import_again(tmp_path, tmp_path / "after", CLASSES))
    assert sorted(found) == ["a.png"]
    assert np.unique(found["a.png"]).tolist() == [0, 3]


@pytest.mark.parametrize("form", ["voc", "index-png", "yolo-seg", "labelme-json", "labelme-xml"])
def test_photos_that_differ_in_their_extension_alone_are_found_where_they_lie(
    tmp_path: Path, form: str
) -> None:
    masks = {key: _mask(seed) for seed, key in enumerate(("t.jpg", "t.png", "x/t.bmp"))}
    project = project_of(tmp_path / "before", masks, CLASSES)
    export(project, form, tmp_path / "out")
    photos = project.folder / "photos"
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", CLASSES, photos=photos))
    assert found.keys() == masks.keys()
    assert all((found[key] == mask).all() for key, mask in masks.items())
