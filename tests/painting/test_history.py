from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segstudio.painting.edit import Edit, TileChange
from segstudio.painting.history import History
from segstudio.painting.rect import Rect


def _edit(number: int, size_bytes: int = 1000) -> Edit:
    return Edit(f"edit {number}", Rect(0, 0, 1, 1), (TileChange((0, 0), bytes(size_bytes), b"u1"),))


@given(
    st.lists(st.one_of(st.integers(0, 5000), st.sampled_from(["undo", "redo"])), max_size=60),
    st.integers(1000, 20000),
)
def test_it_is_two_stacks_and_never_over_budget(steps: list[int | str], budget_bytes: int) -> None:
    history = History(budget_bytes)
    undo: list[Edit] = []
    redo: list[Edit] = []
    for number, step in enumerate(steps):
        if isinstance(step, int):
            history.push(_edit(number, step))
            undo, redo = [*undo, _edit(number, step)], []
            while sum(edit.size_bytes for edit in undo) > budget_bytes and len(undo) > 1:
                undo = undo[1:]
        elif step == "undo":
            assert history.step_back() == (undo[-1] if undo else None)
            undo, redo = undo[:-1], redo + undo[-1:]
        else:
            assert history.step_forward() == (redo[-1] if redo else None)
            redo, undo = redo[:-1], undo + redo[-1:]
        assert (history.undo_edits, history.redo_edits) == (tuple(undo), tuple(redo))
        assert history.size_bytes == sum(edit.size_bytes for edit in (*undo, *redo))
        assert history.size_bytes <= budget_bytes or len(undo) + len(redo) == 1


def test_one_edit_larger_than_the_budget_can_still_be_taken_back() -> None:
    history = History(100)
    history.push(_edit(1))
    history.push(_edit(2))
    assert [edit.label for edit in history.undo_edits] == ["edit 2"]


def test_a_history_taken_over_fits_the_budget_nearest_edits_kept() -> None:
    each = _edit(0).size_bytes
    history = History(3 * each, [_edit(0), _edit(1)], [_edit(4), _edit(3), _edit(2)])
    assert not history.undo_edits
    assert [edit.label for edit in history.redo_edits] == ["edit 4", "edit 3", "edit 2"]
    shorter = History(2 * each, [], [_edit(4), _edit(3), _edit(2)])
    assert [edit.label for edit in shorter.redo_edits] == ["edit 3", "edit 2"]
