"""Photos go to the project's trash and come back as they were."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.files import hold
from segstudio.project.images import encode_png
from segstudio.project.painted_photos import begin_painting
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, removals, remove_photos
from tests.project.conftest import AddPhoto, Fingerprint, Textured

_ONES = np.ones((60, 80), dtype=np.uint8)


@pytest.fixture
def full(project: Project, add_photo: AddPhoto) -> Project:
    add_photo("a.jpg", _ONES, split="val")
    add_photo("deep/b [1].png", _ONES)
    add_photo("c.png")
    for name in ("a.jpg.undo", "a.jpg.undo.aside", "a.jpg.png.damaged-2026"):
        (project.folder / "masks" / name).write_bytes(name.encode())
    return Project.open(project.folder)


def test_what_was_removed_comes_back_as_it_was_also_after_a_restart(
    full: Project, fingerprint: Fingerprint
) -> None:
    before = fingerprint(full.folder)
    removal = remove_photos(full, ["a.jpg", "deep/b [1].png", "a.jpg"])
    assert removal.keys == ("a.jpg", "deep/b [1].png")
    assert [photo.has_mask for photo in removal.photos] == [True, True]
    again = Project.open(full.folder)
    assert again.keys() == ("c.png",)
    assert sorted(p.name for p in (full.folder / "masks").iterdir()) == ["c.png.json"]
    assert not (full.folder / "photos/deep").exists()
    assert removals(full.folder) == (removal,)
    assert bring_back(again, removals(full.folder)[-1]) == ""
    assert fingerprint(full.folder) == {**before, ".trash": "folder"}
    assert removals(full.folder) == ()
    photo = Project.open(full.folder).photo("a.jpg")
    assert (photo.split, photo.has_mask) == ("val", True)


@pytest.mark.parametrize("key", ["../x.png", "b/../../x.png", "/x.png", "x" * 5000])
def test_what_the_trash_tells_of_a_photo_that_cannot_be_is_refused(
    project: Project, tmp_path: Path, textured: Textured, key: str
) -> None:
    (tmp_path / "elsewhere.png").write_bytes(encode_png(textured()))
    with project.change() as change:
        change.add_photo("x.png", tmp_path / "elsewhere.png", copy=False)
    removal = remove_photos(project, ["x.png"])
    path = project.folder / removal.folder / "removal.json"
    told = json.loads(path.read_bytes())
    told["photos"][0]["key"] = key
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(SegStudioError, match="cannot name a photo"):
        bring_back(project, removals(project.folder)[-1])
    assert Project.open(project.folder).keys() == ()


def test_the_file_of_a_photo_that_was_not_copied_stays(
    project: Project, tmp_path: Path, textured: Textured
) -> None:
    path = tmp_path / "elsewhere" / "x.png"
    path.parent.mkdir()
    path.write_bytes(encode_png(textured()))
    with project.change() as change:
        change.add_photo("x.png", path, copy=False)
    told = project.reference("x.png")
    removal = remove_photos(project, ["x.png"])
    assert path.exists()
    assert Project.open(project.folder).keys() == ()
    bring_back(project, removal)
    assert Project.open(project.folder).photo("x.png").path.resolve() == path
    assert project.reference("x.png") == told


def test_each_removal_comes_back_by_itself(full: Project) -> None:
    first, second = remove_photos(full, ["a.jpg"]), remove_photos(full, ["c.png"])
    assert removals(full.folder) == (first, second)
    bring_back(full, first)
    assert full.keys() == ("a.jpg", "deep/b [1].png")
    with pytest.raises(SegStudioError, match="no longer in the trash"):
        bring_back(full, first)
    bring_back(full, second)
    assert len(full.keys()) == 3


def test_a_removal_that_was_brought_back_is_never_taken_for_a_later_one(full: Project) -> None:
    """A button that offers to take back the first may still be there."""
    first = remove_photos(full, ["a.jpg"])
    bring_back(full, first)
    second = remove_photos(full, ["a.jpg", "c.png"])
    assert second.number > first.number
    with pytest.raises(SegStudioError, match="no longer in the trash"):
        bring_back(full, first)
    with pytest.raises(SegStudioError, match="no longer in the trash"):
        bring_back(full, first.model_copy(update={"number": second.number}))
    assert removals(full.folder) == (second,)
    bring_back(full, second)
    assert len(full.keys()) == 3


def test_a_removal_numbered_as_formerly_comes_back(full: Project) -> None:
    removal = remove_photos(full, ["a.jpg"])
    old = removal.model_copy(update={"number": 7})
    (full.folder / removal.folder).rename(full.folder / old.folder)
    (full.folder / old.folder / "removal.json").write_text(old.model_dump_json())
    newer = remove_photos(full, ["c.png"])
    assert removals(full.folder) == (old, newer)
    bring_back(full, old)
    assert len(full.keys()) == 2


def test_nothing_is_lost_where_the_place_is_taken(
    full: Project, add_photo: AddPhoto, fingerprint: Fingerprint
) -> None:
    removal = remove_photos(full, ["a.jpg", "c.png"])
    add_photo("C.png")
    before = fingerprint(full.folder)
    with pytest.raises(SegStudioError, match=r'there is another "c\.png".*Remove that one first'):
        bring_back(Project.open(full.folder), removal)
    assert fingerprint(full.folder) == before


def test_nothing_is_removed_while_somebody_paints_or_when_it_is_stopped(
    full: Project, fingerprint: Fingerprint
) -> None:
    before = fingerprint(full.folder)
    with pytest.raises(SegStudioError, match="there is no photo"):
        remove_photos(full, ["a.jpg", "d.png"])
    with pytest.raises(WorkStopped):
        remove_photos(full, ["a.jpg"], cancelled=lambda: True)
    let_go = hold(full.paint_lock(full.photo("a.jpg")))
    assert let_go is not None
    with pytest.raises(SegStudioError, match="open for painting"):
        remove_photos(full, ["c.png", "a.jpg"])
    let_go()
    assert fingerprint(full.folder) == before


def test_nobody_begins_to_paint_on_what_is_being_removed(full: Project) -> None:
    """Its mask would stay, of a photo that is gone, and its place be taken when it is brought back."""
    other = Project.open(full.folder)
    begun: list[object] = []
    remove_photos(
        full, ["a.jpg"], progress=lambda *_: begun.append(begin_painting(other, other.photo("a.jpg")))
    )
    assert begun == [None]


def test_classes_that_went_meanwhile_are_told(full: Project) -> None:
    removal = remove_photos(full, ["a.jpg"])
    full.save_classes(full.classes.removed("sky"))
    assert '"sky" went from the class list' in bring_back(full, removal)


@pytest.mark.parametrize("damage", ["{", "[]", "", None])
def test_a_removal_whose_record_is_damaged_comes_back_as_its_files_lie(
    full: Project, fingerprint: Fingerprint, damage: str | None
) -> None:
    full.write_mask(full.photo("a.jpg"), 2 * _ONES)  # so that there is a version, too
    before = fingerprint(full.folder)
    broken = remove_photos(full, ["a.jpg", "deep/b [1].png", "c.png"])
    record = full.folder / broken.folder / "removal.json"
    record.unlink()
    if damage is not None:
        record.write_text(damage)
    found = removals(full.folder)[0]
    assert (found.number, found.keys) == (broken.number, tuple(sorted(broken.keys)))
    assert {name for photo in found.photos for name in photo.files} == {
        name for photo in broken.photos for name in photo.files
    }
    assert {photo.key for photo in found.photos if photo.has_mask} == {"a.jpg", "deep/b [1].png"}
    assert f"({broken.folder}/removal.json) cannot be read" in bring_back(full, found)
    assert fingerprint(full.folder) == {**before, ".trash": "folder"}


def test_a_removal_of_which_nothing_is_left_hides_no_other(full: Project) -> None:
    broken = remove_photos(full, ["a.jpg"])
    shutil.rmtree(full.folder / broken.folder)
    (full.folder / broken.folder).mkdir()
    (full.folder / broken.folder / "removal.json").write_text("{")
    removal = remove_photos(full, ["c.png"])
    assert removal.number > broken.number
    unknown, known = removals(full.folder)
    assert (unknown.keys, unknown.told(), known) == ((), "a removal whose record cannot be read", removal)
    with pytest.raises(SegStudioError, match="this removal cannot be taken back: its record"):
        bring_back(full, unknown)
    bring_back(full, known)


def test_a_removal_lies_where_its_record_lies_whatever_that_says(full: Project) -> None:
    removal = remove_photos(full, ["a.jpg"])
    record = full.folder / removal.folder / "removal.json"
    record.write_text(removal.model_copy(update={"number": 10**300}).model_dump_json())
    assert removals(full.folder) == (removal,)
    bring_back(full, removal)
    assert len(full.keys()) == 3


@pytest.mark.parametrize("name", ["9" * 250, "9" * 18])
def test_a_folder_called_by_a_number_without_end_stops_no_removal(full: Project, name: str) -> None:
    (full.folder / ".trash/photos" / name).mkdir(parents=True)
    removal = remove_photos(full, ["a.jpg"])
    assert removals(full.folder) == (removal,)
    bring_back(full, removal)
    assert len(full.keys()) == 3


def test_a_folder_that_may_only_be_read_is_told_as_everywhere(
    full: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(lock: FileLock, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(lock.lock_file))

    monkeypatch.setattr(FileLock, "acquire", refuse)
    with pytest.raises(SegStudioError) as refused:
        remove_photos(full, ["a.jpg"])
    told = "the project may not be written (Permission denied). Check its permissions."
    assert str(refused.value) == f"{full.folder}: {told}"
