from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.painting.brush import Brush, Stroke
from segstudio.painting.edit import unpack
from segstudio.painting.editor import MaskEditor
from segstudio.painting.fill import flood_fill
from segstudio.painting.history import History
from segstudio.painting.polygon import box_region
from segstudio.painting.rect import EMPTY, Rect
from segstudio.painting.region import Region, everything
from segstudio.painting.rules import EVERYWHERE, ONLY_VOID, never_over, only_over
from segstudio.project.masks import Mask

_SIZE = (300, 520)


@dataclass
class Model:
    """An editor that keeps whole copies."""

    mask: Mask
    undo: list[Mask] = field(default_factory=list)
    redo: list[Mask] = field(default_factory=list)

    def change(self, to: Mask) -> None:
        if not (to == self.mask).all():
            self.undo.append(self.mask)
            self.redo.clear()
            self.mask = to

    def step(self, source: list[Mask], target: list[Mask]) -> bool:
        if source:
            target.append(self.mask)
            self.mask = source.pop()
            return True
        return False


_places = st.tuples(st.integers(-30, 550), st.integers(-30, 330))
_rules = st.sampled_from([EVERYWHERE, ONLY_VOID, only_over(1, 2), never_over(2)])
_strokes = st.tuples(
    st.just("stroke"),
    st.lists(_places, min_size=1, max_size=4),
    st.integers(1, 90),
    st.integers(0, 3),
    _rules,
)
_boxes = st.tuples(st.just("box"), _places, _places, st.integers(0, 3), _rules)
_others = st.tuples(st.sampled_from(["undo", "redo", "abort", "paste", "fill"]), _places)


@given(st.lists(st.one_of(_strokes, _boxes, _others), max_size=25), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_sequence_equals_a_model_with_full_copies(steps: list[tuple], parts: bool) -> None:  # type: ignore[type-arg]
    editor, model = (
        MaskEditor(np.full(_SIZE, 255, dtype=np.uint8)),
        Model(np.full(_SIZE, 255, dtype=np.uint8)),
    )
    for step in steps:
        before, dirty = editor.mask.copy(), EMPTY
        match step:
            case ("stroke", way, diameter_px, value, rule):
                stroke, wanted = Stroke(Brush(diameter_px), _SIZE), model.mask.copy()
                editor.begin("brush")
                for position in way:
                    for region in stroke.to(position):
                        dirty |= editor.paint(region, value=value, rule=rule)
                        under = wanted[region.rect.slices]
                        open_here = np.vectorize(rule.takes)(under)
                        under[region.bitmap & open_here] = value
                editor.commit()
                model.change(wanted)
            case ("box", start, end, value, rule):
                region, wanted = box_region(start, end, _SIZE), model.mask.copy()
                with editor.edit("box"):
                    dirty = editor.paint(region, value=value, rule=rule)
                wanted[region.spread(_SIZE) & np.vectorize(rule.takes)(wanted)] = value
                model.change(wanted)
            case ("undo", _):
                moved = editor.undo()
                assert (moved is not None) == model.step(model.undo, model.redo)
                dirty = moved or EMPTY
            case ("redo", _):
                moved = editor.redo()
                assert (moved is not None) == model.step(model.redo, model.undo)
                dirty = moved or EMPTY
            case ("abort", (x, y)):
                editor.begin("brush")
                editor.paint(box_region((0, 0), (x + 31, y + 31), _SIZE), value=9)
                dirty = editor.abort()
            case ("paste", (x, y)):
                with editor.edit("paste"):
                    dirty = editor.paste(np.full((40, 50), 3, dtype=np.uint8), y, x)
                wanted = np.pad(model.mask, 100)
                wanted[100 + y : 140 + y, 100 + x : 150 + x] = 3
                model.change(wanted[100:-100, 100:-100].copy())
            case ("fill", (x, y)):
                region = flood_fill(editor.mask, (x, y))
                with editor.edit("fill"):
                    dirty = editor.paint(region, value=1)
                wanted = model.mask.copy()
                wanted[region.spread(_SIZE)] = 1
                model.change(wanted)
        assert (editor.mask == model.mask).all()
        changed = editor.mask != before
        changed[dirty.slices] = False
        assert not changed.any()  # nothing but the dirty rectangle has to be painted anew
        assert len(editor.history.undo_edits) == len(model.undo)
        assert len(editor.history.redo_edits) == len(model.redo)


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (256, 256), (257, 513)])
def test_masks_of_any_size_can_be_painted(size: tuple[int, int]) -> None:
    editor = MaskEditor(np.zeros(size, dtype=np.uint8))
    with editor.edit("fill"):
        assert editor.paint(everything(size), value=5) == Rect.whole(size)
    assert (editor.mask == 5).all()
    with editor.edit("one"):
        row, column = size[0] - 1, size[1] - 1
        editor.paint(Region(Rect(row, column, row + 1, column + 1), np.ones((1, 1), dtype=np.bool_)), value=6)
    assert editor.mask[-1, -1] == 6
    assert (editor.mask == 5).sum() == size[0] * size[1] - 1
    editor.undo()
    editor.undo()
    assert not editor.mask.any()


def test_an_exception_inside_an_edit_restores_the_mask(patchy: Mask) -> None:
    before = patchy.copy()
    editor = MaskEditor(patchy)

    def stumble() -> None:
        with editor.edit("brush"):
            editor.paint(everything(_SIZE), value=9)
            editor.paint(Region(Rect(299, 0, 301, 1), np.ones((2, 1), dtype=np.bool_)), value=9)

    with pytest.raises(ValueError, match="outside"):
        stumble()
    assert (editor.mask == before).all()
    assert not editor.is_open
    assert editor.undo_label is None
    assert not editor.unsaved


def test_an_edit_that_cannot_be_closed_restores_the_mask(
    patchy: Mask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = patchy.copy()
    editor = MaskEditor(patchy)
    editor.begin("brush")
    editor.paint(everything(_SIZE), value=9)

    def no_memory(*_: object) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("segstudio.painting.edit.pack", no_memory)
        with pytest.raises(MemoryError):
            editor.commit()
    assert (editor.mask == before).all()
    assert not editor.is_open


def test_one_press_drag_release_is_one_undo() -> None:
    editor = MaskEditor(np.zeros(_SIZE, dtype=np.uint8))
    stroke = Stroke(Brush(9), _SIZE)
    editor.begin("brush person")
    for x in range(10, 300, 7):
        editor.paint(*stroke.to((x, 50)), value=1)
    assert editor.undo() is None  # not in mid-stroke
    assert editor.commit() is not None
    assert (editor.undo_label, editor.redo_label) == ("brush person", None)
    assert editor.undo() == Rect(46, 6, 55, 302)
    assert not editor.mask.any()
    assert (editor.undo_label, editor.redo_label) == (None, "brush person")


def test_a_lost_release_loses_no_stroke() -> None:
    editor = MaskEditor(np.zeros(_SIZE, dtype=np.uint8))
    for value in (1, 2):
        editor.begin(f"brush {value}")
        editor.paint(*Stroke(Brush(5), _SIZE).to((10 * value, 10)), value=value)
    editor.commit()
    assert [edit.label for edit in editor.history.undo_edits] == ["brush 1", "brush 2"]


def test_nothing_is_painted_without_an_edit_and_nobody_else_writes() -> None:
    editor = MaskEditor(np.zeros(_SIZE, dtype=np.uint8))
    with pytest.raises(RuntimeError, match="no edit"):
        editor.paint(everything(_SIZE), value=1)
    with pytest.raises(RuntimeError, match="no edit"):
        editor.commit()
    with pytest.raises(ValueError, match="read-only"):
        editor.mask[0, 0] = 1
    assert editor.abort() == EMPTY
    with pytest.raises(ValueError, match="a mask is uint8"):
        MaskEditor(np.zeros((3, 3), dtype=np.int64))


def test_an_edit_that_changes_nothing_is_none() -> None:
    editor = MaskEditor(np.zeros(_SIZE, dtype=np.uint8))
    editor.begin("brush")
    editor.paint(everything(_SIZE), value=0)
    assert editor.commit() is None
    assert editor.undo() is None
    assert not editor.unsaved


def test_memory_stays_within_the_budget() -> None:
    budget_bytes = 200_000
    editor = MaskEditor(np.zeros((1024, 1024), dtype=np.uint8), history=History(budget_bytes))
    rng = np.random.default_rng(0)
    for number in range(40):
        with editor.edit(f"noise {number}"):
            editor.paste(rng.integers(0, 4, (200, 200), dtype=np.uint8), number * 20, number * 20)
        assert editor.history.size_bytes <= budget_bytes
    undone = 0
    while editor.undo() is not None:
        undone += 1
    assert 2 <= undone < 20


def test_unsaved_is_told_from_what_was_saved_not_from_what_was_painted() -> None:
    editor = MaskEditor(np.zeros(_SIZE, dtype=np.uint8))
    saved: list[Mask] = []
    unsaved = [editor.unsaved]
    with editor.edit("fill"):
        editor.paint(everything(_SIZE), value=1)
    snapshot = editor.snapshot()
    editor.begin("meanwhile")
    editor.paint(box_region((0, 0), (5, 5), _SIZE), value=2)
    editor.commit()
    editor.save(snapshot, saved.append)
    assert (saved[0] == 1).all()
    unsaved.append(editor.unsaved)
    editor.save(editor.snapshot(), saved.append)
    unsaved.append(editor.unsaved)

    def full(_: Mask) -> None:
        raise OSError("disk full")

    editor.undo()
    with pytest.raises(OSError, match="disk full"):
        editor.save(editor.snapshot(), full)
    unsaved.append(editor.unsaved)
    assert unsaved == [False, True, False, True]


@pytest.mark.parametrize("way", ["undo", "redo", "undo_in_parts", "redo_in_parts"])
def test_an_undo_that_fails_leaves_everything_as_it_was(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size, noise = (1300, 2700), np.random.default_rng(2).integers(0, 9, (1300, 2700), dtype=np.uint8)
    editor, _ = MaskEditor.open(np.full(size, 255, dtype=np.uint8), tmp_path / "a.undo")
    with editor.edit("paste"):
        editor.paste(noise)
    if way.startswith("redo"):
        editor.undo()
    before = editor.mask.copy()
    calls = 0

    def short_of_memory(data: bytes, size: tuple[int, int]) -> Mask:
        nonlocal calls
        calls += 1
        if calls == 40:  # in the second part, behind some of its tiles
            raise MemoryError
        return unpack(data, size)

    def move() -> None:
        moved = getattr(editor, way)()
        for _ in moved if way.endswith("parts") else ():
            pass

    with monkeypatch.context() as patch:
        patch.setattr("segstudio.painting.edit.unpack", short_of_memory)
        with pytest.raises(MemoryError):
            move()
    assert (editor.mask == before).all()
    assert not editor.is_open
    crashed, _ = MaskEditor.open(np.full(size, 255, dtype=np.uint8), tmp_path / "a.undo")
    assert (crashed.mask == before).all()
    assert (crashed.undo_label, crashed.redo_label) == (editor.undo_label, editor.redo_label)
    move()
    assert not (editor.mask == before).all()


@pytest.mark.parametrize("way", ["undo", "redo"])
def test_an_edit_whose_pixels_are_damaged_is_told_and_changes_nothing(way: str) -> None:
    whole = np.zeros((300, 600), dtype=np.uint8)
    maker = MaskEditor(whole.copy())
    with maker.edit("brush"):
        maker.paste(np.random.default_rng(0).integers(0, 9, whole.shape, dtype=np.uint8))
    (edit,) = maker.history.undo_edits
    last = edit.tiles[-1]
    damaged = replace(edit, tiles=(*edit.tiles[:-1], replace(last, before=b"z?", after=b"z?")))
    undo, redo = ((damaged,), ()) if way == "undo" else ((), (damaged,))
    editor = MaskEditor(whole.copy(), history=History(undo=undo, redo=redo))
    with pytest.raises(SegStudioError, match='"brush" is damaged'):
        getattr(editor, way)()
    assert not editor.mask.any()
    assert not editor.is_open
    assert (len(editor.history.undo_edits), len(editor.history.redo_edits)) == (len(undo), len(redo))


def test_an_undo_in_parts_that_is_given_up_leaves_everything_as_it_was() -> None:
    editor = MaskEditor(np.zeros((1300, 2700), dtype=np.uint8))
    with editor.edit("all"):
        editor.paint_all(1)
    parts = editor.undo_in_parts()
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    assert (editor.mask == 1).all()
    assert editor.undo() is not None
    assert not editor.mask.any()


def test_a_large_edit_is_undone_in_parts_and_a_crash_in_between_finishes_it(tmp_path: Path) -> None:
    size = (1300, 2700)
    blank = np.full(size, 255, dtype=np.uint8)
    editor, _ = MaskEditor.open(blank.copy(), tmp_path / "a.undo")
    with editor.edit("fill"):
        editor.paint(everything(size), value=1)
    parts = editor.undo_in_parts()
    first = next(parts)
    assert (first.rows, first.columns) != size
    assert editor.is_open
    assert editor.unsaved
    assert editor.undo() is None
    assert 1 in editor.mask
    crashed, _ = MaskEditor.open(blank.copy(), tmp_path / "a.undo")
    assert (crashed.mask == 255).all()
    assert crashed.redo_label == "fill"
    covered = np.zeros(size, dtype=np.bool_)
    for rect in (first, *parts):
        covered[rect.slices] = True
    assert covered.all()
    assert (editor.mask == 255).all()
    assert bool(editor.undo_label) is False
    for _ in editor.redo_in_parts():
        pass
    assert (editor.mask == 1).all()
    assert not list(editor.redo_in_parts())
