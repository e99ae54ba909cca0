"""Photos that lie outside their project."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.backup import back_up
from segstudio.project.merged import merge
from segstudio.project.merging import MergePlan, opened_pack, plan_merge
from segstudio.project.outside import check_outside, lies_outside
from segstudio.project.pack import make_pack
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto, Textured

_SECRET = "a private file"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(_SECRET)
    return path


@pytest.fixture
def strange(tmp_path: Path, project: Project) -> Project:
    """Another project, of a stranger."""
    return Project.create(tmp_path / "strange", classes=project.classes)


def _refer(strange: Project, key: str, path: Path) -> None:
    with strange.change() as change:
        change.add_photo(key, path, copy=False)


def _plan(project: Project, source: Project, *, from_zip: bool = False) -> MergePlan:
    return plan_merge(project, source, StrokeJournals(), from_zip=from_zip)


def test_what_photos_leads_to_counts_as_inside(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "disk"
    (project.folder / "photos").rename(elsewhere)
    (project.folder / "photos").symlink_to(elsewhere)
    assert not lies_outside(project.folder, project.folder / "photos/a.jpg")
    (elsewhere / "b.jpg").symlink_to(tmp_path / "b.jpg")
    assert lies_outside(project.folder, project.folder / "photos/b.jpg")
    assert lies_outside(project.folder, project.folder / "masks/../../b.jpg")


def test_a_damaged_photo_of_the_project_is_its_own_affair(project: Project, secret: Path) -> None:
    check_outside(project.folder, secret.rename(project.folder / "photos/a.jpg"))


@pytest.mark.parametrize("linked", [False, True])
def test_what_is_no_photo_is_never_merged(
    project: Project, strange: Project, secret: Path, *, linked: bool
) -> None:
    if linked:
        (strange.folder / "photos/notes.jpg").symlink_to(secret)
    else:
        _refer(strange, "notes.jpg", secret)
    plan = _plan(project, strange)
    assert [(pair.key, pair.fate) for pair in plan.pairs] == [("notes.jpg", "unreadable")]
    assert "not a photo" in plan.pairs[0].problem
    merge(project, plan, {}, StrokeJournals())
    assert not (project.folder / "photos/notes.jpg").exists()


@pytest.mark.parametrize("endless", ["/dev/zero", "pipe"])
def test_what_has_no_end_is_never_merged(
    project: Project, strange: Project, tmp_path: Path, endless: str
) -> None:
    path = tmp_path / endless
    if endless == "pipe":
        os.mkfifo(path)
    _refer(strange, "notes.jpg", path)
    (pair,) = _plan(project, strange).pairs
    assert pair.fate == "unreadable"
    with pytest.raises(SegStudioError, match="pipe or a device"):
        make_pack(strange, tmp_path / "p.zip", strange.photos())
    with pytest.raises(SegStudioError, match="pipe or a device"):
        back_up(strange, tmp_path / "b.zip", with_outside=True)


def test_a_zip_file_brings_no_photo_of_this_computer(
    project: Project, strange: Project, tmp_path: Path, textured: Textured, add_photo: AddPhoto
) -> None:
    add_photo("mine.jpg", np.ones((60, 80), dtype=np.uint8))
    private = (project.folder / "photos/mine.jpg").rename(tmp_path / "private.jpg")
    _refer(strange, "notes.jpg", private)
    back_up(strange, tmp_path / "b.zip")
    with opened_pack(tmp_path / "b.zip") as source:
        (pair,) = _plan(project, source, from_zip=True).pairs
        assert pair.fate == "unreadable"
        assert "not in the ZIP file" in pair.problem
    (pair,) = _plan(project, strange).pairs
    assert pair.fate == "new"  # a folder may refer to photos on a disk that both can see


def test_packs_and_backups_take_no_other_file_along(strange: Project, tmp_path: Path, secret: Path) -> None:
    _refer(strange, "notes.jpg", secret)
    with pytest.raises(SegStudioError, match="not a photo"):
        make_pack(strange, tmp_path / "p.zip", strange.photos())
    with pytest.raises(SegStudioError, match="not a photo"):
        back_up(strange, tmp_path / "b.zip", with_outside=True)
    assert not list(tmp_path.glob("*.zip"))


def test_a_backup_follows_links_to_photos_alone(strange: Project, tmp_path: Path, secret: Path) -> None:
    (strange.folder / "photos/notes.jpg").symlink_to(secret)
    taken = back_up(strange, tmp_path / "b.zip", with_outside=True)
    assert taken.files.left_out == ("photos/notes.jpg",)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "photos/notes.jpg" not in archive.namelist()


def test_what_is_wrong_in_a_zip_file_is_told_of_that(
    project: Project, strange: Project, tmp_path: Path
) -> None:
    (strange.folder / "pack.json").write_text("{", encoding="utf-8")
    back_up(strange, tmp_path / "b.zip")
    with pytest.raises(SegStudioError) as told, opened_pack(tmp_path / "b.zip") as source:
        _plan(project, source, from_zip=True)
    assert told.value.where == str(tmp_path / "b.zip/pack.json")
