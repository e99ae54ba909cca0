from __future__ import annotations

import numpy as np
import pytest

from segstudio.desktop.editing import surface, whole_edit
from segstudio.painting.editor import MaskEditor
from segstudio.painting.rect import Rect
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from tests.desktop.editing.conftest import Bench


def _no_memory(*_: object) -> Rect:
    raise MemoryError("no memory left")


@pytest.mark.parametrize("what", ["clear", "undo"])
def test_an_edit_in_steps_that_fails_leaves_the_mask_and_can_be_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(surface, "_MANY_TILES", 0)
    shown = bench.show(0)
    bench.stroke(1, (5, 5), (40, 30))
    before: Mask = shown.editor.mask.copy()
    labels, made, redrawn = shown.editor.undo_label, list[object](), list[Rect]()
    bench.desk.edit_made.connect(made.append)
    bench.desk.mask_changed.connect(redrawn.append)
    with monkeypatch.context() as patch:
        patch.setattr(MaskEditor, "paste", _no_memory)
        patch.setattr("segstudio.painting.edit.unpack", _no_memory)
        with pytest.raises(MemoryError):
            getattr(bench.desk, what)()
    assert bench.desk.can_paint
    assert not shown.editor.is_open
    assert (shown.editor.mask == before).all()
    assert shown.editor.undo_label == labels
    assert Rect.whole(shown.editor.size) in redrawn
    assert not made
    getattr(bench.desk, what)()
    bench.wait(lambda: bench.desk.can_paint)
    assert len(made) == 1
    assert not np.array_equal(shown.editor.mask, before)


def test_closing_finishes_a_whole_edit_that_waits_behind_another(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface, "_LARGE_PIXELS", 1)
    monkeypatch.setattr(whole_edit, "_STEP_S", 1e-5)  # one step a turn
    shown = bench.show(0)
    bench.press(1, (5, 5), (40, 30))
    bench.desk.clear()
    assert not bench.desk.can_paint
    assert bench.shut_down() == ()
    assert [edit.label for edit in shown.editor.history.undo_edits][-2:] == ["brush", "clear"]
    mask = bench.mask_on_disk(0)
    assert mask is not None
    assert (mask == VOID).all()
