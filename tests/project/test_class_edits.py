"""Editing the class list: told beforehand, whole or not at all, undone without touching what was painted since."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.files import hold
from segstudio.painting.editor import MaskEditor
from segstudio.painting.rect import Rect
from segstudio.painting.region import Region
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import (
    Add,
    ClassEdit,
    Delete,
    Merge,
    Recolour,
    Rename,
    Reorder,
    checked_name,
    edited,
    taken_back,
)
from segstudio.project.class_edits import ClassEditing
from segstudio.project.class_history import LIMIT, ClassHistory
from segstudio.project.class_uses import MaskCounter
from segstudio.project.classes import MAX_CLASSES, VOID, ClassList
from segstudio.project.document import BACKUP_NAME, FILE_NAME
from segstudio.project.images import encode_png
from segstudio.project.masks import Mask, read_mask
from segstudio.project.painted_photos import not_painted
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto, Fingerprint

ROWS, COLUMNS = 24, 32
SIZE = (ROWS, COLUMNS)

_MERGE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project import change as module, moving
from segstudio.project.class_edit import Merge
from segstudio.project.class_edits import ClassEditing
from segstudio.project.project import Project

moment, folder = sys.argv[1], Path(sys.argv[2])
die = lambda: os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
whole, remove = module.move, moving.remove

def move(project, staging):
    if moment == "listed":
        die()
    replace, left = Path.replace, [3]
    def counted(path, target):
        left[0] -= 1
        if moment == "moving" and left[0] == 0:
            die()
        return replace(path, target)
    Path.replace = counted
    whole(project, staging)

def removing(project, path):
    if moment == "removing":
        die()
    remove(project, path)

module.move, moving.remove = move, removing
put = module.Change.put_file
def putting(self, name, data, **more):
    if moment == "staging" and name.endswith("2.png.png"):
        die()
    put(self, name, data, **more)
module.Change.put_file = putting
ClassEditing(Project.open(folder), StrokeJournals()).commit(Merge(1, 2))
"""


def editing(project: Project | Path) -> ClassEditing:
    opened = Project.open(project) if isinstance(project, Path) else project
    return ClassEditing(opened, StrokeJournals())


def stripes(*values: int) -> Mask:
    """Equal vertical stripes of the given values."""
    return np.repeat(np.array(values, dtype=np.uint8), COLUMNS // len(values))[None, :].repeat(ROWS, axis=0)


def paint(project: Project, key: str, value: int, rect: Rect, *, save: bool = True) -> None:
    """Paint as the window does: journal and mask; without `save` as if the program died before saving."""
    photo = project.photo(key)
    mask = project.read_mask(photo)
    on_disk = np.full(photo.size, VOID, dtype=np.uint8) if mask is None else mask
    editor, _ = MaskEditor.open(on_disk, project.journal_path(photo))
    with editor.edit(f"brush {value}"):
        editor.paint(Region(rect, np.ones((rect.rows, rect.columns), dtype=np.bool_)), value=value)
    if save:
        editor.save(editor.snapshot(), lambda pixels: project.write_mask(photo, pixels))
    project.refresh()


def mask_of(project: Project, key: str) -> Mask:
    project.refresh()
    mask = project.read_mask(project.photo(key))
    assert mask is not None
    return mask


def undo_label(project: Project, key: str) -> str | None:
    photo = project.photo(key)
    mask = project.read_mask(photo)
    start = np.full(photo.size, VOID, dtype=np.uint8) if mask is None else mask
    editor, _ = MaskEditor.open(start, project.journal_path(photo))
    return editor.undo_label


def without_history(found: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in found.items() if not name.startswith("history")}


@pytest.fixture
def striped(project: Project, add_photo: AddPhoto) -> Project:
    """Photos 0–3 of background, person, sky; 3 without mask; `person` in 0 and 2."""
    photo = np.full((*SIZE, 3), 90, dtype=np.uint8)
    for number, values in enumerate(((0, 1, 2, VOID), (0, 2), (1, 1, 1, 2), ())):
        add_photo(f"{number}.png", stripes(*values) if values else None, photo=photo)
    project.refresh()
    return project


# -- the list alone


def test_each_edit_gives_the_list_that_it_says(classes: ClassList) -> None:
    assert edited(classes, Add("  kite  surfer ")).names == ("background", "person", "sky", "kite surfer")
    assert edited(classes, Rename(1, "jumper")).names == ("background", "jumper", "sky")
    assert edited(classes, Recolour(2, "#010203")).named("sky").colour == "#010203"
    assert edited(classes, Reorder((2, 0, 1))).names == ("sky", "background", "person")
    assert edited(classes, Reorder((2, 0, 1))).draw_order == (0, 1, 2)
    assert edited(classes, Reorder((2, 0, 1), of="drawing")).draw_order == (2, 0, 1)
    assert edited(classes, Merge(0, 2)).unpainted == 2
    assert edited(classes, Delete(0)).unpainted == VOID
    assert edited(edited(classes, Delete(2)), Add("rope")).named("rope").index == 3


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "needs a name"),
        (" \t ", "needs a name"),
        ("PERSON", 'already a class "person"'),
        ("Ｓky", 'already a class "sky"'),
        ("x" * 61, "60 letters"),
        ("zero\u200bwidth", "cannot be seen"),
    ],
)
def test_names_that_cannot_be_are_told(classes: ClassList, name: str, told: str) -> None:
    with pytest.raises(SegStudioError, match=told):
        checked_name(classes, name)
    with pytest.raises(SegStudioError, match=told):
        edited(classes, Rename(0, name))


def test_two_ways_to_write_a_letter_are_one_name(classes: ClassList) -> None:
    apart = unicodedata.normalize("NFD", "Fläche")
    grown = edited(classes, Add(apart))
    assert grown.names[-1] == unicodedata.normalize("NFC", apart)
    with pytest.raises(SegStudioError, match="already"):
        edited(grown, Add("FLÄCHE"))
    assert edited(grown, Rename(3, "FLÄCHE")).names[-1] == "FLÄCHE"


def test_the_list_is_full_at_255() -> None:
    full = ClassList.from_names([f"c{number}:#0000{number:02X}" for number in range(MAX_CLASSES)])
    with pytest.raises(SegStudioError, match="no class number is left"):
        edited(full, Add("one more"))


@pytest.mark.parametrize(
    "edit", [Merge(1, 1), Delete(7), Rename(7, "x"), Reorder((0, 1)), Recolour(0, "red")]
)
def test_what_cannot_be_done_is_told(classes: ClassList, edit: ClassEdit) -> None:
    with pytest.raises(SegStudioError):
        edited(classes, edit)


def test_taking_back_keeps_what_was_changed_since(classes: ClassList) -> None:
    without = edited(classes, Delete(1))
    since = edited(edited(edited(without, Add("rope")), Rename(2, "heaven")), Reorder((3, 2, 0)))
    back = taken_back(classes, without, since)
    assert back.names == ("rope", "heaven", "background", "person")
    assert back.named("person") == classes.named("person")
    assert sorted(back.draw_order) == [0, 1, 2, 3]


def test_taking_back_refuses_where_the_same_was_changed(classes: ClassList) -> None:
    renamed = edited(classes, Rename(1, "jumper"))
    with pytest.raises(SegStudioError, match="since"):
        taken_back(classes, renamed, edited(renamed, Rename(1, "diver")))
    without = edited(classes, Delete(1))
    with pytest.raises(SegStudioError, match="another class"):
        taken_back(classes, without, edited(without, Add("Person")))


# -- with masks


def test_a_preview_counts_and_writes_nothing(striped: Project, fingerprint: Fingerprint) -> None:
    before = fingerprint(striped.folder)
    preview = editing(striped).preview(Delete(1))
    assert preview.photos == ("0.png", "2.png")
    assert preview.told == "person is in 2 of 4 photos, 33.3 % of the pixels; they become not labelled."
    assert "they become sky" in editing(striped).preview(Merge(1, 2)).told
    paint(striped, "1.png", 1, Rect(0, 0, 4, 4))
    editing(striped).commit(Rename(1, "jumper"))
    shutil.rmtree(striped.folder / "history")
    preview = editing(striped).preview(Delete(1))
    assert preview.ends == ("1.png",)
    assert "The undo history of one photo ends here; it comes back when you undo this." in preview.told
    assert set(fingerprint(striped.folder)) == {*before, "masks/1.png.undo"}


def test_an_unused_class_touches_nothing(striped: Project) -> None:
    editing(striped).commit(Add("rope"))
    assert editing(striped).preview(Delete(3)).told == "rope is in none of the 4 photos."
    assert editing(striped).commit(Delete(3)).masks == 0


def test_merge_rewrites_the_masks_that_hold_the_class(striped: Project) -> None:
    times = {key: striped.mask_path(striped.photo(key)).stat().st_mtime_ns for key in ("0.png", "1.png")}
    done = editing(striped).commit(Merge(1, 2))
    assert done.masks == 2
    assert np.array_equal(mask_of(striped, "0.png"), stripes(0, 2, 2, VOID))
    assert np.array_equal(mask_of(striped, "2.png"), stripes(2, 2, 2, 2))
    assert striped.classes.names == ("background", "sky")
    assert striped.mask_path(striped.photo("1.png")).stat().st_mtime_ns == times["1.png"]


def test_delete_and_undo_are_exact_and_survive_the_program(
    striped: Project, fingerprint: Fingerprint
) -> None:
    paint(striped, "0.png", 1, Rect(0, 0, 4, 4))
    paint(striped, "1.png", 0, Rect(0, 20, 4, 24))  # holds no person, and nor does its journal
    before = without_history(fingerprint(striped.folder))
    editing(striped.folder).commit(Delete(1))
    assert not (striped.folder / "masks/0.png.undo").exists()
    assert (striped.folder / "masks/1.png.undo").exists()
    assert undo_label(striped, "1.png") == "brush 0"
    done = editing(striped.folder).undo()
    assert done.label == "delete person"
    assert without_history(fingerprint(striped.folder)) == before
    assert undo_label(striped, "0.png") == "brush 1"


def test_undo_keeps_what_was_painted_since(striped: Project) -> None:
    paint(striped, "0.png", 1, Rect(0, 0, 4, 4))
    former = mask_of(striped, "0.png")
    editing(striped).commit(Merge(1, 2))
    striped.refresh()
    paint(striped, "0.png", 0, Rect(10, 0, 14, COLUMNS))
    since = mask_of(striped, "0.png")
    done = editing(striped).undo()
    expected = former.copy()
    expected[10:14] = 0
    assert np.array_equal(mask_of(striped, "0.png"), expected)
    assert not np.array_equal(since, expected)
    assert "In 1 of them what was painted since stays." in done.told
    assert undo_label(striped, "0.png") is None  # no journal fits; it is not given one that does not


def test_painting_taken_back_since_does_not_hinder_the_journal(
    striped: Project, fingerprint: Fingerprint
) -> None:
    paint(striped, "0.png", 1, Rect(0, 0, 4, 4))
    before = without_history(fingerprint(striped.folder))
    editing(striped).commit(Merge(1, 2))
    striped.refresh()
    paint(striped, "0.png", 0, Rect(10, 0, 14, COLUMNS))
    photo = striped.photo("0.png")
    editor, _ = MaskEditor.open(mask_of(striped, "0.png"), striped.journal_path(photo))
    editor.undo()
    editor.save(editor.snapshot(), lambda pixels: striped.write_mask(photo, pixels))
    editing(striped).undo()
    assert without_history(fingerprint(striped.folder)) == before


def test_a_history_that_could_bring_the_class_back_ends_too(striped: Project) -> None:
    """Painted and taken back: the mask does not hold the class, redo would."""
    photo = striped.photo("1.png")
    editor, _ = MaskEditor.open(mask_of(striped, "1.png"), striped.journal_path(photo))
    with editor.edit("brush"):
        editor.paint_all(1)
    editor.undo()
    editor.save(editor.snapshot(), lambda pixels: striped.write_mask(photo, pixels))
    assert editing(striped).preview(Delete(1)).ends == ("1.png",)
    editing(striped).commit(Delete(1))
    assert not striped.journal_path(photo).exists()
    editing(striped).undo()
    editor, _ = MaskEditor.open(mask_of(striped, "1.png"), striped.journal_path(photo))
    assert editor.redo_label == "brush"


def test_strokes_that_only_a_journal_holds_are_saved_first(striped: Project) -> None:
    paint(striped, "3.png", 1, Rect(0, 0, 4, 4), save=False)
    paint(striped, "1.png", 0, Rect(0, 0, 4, 4), save=False)
    editing(striped).commit(Merge(1, 2))
    assert (mask_of(striped, "3.png")[:4, :4] == 2).all()
    assert (mask_of(striped, "1.png")[:4, :4] == 0).all()
    editing(striped).undo()
    assert (mask_of(striped, "3.png")[:4, :4] == 1).all()


def test_redo_does_it_again_with_what_is_there_by_then(striped: Project) -> None:
    editing(striped).commit(Merge(1, 2))
    editing(striped).undo()
    striped.refresh()
    paint(striped, "1.png", 1, Rect(0, 0, 4, 4))
    done = editing(striped).redo()
    assert done.label == "merge person into sky"
    assert (mask_of(striped, "1.png")[:4, :4] == 2).all()
    assert striped.classes.names == ("background", "sky")
    editing(striped).undo()
    assert (mask_of(striped, "1.png")[:4, :4] == 1).all()


def test_a_new_edit_ends_redo_and_its_files(striped: Project) -> None:
    editing(striped).commit(Delete(1))
    editing(striped).undo()
    editing(striped).commit(Rename(2, "heaven"))
    assert ClassHistory(striped.folder).redoable is None
    with pytest.raises(SegStudioError, match="redone"):
        editing(striped).redo()
    assert len(ClassHistory(striped.folder).entries) == 1


def test_an_added_class_that_was_painted_with_stays(striped: Project) -> None:
    editing(striped).commit(Add("rope"))
    striped.refresh()
    paint(striped, "1.png", 3, Rect(0, 0, 4, 4))
    with pytest.raises(SegStudioError, match='1 photo has pixels of "rope" by now'):
        editing(striped).undo()
    assert striped.classes.names[-1] == "rope"


def test_a_number_once_given_is_not_given_again(striped: Project) -> None:
    editing(striped).commit(Add("rope"))
    editing(striped).undo()
    editing(striped).commit(Add("kite"))
    striped.refresh()
    assert striped.classes.named("kite").index == 4


def test_undo_is_refused_where_the_name_is_taken(striped: Project, fingerprint: Fingerprint) -> None:
    editing(striped).commit(Delete(1))
    striped.refresh()
    striped.save_classes(striped.classes.added("person"))
    before = fingerprint(striped.folder)
    with pytest.raises(SegStudioError, match='another class "person"'):
        editing(striped).undo()
    assert fingerprint(striped.folder) == before


def test_photos_that_are_gone_or_others_now_are_left(striped: Project, add_photo: AddPhoto) -> None:
    editing(striped).commit(Delete(1))
    striped.refresh()
    add_photo("0.png", np.zeros((10, 10), dtype=np.uint8), photo=np.zeros((10, 10, 3), dtype=np.uint8))
    (striped.folder / "photos/2.png").unlink()
    done = editing(striped.folder).undo()
    assert done.masks == 0
    assert not mask_of(striped, "0.png").any()


@pytest.mark.parametrize(
    ("field", "value"), [("old", 10**30), ("old", -1), ("new", 256), ("number", 10**300)]
)
def test_an_entry_with_numbers_that_cannot_be_is_left_out(striped: Project, field: str, value: float) -> None:
    done = editing(striped).commit(Merge(1, 2))
    (path,) = striped.folder.glob("history/classes/*/entry.json")
    path.write_text(json.dumps({**json.loads(path.read_bytes()), field: value}), encoding="utf-8")
    if field == "number":  # its folder says it
        assert editing(striped).undo().label == done.label
    else:
        with pytest.raises(SegStudioError, match=r"entry\.json: the last change of the class list cannot be"):
            editing(striped).undo()


def test_no_edit_is_undone_or_redone_in_the_place_of_one_that_cannot_be_read(striped: Project) -> None:
    editing(striped).commit(Rename(0, "ground"))
    editing(striped).commit(Merge(1, 2))
    editing(striped).commit(Rename(2, "air"))
    first, second, third = sorted(striped.folder.glob("history/classes/*/entry.json"))
    editing(striped).undo()
    told = {path: path.read_bytes() for path in (first, second, third)}
    for path in (second, third):
        path.write_bytes(told[path][:100])
        for back in (editing(striped).undo, editing(striped).redo):
            with pytest.raises(
                SegStudioError, match=rf"{path.parent.name}/entry\.json: .* cannot be taken back"
            ):
                back()
        path.write_bytes(told[path])
    first.write_bytes(b"{")  # what was done since can be taken back
    assert editing(striped).undo().label == "merge person into sky"
    with pytest.raises(SegStudioError, match="move its folder away"):
        editing(striped).undo()
    first.rename(striped.folder.parent / "away")
    with pytest.raises(SegStudioError, match="no change of the class list can be undone"):
        editing(striped).undo()


@pytest.mark.parametrize("name", ["9" * 250, "9" * 18, "999999"])
def test_a_folder_called_by_a_number_without_end_stops_no_edit(striped: Project, name: str) -> None:
    (striped.folder / "history/classes" / name).mkdir(parents=True)
    editing(striped).commit(Merge(1, 2))
    assert editing(striped).undo().masks == 2


def test_a_damaged_mask_stops_what_might_touch_it(striped: Project, fingerprint: Fingerprint) -> None:
    striped.mask_path(striped.photo("1.png")).write_bytes(b"not a mask")
    before = fingerprint(striped.folder)
    for act in (lambda: editing(striped).preview(Delete(1)), lambda: editing(striped).commit(Delete(1))):
        with pytest.raises(SegStudioError, match=r"1\.png\.png"):
            act()
    assert fingerprint(striped.folder) == before
    editing(striped).commit(Rename(1, "jumper"))


def test_a_photo_that_somebody_paints_on_stops_it(striped: Project, fingerprint: Fingerprint) -> None:
    let_go = hold(striped.paint_lock(striped.photo("0.png")))
    assert let_go is not None
    before = fingerprint(striped.folder)
    with pytest.raises(SegStudioError, match=r'"0\.png" is open for painting'):
        editing(striped).commit(Delete(1))
    assert fingerprint(striped.folder) == before
    let_go()
    editing(striped).commit(Delete(1))


def test_nobody_begins_to_paint_while_numbers_change_their_meaning(
    striped: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in another process, and not on a photo that the change leaves alone: there is no lock file beside either."""
    keys = [photo.key for photo in striped.photos()]
    command = [sys.executable, "-m", "tests.project.beginning", str(striped.folder), *keys]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        asked, told = other.stdin, other.stdout

        def ask() -> str:
            asked.write("\n")
            asked.flush()
            return told.readline().strip()

        assert ask() == " ".join("yes" for _ in keys)
        during: list[str] = []
        edit = editing(striped)
        repaint = edit._repaint

        def and_ask(*arguments: object) -> object:
            if not during:
                during.append(ask())
            return repaint(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(edit, "_repaint", and_ask)
        monkeypatch.setattr("segstudio.project.class_edits._WORKERS", 1)
        edit.commit(Delete(1))
        assert during == [" ".join("no" for _ in keys)]
        assert ask() == " ".join("yes" for _ in keys)
        other.stdin.close()
    assert not list((striped.folder / "masks").rglob("*.lock"))


def test_who_paints_on_any_photo_stops_a_change_of_what_numbers_mean(striped: Project) -> None:
    """The class may be painted there any moment."""
    without = next(photo for photo in striped.photos() if 1 not in np.unique(mask_of(striped, photo.key)))
    let_go = hold(striped.paint_lock(without))
    assert let_go is not None
    with pytest.raises(SegStudioError, match="open for painting"):
        editing(striped).commit(Delete(1))
    editing(striped).commit(Rename(1, "jumper"))
    let_go()
    editing(striped).commit(Delete(1))


def test_a_lock_that_nobody_holds_any_more_stops_nothing(striped: Project) -> None:
    """It may lie there after a crash, and always does where a file that is open cannot be removed."""
    photo = striped.photo("0.png")
    striped.paint_lock(photo).touch()
    with not_painted(striped, [photo, photo]):
        pass


def test_a_mask_that_changes_meanwhile_stops_it(striped: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Project.open(striped.folder)
    edit = editing(striped)
    end = edit._end_journal
    paint(striped, "0.png", 1, Rect(0, 0, 4, 4))

    def painted_then(*arguments: object) -> object:
        other.write_mask(other.photo("0.png"), stripes(0, 0, 0, 1))
        return end(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(edit, "_end_journal", painted_then)
    with pytest.raises(SegStudioError, match="changed meanwhile"):
        edit.commit(Delete(1))
    assert np.array_equal(mask_of(striped, "0.png"), stripes(0, 0, 0, 1))
    assert striped.classes.find("person") is not None


@pytest.mark.parametrize("after", range(5))
def test_stopped_at_any_step_nothing_has_changed(
    striped: Project, fingerprint: Fingerprint, after: int
) -> None:
    before, asked = fingerprint(striped.folder), iter(range(1000))
    stopped = ClassEditing(striped, StrokeJournals(), cancelled=lambda: next(asked) >= after)
    with pytest.raises(WorkStopped):
        stopped.commit(Delete(1))
    assert fingerprint(striped.folder) == before


def test_only_so_many_edits_are_kept(striped: Project) -> None:
    editing(striped).commit(Delete(1))
    for number in range(LIMIT):
        editing(striped).commit(Recolour(2, f"#0000{number + 16:02X}"))
    entries = ClassHistory(striped.folder).entries
    assert len(entries) == LIMIT
    assert not list((striped.folder / "history/classes").rglob("*.png"))
    for _ in range(LIMIT):
        editing(striped).undo()
    with pytest.raises(SegStudioError, match="undone"):
        editing(striped).undo()


def test_nothing_to_do_leaves_no_trace(striped: Project, fingerprint: Fingerprint) -> None:
    before = fingerprint(striped.folder)
    editing(striped).commit(Reorder((0, 1, 2)))
    editing(striped).commit(Rename(1, "person"))
    assert fingerprint(striped.folder) == before


def test_a_mask_in_old_colours_still_reads(striped: Project) -> None:
    editing(striped).commit(Recolour(1, "#123456"))
    assert np.array_equal(mask_of(striped, "0.png"), stripes(0, 1, 2, VOID))


def test_masks_are_read_once(striped: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = MaskCounter()
    first = counter.count(striped.folder, striped.photos())

    def never_read(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr("segstudio.project.class_uses.count_file", never_read)
    assert counter.count(striped.folder, striped.photos()) == first


def test_masks_that_an_edit_has_written_need_not_be_counted(
    striped: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = MaskCounter()
    ClassEditing(striped, StrokeJournals(), counter=counter).commit(Delete(1))
    expected = MaskCounter().count(striped.folder, striped.photos())

    def never_read(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr("segstudio.project.class_uses.count_file", never_read)
    assert counter.count(striped.folder, striped.photos()) == expected
    assert expected.photos_with(1) == 0


@pytest.mark.parametrize("moment", ["staging", "listed", "moving", "removing"])
def test_killed_at_any_moment_it_is_whole(striped: Project, fingerprint: Fingerprint, moment: str) -> None:
    paint(striped, "0.png", 1, Rect(0, 0, 4, 4))
    before = without_history(fingerprint(striped.folder))
    died = subprocess.run(
        [sys.executable, "-c", _MERGE_AND_DIE, moment, str(striped.folder)], check=False, timeout=120
    )
    assert died.returncode != 0
    (striped.folder / "masks/.numbers.lock").unlink()  # nobody holds it any more: it stops nothing
    project = Project.open(striped.folder)
    if moment == "staging":
        assert project.classes.names == ("background", "person", "sky")
        assert without_history(fingerprint(striped.folder)) == before
        return
    assert project.classes.names == ("background", "sky")
    assert all((mask_of(project, f"{number}.png") != 1).all() for number in range(3))
    assert not (striped.folder / "masks/0.png.undo").exists()
    editing(project).undo()
    assert without_history(fingerprint(striped.folder)) == before


# -- any sequence


@st.composite
def _steps(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    kinds = st.sampled_from(["add", "rename", "recolour", "list", "drawing", "merge", "delete"])
    return draw(st.lists(st.tuples(kinds, st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6))


def _edit(classes: ClassList, kind: str, first: int, second: int, number: int) -> ClassEdit | None:
    if kind == "add":
        return Add(f"added {number}")
    if len(classes) < 2:
        return None
    index, other = classes.indices[first % len(classes)], classes.indices[second % len(classes)]
    turned = (*classes.indices[first % len(classes) :], *classes.indices[: first % len(classes)])
    made: dict[str, ClassEdit] = {
        "rename": Rename(index, f"named {number}"),
        "recolour": Recolour(index, f"#{first:02X}{second:02X}{number:02X}"),
        "list": Reorder(turned),
        "drawing": Reorder(turned, of="drawing"),
        "merge": Merge(index, other),
        "delete": Delete(index),
    }
    return made[kind] if kind != "merge" or index != other else None


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A project of three photos with journals, to be copied."""
    with TemporaryDirectory() as folder:
        made = Project.create(Path(folder) / "p", classes=ClassList.from_names(["a", "b", "c", "d"]))
        source = Path(folder) / "s.png"
        source.write_bytes(encode_png(np.full((*SIZE, 3), 90, dtype=np.uint8)))
        with made.change() as change:
            for number, values in enumerate(((0, 1, 2, 3), (0, 1), (2, VOID))):
                change.add_photo(f"{number}.png", source, size=SIZE)
                change.put_mask(f"{number}.png", stripes(*values))
                change.put_state(f"{number}.png", PhotoState(size=SIZE))
        paint(made, "0.png", 1, Rect(0, 0, 4, 4))
        paint(made, "1.png", 3, Rect(2, 2, 4, 30))
        yield made.folder


@given(steps=_steps())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_undone_is_the_beginning_and_all_redone_the_end(
    template: Path, fingerprint: Fingerprint, steps: list[tuple[str, int, int]]
) -> None:
    with TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(template, Path(temporary) / "p"))
        before, first = without_history(fingerprint(folder)), Project.open(folder).classes
        done = 0
        for number, (kind, one, two) in enumerate(steps):
            project = Project.open(folder)
            edit = _edit(project.classes, kind, one, two, number)
            if edit is None or edited(project.classes, edit) == project.classes:
                continue
            editing(project).commit(edit)
            done += 1
            known = {*Project.open(folder).classes.indices, VOID}
            for path in (folder / "masks").glob("*.png"):
                assert set(np.unique(read_mask(path))) <= known
        end, last = without_history(fingerprint(folder)), Project.open(folder).classes
        for _ in range(done):
            editing(folder).undo()
        found = without_history(fingerprint(folder))
        both = {FILE_NAME: "", BACKUP_NAME: ""}
        assert {**found, **both} == {**before, **both}
        back = Project.open(folder).classes
        assert back.model_copy(update={"next_index": first.next_index}) == first
        assert back.next_index >= first.next_index
        for _ in range(done):
            editing(folder).redo()
        assert without_history(fingerprint(folder)) == end
        assert Project.open(folder).classes == last


@given(
    steps=_steps(),
    strokes=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 9)), max_size=6),
)
@settings(max_examples=15, deadline=None)
def test_undo_never_takes_a_later_stroke(
    template: Path, steps: list[tuple[str, int, int]], strokes: list[tuple[int, int, int]]
) -> None:
    """Each stroke is one row of its own; after all undos its pixels are as painted, wherever that class still is."""
    with TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(template, Path(temporary) / "p"))
        done, painted = 0, list[tuple[str, int]]()
        originals = {path.name: read_mask(path) for path in (folder / "masks").glob("*.png")}
        for number, (kind, one, two) in enumerate(s for s in steps if s[0] != "add"):
            project = Project.open(folder)
            edit = _edit(project.classes, kind, one, two, number)
            if edit is not None and edited(project.classes, edit) != project.classes:
                editing(project).commit(edit)
                done += 1
        project = Project.open(folder)
        for photo, row, _ in strokes:
            paint(project, f"{photo}.png", VOID, Rect(row, 0, row + 1, COLUMNS))
            painted.append((f"{photo}.png.png", row))
        for _ in range(done):
            editing(folder).undo()
        for name, mask in originals.items():
            now = read_mask(folder / "masks" / name)
            rows = [row for key, row in painted if key == name]
            others = [row for row in range(ROWS) if row not in rows]
            assert np.array_equal(now[others], mask[others])
            assert all(
                value in (VOID, before)
                for row in rows
                for value, before in zip(now[row], mask[row], strict=True)
            )
