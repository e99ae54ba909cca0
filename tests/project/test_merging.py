"""A part is handed out, painted on both sides, and taken back: nothing of either side is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.painting.editor import MaskEditor
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.backup import restore
from segstudio.project.change import ProjectChangedError
from segstudio.project.class_edit import Add, Rename
from segstudio.project.class_edits import ClassEditing
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import encode_png
from segstudio.project.masks import Mask, read_mask
from segstudio.project.merged import last_merge, merge, unmerge
from segstudio.project.merging import MergePlan, choices_of, opened_pack, plan_merge
from segstudio.project.pack import chosen_photos, make_pack, read_pack
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from segstudio.project.versions import version_file, versions_of
from tests.project.conftest import AddPhoto, Fingerprint, Textured

JOURNALS = StrokeJournals()
_KEYS = ("a.png", "b.png", "c.png", "d.png", "deep/e.png")


def _all(value: int) -> Mask:
    return np.full((60, 80), value, dtype=np.uint8)


def _paint(project: Project, key: str, value: int, **state: object) -> None:
    project.refresh()
    project.save_photo(
        project.photo(key), mask=_all(value), update=lambda before: before.model_copy(update=state)
    )


def _value(project: Project, key: str) -> int | None:
    project.refresh()
    mask = project.read_mask(project.photo(key))
    return None if mask is None else int(mask[0, 0])


@pytest.fixture
def mine(project: Project, add_photo: AddPhoto) -> Project:
    """Five photos, the first four painted 0."""
    for key in _KEYS:
        add_photo(key, _all(0) if key != _KEYS[-1] else None)
    return Project.open(project.folder)


@pytest.fixture
def theirs(mine: Project, tmp_path: Path) -> Project:
    """All of it, handed out."""
    make_pack(mine, tmp_path / "anna.zip", mine.photos(), for_whom="Anna")
    restore(tmp_path / "anna.zip", tmp_path / "anna")
    return Project.open(tmp_path / "anna")


def _plan(mine: Project, theirs: Project) -> MergePlan:
    mine.refresh()
    theirs.refresh()
    return plan_merge(mine, theirs, JOURNALS)


def _fates(plan: MergePlan) -> dict[str, str]:
    return {pair.key: pair.fate for pair in plan.pairs if pair.fate != "same"}


def test_a_pack_is_a_project_of_its_own(mine: Project, tmp_path: Path) -> None:
    chosen = chosen_photos(mine, ["?.png", "deep/*"], ["todo"])
    assert tuple(photo.key for photo in chosen) == _KEYS
    seal = make_pack(mine, tmp_path / "x.zip", chosen_photos(mine, ["a.*", "deep/*"]), for_whom="Anna")
    assert (seal.kind, seal.name) == ("pack", "ü project for Anna")
    restore(tmp_path / "x.zip", tmp_path / "x")
    made = Project.open(tmp_path / "x")
    assert (made.keys(), made.classes) == (("a.png", "deep/e.png"), mine.classes)
    pack = read_pack(made.folder)
    assert pack is not None
    assert (pack.origin, pack.for_whom, pack.photos["deep/e.png"].mask) == (mine.created, "Anna", "")


def test_what_changed_on_one_side_comes_in_and_the_rest_stays(mine: Project, theirs: Project) -> None:
    _paint(mine, "a.png", 1)
    _paint(theirs, "b.png", 2, status="done", who="Anna", when="2026-05-01T10:00:00+00:00")
    _paint(theirs, "deep/e.png", 1)
    theirs.save_photo(theirs.photo("d.png"), update=lambda s: s.model_copy(update={"status": "checked"}))
    plan = _plan(mine, theirs)
    assert _fates(plan) == {"a.png": "mine", "b.png": "theirs", "deep/e.png": "theirs", "d.png": "status"}
    merge(mine, plan, {}, JOURNALS)
    assert [_value(mine, key) for key in _KEYS] == [1, 2, 0, 0, 1]
    photo = mine.photo("b.png")
    assert (photo.state.status, photo.state.who) == ("done", "Anna")
    assert mine.photo("d.png").status == "checked"
    assert _fates(_plan(mine, theirs)) == {"a.png": "mine"}


@pytest.mark.parametrize(("prefer", "taken"), [("mine", 1), ("theirs", 2), ("newer", 2)])
def test_of_a_conflict_the_loser_is_kept_as_a_version(
    mine: Project, theirs: Project, prefer: str, taken: int
) -> None:
    _paint(mine, "a.png", 1, when="2026-05-01T10:00:00+02:00")
    _paint(theirs, "a.png", 2, when="2026-05-01T09:00:00+00:00")
    plan = _plan(mine, theirs)
    assert _fates(plan) == {"a.png": "both"}
    with pytest.raises(SegStudioError, match="nothing says whose mask wins"):
        merge(mine, plan, {}, JOURNALS)
    merge(mine, plan, choices_of(plan, prefer=prefer), JOURNALS)  # type: ignore[arg-type]
    assert _value(mine, "a.png") == taken
    kept = [
        read_mask(version_file(mine.folder, "a.png", v.number))[0, 0]
        for v in versions_of(mine.folder, "a.png")
    ]
    assert kept[-1] == 3 - taken


def test_each_conflict_can_be_decided_by_itself(mine: Project, theirs: Project) -> None:
    for key in ("a.png", "b.png"):
        _paint(mine, key, 1)
        _paint(theirs, key, 2)
    plan = _plan(mine, theirs)
    choices = choices_of(plan, prefer="mine", chosen={"b.png": "theirs"})
    merge(mine, plan, choices, JOURNALS)
    assert [_value(mine, key) for key in ("a.png", "b.png")] == [1, 2]
    with pytest.raises(SegStudioError, match="not changed on both sides"):
        choices_of(plan, chosen={"c.png": "mine"})


def test_a_merge_is_taken_back_but_for_what_was_painted_since(
    mine: Project, theirs: Project, fingerprint: Fingerprint, textured: Textured, tmp_path: Path
) -> None:
    (tmp_path / "new.png").write_bytes(encode_png(textured(77)))
    with theirs.change() as change:
        change.add_photo("new.png", tmp_path / "new.png")
        change.put_mask("new.png", _all(1))
    for key in ("a.png", "b.png", "deep/e.png"):
        _paint(theirs, key, 2)
    before = {n: t for n, t in fingerprint(mine.folder / "masks").items() if not n.startswith("b.png")}
    record = merge(mine, _plan(mine, theirs), {}, JOURNALS)
    assert Project.open(mine.folder).has_photo("new.png")
    _paint(mine, "b.png", 1)
    done = unmerge(mine, record, JOURNALS)
    assert (set(done.back), done.gone, done.left) == ({"a.png", "deep/e.png"}, ("new.png",), ("b.png",))
    after = fingerprint(mine.folder / "masks")
    assert {n: t for n, t in after.items() if not n.startswith("b.png") and "e.png.json" not in n} == {
        n: t for n, t in before.items() if "e.png.json" not in n
    }
    assert (_value(mine, "b.png"), mine.keys()) == (1, _KEYS)
    with pytest.raises(SegStudioError, match="taken back already"):
        unmerge(mine, record, JOURNALS)


def test_a_folder_in_the_place_of_a_mask_is_told_when_a_merge_is_taken_back(
    mine: Project, theirs: Project
) -> None:
    _paint(theirs, "a.png", 2)
    record = merge(mine, _plan(mine, theirs), {}, JOURNALS)
    path = mine.mask_path(mine.photo("a.png"))
    path.unlink()
    path.mkdir()
    with pytest.raises(SegStudioError, match="cannot be read"):
        unmerge(mine, record, JOURNALS)


def test_a_merge_that_brings_nothing_leaves_no_record(mine: Project, theirs: Project) -> None:
    _paint(theirs, "b.png", 2)
    record = merge(mine, _plan(mine, theirs), {}, JOURNALS)
    assert merge(mine, _plan(mine, theirs), {}, JOURNALS).is_empty
    _paint(mine, "a.png", 1)
    _paint(theirs, "a.png", 2)
    plan = _plan(mine, theirs)
    assert merge(mine, plan, choices_of(plan, prefer="mine"), JOURNALS).is_empty
    assert len(versions_of(mine.folder, "a.png")) > 0
    assert last_merge(mine.folder) == record
    assert unmerge(mine, record, JOURNALS).back == ("b.png",)


def test_a_merge_is_not_taken_back_in_the_place_of_a_later_one(mine: Project, theirs: Project) -> None:
    records = []
    for value in (1, 2):
        _paint(theirs, "b.png", value)
        records.append(merge(mine, _plan(mine, theirs), {"b.png": "theirs"}, JOURNALS))
    older, newer = records
    file = mine.folder / newer.folder / "merge.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    with pytest.raises(SegStudioError, match=r"merge\.json: the last merge cannot be taken back: its record"):
        last_merge(mine.folder)
    with pytest.raises(SegStudioError, match=r"merge\.json: this merge cannot be taken back: its record"):
        unmerge(mine, newer, JOURNALS)
    file.write_bytes(whole)
    unmerge(mine, newer, JOURNALS)
    assert (last_merge(mine.folder), _value(mine, "b.png")) == (older, 1)
    file.write_bytes(b"{")
    shutil.rmtree(file.parent)  # as the sentence says
    assert last_merge(mine.folder) == older


@pytest.mark.parametrize("name", ["9" * 250, "9" * 18])
def test_a_folder_called_by_a_number_without_end_stops_no_merge(
    mine: Project, theirs: Project, name: str
) -> None:
    (mine.folder / "history/merges" / name).mkdir(parents=True)
    _paint(theirs, "b.png", 2)
    record = merge(mine, _plan(mine, theirs), {}, JOURNALS)
    assert last_merge(mine.folder) == record
    unmerge(mine, record, JOURNALS)
    assert _value(mine, "b.png") == 0


def test_classes_are_matched_by_number_where_they_left_and_else_by_name(
    mine: Project, theirs: Project
) -> None:
    ClassEditing(mine, JOURNALS).commit(Rename(1, "jumper"))
    ClassEditing(mine, JOURNALS).commit(Add("rope"))
    ClassEditing(theirs, JOURNALS).commit(Rename(2, "air"))
    ClassEditing(theirs, JOURNALS).commit(Add("plane"))
    ClassEditing(theirs, JOURNALS).commit(Add("unused"))
    for key, value in (("a.png", 1), ("b.png", 2), ("c.png", 3)):
        _paint(theirs, key, value)
    plan = _plan(mine, theirs)
    assert plan.classes.names == ("background", "jumper", "sky", "rope", "plane")
    merge(mine, plan, {}, JOURNALS)
    mine.refresh()
    plane = mine.classes.named("plane").index
    assert [_value(mine, key) for key in ("a.png", "b.png", "c.png")] == [1, 2, plane]


@pytest.mark.parametrize("used", ["nowhere", "in a mask", "in a stroke", "by somebody who paints"])
def test_classes_that_came_go_with_the_merge_unless_something_is_painted_with_them(
    mine: Project, theirs: Project, used: str
) -> None:
    ClassEditing(theirs, JOURNALS).commit(Add("plane"))
    ClassEditing(theirs, JOURNALS).commit(Add("rope"))
    before = mine.classes
    theirs.refresh()
    _paint(theirs, "b.png", theirs.classes.named("rope").index)
    _paint(theirs, "a.png", theirs.classes.named("plane").index)
    record = merge(mine, _plan(mine, theirs), {}, JOURNALS)
    mine.refresh()
    plane = mine.classes.named("plane").index
    assert set(record.classes.values()) == {"plane", "rope"}
    photo, let_go = mine.photo("c.png"), None
    if used == "in a mask":
        _paint(mine, "c.png", plane)
    elif used == "in a stroke":
        editor, _ = MaskEditor.open(_all(0), mine.journal_path(photo))
        with editor.edit("brush") as edit:
            edit.paint_all(plane)
    elif used == "by somebody who paints":
        let_go = hold(mine.paint_lock(photo))
    done = unmerge(mine, record, JOURNALS)
    if let_go is not None:
        let_go()
    mine.refresh()
    if used == "nowhere":
        assert (done.classes, done.kept_classes) == (("plane", "rope"), ())
        assert done.told_classes() == "Gone with it: the classes plane, rope."
        assert (mine.classes.classes, mine.classes.draw_order) == (before.classes, before.draw_order)
    elif used == "by somebody who paints":
        assert (done.classes, done.kept_classes) == ((), ("plane", "rope"))
    else:
        assert (done.classes, done.kept_classes) == (("rope",), ("plane",))
        assert "Kept, as something is painted with it: the class plane" in done.told_classes()
    assert [_value(mine, key) for key in ("a.png", "b.png")] == [0, 0]


def test_a_photo_is_known_by_its_file_not_by_its_name(
    mine: Project, theirs: Project, textured: Textured
) -> None:
    """One was renamed there; another picture has taken a name."""
    photos = theirs.folder / "photos"
    (photos / "a.png").rename(photos / "z.png")
    (photos / "b.png").write_bytes(encode_png(textured(99)))
    _paint(theirs, "z.png", 2)
    plan = _plan(mine, theirs)
    assert _fates(plan) == {"a.png": "both", "b.png": "stranger"}
    record = merge(mine, plan, {"a.png": "theirs"}, JOURNALS)
    assert ([entry.key for entry in record.photos], _value(mine, "a.png")) == (["a.png"], 2)


def test_another_project_comes_in_as_well(mine: Project, tmp_path: Path, textured: Textured) -> None:
    other = Project.create(tmp_path / "other", classes=ClassList.from_names(["SKY", "person"]))
    (tmp_path / "x.png").write_bytes(encode_png(textured(50)))
    with other.change() as change:
        for key, source in (("a copy.png", mine.photo("a.png").path), ("x.png", tmp_path / "x.png")):
            change.add_photo(key, source, size=(60, 80))
            change.put_mask(key, _all(0))
    plan = _plan(mine, Project.open(other.folder))
    assert _fates(plan) == {"a.png": "both", "x.png": "new"}
    merge(mine, plan, {"a.png": "theirs"}, JOURNALS)
    assert (_value(mine, "a.png"), _value(mine, "x.png")) == (2, 2)


def test_a_picture_that_is_there_twice_costs_nobody_a_mask(mine: Project, tmp_path: Path) -> None:
    other, picture = Project.create(tmp_path / "other", classes=mine.classes), mine.photo("a.png").path
    with other.change() as change:
        for value, key in enumerate(("x1.png", "x2.png"), start=1):
            change.add_photo(key, picture, size=(60, 80))
            change.put_mask(key, _all(value))
        change.add_photo("x3.png", picture, size=(60, 80))
    plan = _plan(mine, Project.open(other.folder))
    assert {pair.key: pair.fate for pair in plan.pairs} == {
        "a.png": "both",
        "x2.png": "new",
        "x3.png": "same",
    }
    record = merge(mine, plan, choices_of(plan, prefer="theirs"), JOURNALS)
    assert [_value(mine, key) for key in ("a.png", "x2.png")] == [1, 2]
    assert set(_plan(mine, Project.open(other.folder)).counts()) == {"same"}
    done = unmerge(mine, record, JOURNALS)
    assert (done.back, done.gone, done.left) == (("a.png",), ("x2.png",), ())
    assert (mine.has_photo("x2.png"), _value(mine, "a.png")) == (False, 0)


def test_a_copy_that_was_removed_here_comes_back_only_where_somebody_painted_on_it(
    mine: Project, tmp_path: Path
) -> None:
    picture = mine.photo("a.png").path
    with mine.change() as change:
        for key in ("a2.png", "a3.png"):
            change.add_photo(key, picture, size=(60, 80))
            change.put_mask(key, _all(1))
    make_pack(mine, tmp_path / "p.zip", mine.photos())
    restore(tmp_path / "p.zip", tmp_path / "p")
    theirs = Project.open(tmp_path / "p")
    remove_photos(mine, ["a2.png", "a3.png"])
    _paint(theirs, "a3.png", 2)
    assert _fates(_plan(mine, theirs)) == {"a3.png": "new"}


def test_agreement_is_counted_where_both_have_painted(mine: Project, theirs: Project) -> None:
    first, second = _all(1), _all(1)
    first[:, :40], second[:, :20], second[0] = 2, 2, VOID
    mine.save_photo(mine.photo("a.png"), mask=first)
    theirs.save_photo(theirs.photo("a.png"), mask=second)
    _paint(theirs, "b.png", 1)  # nobody painted it here
    agreement = _plan(mine, theirs).agreement
    assert agreement.photos == 1
    iou = {row.name: row.iou for row in agreement.classes}
    assert iou == {"person": pytest.approx(40 / 60), "sky": pytest.approx(20 / 40)}
    assert agreement.same == pytest.approx(60 / 80)
    assert agreement.mean_iou == pytest.approx((2 / 3 + 1 / 2) / 2)


def _paint_meanwhile(mine: Project) -> None:
    _paint(mine, "a.png", 1)


def _remove_meanwhile(mine: Project) -> None:
    (mine.folder / "masks/a.png.png").unlink()


@pytest.mark.parametrize("meanwhile", [_paint_meanwhile, _remove_meanwhile])
def test_what_was_painted_since_the_plan_is_never_replaced(
    mine: Project, theirs: Project, fingerprint: Fingerprint, meanwhile: Callable[[Project], None]
) -> None:
    _paint(theirs, "a.png", 2)
    plan = _plan(mine, theirs)
    meanwhile(Project.open(mine.folder))
    before = fingerprint(mine.folder)
    with pytest.raises(ProjectChangedError):
        merge(mine, plan, {}, JOURNALS)
    assert fingerprint(mine.folder) == before


def test_while_somebody_paints_nothing_happens(mine: Project, theirs: Project) -> None:
    _paint(theirs, "a.png", 2)
    plan = _plan(mine, theirs)
    let_go = hold(mine.paint_lock(mine.photo("a.png")))
    assert let_go is not None
    with pytest.raises(SegStudioError, match="open for painting"):
        merge(mine, plan, {}, JOURNALS)
    let_go()
    assert _value(mine, "a.png") == 0


def test_what_cannot_be_read_is_left_out_and_told(mine: Project, theirs: Project) -> None:
    _paint(theirs, "a.png", 2)
    (theirs.folder / "masks/b.png.png").write_bytes(b"no picture")
    (theirs.folder / "masks/c.png.json").write_text("{")
    plan = _plan(mine, theirs)
    assert _fates(plan) == {"a.png": "theirs", "b.png": "unreadable", "c.png": "unreadable"}
    assert all(pair.problem for pair in plan.pairs if pair.fate == "unreadable")
    merge(mine, plan, {}, JOURNALS)
    assert [_value(mine, key) for key in ("a.png", "b.png", "c.png")] == [2, 0, 0]


def test_it_comes_back_as_a_pack_of_the_pack(mine: Project, theirs: Project, tmp_path: Path) -> None:
    _paint(theirs, "a.png", 2)
    make_pack(theirs, tmp_path / "back.zip", theirs.photos())
    with opened_pack(tmp_path / "back.zip") as part:
        folder, plan = part.folder, _plan(mine, part)
        assert _fates(plan) == {"a.png": "theirs"}
        merge(mine, plan, {}, JOURNALS)
    assert (_value(mine, "a.png"), folder.exists()) == (2, False)
    with pytest.raises(SegStudioError, match="project itself"):
        _plan(mine, Project.open(mine.folder))


def test_a_pack_that_forgot_what_it_was_is_told(mine: Project, theirs: Project) -> None:
    (theirs.folder / "pack.json").write_text('{"origin": 5}')
    with pytest.raises(SegStudioError, match="when it left"):
        _plan(mine, theirs)
