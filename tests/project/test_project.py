from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.change import Change
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import encode_jpeg, encode_png
from segstudio.project.masks import read_mask
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project, stamp
from tests.project.conftest import AddPhoto, Fingerprint, Textured


def test_a_new_project_has_its_folders_and_opens_again(project: Project, classes: ClassList) -> None:
    names = sorted(path.name for path in project.folder.iterdir() if not path.name.startswith("."))
    assert names == ["masks", "photos", "project.json", "project.json.bak", "runs", "sources"]
    again = Project.open(project.folder)
    assert (again.name, again.classes, again.photos()) == ("ü project", classes, ())
    assert Project.open(project.folder / "project.json").folder == project.folder
    assert project.runs_folder == project.folder / "runs"


def test_a_project_is_named_after_its_real_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jumps" / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "jumps" / "inner")
    assert Project.create(Path()).name == "inner"
    assert Project.create(Path("../other")).name == "other"
    assert Project.create(tmp_path / "x", name="A name").name == "A name"


@pytest.mark.parametrize("there", ["a project", "another file", "a file in place of the folder"])
def test_what_is_there_is_not_overwritten(tmp_path: Path, fingerprint: Fingerprint, there: str) -> None:
    folder = tmp_path / "p"
    told = {"a project": "already a project", "another file": "not empty"}.get(there, "this is a file")
    match there:
        case "a project":
            Project.create(folder)
        case "another file":
            folder.mkdir()
            (folder / "a.txt").touch()
        case _:
            folder.touch()
    before = fingerprint(tmp_path)
    with pytest.raises(SegStudioError, match=told):
        Project.create(folder)
    assert fingerprint(tmp_path) == before


def test_an_emptied_class_list_remembers_its_numbers(tmp_path: Path) -> None:
    emptied = ClassList.from_names(["a", "b"]).removed("a").removed("b")
    assert Project.create(tmp_path / "p", classes=emptied).classes.added("c").named("c").index == 2


def test_there_is_no_project_in_any_other_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(SegStudioError, match="there is no project here"):
            Project.open(path)


@pytest.mark.parametrize("key", ["a.jpg", "sub/folder/a.jpg", "ü/日本.jpg", "with spaces/a b.jpg", "a.png"])
def test_photos_keep_their_folders_and_names(
    project: Project, add_photo: AddPhoto, textured: Textured, key: str
) -> None:
    mask = np.random.default_rng(0).integers(0, 3, (60, 80), dtype=np.uint8)
    add_photo(key, mask, split="val", seed=5)
    photo = Project.open(project.folder).photo(key)
    assert (photo.key, photo.size, photo.has_mask, photo.split, photo.status) == (
        key,
        (60, 80),
        True,
        "val",
        "todo",
    )
    assert photo.path == project.folder / "photos" / key
    assert project.mask_path(photo) == project.folder / "masks" / f"{key}.png"
    assert np.array_equal(read_mask(project.mask_path(photo)), mask)
    assert np.abs(project.read_photo(photo).astype(int) - textured(5)).mean() < 12


def test_photos_put_into_the_folder_by_hand_belong_to_the_project(
    project: Project, textured: Textured
) -> None:
    (project.folder / "photos" / "sub").mkdir()
    (project.folder / "photos" / "sub" / "b.PNG").write_bytes(encode_png(textured(1, 30, 40)))
    (project.folder / "photos" / "notes.txt").touch()
    (project.folder / "photos" / ".hidden.png").touch()
    (photo,) = project.photos()
    assert (photo.key, photo.size, photo.has_mask, photo.split) == ("sub/b.PNG", (30, 40), False, None)
    assert project.read_mask(photo) is None


def test_two_photos_that_differ_in_their_suffix_have_two_masks(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.jpg", np.zeros((60, 80), dtype=np.uint8))
    add_photo("a.png", np.ones((60, 80), dtype=np.uint8))
    values = [int(mask[0, 0]) for photo in project.photos() if (mask := project.read_mask(photo)) is not None]
    assert values == [0, 1]


def test_photos_are_listed_in_order_and_found_by_key(project: Project, add_photo: AddPhoto) -> None:
    for key in ("b.png", "a/z.png", "c.png"):
        add_photo(key)
    assert project.keys() == ("a/z.png", "b.png", "c.png")
    with pytest.raises(SegStudioError, match=r'no photo "bb.png" \(did you mean "b.png"'):
        project.photo("bb.png")


def test_a_referenced_photo_stays_where_it_lies(project: Project, tmp_path: Path, textured: Textured) -> None:
    source = tmp_path / "elsewhere" / "日本.jpg"
    source.parent.mkdir()
    source.write_bytes(encode_jpeg(textured()))
    with project.change() as change:
        change.add_photo("x/日本.jpg", source, copy=False, size=(60, 80))
    (photo,) = Project.open(project.folder).photos()
    assert photo.path.resolve() == source
    assert not list((project.folder / "photos").rglob("*.jpg"))
    stored = json.loads((project.folder / "project.json").read_text(encoding="utf-8"))["references"]
    assert stored == {"x/日本.jpg": "../elsewhere/日本.jpg"}
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("ü project", "elsewhere"):
        shutil.move(tmp_path / name, moved / name)
    reopened = Project.open(moved / "ü project")
    assert reopened.read_photo(reopened.photos()[0]).shape == (60, 80, 3)


def test_a_reference_from_far_away_is_absolute(
    project: Project, tmp_path_factory: pytest.TempPathFactory, textured: Textured
) -> None:
    source = tmp_path_factory.mktemp("far") / "a.png"
    source.write_bytes(encode_png(textured()))
    with project.change() as change:
        change.add_photo("a.png", source, copy=False)
    stored = json.loads((project.folder / "project.json").read_text(encoding="utf-8"))["references"]
    assert stored == {"a.png": str(source)}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_project_behind_a_link_tells_references_from_where_it_is(
    project: Project, tmp_path: Path, textured: Textured
) -> None:
    (tmp_path / "a.png").write_bytes(encode_png(textured()))
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "link").symlink_to(project.folder)
    opened = Project.open(tmp_path / "far" / "link")
    with opened.change() as change:
        change.add_photo("a.png", tmp_path / "a.png", copy=False)
    assert Project.open(project.folder).read_photo(opened.photo("a.png")).shape == (60, 80, 3)


def test_a_copy_takes_the_place_of_a_reference(project: Project, tmp_path: Path, textured: Textured) -> None:
    (tmp_path / "a.png").write_bytes(encode_png(textured()))
    with project.change() as change:
        change.add_photo("a.png", tmp_path / "a.png", copy=False)
    with project.change() as change:
        change.add_photo("a.png", tmp_path / "a.png", replace=True)
    (photo,) = project.photos()
    assert photo.path == project.folder / "photos" / "a.png"


def test_one_broken_photo_does_not_hide_the_others(project: Project, add_photo: AddPhoto) -> None:
    add_photo("good.png", np.zeros((60, 80), dtype=np.uint8))
    add_photo("masked.png", np.zeros((60, 80), dtype=np.uint8))
    (project.folder / "photos" / "bare.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    (project.folder / "photos" / "masked.png").write_bytes(b"\x89PNG")
    (project.folder / "masks" / "masked.png.json").unlink()
    opened = Project.open(project.folder)
    assert [(photo.key, photo.size) for photo in opened.photos()] == [
        ("bare.jpg", (0, 0)),
        ("good.png", (60, 80)),
        ("masked.png", (60, 80)),
    ]
    with pytest.raises(SegStudioError, match=r"bare\.jpg: "):
        opened.read_photo(opened.photo("bare.jpg"))
    opened.set_split({"bare.jpg": "train"})
    assert Project.open(project.folder).photo("bare.jpg").split == "train"


def test_a_state_file_of_rubbish_is_told(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png")
    state = project.folder / "masks" / "a.png.json"
    for rubbish in (b"\xff\xfe\xfd", b"", b"{]"):
        state.write_bytes(rubbish)
        (photo,) = Project.open(project.folder).photos()
        assert photo.damage.startswith(str(state))


def test_a_mask_of_another_size_is_told_on_reading_and_refused_on_writing(
    project: Project, add_photo: AddPhoto, tmp_path: Path
) -> None:
    add_photo("a.png", np.zeros((60, 80), dtype=np.uint8))
    photo = project.photo("a.png")
    with pytest.raises(ValueError, match="does not fit"):
        project.write_mask(photo, np.zeros((80, 60), dtype=np.uint8))
    with project.change() as change:
        change.put_mask("a.png", np.zeros((80, 60), dtype=np.uint8))
    with pytest.raises(SegStudioError, match="60 × 80 pixels, its photo 80 × 60"):
        project.read_mask(photo)


def test_masks_and_states_are_written_one_by_one_too(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png")
    project.write_mask(project.photo("a.png"), np.full((60, 80), VOID, dtype=np.uint8))
    assert project.photo("a.png").has_mask
    project.write_state(project.photo("a.png"), PhotoState(status="checked", who="me"))
    state = Project.open(project.folder).photo("a.png").state
    assert (state.status, state.who, state.size) == ("checked", "me", (60, 80))


def test_splits_are_given_together_and_keep_what_others_wrote(project: Project, add_photo: AddPhoto) -> None:
    for key in ("a.png", "b.png"):
        add_photo(key)
    project.photos()
    colleague = Project.open(project.folder)
    colleague.write_state(colleague.photo("a.png"), PhotoState(status="done", who="colleague"))
    project.set_split({"a.png": "train", "b.png": "val"})
    assert [(photo.split, photo.status) for photo in project.photos()] == [("train", "done"), ("val", "todo")]
    with pytest.raises(SegStudioError, match="there is no photo"):
        project.set_split({"a.png": "val", "c.png": "val"})
    assert Project.open(project.folder).photo("a.png").split == "train"


def test_a_split_is_not_given_over_what_somebody_writes_in_that_moment(
    project: Project, add_photo: AddPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_photo("a.png")
    colleague = Project.open(project.folder)
    rely_on = Change.rely_on

    def late(change: Change, photo: Photo) -> None:
        rely_on(change, photo)
        colleague.write_state(photo, PhotoState(status="done"))

    monkeypatch.setattr(Change, "rely_on", late)
    with pytest.raises(SegStudioError, match=r'changed meanwhile \(somebody worked on the photo "a\.png"\)'):
        project.set_split({"a.png": "train"})
    assert Project.open(project.folder).photo("a.png").status == "done"


def test_a_class_list_does_not_replace_one_that_was_never_seen(project: Project) -> None:
    other = Project.open(project.folder)
    project.save_classes(project.classes.added("plane"))
    for _ in range(2):  # asking again is no answer: the list is still the one made without the plane
        with pytest.raises(SegStudioError, match=r"changed meanwhile \(somebody changed the class list\)"):
            other.save_classes(other.classes.added("bird"))
    other.refresh()
    other.save_classes(other.classes.added("bird"))
    assert Project.open(project.folder).classes.names[-2:] == ("plane", "bird")


def test_a_class_list_is_saved_and_seen_after_a_refresh(project: Project) -> None:
    other = Project.open(project.folder)
    project.save_classes(project.classes.added("plane"))
    assert len(other.classes) == 3
    other.refresh()
    assert other.classes.names[-1] == "plane"


def test_changes_of_two_open_projects_add_up(project: Project, tmp_path: Path, textured: Textured) -> None:
    (tmp_path / "a.png").write_bytes(encode_png(textured()))
    other = Project.open(project.folder)
    with project.change() as change:
        change.add_photo("left.png", tmp_path / "a.png", copy=False)
    with other.change() as change:
        change.add_photo("right.png", tmp_path / "a.png", copy=False)
    assert Project.open(project.folder).keys() == ("left.png", "right.png")


def test_a_stamp_has_a_time_with_offset() -> None:
    assert stamp()[1][-6] in "+-"


def test_a_photo_is_saved_with_what_others_said_of_it(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png")
    photo = project.photo("a.png")
    colleague = Project.open(project.folder)
    colleague.set_split({"a.png": "val"})
    mask = np.zeros((60, 80), dtype=np.uint8)

    def begun(state: PhotoState) -> PhotoState:
        return state.model_copy(update={"status": "doing"})

    saved = project.save_photo(photo, mask=mask, update=begun)
    assert (saved.split, saved.status, saved.has_mask, saved.size) == ("val", "doing", True, (60, 80))
    assert Project.open(project.folder).photo("a.png") == saved
    assert (project.read_mask(saved) == 0).all()  # type: ignore[union-attr]


def test_a_mask_of_other_classes_is_not_saved(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png")
    photo = project.photo("a.png")
    colleague = Project.open(project.folder)
    colleague.save_classes(colleague.classes.removed(colleague.classes.names[0]))
    with pytest.raises(SegStudioError, match="renamed or deleted a class"):
        project.save_photo(photo, mask=np.zeros((60, 80), dtype=np.uint8))
    assert not project.mask_path(photo).exists()
    assert not (project.folder / ".staging").exists()


def test_there_is_no_photo_of_a_name_that_no_file_can_have(project: Project) -> None:
    assert not project.has_photo("x" * 5000)


def test_a_photo_is_not_said_to_be_gone_when_nobody_can_look(
    project: Project, add_photo: AddPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_photo("a.png")
    look = os.stat

    def gone(path: str | Path, **options: Any) -> os.stat_result:
        if str(path).startswith(str(project.folder)):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return look(path, **options)

    monkeypatch.setattr(os, "stat", gone)
    with pytest.raises(OSError, match=os.strerror(errno.ESTALE)):
        project.has_photo("a.png")
