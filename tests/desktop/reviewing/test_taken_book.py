"""What was accepted before, read from records that may be damaged, away for a while, or somebody else's."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.desktop.reviewing.taken_book import FOLDER, TakenBook
from segstudio.project.bringing_in import Incoming
from segstudio.project.change import mask_name
from segstudio.project.masks import Mask
from segstudio.project.project import Project

KEY = "1.png"


def accept(book: TakenBook, project: Project, value: int) -> None:
    rows, columns = project.photo(KEY).size

    def mask() -> Mask:
        return np.full((rows, columns), value, dtype=np.uint8)

    book.take(Incoming(project.photo(KEY).path, mask, "done", "predicted by jump-1", KEY))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def loaded(folder: Path) -> TakenBook:
    book = TakenBook(folder)
    book.load()
    return book


@pytest.fixture
def before(jumps: Project) -> bytes:
    """The mask that lay there before a prediction was accepted in its place."""
    drawn = (jumps.folder / mask_name(KEY)).read_bytes()
    accept(TakenBook(jumps.folder), jumps, 0)
    assert len(contents(jumps.folder / FOLDER)) == 2
    return drawn


@pytest.mark.parametrize("key", ["\x00.png", "../a.png", "x" * 5000, ""], ids=range(4))
def test_a_record_that_names_no_photo_is_passed_over(tmp_path: Path, key: str) -> None:
    digest = hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()
    place = tmp_path / FOLDER / f"{digest[:16]}.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"key": key, "stamp": [1, 2, 3], "came_in": False}), encoding="utf-8")
    assert loaded(tmp_path).taken(key) is None


@pytest.mark.parametrize("name", ["recipe.json", "0123456789abcdef.json"])
def test_what_is_no_record_of_ours_is_left_as_it_is(jumps: Project, before: bytes, name: str) -> None:
    folder = jumps.folder / FOLDER
    (record,) = folder.glob("*.json")
    ours = record.rename(folder / name)  # of another name than that of its photo
    record.with_suffix(".png").rename(ours.with_suffix(".png"))
    (folder / "notes.json").write_text("{}")
    (folder / "notes.png").write_bytes(b"a drawing")
    there = contents(folder)
    assert loaded(jumps.folder).taken(KEY) is None
    assert contents(folder) == there


@pytest.mark.parametrize("linked", ["review", "review/taken"])
def test_what_a_link_leads_to_is_left_as_it_is(jumps: Project, tmp_path: Path, linked: str) -> None:
    own = tmp_path / "own"
    files = own / Path(FOLDER).relative_to(linked)
    files.mkdir(parents=True)
    (files / "a.json").write_text("{}")
    (files / "a.png").write_bytes(b"a drawing")
    place = jumps.folder / linked
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(exist_ok=True)
    try:
        place.symlink_to(own, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    there = contents(files)
    book = loaded(jumps.folder)
    assert contents(files) == there
    drawn = (jumps.folder / mask_name(KEY)).read_bytes()
    accept(book, jumps, 0)
    if linked == "review/taken":
        assert contents(files) == there
    else:
        assert loaded(jumps.folder).taken(KEY) is not None
    book.back(KEY)
    assert (jumps.folder / mask_name(KEY)).read_bytes() == drawn, (
        "it can be taken back while the window is open"
    )
    assert contents(files) == there


def test_a_record_behind_a_link_is_not_read(jumps: Project, before: bytes, tmp_path: Path) -> None:
    (record,) = (jumps.folder / FOLDER).glob("*.json")
    own = record.rename(tmp_path / "own.json")
    try:
        record.symlink_to(own)
    except OSError:
        pytest.skip("no links here")
    assert loaded(jumps.folder).taken(KEY) is None
    assert own.exists()


def away(path: Path) -> Callable[[], object]:
    aside = path.rename(path.with_name("aside"))
    return lambda: aside.rename(path)


@pytest.mark.parametrize("what", ["masks", "mask before"])
def test_what_is_away_for_a_while_costs_no_record(jumps: Project, before: bytes, what: str) -> None:
    (kept,) = (jumps.folder / FOLDER).glob("*.png")
    put_back = away(jumps.folder / "masks" if what == "masks" else kept)
    assert loaded(jumps.folder).taken(KEY) is None
    put_back()
    loaded(jumps.folder).back(KEY)
    assert (jumps.folder / mask_name(KEY)).read_bytes() == before


def test_a_mask_that_is_away_when_it_is_to_be_taken_back_costs_no_record(
    jumps: Project, before: bytes
) -> None:
    book = loaded(jumps.folder)
    put_back = away(jumps.folder / mask_name(KEY))
    assert book.back(KEY).undone is None
    put_back()
    loaded(jumps.folder).back(KEY)
    assert (jumps.folder / mask_name(KEY)).read_bytes() == before


def test_a_copy_of_a_project_knows_what_was_accepted(jumps: Project, before: bytes, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(jumps.folder, tmp_path / "copy", copy_function=shutil.copyfile))
    loaded(copy).back(KEY)
    assert (copy / mask_name(KEY)).read_bytes() == before


def test_another_mask_of_the_same_length_is_not_taken_back(jumps: Project, before: bytes) -> None:
    path = jumps.folder / mask_name(KEY)
    other = bytearray(path.read_bytes())
    other[-1] ^= 1
    path.write_bytes(other)
    assert loaded(jumps.folder).taken(KEY) is None
    assert path.read_bytes() == other
    assert contents(jumps.folder / FOLDER), "nothing is removed unasked"
