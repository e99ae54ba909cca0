"""Folders as file systems allow them: whatever a backup takes comes back, and what it does not take is told."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.project import archive, sealed_zip
from segstudio.project.archive import safe_member
from segstudio.project.backup import back_up, restore
from segstudio.project.backup_files import carried_names, files_of
from segstudio.project.project import Project
from segstudio.project.sealed_names import SEAL, check_names, known_as
from segstudio.project.sealed_zip import Member, Seal, verify, write_sealed
from tests.project.conftest import AddPhoto

_ODD = {
    "case": ("sources/IMG.png", "sources/img.png", "sources/Deep/a.xml", "sources/deep/a.xml"),
    "accents": ("sources/\u00e9.xml", "sources/e\u0301.xml", "sources/stra\u00dfe", "sources/strasse"),
    "masks": ("masks/IMG.jpg.png", "masks/img.jpg.png", "photos/A.jpg", "photos/a.JPG"),
    "file and folder": ("sources/a", "sources/A/x"),
    "spaces": ("sources/ a .xml", "sources/a\nb.xml", "sources/a.", "sources/c:d.xml"),
    "of their own": ("notes.txt", "Notes/x.txt", "sources/.gitignore", "photos/.hidden/a.jpg"),
}


def _put(folder: Path, name: str, data: bytes = b"") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data or os.fsencode(name))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".lock") and path.name != "project.json"
    }


def _there_and_back(project: Project) -> dict[str, bytes]:
    target = project.folder.parent / "b.zip"
    back_up(project, target)
    verify(target)
    restore(target, project.folder.parent / "new")
    return _files(project.folder.parent / "new")


@pytest.mark.parametrize("names", _ODD.values(), ids=_ODD)
def test_odd_names_come_back_as_they_were(project: Project, names: tuple[str, ...]) -> None:
    for name in names:
        _put(project.folder, name)
    if len(set(_files(project.folder))) < len(names):
        pytest.skip("this disk takes two of them for one")
    assert _there_and_back(project) == _files(project.folder)


def test_what_is_hidden_at_the_top_stays_there(project: Project) -> None:
    before = _files(project.folder)
    for name in (
        ".DS_Store",
        ".gitignore",
        ".git/config",
        ".staging/x",
        "sources/x.part",
        "masks/a.jpg.lock.by",
    ):
        _put(project.folder, name)
    assert _there_and_back(project) == before


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_what_no_zip_can_carry_is_kept_under_another_name_and_told(project: Project, tmp_path: Path) -> None:
    names = {
        "sources/a\\b.xml": "sources/a_b (2).xml",
        "sources/a_b.xml": "sources/a_b.xml",
        os.fsdecode(b"sources/caf\xe9.xml"): "sources/caf_.xml",
        "PROJECT.json": "PROJECT (2).json",
        "a:b.txt": "a_b.txt",
        "Photos": "Photos (2)",
        "photos/a.jpg": "photos/a.jpg",
    }
    for name in names:
        _put(project.folder, name)
    taken = back_up(project, tmp_path / "b.zip")
    assert taken.files.renamed == {path: name for path, name in names.items() if path != name}
    assert "a ZIP file cannot carry theirs" in taken.told()
    restore(tmp_path / "b.zip", tmp_path / "new")
    back = _files(tmp_path / "new")
    assert {name: back[name] for name in names.values()} == {n: os.fsencode(p) for p, n in names.items()}
    assert Project.open(tmp_path / "new").name == project.name


_PARTS = st.sampled_from(
    [
        "a",
        "A",
        "b",
        "\u00e9",
        "e\u0301",
        "a\\b",
        "a_b",
        "a:b",
        "..",
        "...",
        "masks",
        "Masks",
        "a (2)",
        "\udce9",
        "project.json",
    ]
)


@given(st.sets(st.lists(_PARTS, min_size=1, max_size=3).map("/".join), max_size=12))
def test_carried_names_are_unlike_and_safe(paths: set[str]) -> None:
    """Whatever a folder can hold: no path climbs, and none is a file and a folder at once."""
    plain = {path for path in paths if ".." not in path.split("/")}
    plain = {path for path in plain if not any(str(above) in plain for above in PurePosixPath(path).parents)}
    named = carried_names(plain)
    assert set(named) == plain
    assert len({known_as(name) for name in named.values()}) == len(plain)
    for name in named.values():
        assert str(safe_member(name)) == name
        name.encode()
    check_names(named.values(), named.values(), Path("x.zip"))
    assert carried_names(named.values()) == {name: name for name in named.values()}


def test_one_unpacked_by_hand_is_backed_up_again(
    project: Project, add_photo: AddPhoto, tmp_path: Path
) -> None:
    add_photo("a.jpg", np.ones((60, 80), dtype=np.uint8))
    back_up(project, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as opened:
        opened.extractall(tmp_path / "by hand")
    assert (tmp_path / "by hand" / SEAL).exists()
    again = back_up(Project.open(tmp_path / "by hand"), tmp_path / "c.zip")
    assert again.seal.files.keys() == verify(tmp_path / "b.zip").files.keys()


def test_there_is_no_number_of_files_that_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    monkeypatch.setattr(sealed_zip, "_MOST_SEAL_BYTES", 100)
    for number in range(40):
        _put(project.folder, f"sources/{number}.xml")
    assert _there_and_back(project) == _files(project.folder)


def test_files_of_nothing_but_noughts_are_no_bomb(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FREE_BYTES", 1 << 20)
    _put(project.folder, "photos/black.tif", bytes(4 << 20))
    assert _there_and_back(project) == _files(project.folder)


@pytest.mark.parametrize("name", [".lock", "masks/a.jpg.lock", "../a", "sources\\a", "project.json/x"])
def test_what_would_not_come_back_is_never_called_good(tmp_path: Path, name: str) -> None:
    members = [Member("project.json", b"{}"), Member(name, b"x")]
    with pytest.raises(SegStudioError):
        write_sealed(tmp_path / "b.zip", members, Seal(kind="backup"))
    assert not list(tmp_path.iterdir())


def _link(path: Path, to: Path) -> None:
    try:
        path.symlink_to(to)
    except OSError:
        pytest.skip("no links here")


def test_links_that_lead_out_stay_and_are_told(project: Project, add_photo: AddPhoto, tmp_path: Path) -> None:
    add_photo("a.jpg")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    _put(project.folder, "sources/own.xml")
    sources = project.folder / "sources"
    _link(sources / "inside.xml", Path("own.xml"))
    for name, to in (
        ("out.xml", secret),
        ("folder", tmp_path),
        ("nowhere", tmp_path / "no"),
        ("self", sources / "self"),
    ):
        _link(sources / name, to)
    taken = back_up(project, tmp_path / "b.zip")
    left = ("sources/folder", "sources/nowhere", "sources/out.xml", "sources/self")
    assert taken.files.left_out == left
    assert "sources/folder, sources/nowhere, sources/out.xml and 1 more" in taken.told()
    restore(tmp_path / "b.zip", tmp_path / "new")
    back = _files(tmp_path / "new")
    assert b"secret" not in back.values()
    assert back["sources/inside.xml"] == back["sources/own.xml"] == b"sources/own.xml"


def test_photos_that_are_links_are_taken_along_when_that_is_said(
    project: Project, add_photo: AddPhoto, tmp_path: Path
) -> None:
    add_photo("a.jpg")
    photo = project.photo("a.jpg").path
    photo.rename(tmp_path / "elsewhere.jpg")
    _link(photo, tmp_path / "elsewhere.jpg")
    assert back_up(project, tmp_path / "b.zip").files.left_out == ("photos/a.jpg",)
    assert back_up(project, tmp_path / "c.zip", with_outside=True).files.left_out == ()
    restore(tmp_path / "c.zip", tmp_path / "new")
    assert (tmp_path / "new/photos/a.jpg").read_bytes() == (tmp_path / "elsewhere.jpg").read_bytes()


@pytest.mark.parametrize("name", ["photos", "masks"])
def test_an_own_folder_that_is_a_link_is_taken_with_what_lies_there(
    project: Project, add_photo: AddPhoto, tmp_path: Path, name: str
) -> None:
    add_photo("a.jpg", np.ones((60, 80), dtype=np.uint8))
    add_photo("sub/b.jpg", np.ones((60, 80), dtype=np.uint8))
    before, place = _files(project.folder), tmp_path / "disk" / name
    place.parent.mkdir()
    (project.folder / name).rename(place)
    _link(project.folder / name, place)
    _link(place / "secret.txt", tmp_path / "secret.txt")
    _link(place / "home", tmp_path)
    (tmp_path / "secret.txt").write_text("secret")
    taken = back_up(project, tmp_path / "b.zip")
    assert taken.files.linked == {name: place}
    assert taken.files.left_out == (f"{name}/home", f"{name}/secret.txt")
    assert f"{name} is a link: what lies in {place} is in it" in taken.told()
    restore(tmp_path / "b.zip", tmp_path / "new")
    assert _files(tmp_path / "new") == before
    assert not (tmp_path / "new" / name).is_symlink()
    with pytest.raises(SegStudioError, match="inside the project"):
        back_up(project, place / "c.zip")


def test_a_folder_that_leads_nowhere_or_around_the_project_is_told(project: Project, tmp_path: Path) -> None:
    photos = project.folder / "photos"
    photos.rmdir()
    for leads_to in (tmp_path / "away", photos, tmp_path, project.folder):
        _link(photos, leads_to)
        with pytest.raises(SegStudioError, match="is a link"):
            back_up(project, tmp_path.parent / "b.zip")
        assert back_up(project, tmp_path / "c.zip", without=["photos"], replace=True).files.linked == {}
        photos.unlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_stops_no_backup(project: Project, tmp_path: Path) -> None:
    os.mkfifo(project.folder / "sources/pipe")
    assert files_of(project.folder).left_out == ("sources/pipe",)
    assert "sources/pipe" in back_up(project, tmp_path / "b.zip").told()
    assert back_up(project, tmp_path / "c.zip", without=["photos"]).files.left_out == ("sources/pipe",)
