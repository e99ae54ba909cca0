"""What lies in `.staging` may have been put there by whoever made the project: nothing elsewhere is touched for it."""

from __future__ import annotations

import errno
import json
import os
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import locked
from segstudio.project.making import LOCK
from segstudio.project.moving import write_list
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from segstudio.project.staging import STAGING, has_decided, has_staged, recover, staging_folder
from tests.project.conftest import AddPhoto, Fingerprint
from tests.project.links import link

_LEFT = "0123456789abcdef" * 2


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """Return a folder elsewhere with files of somebody's."""
    folder = tmp_path / "victim"
    (folder / "docs").mkdir(parents=True)
    (folder / "docs/thesis.txt").write_text("mine")
    return folder


def _decided(project: Project, files: dict[str, str], removed: tuple[str, ...] = ()) -> Path:
    """Leave a change that was decided, as if its process had died; files of "" are named and not there."""
    staged = project.folder / STAGING / _LEFT
    for name, text in files.items():
        if text:
            (staged / "files" / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / "files" / name).write_text(text)
    staged.mkdir(parents=True, exist_ok=True)
    (staged / "commit.json").write_text(json.dumps(list(files)), encoding="utf-8")
    (staged / "remove.json").write_text(json.dumps(list(removed)), encoding="utf-8")
    return staged


def test_a_staging_folder_that_is_a_link_is_refused(
    project: Project, victim: Path, fingerprint: Fingerprint
) -> None:
    (victim / _LEFT).mkdir()
    (victim / f"{_LEFT}.lock").touch()
    link(project.folder / STAGING, victim)
    before = fingerprint(victim)
    assert has_staged(project.folder)
    with pytest.raises(SegStudioError, match="the folder is a link"):
        recover(project.folder)
    with pytest.raises(SegStudioError, match="the folder is a link"), staging_folder(project.folder):
        pass
    Project.open(project.folder)
    assert fingerprint(victim) == before


def test_only_what_a_change_has_staged_is_thrown_away(
    project: Project, victim: Path, fingerprint: Fingerprint
) -> None:
    root = project.folder / STAGING
    for name in (_LEFT, "photos.2024", "photos", _LEFT[1:], f"{_LEFT}.2024"):
        (root / name).mkdir(parents=True)
    (root / "notes.lock").touch()
    shutil.copytree(victim, root / ("f" * 32) / "files")
    link(root / ("a" * 32), victim)
    before = fingerprint(victim)
    recover(project.folder)
    assert {path.name for path in root.iterdir()} == {
        *("photos.2024", "photos", _LEFT[1:], f"{_LEFT}.2024", "notes.lock", "a" * 32)
    }
    assert fingerprint(victim) == before


def test_a_decided_change_leads_through_no_link(
    project: Project, victim: Path, fingerprint: Fingerprint
) -> None:
    link(project.folder / "history", victim)
    link(project.folder / "photos/docs", victim / "docs")
    before = fingerprint(victim)
    for files, removed in (
        ({"history/.bashrc": "evil"}, ()),
        ({"photos/docs/thesis.txt": "evil"}, ()),
        ({}, ("history/docs/thesis.txt",)),
        ({}, ("photos/docs/thesis.txt",)),
    ):
        staged = _decided(project, files, removed)
        with pytest.raises(SegStudioError, match="the folder is a link"):
            recover(project.folder)
        Project.open(project.folder)
        assert fingerprint(victim) == before
        shutil.rmtree(staged)


@pytest.mark.parametrize("name", ["out/.bashrc", ".git/hooks/post-checkout", ".bashrc", "masks", "run.sh"])
def test_a_decided_change_that_is_none_of_a_project_is_refused(project: Project, name: str) -> None:
    for files, removed in (({name: "evil"}, ()), ({}, (name,))):
        staged = _decided(project, files, removed)
        with pytest.raises(SegStudioError, match="no file of a project") as told:
            recover(project.folder)
        assert _LEFT in told.value.fix
        assert has_decided(project.folder)
        shutil.rmtree(staged)
    assert not has_decided(project.folder)
    assert not (project.folder / name).is_file()


def test_what_lies_behind_a_link_was_never_staged(
    project: Project, victim: Path, fingerprint: Fingerprint
) -> None:
    """It would be moved into the project, away from where it is."""
    staged = _decided(project, {"masks/thesis.txt": ""})
    (staged / "files").mkdir()
    link(staged / "files/masks", victim / "docs")
    before = fingerprint(victim)
    with pytest.raises(SegStudioError, match="the folder is a link"):
        recover(project.folder)
    assert fingerprint(victim) == before


def test_a_change_through_an_own_folder_that_is_a_link_is_finished_where_it_was_decided(
    project: Project, add_photo: AddPhoto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_photo("a.jpg", np.ones((60, 80), dtype=np.uint8))
    masks = project.folder / "masks"
    masks.rename(tmp_path / "drive")
    link(masks, tmp_path / "drive")
    staged = project.folder / STAGING / _LEFT
    (staged / "files/masks").mkdir(parents=True)
    (staged / "files/masks/b.json").write_text("{}")
    write_list(project.folder, staged, ["masks/a.jpg.json"])
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("segstudio.project.moving.machine_id", lambda: "another")
        with pytest.raises(SegStudioError, match="was decided on another computer") as told:
            recover(project.folder)
    assert told.value.where == str(masks)
    assert not (tmp_path / "drive/b.json").exists()
    recover(project.folder)
    assert (tmp_path / "drive/b.json").exists()
    assert not (tmp_path / "drive/a.jpg.json").exists()
    assert not staged.exists()


def test_an_own_folder_that_is_a_link_is_no_way_out_for_what_a_stranger_decided(
    project: Project, victim: Path, fingerprint: Fingerprint
) -> None:
    (project.folder / "photos").rmdir()
    link(project.folder / "photos", victim)
    before = fingerprint(victim)
    staged = _decided(project, {"photos/.bashrc": "evil"}, ("photos/docs/thesis.txt",))
    with pytest.raises(SegStudioError, match="was decided on another computer"):
        recover(project.folder)
    if hasattr(os, "mkfifo"):  # nobody waits for what a pipe would tell
        os.mkfifo(staged / "decided-by.txt")
        with pytest.raises(SegStudioError, match="was decided on another computer"):
            recover(project.folder)
    assert fingerprint(victim) == before


def test_who_opens_a_project_with_a_change_in_place_in_part_is_told(project: Project) -> None:
    """Also where nothing can be written; not while somebody else puts it in place."""
    assert Project.open(project.folder).unfinished == ""
    _decided(project, {"masks/a.json": "{}", "masks/b.json": "{}"})
    (project.folder / "masks/b.json/x").mkdir(parents=True)
    told = Project.open(project.folder).unfinished
    assert "may be in place in part" in told
    assert str(project.folder / "masks/b.json") in told
    assert (project.folder / "masks/a.json").exists()


def test_a_change_that_somebody_puts_in_place_just_now_is_none_that_was_broken_off(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    _decided(project, {"masks/a.json": "{}"})
    monkeypatch.setattr("segstudio.project.staging.locked", partial(locked, timeout_s=0.05))
    with locked(project.folder / LOCK):
        assert Project.open(project.folder).unfinished == ""
    monkeypatch.setattr("segstudio.project.staging.locked", _refused)
    assert "Read-only" in Project.open(project.folder).unfinished


def _refused(path: Path) -> None:
    raise SegStudioError("could not be written (Read-only file system)", where=str(path)) from OSError(
        errno.EROFS, ""
    )


@pytest.mark.parametrize(
    ("number", "fix"), [(errno.ENOSPC, "Make room there"), (errno.EACCES, "Make it writable")]
)
def test_what_the_disk_refuses_is_told_where_a_person_looks_for_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, number: int, fix: str
) -> None:
    def refuse(path: Path, target: Path) -> Path:
        raise OSError(number, os.strerror(number), str(path), None, str(target))

    _decided(project, {"masks/a.json": "{}"})
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(SegStudioError, match=fix) as told:
        recover(project.folder)
    assert told.value.where == str(project.folder / "masks/a.json")


@pytest.mark.parametrize(
    ("number", "fix"), [(errno.ENOSPC, "Make room there"), (errno.EACCES, "Check its permissions")]
)
def test_a_folder_that_cannot_be_made_is_told_with_what_helps(
    project: Project, add_photo: AddPhoto, monkeypatch: pytest.MonkeyPatch, number: int, fix: str
) -> None:
    add_photo("a.jpg", np.ones((60, 80), dtype=np.uint8))

    def refuse(folder: Path, within: Path) -> None:
        raise OSError(number, os.strerror(number), str(folder))

    monkeypatch.setattr("segstudio.project.change.make_below", refuse)
    with pytest.raises(SegStudioError, match=fix) as told:
        remove_photos(project, ["a.jpg"])
    assert told.value.where.startswith(str(project.folder / ".trash/photos"))
    monkeypatch.setattr("segstudio.project.moving.make_below", refuse)
    with pytest.raises(SegStudioError, match=fix) as told:
        project.write_mask(project.photo("a.jpg"), np.zeros((60, 80), dtype=np.uint8))
    assert told.value.where == str(project.folder)


def test_a_change_that_ends_while_a_project_is_opened_is_in_nobody_s_way(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project.folder / STAGING

    def end(_project: Path, _paths: object) -> None:
        root.rmdir()

    monkeypatch.setattr("segstudio.project.staging.check_inside", end)
    root.mkdir()
    recover(project.folder)
    root.mkdir()
    assert Project.open(project.folder).unfinished == ""
    assert not has_decided(project.folder)


@pytest.mark.parametrize("kept", [(), ("x",)])
def test_a_folder_in_place_of_a_lock_keeps_no_dead_change(project: Project, kept: tuple[str, ...]) -> None:
    """Nobody can hold it, and who looks at the project later waits for nothing."""
    root = project.folder / STAGING
    for name in (_LEFT, f"{_LEFT}.lock"):
        (root / name).mkdir(parents=True)
    for name in kept:
        (root / f"{_LEFT}.lock" / name).touch()
    assert has_staged(project.folder)
    recover(project.folder)
    assert not (root / _LEFT).exists()
    assert not has_staged(project.folder)
    assert root.exists() == bool(kept)
    with staging_folder(project.folder):
        pass


def test_a_change_that_was_decided_is_finished_where_a_folder_or_a_link_is_in_place_of_its_lock(
    project: Project, victim: Path, fingerprint: Fingerprint
) -> None:
    before = fingerprint(victim)
    lock = project.folder / STAGING / f"{_LEFT}.lock"
    _decided(project, {"masks/a.json": "{}"})
    (lock / "x").mkdir(parents=True)
    assert Project.open(project.folder).unfinished == ""
    assert (project.folder / "masks/a.json").exists()
    shutil.rmtree(lock)
    _decided(project, {"masks/b.json": "{}"})
    link(lock, victim / "docs/thesis.txt")
    assert Project.open(project.folder).unfinished == ""
    assert (project.folder / "masks/b.json").exists()
    assert fingerprint(victim) == before


def test_what_no_change_has_staged_lets_nobody_wait(project: Project, victim: Path) -> None:
    root = project.folder / STAGING
    assert not has_staged(project.folder)
    (root / "notes").mkdir(parents=True)
    (root / f"{_LEFT}.lock").mkdir()
    (root / ("b" * 32)).touch()
    link(root / ("a" * 32), victim)
    assert not has_staged(project.folder)
    (root / f"{'c' * 32}.lock").touch()
    assert has_staged(project.folder)
    recover(project.folder)
    assert not has_staged(project.folder)
