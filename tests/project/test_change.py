"""A change happens whole or not at all: exceptions, obstacles, killed processes, two at once."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.files import locked
from segstudio.project import moving
from segstudio.project.change import Change, ProjectChangedError
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from segstudio.project.staging import STAGING, recover, staging_folder
from tests.project.conftest import AddPhoto, Fingerprint

_LEFT = "0123456789abcdef" * 2
"""A staging folder of a process that died."""

_CHANGE_AND_DIE = """
import os, signal, sys
from pathlib import Path
import numpy as np
from segstudio.project import change as module
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project

moment, folder = sys.argv[1], Path(sys.argv[2])
die = lambda: os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
whole = module.move

def move(project, staging):
    if moment == "listed":
        die()
    replace, left = Path.replace, [2]
    def counted(path, target):
        if left[0] == 0:
            die()
        left[0] -= 1
        return replace(path, target)
    Path.replace = counted
    whole(project, staging)

module.move = move
project = Project.open(folder)
with project.change() as change:
    for number in range(4):
        key = f"p{number}.png"
        change.put_mask(key, np.full((60, 80), 2, dtype=np.uint8))
        change.put_state(key, PhotoState(split="val", size=(60, 80)))
        if moment == "staging" and number == 2:
            die()
    change.set_classes(change.classes.added("late"))
"""

_CHANGE_TWENTY = """
import sys
from pathlib import Path
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project

folder, name = Path(sys.argv[1]), sys.argv[2]
project = Project.open(folder)
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    with project.change() as change:
        change.add_photo(f"{name}-{number}.png", Path(sys.argv[3]), copy=number % 2 == 0, size=(60, 80))
        change.put_state(f"{name}-{number}.png", PhotoState(split="train", size=(60, 80)))
"""


@pytest.fixture
def full(project: Project, add_photo: AddPhoto) -> Project:
    for number in range(4):
        add_photo(f"p{number}.png", np.full((60, 80), 1, dtype=np.uint8), split="train")
    return Project.open(project.folder)


def _mask(value: int = 2) -> Mask:
    return np.full((60, 80), value, dtype=np.uint8)


def _put_all(change: Change) -> None:
    for number in range(4):
        change.put_mask(f"p{number}.png", _mask())
        change.put_state(f"p{number}.png", PhotoState(split="val"))


def _values(project: Project) -> set[int]:
    masks = [project.read_mask(photo) for photo in project.photos()]
    return {int(value) for mask in masks if mask is not None for value in np.unique(mask)}


def test_nothing_is_to_be_seen_before_the_end_and_everything_after(full: Project) -> None:
    with full.change() as change:
        _put_all(change)
        assert _values(Project.open(full.folder)) == {1}
    assert _values(full) == _values(Project.open(full.folder)) == {2}
    assert {photo.split for photo in full.photos()} == {"val"}
    assert not (full.folder / STAGING).exists()


@pytest.mark.parametrize("problem", [ZeroDivisionError, SegStudioError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_every_byte_as_it_was(
    full: Project, fingerprint: Fingerprint, problem: type[BaseException]
) -> None:
    before = fingerprint(full.folder)

    def change_half() -> None:
        with full.change() as change:
            _put_all(change)
            change.set_classes(change.classes.added("late"))
            raise problem("in the middle")

    with pytest.raises(problem):
        change_half()
    assert fingerprint(full.folder) == before
    assert full.classes.names == Project.open(full.folder).classes.names == ("background", "person", "sky")


def test_a_refused_write_leaves_every_byte_as_it_was(full: Project, fingerprint: Fingerprint) -> None:
    before = fingerprint(full.folder)

    def add_missing() -> None:
        with full.change() as change:
            _put_all(change)
            change.add_photo("new.jpg", full.folder / "no such photo.jpg")

    with pytest.raises(SegStudioError, match="cannot be read"):
        add_missing()
    assert fingerprint(full.folder) == before


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("folder.png", "a folder stands where a file must go"),
        ("p1.png/a.png", "a file stands where a folder"),
    ],
)
def test_an_obstacle_is_found_before_anything_moves(
    full: Project, fingerprint: Fingerprint, key: str, told: str
) -> None:
    (full.folder / "photos" / "folder.png").mkdir()
    before = fingerprint(full.folder)

    def add_behind() -> None:
        with full.change() as change:
            _put_all(change)
            change.add_photo(key, full.folder / "photos" / "p0.png")

    with pytest.raises(SegStudioError, match=told):
        add_behind()
    assert fingerprint(full.folder) == before


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside"])
def test_nothing_is_written_outside_the_project(full: Project, fingerprint: Fingerprint, name: str) -> None:
    before = fingerprint(full.folder.parent)
    with full.change() as change, pytest.raises(SegStudioError, match="cannot name"):
        change.put_file(name, b"x")
    with full.change() as change, pytest.raises(SegStudioError, match="cannot name"):
        change.put_source(name, full.folder / "project.json")
    with full.change() as change, pytest.raises(SegStudioError, match="cannot name"):
        change.put_mask(name, _mask())
    assert fingerprint(full.folder.parent) == before


def _die_in(moment: str, project: Project) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _CHANGE_AND_DIE, moment, str(project.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (-signal.SIGTERM, -9, 15), ended.stderr
    assert any((project.folder / STAGING).iterdir())


def test_a_process_killed_before_it_staged_anything_leaves_nothing(full: Project) -> None:
    (full.folder / STAGING).mkdir()
    Project.open(full.folder)
    assert not (full.folder / STAGING).exists()


def test_a_process_killed_while_staging_leaves_nothing(full: Project, fingerprint: Fingerprint) -> None:
    before = fingerprint(full.folder)
    _die_in("staging", full)
    assert _values(Project.open(full.folder)) == {1}
    assert fingerprint(full.folder) == before


@pytest.mark.parametrize("moment", ["listed", "moving"])
def test_a_change_whose_process_was_killed_is_finished_by_the_next_to_open(
    full: Project, moment: str
) -> None:
    _die_in(moment, full)
    reopened = Project.open(full.folder)
    assert _values(reopened) == {2}
    assert {photo.split for photo in reopened.photos()} == {"val"}
    assert reopened.classes.names[-1] == "late"
    assert not (full.folder / STAGING).exists()


@pytest.mark.parametrize("moment", ["listed", "moving"])
def test_a_dead_change_comes_before_the_next_one_of_an_open_project(full: Project, moment: str) -> None:
    _die_in(moment, full)
    with full.change() as change:
        change.put_mask("p0.png", _mask(0))
    assert _values(full) == {0, 2}
    assert full.classes.names[-1] == "late"
    assert _values(Project.open(full.folder)) == {0, 2}


def test_a_change_under_way_is_not_taken_for_a_dead_one(full: Project) -> None:
    with full.change() as change:
        change.put_mask("p0.png", _mask(0))
        other = Project.open(full.folder)
        with other.change() as second:
            second.put_mask("p1.png", _mask(2))
        Project.open(full.folder)
        change.put_mask("p2.png", _mask(0))
    assert [int(full.read_mask(photo)[0, 0]) for photo in full.photos()] == [0, 2, 0, 1]  # type: ignore[index]


def test_a_lock_without_its_folder_is_swept_away(full: Project) -> None:
    (full.folder / STAGING).mkdir()
    (full.folder / STAGING / f"{_LEFT}.lock").touch()
    recover(full.folder)
    assert not (full.folder / STAGING).exists()


def test_a_commit_list_that_climbs_out_is_not_followed(full: Project, tmp_path: Path) -> None:
    staged = full.folder / STAGING / _LEFT
    (staged / "files").mkdir(parents=True)
    (staged / "commit.json").write_text(json.dumps(["../../outside"]), encoding="utf-8")
    (full.folder / STAGING / "outside").touch()
    with pytest.raises(SegStudioError, match="cannot name"):
        recover(full.folder)
    assert not (tmp_path / "outside").exists()
    assert _values(Project.open(full.folder)) == {1}


@pytest.mark.parametrize("name", ["commit.json", "remove.json"])
@pytest.mark.parametrize("content", [b"", b'["photos/a', b"\xff", b"[1]", b"{}", b"[" * 10_000], ids=len)
def test_a_damaged_list_is_told_and_nothing_is_moved(full: Project, name: str, content: bytes) -> None:
    staged = full.folder / STAGING / _LEFT
    (staged / "files/masks").mkdir(parents=True)
    (staged / "files/masks/p0.png.json").write_bytes(b"{}")
    (staged / "commit.json").write_text('["masks/p0.png.json"]', encoding="utf-8")
    (staged / name).write_bytes(content)
    with pytest.raises(SegStudioError, match=f"Move the folder {_LEFT} out of the project"):
        recover(full.folder)
    assert (staged / "files/masks/p0.png.json").exists()
    assert len(Project.open(full.folder).photos()) == 4


def test_a_change_waits_for_the_one_that_is_being_put_in_place(full: Project) -> None:
    done = threading.Event()

    def change() -> None:
        with Project.open(full.folder).change() as other:
            other.put_mask("p0.png", _mask(0))
        done.set()

    with locked(full.folder / ".lock"):
        waiting = threading.Thread(target=change)
        waiting.start()
        assert not done.wait(0.3)
    waiting.join(10)
    assert done.is_set()
    assert 0 in _values(full)


def test_two_processes_may_change_a_project_at_once(full: Project) -> None:
    source = full.folder / "photos" / "p0.png"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _CHANGE_TWENTY, str(full.folder), name, str(source)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("left", "right")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:  # both go before either is waited for
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    endings = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]
    assert endings == [("", 0), ("", 0)]
    keys = set(Project.open(full.folder).keys())
    assert keys == {f"p{n}.png" for n in range(4)} | {
        f"{side}-{n}.png" for side in ("left", "right") for n in range(20)
    }
    assert not (full.folder / STAGING).exists()


def _add_class(name: str, key: str) -> Callable[[Change, Project], None]:
    def add(change: Change, _project: Project) -> None:
        change.set_classes(change.classes.added(name))
        change.put_mask(key, _mask(3))

    return add


def _rename_sky(change: Change, _project: Project) -> None:
    change.set_classes(change.classes.renamed("sky", "clouds"))


def _paint(change: Change, _project: Project) -> None:
    change.put_mask("p0.png", _mask())


def _add(key: str, *, copy: bool = True) -> Callable[[Change, Project], None]:
    return lambda change, project: change.add_photo(key, project.folder / "photos" / "p0.png", copy=copy)


def _finish(change: Change, project: Project) -> None:
    photo = project.photo("p0.png")
    change.rely_on(photo)
    change.put_state("p0.png", photo.state.model_copy(update={"status": "done"}))


def _keep_source(change: Change, project: Project) -> None:
    change.put_source("1/a.xml", project.folder / "photos" / "p0.png")


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        (_add_class("tree", "p0.png"), _add_class("car", "p1.png"), "somebody changed the class list"),
        (_rename_sky, _add_class("car", "p1.png"), "somebody changed the class list"),
        (_paint, _rename_sky, "somebody renamed or deleted a class"),
        (_add("new.png"), _add("New.png"), 'there is a photo "new.png" now'),
        (_add("new.png"), _add("new.png", copy=False), 'there is a photo "new.png" now'),
        (_add("new.png", copy=False), _add("new.png"), 'there is a photo "new.png" now'),
        (_finish, _finish, 'somebody worked on the photo "p0.png"'),
        (_keep_source, _keep_source, "there is a file sources/1/a.xml now"),
    ],
)
def test_of_two_changes_that_do_not_go_together_the_second_is_refused(
    full: Project,
    fingerprint: Fingerprint,
    ours: Callable[[Change, Project], None],
    theirs: Callable[[Change, Project], None],
    told: str,
) -> None:
    after: dict[str, str] = {}

    def change_both() -> None:
        with full.change() as change:
            ours(change, full)
            other = Project.open(full.folder)
            with other.change() as first:
                theirs(first, other)
            after.update(_in_place(fingerprint(full.folder)))

    with pytest.raises(SegStudioError, match="the project was changed meanwhile") as caught:
        change_both()
    assert f"({told})" in caught.value.problem
    assert _in_place(fingerprint(full.folder)) == after


def _in_place(files: dict[str, str]) -> dict[str, str]:
    return {name: what for name, what in files.items() if not name.startswith(STAGING)}


def _mark(change: Change) -> None:
    change.update_state("p0.png", lambda state: state.model_copy(update={"status": "done"}))


@pytest.mark.parametrize("referenced", [False, True])
@pytest.mark.parametrize("label", [_mark, lambda change: change.put_mask("p0.png", _mask())])
def test_nothing_is_labelled_that_was_removed_meanwhile(
    full: Project, fingerprint: Fingerprint, label: Callable[[Change], object], referenced: bool
) -> None:
    if referenced:
        outside = full.folder.parent / "p0.png"
        outside.write_bytes((full.folder / "photos" / "p0.png").read_bytes())
        with full.change() as change:
            change.add_photo("p0.png", outside, copy=False, replace=True)
        (full.folder / "photos" / "p0.png").unlink()
        full.refresh()
    with full.change() as change:
        label(change)  # as long as it is there
    after: dict[str, str] = {}

    def change_both() -> None:
        with full.change() as change:
            label(change)
            remove_photos(Project.open(full.folder), ["p0.png"])
            after.update(_in_place(fingerprint(full.folder)))

    with pytest.raises(ProjectChangedError, match=r'there is no photo "p0\.png" any more'):
        change_both()
    assert _in_place(fingerprint(full.folder)) == after


def test_a_mask_painted_meanwhile_is_not_painted_over(full: Project, add_photo: AddPhoto) -> None:
    add_photo("bare.png")
    bare = full.photo("bare.png")

    def paint() -> None:
        with full.change() as change:
            change.rely_on(bare)
            change.put_mask("bare.png", _mask(0))
            colleague = Project.open(full.folder)
            colleague.write_mask(colleague.photo("bare.png"), _mask(2))

    with pytest.raises(SegStudioError, match=r'somebody worked on the photo "bare\.png"'):
        paint()
    mask = full.read_mask(Project.open(full.folder).photo("bare.png"))
    assert mask is not None
    assert (mask == 2).all()


def test_other_colours_and_more_classes_do_not_hurt_masks(full: Project) -> None:
    with full.change() as change:
        change.put_mask("p0.png", _mask(0))
        other = Project.open(full.folder)
        other.save_classes(other.classes.recoloured("sky", "#010203").added("car"))
    assert _values(Project.open(full.folder)) == {0, 1}
    assert full.classes.names[-1] == "car"


@pytest.mark.parametrize(("again", "copy"), [("a/new.png", True), ("A/New.PNG", True), ("a/new.png", False)])
def test_two_photos_of_one_change_cannot_share_a_key(
    full: Project, fingerprint: Fingerprint, again: str, copy: bool
) -> None:
    before = fingerprint(full.folder)

    def add_twice() -> None:
        with full.change() as change:
            change.add_photo("a/new.png", full.folder / "photos" / "p0.png")
            change.add_photo(again, full.folder / "photos" / "p1.png", copy=copy, replace=True)

    with pytest.raises(SegStudioError, match=rf'p1\.png: two photos would be called "{again}"'):
        add_twice()
    assert fingerprint(full.folder) == before


def test_a_disk_that_refuses_is_told_with_the_file_of_the_project(full: Project) -> None:
    def stage(change: Change) -> None:
        change.put_file("history", b"a file where a folder must be")
        change.put_file("history/a.txt", b"")

    with pytest.raises(SegStudioError, match="could not be written") as caught, full.change() as change:
        stage(change)
    assert caught.value.where == str(full.folder / "history/a.txt")


def test_staging_takes_several_threads(full: Project) -> None:
    def put(change: Change, first: int) -> None:
        for number in range(first, 40, 4):
            change.put_mask(f"t/{number}.png", _mask())

    photo = full.photo("p0.png").path
    with full.change() as change:
        for number in range(40):
            change.add_photo(f"t/{number}.png", photo)
        threads = [threading.Thread(target=put, args=(change, first)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(list((full.folder / "masks" / "t").iterdir())) == 40


def test_masks_of_a_change_carry_its_new_colours(full: Project) -> None:
    with full.change() as change:
        change.set_classes(ClassList())
        assert change.classes == ClassList()
        change.set_classes(full.classes.recoloured("sky", "#010203"))
        change.put_mask("p0.png", _mask(2))
    assert full.classes.named("sky").rgb == (1, 2, 3)
    from PIL import Image

    with Image.open(full.folder / "masks" / "p0.png.png") as image:
        assert image.convert("RGB").getpixel((0, 0)) == (1, 2, 3)


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20),
        st.binary(max_size=20),
        max_size=6,
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_names_are_all_put_in_place_or_all_refused(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    project = Project.create(tmp_path_factory.mktemp("any"))
    before = set(project.folder.rglob("*"))

    def put() -> None:
        with project.change() as change:
            for name, data in files.items():
                change.put_file(f"sources/{name}", data)

    try:
        put()
    except SegStudioError:
        assert set(project.folder.rglob("*")) == before
    else:
        written = [path for path in project.folder.rglob("*") if path.is_file() and path not in before]
        assert len(written) <= len(files)
        assert {path.read_bytes() for path in written} <= set(files.values())
        assert bool(written) == bool(files)


def test_a_change_that_begins_while_another_ends_is_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Project.create(tmp_path / "jumps")
    begun: list[Path] = []

    def vanishing(path: Path) -> AbstractContextManager[None]:
        begun.append(path)
        if len(begun) == 1:
            path.parent.rmdir()  # as the other one does, whose folder was the last
            raise SegStudioError("the lock cannot be made") from FileNotFoundError(str(path))
        return locked(path)

    monkeypatch.setattr("segstudio.project.staging.locked", vanishing)
    with staging_folder(made.folder) as folder:
        assert folder.is_dir()
    assert len(begun) == 2
    assert not (made.folder / STAGING).exists()


def test_a_folder_that_becomes_read_only_is_told_in_one_sentence(
    full: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even the lock of the change cannot be removed then."""
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".lock":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        unlink(path, missing_ok=missing_ok)

    def refused(path: Path, data: bytes, *, within: Path, settle: bool) -> None:
        raise SegStudioError("could not be written (Read-only file system)", where=str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr("segstudio.project.change.write_new", refused)
    with pytest.raises(SegStudioError, match="Read-only file system"):
        full.write_mask(full.photo(full.keys()[0]), np.zeros((60, 80), dtype=np.uint8))


def test_a_folder_that_goes_while_files_take_their_places_is_told_and_the_change_finished_when_it_is_back(
    full: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, away = full.photo(full.keys()[0]), full.folder.with_name("away")
    mask = np.full(photo.size, 1, dtype=np.uint8)

    def go(project: Path, folder: Path) -> None:
        project.rename(away)
        moving.move(project, folder)

    with monkeypatch.context() as patched:
        patched.setattr("segstudio.project.change.move", go)
        with pytest.raises(SegStudioError, match="could not be replaced"):
            full.write_mask(photo, mask)
    assert not full.folder.exists()  # and nothing is made in its place
    with pytest.raises(SegStudioError, match="not there any more"):
        full.write_mask(photo, mask)
    assert not full.folder.exists()
    away.rename(full.folder)
    there = Project.open(full.folder).read_mask(photo)
    assert there is not None
    assert np.array_equal(there, mask)


def test_a_change_that_was_decided_is_not_thrown_away_where_the_folder_does_not_answer(
    full: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = full.photo(full.keys()[0])
    mask = np.full(photo.size, 1, dtype=np.uint8)
    real = Path.stat

    def stale(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == moving.LIST:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return real(path, follow_symlinks=follow_symlinks)

    def refused(_project: Path, _folder: Path) -> None:
        monkeypatch.setattr(Path, "stat", stale)
        raise SegStudioError("the drive does not answer")

    with monkeypatch.context() as patched:
        patched.setattr("segstudio.project.change.move", refused)
        with pytest.raises(SegStudioError, match="does not answer"):
            full.write_mask(photo, mask)
    monkeypatch.undo()
    there = Project.open(full.folder).read_mask(photo)
    assert there is not None
    assert np.array_equal(there, mask)
