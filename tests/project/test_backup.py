"""A backup is one moment of a project, proves that it is whole, and comes back as it was."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.files import hold
from segstudio.project import archive, sealed_zip
from segstudio.project.backup import back_up, restore
from segstudio.project.images import encode_png
from segstudio.project.masks import read_mask
from segstudio.project.moving import LIST
from segstudio.project.pack import make_pack
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from segstudio.project.sealed_names import SEAL
from segstudio.project.sealed_zip import read_seal, verify
from segstudio.project.staging import STAGING
from tests.project.conftest import AddPhoto, Fingerprint, Textured

_ONES = np.ones((60, 80), dtype=np.uint8)


@pytest.fixture
def full(project: Project, add_photo: AddPhoto) -> Project:
    """Masks, a version, a removed photo, a run with a log, a journal, a cache and a lock."""
    for key in ("a.jpg", "deep/ö [1].png", "gone.png"):
        add_photo(key, _ONES)
    project.refresh()
    project.write_mask(project.photo("a.jpg"), _ONES * 2)
    remove_photos(project, ["gone.png"])
    run = project.folder / "runs/one"
    run.mkdir()
    (run / "best.pt").write_bytes(os.urandom(3_000_000))
    (run / "events.jsonl").write_text('{"kind": "x"}\n')
    (project.folder / "masks/a.jpg.undo").write_bytes(b"journal")
    (project.folder / ".cache").mkdir()
    (project.folder / ".cache/x.json").write_text("{}")
    return Project.open(project.folder)


def _worth(found: dict[str, str]) -> dict[str, str]:
    """What a backup holds: no locks, and no folders that are empty."""
    return {name: told for name, told in found.items() if told != "folder" and not name.endswith(".lock")}


def test_it_comes_back_as_it_was(full: Project, tmp_path: Path, fingerprint: Fingerprint) -> None:
    before = _worth(fingerprint(full.folder))
    lock = hold(full.paint_lock(full.photo("a.jpg")))
    assert lock is not None
    taken = back_up(full, tmp_path / "b.zip")
    lock()
    assert (set(taken.seal.files), taken.not_taken) == (set(before), 0)
    assert not (full.folder / ".staging").exists()
    restored = tmp_path / "new"
    restore(tmp_path / "b.zip", restored)
    assert _worth(fingerprint(restored)) == before
    there = Project.open(restored)
    assert there.keys() == full.keys()
    assert there.mask_times() == full.mask_times()
    assert not list(tmp_path.glob(".*"))


def test_files_of_any_year_go_in_and_come_back(full: Project, tmp_path: Path) -> None:
    """A ZIP file itself knows the years from 1980 to 2107 alone."""
    path = full.folder / "photos/a.jpg"
    for name, year in (("old", -20), ("far", 200)):
        os.utime(path, (year * 31_556_952, year * 31_556_952))
        back_up(full, tmp_path / f"{name}.zip")
        restore(tmp_path / f"{name}.zip", tmp_path / name)
    assert (tmp_path / "far/photos/a.jpg").stat().st_mtime == path.stat().st_mtime


@pytest.fixture
def read_only(full: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be made in a project's folder; root may write anywhere, so that the system has to be asked to refuse."""

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise SegStudioError("could not be written", where=str(path)) from OSError(errno.EROFS, "Read-only")

    monkeypatch.setattr("segstudio.project.staging.make_folder", refuse)


@pytest.mark.usefixtures("read_only")
def test_a_project_that_may_only_be_read_is_backed_up_and_handed_out(
    full: Project, tmp_path: Path, fingerprint: Fingerprint
) -> None:
    before = fingerprint(full.folder)
    back_up(full, tmp_path / "b.zip")
    make_pack(full, tmp_path / "p.zip", full.photos())
    assert fingerprint(full.folder) == before
    restore(tmp_path / "b.zip", tmp_path / "new")
    after = fingerprint(tmp_path / "new")
    assert {name: told for name, told in _worth(before).items() if name != "project.json"} == {
        name: told for name, told in _worth(after).items() if name != "project.json"
    }


@pytest.mark.usefixtures("read_only")
@pytest.mark.parametrize("name", ["masks/a.jpg.png", "project.json", "masks/a.jpg.undo"])
def test_what_others_change_meanwhile_is_noticed_where_it_may_only_be_read(
    full: Project, tmp_path: Path, name: str
) -> None:
    """But for what only grows, which is read as far as it went."""
    path = full.folder / name

    def change(done: int, total: int) -> None:
        if done == total:
            path.write_bytes(path.read_bytes() + b" ")

    if name.endswith(".undo"):
        back_up(full, tmp_path / "b.zip", progress=change)
        assert verify(tmp_path / "b.zip").files[name].size_bytes == len(b"journal")
        return
    with pytest.raises(SegStudioError, match="changed the project while it was read"):
        back_up(full, tmp_path / "b.zip", progress=change)
    assert not list(tmp_path.glob("*.zip*"))


@pytest.mark.usefixtures("read_only")
def test_a_change_that_was_broken_off_is_told_where_it_may_only_be_read(
    full: Project, tmp_path: Path
) -> None:
    left = full.folder / STAGING / ("0" * 32) / LIST
    left.parent.mkdir(parents=True)
    left.write_text("{}")
    with pytest.raises(SegStudioError, match="broken off in the middle"):
        back_up(full, tmp_path / "b.zip")


def test_parts_can_be_left_out(full: Project, tmp_path: Path) -> None:
    seal = back_up(full, tmp_path / "b.zip", without=("photos", "runs", "versions", "trash")).seal
    assert seal.told == "without photos, runs, versions, trash"
    assert sorted({name.split("/")[0] for name in seal.files}) == [
        "masks",
        "project.json",
        "project.json.bak",
    ]
    restore(tmp_path / "b.zip", tmp_path / "new")
    assert Project.open(tmp_path / "new").missing() == full.keys()


def test_photos_outside_are_told_or_taken_along(full: Project, tmp_path: Path, textured: Textured) -> None:
    outside = tmp_path / "elsewhere/x.png"
    outside.parent.mkdir()
    outside.write_bytes(encode_png(textured()))
    with full.change() as change:
        change.add_photo("x.png", outside, copy=False)
    taken = back_up(full, tmp_path / "b.zip")
    assert "1 photo lies outside the project" in taken.told()
    assert back_up(full, tmp_path / "c.zip", with_outside=True).not_taken == 0
    restore(tmp_path / "c.zip", tmp_path / "new")
    there = Project.open(tmp_path / "new")
    assert there.photo("x.png").path.read_bytes() == outside.read_bytes()
    assert there.photo("x.png").path.is_relative_to(tmp_path / "new")


def test_it_is_one_moment_while_somebody_saves(
    full: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two masks that are always saved together, and an event log that grows, while all is read slowly."""
    keys, stop = ("a.jpg", "deep/ö [1].png"), threading.Event()
    log, began = full.folder / "runs/one/events.jsonl", threading.Event()

    def save() -> None:
        project, value = Project.open(full.folder), 0
        while not stop.is_set():
            value = (value + 1) % 3
            with project.change() as change:
                for key in keys:
                    change.put_mask(key, _ONES * value)
            with log.open("a") as stream:
                stream.write("{}\n")
            began.set()

    monkeypatch.setattr(sealed_zip, "_CHUNK", 1 << 12)
    saving = threading.Thread(target=save)
    saving.start()
    try:
        began.wait()
        for number in range(3):
            back_up(full, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        saving.join()
    for number in range(3):
        restore(tmp_path / f"{number}.zip", tmp_path / str(number))
        values = {int(read_mask(tmp_path / f"{number}/masks/{key}.png")[0, 0]) for key in keys}
        assert len(values) == 1


@pytest.mark.parametrize("after", [0, 1, 3, 8])
def test_stopped_nothing_is_left(full: Project, tmp_path: Path, fingerprint: Fingerprint, after: int) -> None:
    before, asked = fingerprint(tmp_path), iter(range(10_000))
    with pytest.raises(WorkStopped):
        back_up(full, tmp_path / "b.zip", cancelled=lambda: next(asked) >= after)
    assert fingerprint(tmp_path) == before
    back_up(full, tmp_path / "b.zip")
    before, asked = fingerprint(tmp_path), iter(range(10_000))
    with pytest.raises(WorkStopped):
        restore(tmp_path / "b.zip", tmp_path / "new", cancelled=lambda: next(asked) >= after)
    assert fingerprint(tmp_path) == before


def test_a_disk_that_gives_back_something_else_is_noticed(
    full: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sealed_zip._checked

    def other(reading: zipfile.ZipFile, info: zipfile.ZipInfo, *rest: object) -> object:
        wrong = next(each for each in reading.infolist() if each.file_size != info.file_size)
        return whole(reading, wrong, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sealed_zip, "_checked", other)
    with pytest.raises(SegStudioError, match="not what was put into it"):
        back_up(full, tmp_path / "b.zip")
    assert not list(tmp_path.glob("*b.zip*"))


@pytest.fixture
def sealed(full: Project, tmp_path: Path) -> Path:
    back_up(full, tmp_path / "b.zip", without=["runs"])
    return tmp_path / "b.zip"


def test_any_byte_that_changed_is_noticed(sealed: Path, tmp_path: Path) -> None:
    data = bytearray(sealed.read_bytes())
    rng = np.random.default_rng(0)
    noticed = 0
    for place in rng.integers(0, len(data), 60):
        broken = data.copy()
        broken[place] ^= 0x55
        path = tmp_path / "broken.zip"
        path.write_bytes(broken)
        try:
            seal = verify(path)
        except SegStudioError:
            noticed += 1
        else:  # a date, or the length of a comment: what is in the files is the same
            assert seal.files == read_seal(sealed).files
    assert noticed > 50


@pytest.mark.parametrize("length", [0, 10, 1000, -1, -30])
def test_a_file_that_was_cut_off_is_refused(sealed: Path, tmp_path: Path, length: int) -> None:
    sealed.write_bytes(sealed.read_bytes()[:length])
    for read in (verify, read_seal, lambda path: restore(path, tmp_path / "new")):
        with pytest.raises(SegStudioError, match=r"damaged|no backup"):
            read(sealed)
    assert not (tmp_path / "new").exists()


def _add(
    name: str, data: bytes = b"x", *, sealed: bool = True
) -> Callable[[zipfile.ZipFile, dict[str, object]], None]:
    def add(opened: zipfile.ZipFile, files: dict[str, object]) -> None:
        opened.writestr(zipfile.ZipInfo(name), data)
        if sealed:
            files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}

    return add


def _link(opened: zipfile.ZipFile, files: dict[str, object]) -> None:
    info = zipfile.ZipInfo("photos/link.png")
    info.external_attr = 0o120777 << 16
    opened.writestr(info, "/etc/passwd")
    files["photos/link.png"] = {"sha256": hashlib.sha256(b"/etc/passwd").hexdigest(), "size_bytes": 11}


def _bomb(opened: zipfile.ZipFile, files: dict[str, object]) -> None:
    info = zipfile.ZipInfo("photos/bomb.png")
    info.compress_type = zipfile.ZIP_DEFLATED
    data = bytes(40 << 20)
    opened.writestr(info, data)
    files["photos/bomb.png"] = {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}


def _wrong_size(opened: zipfile.ZipFile, files: dict[str, object]) -> None:
    _add("photos/a.png")(opened, files)
    files["photos/a.png"] = {"sha256": "0" * 64, "size_bytes": 1 << 60}


_HOSTILE = (
    (_add("../out.txt"), "outside"),
    (_add("photos/../../out.txt"), "outside"),
    (_add("/tmp/out.txt"), "outside"),
    (_add("C:/out.txt"), "outside"),
    (_add("photos\\..\\..\\out.txt"), "outside"),
    (_link, "is a link"),
    (_bomb, "would unpack to"),
    (_add("project.json"), "twice"),
    (_add("PROJECT.json"), "twice"),
    (_add("photos/x.png", sealed=False), "does not belong"),
    (_add("project.json.LOCK", sealed=False), "does not belong"),
    (_add("masks/a.jpg.png/x"), "as a file and as a folder"),
    (_add("PROJECT.json/x"), "as a file and as a folder"),
    (_wrong_size, "not what was put into it"),
)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_ones_are_refused_and_nothing_is_written(
    sealed: Path, fingerprint: Fingerprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "RATIO_FREE_BYTES", 1 << 20)
    hostile = sealed.parent / "inner/hostile.zip"
    hostile.parent.mkdir()
    for number, (spoil, told) in enumerate(_HOSTILE):
        with zipfile.ZipFile(sealed) as reading, zipfile.ZipFile(hostile, "w") as writing:
            seal = json.loads(reading.read(SEAL))
            for info in reading.infolist():
                if info.filename != SEAL:
                    writing.writestr(info, reading.read(info))
            spoil(writing, seal["files"])
            writing.writestr(SEAL, json.dumps(seal))
        before = fingerprint(sealed.parent)
        with pytest.raises(SegStudioError) as refused:
            restore(hostile, sealed.parent / "inner/new")
        assert told in str(refused.value), number
        assert fingerprint(sealed.parent) == before


_OF_ONE_PLACE = (
    ".staging/1/commit.json",
    ".lock",
    ".Cache/x.json",
    ".git/hooks/x",
    ".DS_Store",
    "masks/a.jpg.lock",
    "masks/a.jpg.lock.by",
    "masks/deep/B.JPG.LOCK",
    "sources/x.part",
)


def test_what_would_steer_the_program_is_not_unpacked(sealed: Path, tmp_path: Path) -> None:
    """Locks and half-written files at any depth, and what is hidden at the top, of whoever made the ZIP file."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(sealed) as reading, zipfile.ZipFile(other, "w") as writing:
        seal = json.loads(reading.read(SEAL))
        for info in reading.infolist():
            if info.filename != SEAL:
                writing.writestr(info, reading.read(info))
        for name in _OF_ONE_PLACE:
            _add(name)(writing, seal["files"])
        writing.writestr(SEAL, json.dumps(seal))
    assert verify(other).files == read_seal(sealed).files
    restore(other, tmp_path / "new")
    there = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*")}
    assert there.isdisjoint(_OF_ONE_PLACE)
    assert {name for name in there if (tmp_path / "new" / name).is_file()} == set(read_seal(sealed).files)


@pytest.mark.parametrize("seal", [b"", b"[]", b"{}", b'{"kind": "backup", "version": 2}', b"[" * 100_000])
def test_a_seal_that_cannot_be_read_is_told(tmp_path: Path, seal: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as opened:
        opened.writestr(SEAL, seal)
    with pytest.raises(SegStudioError, match="cannot be read"):
        restore(tmp_path / "x.zip", tmp_path / "new")


def test_what_stands_in_the_way_is_told(sealed: Path, full: Project, tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="file of this name"):
        back_up(full, sealed)
    with pytest.raises(SegStudioError, match="inside the project"):
        back_up(full, full.folder / "b.zip")
    with pytest.raises(SegStudioError, match="something already"):
        restore(sealed, full.folder)
    with pytest.raises(SegStudioError, match="no such file"):
        restore(tmp_path / "no.zip", tmp_path / "new")
    (tmp_path / "empty").mkdir()
    assert restore(sealed, tmp_path / "empty").kind == "backup"


def test_a_backup_of_no_project_is_none(full: Project, tmp_path: Path) -> None:
    (full.folder / "project.json").write_text("{")
    shutil.rmtree(tmp_path / "new", ignore_errors=True)
    with pytest.raises(SegStudioError):
        back_up(full, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()
