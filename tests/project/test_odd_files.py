"""What a stranger's project may hold in the place of its files: pipes, which nobody may wait for, and what has no end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from segstudio.desktop.log_reading import LogReading, read_on
from segstudio.desktop.reviewing.videos import VideoBook
from segstudio.desktop.train.log_tail import LogTail
from segstudio.errors import SegStudioError
from segstudio.formats.record import read_record
from segstudio.painting.journal import take_journal
from segstudio.painting.recovery import recover
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.backup import back_up, restore
from segstudio.project.class_choices import ClassChoices
from segstudio.project.class_history import ClassHistory
from segstudio.project.document import last_good_copy, load_document
from segstudio.project.images import is_deep, photo_orientation
from segstudio.project.listing import badly_named
from segstudio.project.mask_values import count_file
from segstudio.project.masks import read_mask, read_mask_file
from segstudio.project.merged import last_merge
from segstudio.project.moving import move
from segstudio.project.pack import make_pack, read_pack
from segstudio.project.photo_locks import read_claim
from segstudio.project.photos import PhotoState
from segstudio.project.presence import people
from segstudio.project.project import Project
from segstudio.project.removal import removals
from segstudio.project.review_queue import ReviewQueue
from segstudio.project.versions import versions_of
from segstudio.runs.folder import RunFolder, list_runs
from segstudio.runs.predictions import kept_prediction, load_map, prediction_places
from segstudio.runs.recipe import load_recipe
from segstudio.weight_files import refuse_other_files
from tests.project.conftest import AddPhoto


def _told(read: Callable[[Path], object], path: Path) -> str:
    """Return what is told of a file; nothing where it is passed over."""
    try:
        read(path)
    except (SegStudioError, OSError) as error:
        return f"{error} {error.__cause__}"
    return ""


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(8 << 30)


_KINDS = (_pipe, _endless, _huge)


@pytest.fixture(autouse=True)
def nobody_waits() -> Iterator[None]:
    """End a test that waits for a pipe or reads without end."""

    def fail(*_: object) -> None:
        pytest.fail("it waits, or reads without end")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def _recovered(path: Path) -> object:
    return recover(np.zeros((4, 4), dtype=np.uint8), path)


def _version(path: Path) -> object:
    (path.parent / "1.png").touch()
    (found,) = versions_of(path.parents[3], "a.png")
    return found


def _queue(path: Path) -> object:
    queue = ReviewQueue(path.parents[1]).read()
    assert queue.problems
    return queue


_READERS: dict[str, Callable[[Path], object]] = {
    "project.json": lambda path: load_document(path.parent),
    "project.json.bak": lambda path: last_good_copy(path.parent),
    "pack.json": lambda path: read_pack(path.parent),
    "masks/a.png.json": PhotoState.read,
    "masks/a.png.png": read_mask,
    "masks/b.png.png": read_mask_file,
    "masks/c.png.png": lambda path: count_file(path, None),
    "masks/a.png.undo": _recovered,
    "masks/b.png.undo": take_journal,
    "masks/c.png.undo": lambda path: StrokeJournals().values(path),
    "masks/a.png.lock.by": read_claim,
    f".people/{'a' * 32}.json": lambda path: people(path.parents[1]),
    "history/masks/a.png/1.json": _version,
    "review/a.json": _queue,
    "review/videos/a.json": lambda path: VideoBook(path.parents[2]).read(),
    "sources/1/import.json": read_record,
    ".trash/photos/000001/removal.json": lambda path: removals(path.parents[3]),
    "history/merges/1/merge.json": lambda path: last_merge(path.parents[3]),
    "history/classes/000001/entry.json": lambda path: ClassHistory(path.parents[3]).entries,
    ".staging/a/commit.json": lambda path: move(path.parents[2], path.parent),
    "runs/a/recipe.toml": lambda path: load_recipe(str(path)),
    "runs/b/best.pt": refuse_other_files,
    "photos/a.png": photo_orientation,
    "photos/b.png": is_deep,
}


@pytest.mark.parametrize("odd", _KINDS[:2])
@pytest.mark.parametrize("name", _READERS)
def test_nobody_waits_for_a_pipe_or_reads_without_end(
    tmp_path: Path, name: str, odd: Callable[[Path], None]
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    odd(path)
    told = _told(_READERS[name], path)
    assert not told or "no ordinary file" in told or "no such recipe" in told


_RECORDS = [name for name in _READERS if name.endswith((".json", ".undo", "b.png.png", ".toml"))]


@pytest.mark.parametrize("name", _RECORDS)
def test_what_is_far_too_large_is_not_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    _huge(path)
    monkeypatch.setattr(Path, "read_bytes", lambda read: pytest.fail(f"{read} is read"))
    monkeypatch.setattr(Path, "read_text", lambda read, **_: pytest.fail(f"{read} is read"))
    told = _told(_READERS[name], path)
    assert not told or "too large" in told or "cannot be read" in told


def test_of_a_run_and_what_was_predicted(tmp_path: Path) -> None:
    run = tmp_path / "runs/a"
    run.mkdir(parents=True)
    (run / "recipe.toml").touch()
    _pipe(run / "events.jsonl")
    _pipe(run / "crops-together.txt")
    assert [each.name for each in list_runs(run.parent)] == ["a"]
    assert RunFolder(run).crops_together() == 0
    with pytest.raises(SegStudioError, match="log of the training cannot be read"):
        RunFolder(run).events()
    with pytest.raises(OSError, match="no ordinary file"):
        LogTail(run / "events.jsonl").read()
    with pytest.raises(OSError, match="no ordinary file"):
        read_on(run / "events.jsonl", LogReading())
    for place in prediction_places(tmp_path, tmp_path / "a.jpg"):
        _pipe(place)
    assert kept_prediction(tmp_path, tmp_path / "a.jpg", tmp_path / "m.pt") is None
    with pytest.raises(SegStudioError, match="gone or damaged"):
        load_map(prediction_places(tmp_path, tmp_path / "a.jpg")[0])
    assert ClassChoices(tmp_path).read("m") == {}


@pytest.mark.parametrize("odd", _KINDS)
@pytest.mark.parametrize("name", ["masks/a.png.png", "masks/a.png.json"])
def test_one_odd_file_hides_no_other_photo(
    project: Project, add_photo: AddPhoto, tmp_path: Path, name: str, odd: Callable[[Path], None]
) -> None:
    for key in ("a.png", "b.png"):
        add_photo(key, np.ones((60, 80), dtype=np.uint8))
    (project.folder / name).unlink()
    odd(project.folder / name)
    there = Project.open(project.folder)
    assert [photo.key for photo in there.photos()] == ["a.png", "b.png"]
    assert there.read_mask(there.photo("b.png")) is not None
    if odd is not _huge:
        with pytest.raises(SegStudioError, match=r"a\.png"):
            make_pack(there, tmp_path / "p.zip", there.photos())
        taken = back_up(there, tmp_path / "b.zip")
        assert taken.files.left_out == (name,)


@pytest.mark.parametrize("name", ["y" * 247 + ".png", "y" * 239 + ".png", "日" * 83 + ".png"])
def test_a_photo_whose_name_is_too_long_hides_no_other(
    project: Project, add_photo: AddPhoto, tmp_path: Path, name: str
) -> None:
    add_photo("a.png", np.ones((60, 80), dtype=np.uint8))
    photos = project.folder / "photos"
    (photos / name).write_bytes((photos / "a.png").read_bytes())
    there = Project.open(project.folder)
    assert [photo.key for photo in there.photos()] == ["a.png"]
    assert ["too long" in why for _, why in badly_named(photos)] == [True]
    there.set_split({"a.png": "val"})
    back_up(there, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "back")
    assert [photo.key for photo in Project.open(tmp_path / "back").photos()] == ["a.png"]
