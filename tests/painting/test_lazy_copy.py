from __future__ import annotations

import gc
import threading

import numpy as np
import pytest

from segstudio.painting.editor import MaskEditor, Snapshot
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.polygon import box_region
from segstudio.project.masks import Mask

_SIZE = (300, 520)


def test_it_is_the_mask_as_it_was(patchy: Mask) -> None:
    before = patchy.copy()
    copy = LazyCopy(patchy)
    copy.keep([(1, 2), (0, 0), (0, 0)])
    patchy[256:, 512:] = 77
    patchy[:256, :256] = 78
    complete = [copy.complete]
    assert (copy.pixels() == before).all()
    complete.append(copy.complete)
    assert complete == [False, True]
    patchy[:] = 79
    assert (copy.pixels() == before).all()


@pytest.mark.parametrize("change", ["paint", "paint all", "paste", "undo", "redo", "abort"])
def test_nothing_done_after_a_snapshot_gets_into_it(patchy: Mask, change: str) -> None:
    editor = MaskEditor(patchy)
    for value in (7, 8):
        with editor.edit("box"):
            editor.paint(box_region((10, 10), (400, 280), _SIZE), value=value)
    if change == "redo":
        editor.undo()
    editor.begin("brush")
    if change == "abort":
        editor.paint(box_region((100, 100), (500, 290), _SIZE), value=9)
    elif change in ("undo", "redo"):
        editor.abort()
    before, snapshot = editor.mask.copy(), editor.snapshot()
    match change:
        case "paint":
            editor.paint(box_region((100, 100), (500, 290), _SIZE), value=9)
        case "paint all":
            editor.paint_all(9)
        case "paste":
            editor.paste(np.full((200, 200), 9, dtype=np.uint8), 150, 400)
        case "undo":
            editor.undo()
        case "redo":
            editor.redo()
        case _:
            editor.abort()
    assert (editor.mask != before).any()
    assert (snapshot.copy.pixels() == before).all()


def test_a_worker_copies_while_the_brush_moves() -> None:
    editor = MaskEditor(np.zeros((2000, 2000), dtype=np.uint8))
    rng = np.random.default_rng(0)
    for value in range(1, 16):
        before, snapshot = editor.mask.copy(), editor.snapshot()
        copied: list[Mask] = []

        def copy(snapshot: Snapshot = snapshot, copied: list[Mask] = copied) -> None:
            copied.append(snapshot.copy.pixels())

        worker = threading.Thread(target=copy)
        with editor.edit("boxes"):
            worker.start()
            for left, top in rng.integers(0, 1700, (20, 2)):
                editor.paint(box_region((left, top), (left + 300, top + 300), editor.size), value=value)
        worker.join(20)
        assert (copied[0] == before).all()


def test_a_snapshot_that_nobody_wants_costs_nothing_any_more() -> None:
    editor = MaskEditor(np.zeros(_SIZE, dtype=np.uint8))
    editor.snapshot()
    gc.collect()
    with editor.edit("all"):
        editor.paint_all(3)
    assert not editor._copies
