from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.presets import find_set, preset_named, preset_names
from segstudio.project.masks import read_mask
from segstudio.project.project import Project
from tests.formats import published_sets
from tests.formats.published_sets import HALF

VOID = 255


def imported(name: str, folder: Path, project: Path) -> Project:
    found = find_set(preset_named(name), folder)
    made = Project.create(project, classes=found.classes)
    prepared = prepare(found.gathered, made, found.options(ImportOptions()), propose_order=True)
    assert prepared.report.refusal is None
    assert not prepared.report.unknown
    assert not prepared.report.other_folder
    commit_import(prepared, made)
    return Project.open(project)


def values(project: Project, key: str) -> tuple[int, int]:
    """The mask values of the upper and of the lower half, taken in the last column."""
    photo = project.photo(key)
    mask = read_mask(project.mask_path(photo))
    return int(mask[HALF - 1, -1]), int(mask[-1, -1])


def splits(project: Project) -> dict[str, str | None]:
    return {photo.key: photo.split for photo in project.photos()}


def test_there_is_one_for_each_recipe_s_set_and_camvid() -> None:
    assert preset_names() == ("camvid", "coco-voc21", "drinks", "etrims", "msrc")
    for name in preset_names():
        preset = preset_named(name)
        assert preset.title
        assert preset.source
    with pytest.raises(SegStudioError, match='did you mean "etrims"'):
        preset_named("etrim")


def test_etrims(tmp_path: Path) -> None:
    published_sets.etrims(tmp_path / "set" / "etrims-db_v1")
    project = imported("etrims", tmp_path / "set", tmp_path / "project")
    names = ("Building", "Car", "Door", "Pavement", "Road", "Sky", "Vegetation", "Window")
    assert project.classes.names == names
    assert project.classes.named("Sky").colour.lower() == "#008080"
    assert len(project.photos()) == 3
    assert values(project, project.photos()[0].key) == (5, 0)


def test_msrc_s_rare_classes_are_void(tmp_path: Path) -> None:
    published_sets.msrc(tmp_path / "set")
    project = imported("msrc", tmp_path / "set", tmp_path / "project")
    assert len(project.classes) == 21
    assert project.classes.find("horse") is None
    found = {photo.key: values(project, photo.key) for photo in project.photos()}
    assert found == {"1_1_s.bmp": (1, 3), "2_1_s.bmp": (1, VOID), "3_1_s.bmp": (1, VOID), "4_1_s.bmp": (1, 0)}


def test_camvid_as_its_authors_publish_it(tmp_path: Path) -> None:
    published_sets.camvid(tmp_path / "set")
    project = imported("camvid", tmp_path / "set", tmp_path / "project")
    assert len(project.classes) == 31
    sky, road = (project.classes.named(name).index for name in ("Sky", "Road"))
    for photo in project.photos():
        assert values(project, photo.key) == (sky, road)
        assert set(read_mask(project.mask_path(photo))[0]) == {VOID}


def test_camvid_as_segnet_has_it(tmp_path: Path) -> None:
    published_sets.camvid_of_segnet(tmp_path / "set")
    project = imported("camvid", tmp_path / "set", tmp_path / "project")
    assert project.classes.names[:4] == ("Sky", "Building", "Pole", "Road")
    assert len(project.classes) == 11
    assert splits(project) == {"train/0000.png": "train", "val/0001.png": "val"}
    assert values(project, "train/0000.png") == (0, 3)
    assert set(read_mask(project.mask_path(project.photo("val/0001.png")))[0]) == {VOID}


def test_drinks(tmp_path: Path) -> None:
    published_sets.drinks(tmp_path / "set")
    project = imported("drinks", tmp_path / "set", tmp_path / "project")
    assert project.classes.names == ("Background", "Water", "Soda", "Juice")
    assert splits(project) == {"0000000.jpg": "train", "0000001.jpg": "val"}
    assert values(project, "0000000.jpg") == (0, 1)
    assert values(project, "0000001.jpg") == (0, 2)


def test_coco_s_other_categories_are_background(tmp_path: Path) -> None:
    published_sets.coco(tmp_path / "set")
    project = imported("coco-voc21", tmp_path / "set", tmp_path / "project")
    assert len(project.classes) == 21
    assert project.classes.unpainted == 0
    assert sorted(filter(None, splits(project).values())) == ["train", "train", "val", "val"]
    for photo in project.photos():
        found = set(read_mask(project.mask_path(photo)).ravel().tolist())
        assert found in ({0, 1, 15}, {0})  # background, aeroplane, person
    assert {0} in [set(read_mask(project.mask_path(photo)).ravel().tolist()) for photo in project.photos()]


def test_coco_s_other_categories_hide_nothing(tmp_path: Path) -> None:
    published_sets.coco(tmp_path / "set")
    for path in (tmp_path / "set" / "annotations").glob("*.json"):
        told = json.loads(path.read_text())
        for shape in told["annotations"]:
            if shape["category_id"] == 38:  # small, and before the person and the aeroplane
                shape["segmentation"] = [[1, 1, 6, 1, 6, 3, 1, 3]]
        path.write_text(json.dumps(told))
    project = imported("coco-voc21", tmp_path / "set", tmp_path / "project")
    masks = [read_mask(project.mask_path(photo)) for photo in project.photos()]
    assert sorted(tuple(mask[2, [2, 5]]) for mask in masks) == [(0, 0), (0, 0), (15, 1), (15, 1)]


def test_another_category_becomes_what_a_person_says(tmp_path: Path) -> None:
    published_sets.coco(tmp_path / "set")
    found = find_set(preset_named("coco-voc21"), tmp_path / "set")
    options = found.options(ImportOptions(renames={"Kite": "aeroplane"}))
    made = Project.create(tmp_path / "project", classes=found.classes)
    commit_import(prepare(found.gathered, made, options), made)
    for photo in made.photos():
        assert read_mask(made.mask_path(photo))[0, 9] == 1


@pytest.mark.parametrize("make", [published_sets.msrc, published_sets.drinks])
def test_another_set_is_told_how_it_should_look(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "set")
    with pytest.raises(SegStudioError, match=r"not eTRIMS.*should hold images/08_etrims-ds"):
        find_set(preset_named("etrims"), tmp_path / "set")
    with pytest.raises(SegStudioError, match="no such folder"):
        find_set(preset_named("etrims"), tmp_path / "nowhere")
