"""One damaged file of a project: the rest of it goes on, and nothing is thrown away."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.change import state_name
from segstudio.project.classes import ClassList
from segstudio.project.document import BACKUP_NAME, FILE_NAME, DamagedDocumentError
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, remove_photos
from tests.project.conftest import AddPhoto

CUT = b'{"siz'


@pytest.fixture
def damaged(project: Project, add_photo: AddPhoto) -> Project:
    """A project in which the state of "b.png", which has a mask, was cut off."""
    mask = np.ones((60, 80), dtype=np.uint8)
    for key in ("a.png", "b.png", "c.png"):
        add_photo(key, mask, split="val")
    (project.folder / state_name("b.png")).write_bytes(CUT)
    return Project.open(project.folder)


def test_a_damaged_state_hides_no_other_photo(damaged: Project) -> None:
    photos = damaged.photos()
    assert [photo.key for photo in photos] == ["a.png", "b.png", "c.png"]
    assert [bool(photo.damage) for photo in photos] == [False, True, False]
    photo = photos[1]
    assert state_name("b.png") in photo.damage
    assert photo.has_mask
    assert not photo.is_labelled
    assert photo.size == (60, 80)
    assert Project.open(damaged.folder, before=damaged).photos()[1] is photo


def test_what_concerns_all_photos_goes_on(damaged: Project) -> None:
    damaged.set_split({"a.png": "train", "b.png": "train", "c.png": "train"})
    assert [photo.split for photo in damaged.photos()] == ["train", None, "train"]
    assert (damaged.folder / state_name("b.png")).read_bytes() == CUT
    with pytest.raises(SegStudioError, match=r"b\.png\.json: the photo's record cannot be read"):
        damaged.write_mask(damaged.photo("b.png"), np.zeros((60, 80), dtype=np.uint8))


def test_a_state_begun_anew_keeps_the_mask_and_the_damaged_file(damaged: Project) -> None:
    photo = damaged.begin_state_anew(damaged.photo("b.png"))
    assert photo == Project.open(damaged.folder).photo("b.png")
    assert photo.state == PhotoState(status="doing", size=(60, 80))
    assert photo.is_labelled
    aside = list((damaged.folder / "masks").glob("b.png.json.damaged-*"))
    assert [path.read_bytes() for path in aside] == [CUT]


def test_a_state_that_was_put_right_meanwhile_stays(damaged: Project) -> None:
    photo = damaged.photo("b.png")
    right = PhotoState(split="val", status="checked", size=(60, 80))
    (damaged.folder / state_name("b.png")).write_text(right.model_dump_json(), encoding="utf-8")
    with pytest.raises(SegStudioError, match="changed meanwhile"):
        damaged.begin_state_anew(photo)
    assert Project.open(damaged.folder).photo("b.png").state == right


def test_a_photo_with_a_damaged_state_goes_to_the_trash_and_back(damaged: Project) -> None:
    removal = remove_photos(damaged, ["b.png"])
    assert damaged.keys() == ("a.png", "c.png")
    bring_back(damaged, removal)
    assert (damaged.folder / state_name("b.png")).read_bytes() == CUT


def test_every_change_leaves_a_good_copy_that_takes_the_place_of_a_damaged_document(project: Project) -> None:
    assert (project.folder / BACKUP_NAME).read_bytes() == (project.folder / FILE_NAME).read_bytes()
    project.save_classes(ClassList.from_names(["background", "person", "sky", "cloud"]))
    content = (project.folder / FILE_NAME).read_bytes()
    assert (project.folder / BACKUP_NAME).read_bytes() == content
    (project.folder / FILE_NAME).write_bytes(content[:70])
    with pytest.raises(DamagedDocumentError):
        Project.open(project.folder)
    aside = Project.restore(project.folder)
    assert aside is not None
    assert aside.read_bytes() == content[:70]
    assert Project.open(project.folder).classes.find("cloud") is not None


def test_what_was_written_by_hand_is_copied_with_the_next_change(
    project: Project, add_photo: AddPhoto
) -> None:
    raw = json.loads((project.folder / FILE_NAME).read_text(encoding="utf-8"))
    (project.folder / FILE_NAME).write_text(json.dumps({**raw, "name": "by hand"}), encoding="utf-8")
    add_photo("a.png")
    (project.folder / FILE_NAME).unlink()
    Project.restore(project.folder)
    assert Project.open(project.folder).name == "by hand"


def test_a_damaged_document_never_takes_the_place_of_the_good_copy(project: Project) -> None:
    good = (project.folder / BACKUP_NAME).read_bytes()
    (project.folder / FILE_NAME).write_bytes(b"{")
    with pytest.raises(SegStudioError), project.change() as change:
        change.put_state("a.png", PhotoState())
    assert (project.folder / BACKUP_NAME).read_bytes() == good


def test_a_change_by_hand_is_copied_though_the_clock_was_set_back(project: Project) -> None:
    document, backup = (project.folder / name for name in (FILE_NAME, BACKUP_NAME))
    told = json.loads(document.read_bytes())
    document.write_text(json.dumps({**told, "name": "by hand"}), encoding="utf-8")
    before = backup.stat().st_mtime - 3600
    os.utime(document, (before, before))
    Project.open(project.folder).set_split({})
    assert json.loads(backup.read_bytes())["name"] == "by hand"
