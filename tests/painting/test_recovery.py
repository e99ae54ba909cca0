from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.painting.editor import MaskEditor
from segstudio.painting.journal_records import decode
from segstudio.painting.polygon import box_region
from segstudio.painting.recovery import recover
from segstudio.painting.region import everything
from segstudio.project.masks import Mask, write_mask
from tests.painting import painter
from tests.painting.painter import SIZE, Painter, State, reopened


def _blank() -> Mask:
    return np.full(SIZE, 255, dtype=np.uint8)


def _box(editor: MaskEditor, left: int, value: int) -> None:
    with editor.edit(f"box {value}"):
        editor.paint(box_region((left, 5), (left + 40, 300), SIZE), value=value)


def _state(editor: MaskEditor) -> State:
    return State(editor.mask.tobytes(), len(editor.history.undo_edits), len(editor.history.redo_edits))


def _walk(editor: MaskEditor) -> list[bytes]:
    """Undo all and redo all; return every mask on the way."""
    seen = [editor.mask.tobytes()]
    while editor.undo() is not None:
        seen.append(editor.mask.tobytes())
    while editor.redo() is not None:
        seen.append(editor.mask.tobytes())
    return seen


@given(st.integers(0, 1 << 30), st.lists(st.integers(1, 12), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_crashes_at_any_step_leave_mask_undo_and_redo(
    tmp_path_factory: pytest.TempPathFactory, seed: int, sessions: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("painted")
    number = 0
    alone = Painter(MaskEditor(_blank()), seed, None)  # never crashes
    for steps in sessions:
        session = Painter(reopened(folder)[0], seed, folder)
        for _ in range(steps):
            session.do(number)
            alone.do(number)
            number += 1
            assert session.state() == alone.state()
        assert session.editor.journal_problem is None
        if alone.editor.is_open:
            alone.editor.commit()  # what a crash makes of a stroke under way
        editor, recovered = reopened(folder)
        assert recovered.outcome != "set aside"
        assert _state(editor) == _state(alone.editor)
    assert _walk(reopened(folder)[0]) == _walk(alone.editor)


@pytest.mark.parametrize("seed", range(10))
def test_a_killed_process_loses_nothing_it_had_finished(tmp_path: Path, seed: int) -> None:
    alone, first = Painter(MaskEditor(_blank()), seed, None), 0
    for _ in range(2):
        done = _paint_and_kill(tmp_path, seed, first)
        for number in range(first, done):
            alone.do(number)
        editor, recovered = reopened(tmp_path)
        assert recovered.outcome != "set aside"
        if _state(editor) != alone.state():  # the step in which it was killed had come through, too
            alone.do(done)
            done += 1
        assert _state(editor) == alone.state()
        if alone.editor.is_open:
            alone.editor.commit()  # what a crash makes of a stroke under way
        first = done
    assert _walk(editor) == _walk(alone.editor)


def _paint_and_kill(folder: Path, seed: int, first: int) -> int:
    """Let a process paint for a moment, kill it, and return the number of the first step it had not finished."""
    command = [sys.executable, painter.__file__, str(folder), str(seed), str(first), "100000"]
    chance = random.Random(f"{seed} {first}")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randint(1, 30))]
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        lines += process.stdout.readlines()
        assert process.wait() == -signal.SIGKILL
    return int([line for line in lines if line.endswith("\n")][-1]) + 1


def test_a_journal_cut_at_every_byte_of_its_last_records_gives_what_was_whole(tmp_path: Path) -> None:
    path, size = tmp_path / "mask.undo", (60, 60)
    blank = np.full(size, 255, dtype=np.uint8)
    editor, _ = MaskEditor.open(blank.copy(), path)
    states, ends = [_state(editor)], [0]

    def remember() -> None:
        states.append(_state(editor))
        ends.append(path.stat().st_size)

    for value in (1, 2):
        with editor.edit("box"):
            editor.paint(box_region((10 * value, 5), (10 * value + 12, 300), size), value=value)
        remember()
    editor.undo()
    remember()
    editor.redo()
    remember()
    editor.begin("brush")
    editor.paint(box_region((0, 10), (50, 30), size), value=3)
    editor.checkpoint(limit_s=None)
    states.append(State(editor.mask.tobytes(), 3, 0))
    ends.append(path.stat().st_size)
    whole = path.read_bytes()
    for cut in range(ends[1], len(whole) + 1):
        path.write_bytes(whole[:cut])
        again, recovered = MaskEditor.open(blank, path)
        assert recovered.outcome == "recovered"
        assert _state(again) == states[max(index for index, end in enumerate(ends) if end <= cut)]
    with again.edit("box"):  # and it goes on behind the last whole record
        again.paint(box_region((3, 3), (9, 9), size), value=1)
    once_more, _ = MaskEditor.open(blank, path)
    assert _walk(once_more) == _walk(again)


def test_what_a_torn_record_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mask.undo"
    editor, _ = MaskEditor.open(_blank(), path)
    _box(editor, 10, 1)
    with path.open("ab") as stream:
        stream.write(b"E" + bytes(100_000))
    again, _ = MaskEditor.open(_blank(), path)
    again.undo()
    assert decode(path.read_bytes()).whole
    assert path.stat().st_size < 10_000


@pytest.fixture
def saved_once(tmp_path: Path) -> tuple[MaskEditor, Path]:
    """A mask of which one box is on disk and in the journal, and a second in the journal alone."""
    editor, _ = reopened(tmp_path)
    _box(editor, 10, 1)
    editor.save(editor.snapshot(), lambda mask: write_mask(tmp_path / "mask.png", mask, painter.CLASSES))
    _box(editor, 100, 2)
    return editor, tmp_path


def test_a_mask_changed_by_somebody_else_is_left_alone(saved_once: tuple[MaskEditor, Path]) -> None:
    editor, folder = saved_once
    other = editor.mask.copy()
    other[0, 0] = 3
    write_mask(folder / "mask.png", other, painter.CLASSES)
    again, recovered = reopened(folder)
    assert (again.mask == other).all()
    assert recovered.outcome == "set aside"
    assert recovered.aside == folder / "mask.undo.aside"
    assert recovered.aside.exists()
    assert not (folder / "mask.undo").exists()
    assert "changed elsewhere" in recovered.told
    assert "mask.undo.aside" in recovered.told
    assert again.undo() is None
    _box(again, 5, 1)
    assert _walk(reopened(folder)[0]) == _walk(again)


@pytest.mark.parametrize("how", ["older", "removed"])
def test_an_older_mask_put_back_on_purpose_stays(how: str, saved_once: tuple[MaskEditor, Path]) -> None:
    editor, folder = saved_once
    path = folder / "mask.png"
    older = path.read_bytes()
    editor.save(editor.snapshot(), lambda mask: write_mask(path, mask, painter.CLASSES))
    if how == "older":
        path.write_bytes(older)
    else:
        path.unlink()
    again, recovered = reopened(folder)
    assert recovered.outcome == "set aside"
    assert "Strokes that had not been saved" not in recovered.told
    assert 2 not in again.mask


def test_aside_journals_do_not_replace_each_other(saved_once: tuple[MaskEditor, Path]) -> None:
    _, folder = saved_once
    for number in range(2):
        write_mask(folder / "mask.png", np.full(SIZE, number, dtype=np.uint8), painter.CLASSES)
        again, _ = reopened(folder)
        _box(again, 5, 2)
    write_mask(folder / "mask.png", _blank(), painter.CLASSES)
    reopened(folder)
    assert len(list(folder.glob("mask.undo.aside*"))) == 3


def test_a_damaged_journal_is_set_aside(saved_once: tuple[MaskEditor, Path]) -> None:
    _, folder = saved_once
    (folder / "mask.undo").write_bytes(b"not this")
    again, recovered = reopened(folder)
    assert recovered.outcome == "set aside"
    assert "no stroke journal" in recovered.told
    assert 1 in again.mask
    assert 2 not in again.mask


def test_a_save_that_fails_half_way_keeps_all(saved_once: tuple[MaskEditor, Path]) -> None:
    editor, folder = saved_once

    def full(_: Mask) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        editor.save(editor.snapshot(), full)
    again, recovered = reopened(folder)
    assert recovered.outcome == "recovered"
    assert _state(again) == _state(editor)
    assert again.unsaved


def test_saved_between_replacing_and_telling(saved_once: tuple[MaskEditor, Path]) -> None:
    editor, folder = saved_once

    def write_and_die(mask: Mask) -> None:
        write_mask(folder / "mask.png", mask, painter.CLASSES)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        editor.save(editor.snapshot(), write_and_die)
    again, recovered = reopened(folder)
    assert recovered.outcome == "resumed"
    assert _state(again) == _state(editor)


@pytest.mark.parametrize("ending", ["none", "commit", "abort"])
def test_a_save_in_mid_stroke(tmp_path: Path, ending: str) -> None:
    editor, _ = MaskEditor.open(_blank(), tmp_path / "mask.undo", limit_bytes=0)  # each save shortens
    _box(editor, 10, 1)
    editor.begin("brush")
    editor.paint(box_region((200, 5), (300, 400), SIZE), value=2)
    editor.save(editor.snapshot(), lambda mask: write_mask(tmp_path / "mask.png", mask, painter.CLASSES))
    assert editor.unsaved
    if ending == "abort":
        editor.abort()
    else:
        editor.paint(box_region((250, 5), (400, 400), SIZE), value=3)
        editor.checkpoint(limit_s=None)
    if ending == "commit":
        editor.commit()
    again, recovered = reopened(tmp_path)
    assert (again.mask == editor.mask).all()
    assert recovered.outcome == "recovered"
    if ending == "none":
        editor.commit()
    assert _walk(again) == _walk(editor)


def test_a_recovered_mask_is_a_copy_and_nothing_is_made_for_who_only_looks(tmp_path: Path) -> None:
    path, mask = tmp_path / "mask.undo", _blank()
    editor, recovered = MaskEditor.open(mask, path)
    assert (recovered.outcome, recovered.told) == ("new", "")
    assert recovered.mask is mask
    editor.save(editor.snapshot(), lambda _: None)
    assert not path.exists()
    _box(editor, 10, 1)
    fresh = _blank()
    recovered = recover(fresh, path)
    assert (fresh == 255).all()
    assert 1 in recovered.mask
    assert recovered.told.startswith("One change from before")


def test_a_photo_of_another_size_has_another_journal(tmp_path: Path) -> None:
    path = tmp_path / "mask.undo"
    editor, _ = MaskEditor.open(np.full((20, 30), 255, dtype=np.uint8), path)
    with editor.edit("fill"):
        editor.paint(everything((20, 30)), value=1)
    turned, recovered = MaskEditor.open(np.full((30, 20), 255, dtype=np.uint8), path)
    assert recovered.outcome == "set aside"
    assert (turned.mask == 255).all()


def test_a_journal_that_is_a_link_is_set_aside_and_what_it_leads_to_stays(
    saved_once: tuple[MaskEditor, Path],
) -> None:
    folder = saved_once[1]
    journal = folder / "mask.undo"
    elsewhere = journal.rename(folder / "elsewhere.undo")
    try:
        journal.symlink_to(elsewhere)
    except OSError:
        pytest.skip("no links here")
    before = elsewhere.read_bytes()
    again, recovered = reopened(folder)
    assert recovered.outcome == "set aside"
    assert "it is a link" in recovered.told
    _box(again, 5, 1)
    again.save(again.snapshot(), lambda _mask: None)
    assert elsewhere.read_bytes() == before
