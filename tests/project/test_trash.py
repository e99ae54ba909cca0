"""What was removed lies in the trash, comes back by itself, and goes for good only when it is emptied."""

from __future__ import annotations

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Delete, Merge, Rename
from segstudio.project.class_edits import ClassEditing
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, remove_photos
from segstudio.project.trash import empty_trash, trash_of, unlisted
from tests.project.conftest import AddPhoto, Fingerprint


@pytest.fixture
def full(project: Project, add_photo: AddPhoto) -> Project:
    for number, key in enumerate(("a.png", "b.png", "c.png")):
        add_photo(key, np.full((60, 80), number, dtype=np.uint8))
    return Project.open(project.folder)


def _editing(project: Project) -> ClassEditing:
    return ClassEditing(project, StrokeJournals())


def test_it_lists_photos_and_classes_the_newest_first(full: Project) -> None:
    _editing(full).commit(Delete(1))
    full.refresh()
    remove_photos(full, ["a.png"])
    remove_photos(full, ["b.png", "c.png"])
    told = sorted(thing.told() for thing in trash_of(full))
    assert told == ["2 photos", "class: delete person", "photo a.png"]
    assert all(thing.when and thing.who for thing in trash_of(full))


def test_a_clock_that_was_set_back_does_not_turn_the_order_round(
    full: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, day in (("a.png", 20), ("b.png", 21), ("c.png", 3)):
        monkeypatch.setattr(
            "segstudio.project.removal.stamp", lambda day=day: ("Anna", f"2026-05-{day:02}T12:00:00+02:00")
        )
        remove_photos(full, [key])
    assert [thing.told() for thing in trash_of(full)] == ["photo c.png", "photo b.png", "photo a.png"]


def test_a_class_comes_back_with_its_pixels_also_when_it_was_not_the_last_edit(full: Project) -> None:
    _editing(full).commit(Delete(1))
    _editing(full).commit(Rename(2, "air"))
    full.refresh()
    (thing,) = trash_of(full)
    assert thing.entry is not None
    _editing(full).undo(thing.entry)
    full.refresh()
    assert full.classes.names == ("background", "person", "air")
    mask = full.read_mask(full.photo("b.png"))
    assert mask is not None
    assert (mask == 1).all()
    assert trash_of(full) == ()
    with pytest.raises(SegStudioError, match="can be undone"):
        _editing(full).undo(thing.entry)


def test_emptied_all_of_it_is_gone_and_nothing_else(full: Project, fingerprint: Fingerprint) -> None:
    _editing(full).commit(Merge(1, 2))
    full.refresh()
    removal = remove_photos(full, ["a.png"])
    before = {name: told for name, told in fingerprint(full.folder).items() if ".trash" not in name}
    assert empty_trash(full) > 0
    after = fingerprint(full.folder)
    gone = {name for name in before if name not in after}
    assert all(name.startswith("history/classes") for name in gone)
    assert all(after[name] == told for name, told in before.items() if name not in gone)
    assert trash_of(full) == ()
    with pytest.raises(SegStudioError, match="no longer in the trash"):
        bring_back(full, removal)


def test_what_goes_with_the_trash_and_is_not_listed_is_told(full: Project) -> None:
    removal = remove_photos(full, ["a.png"])
    assert unlisted(full, trash_of(full)) == ()
    others = (".trash/imports/2026/b.png", f".trash/photos/{'9' * 30}/photos/c.png", ".trash/readme.txt")
    for name in others:
        (full.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (full.folder / name).write_bytes(b"x")
    (full.folder / removal.folder / "removal.json").write_text("{")
    assert unlisted(full, trash_of(full)) == others
    empty_trash(full)
    assert not any((full.folder / name).exists() for name in others)


def test_one_thing_alone_can_be_deleted_once(full: Project) -> None:
    remove_photos(full, ["a.png"])
    remove_photos(full, ["b.png"])
    newest, older = trash_of(full)  # in the same second, perhaps
    assert (newest.told(), older.told()) == ("photo b.png", "photo a.png")
    empty_trash(full, [older])
    assert trash_of(full) == (newest,)
    with pytest.raises(SegStudioError, match="no longer in the trash"):
        empty_trash(full, [older])
