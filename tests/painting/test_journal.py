from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from segstudio.painting import journal as journal_module
from segstudio.painting.editor import MaskEditor
from segstudio.painting.journal import journal_path, take_journal
from segstudio.painting.polygon import box_region
from segstudio.project.masks import Mask

_SIZE = (600, 700)


def _blank() -> Mask:
    return np.full(_SIZE, 255, dtype=np.uint8)


def _noise(editor: MaskEditor, seed: int) -> None:
    with editor.edit(f"noise {seed}"):
        pixels = np.random.default_rng(seed).integers(0, 4, (100, 100), dtype=np.uint8)
        editor.paste(pixels, seed * 7 % 500, seed * 13 % 600)


def _undone_all(editor: MaskEditor) -> int:
    count = 0
    while editor.undo() is not None:
        count += 1
    return count


def test_it_lies_beside_the_mask() -> None:
    assert journal_path(Path("masks/a b/c.jpg.png")) == Path("masks/a b/c.jpg.undo")


def test_it_makes_no_folder_where_a_project_is_away(tmp_path: Path) -> None:
    """What is made in its place would be in the way of what comes back."""
    path = tmp_path / "away" / "masks" / "a.undo"
    editor, _ = MaskEditor.open(_blank(), path)
    _noise(editor, 1)
    assert "not there any more" in str(editor.journal_problem)
    editor.save(editor.snapshot(), lambda _: None)  # it went once the mask was there
    assert not list(tmp_path.iterdir())
    path.parent.mkdir(parents=True)
    _noise(editor, 2)
    editor.save(editor.snapshot(), lambda _: None)
    assert str(editor.journal_problem) == "None"
    again, _ = MaskEditor.open(np.array(editor.mask), path)
    assert again.undo_label is not None


def test_it_is_shortened_when_long_and_only_after_a_save(tmp_path: Path) -> None:
    path, saved = tmp_path / "a.undo", tmp_path / "saved.npy"
    editor, _ = MaskEditor.open(_blank(), path, budget_bytes=100_000, limit_bytes=200_000)
    for number in range(60):
        _noise(editor, number)
    long = path.stat().st_size
    assert long > 400_000
    editor.save(editor.snapshot(), lambda mask: np.save(saved, mask))
    short = path.stat().st_size
    assert short < 120_000  # what the history keeps, not what was painted
    _noise(editor, 61)
    editor.save(editor.snapshot(), lambda mask: np.save(saved, mask))
    assert path.stat().st_size > short  # not each time
    again, recovered = MaskEditor.open(np.load(saved), path)
    assert recovered.outcome == "resumed"
    assert (again.mask == editor.mask).all()
    assert _undone_all(again) >= _undone_all(editor) >= 2


def test_painting_goes_on_while_it_is_shortened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, saved = tmp_path / "a.undo", tmp_path / "saved.npy"
    editor, _ = MaskEditor.open(_blank(), path, limit_bytes=0)
    for number in range(5):
        _noise(editor, number)
    reached, go_on = threading.Event(), threading.Event()
    earlier = journal_module._earlier

    def slowly(moment: journal_module.Moment) -> list[object]:
        reached.set()
        assert go_on.wait(10)
        return list(earlier(moment))

    monkeypatch.setattr(journal_module, "_earlier", slowly)
    snapshot = editor.snapshot()
    saving = threading.Thread(target=editor.save, args=(snapshot, lambda mask: np.save(saved, mask)))
    saving.start()
    assert reached.wait(10)
    _noise(editor, 5)  # would wait for ever if it had to
    editor.undo()
    editor.undo()
    go_on.set()
    saving.join(10)
    assert not saving.is_alive()
    _noise(editor, 6)
    assert editor.journal_problem is None
    again, recovered = MaskEditor.open(np.load(saved), path)
    assert recovered.outcome == "recovered"
    assert (again.mask == editor.mask).all()
    assert _undone_all(again) == _undone_all(editor) == 5


def test_what_is_painted_is_settled_in_a_worker_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        settled.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    editor, _ = MaskEditor.open(_blank(), tmp_path / "a.undo")
    editor.settle()
    for number in range(20):
        _noise(editor, number)
    assert not settled  # painting waits for no disk
    editor.settle()
    at_first = len(settled)
    assert at_first >= 1
    editor.settle()
    assert len(settled) == at_first
    _noise(editor, 20)

    def refused(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refused)
        editor.settle()
    editor.settle()
    assert len(settled) > at_first


def test_a_full_disk_stops_nobody_and_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.undo"
    editor, _ = MaskEditor.open(_blank(), path)
    _noise(editor, 1)
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 100:
            return write(descriptor, data[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        _noise(editor, 2)
        told = str(editor.journal_problem)
        assert told.startswith(f"{path}: the stroke journal could not be written (No space")
        editor.undo()
        editor.redo()
        torn, _ = MaskEditor.open(_blank(), path)
        assert _undone_all(torn) == 1  # what was whole before
    _noise(editor, 3)
    assert editor.journal_problem is None
    again, _ = MaskEditor.open(_blank(), path)
    assert (again.mask == editor.mask).all()
    assert _undone_all(again) == 3


def test_a_folder_that_is_away_is_told_as_that(tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    editor, _ = MaskEditor.open(_blank(), masks / "a.undo")
    _noise(editor, 1)
    masks.rename(tmp_path / "away")
    _noise(editor, 2)
    told = str(editor.journal_problem)
    assert told == f"{masks}: the folder of the masks is not there any more. Bring its drive or folder back."
    (tmp_path / "away").rename(masks)
    _noise(editor, 3)
    assert editor.journal_problem is None
    again, _ = MaskEditor.open(_blank(), masks / "a.undo")
    assert (again.mask == editor.mask).all()


def test_a_disk_full_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.undo"
    editor, _ = MaskEditor.open(_blank(), path)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        _noise(editor, 1)
        assert not path.exists()
    _noise(editor, 2)
    again, _ = MaskEditor.open(_blank(), path)
    assert _undone_all(again) == 2


@pytest.mark.parametrize("harm", ["removed", "cut off"])
def test_a_journal_that_somebody_harmed_is_made_anew_with_the_next_save(tmp_path: Path, harm: str) -> None:
    path, saved = tmp_path / "a.undo", tmp_path / "saved.npy"
    editor, _ = MaskEditor.open(_blank(), path)
    _noise(editor, 1)
    if harm == "removed":
        path.unlink()
    else:
        os.truncate(path, 50)
    _noise(editor, 2)
    problems = [editor.journal_problem is None]
    editor.save(editor.snapshot(), lambda mask: np.save(saved, mask))
    problems.append(editor.journal_problem is None)
    assert problems == [False, True]
    _noise(editor, 3)
    again, recovered = MaskEditor.open(np.load(saved), path)
    assert recovered.outcome == "recovered"
    assert (again.mask == editor.mask).all()
    assert _undone_all(again) == 3


def test_two_editors_of_one_photo_do_not_write_over_each_other_s_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.undo"
    first, second = (MaskEditor.open(_blank(), path)[0] for _ in range(2))
    _noise(first, 1)
    whole = path.read_bytes()
    _noise(second, 2)
    assert second.journal_problem is not None
    assert path.read_bytes() == whole


def test_a_checkpoint_stops_in_time_and_comes_to_an_end(tmp_path: Path) -> None:
    path, size = tmp_path / "a.undo", (2048, 2048)
    editor, _ = MaskEditor.open(np.zeros(size, dtype=np.uint8), path)
    assert editor.checkpoint()
    editor.begin("box")
    editor.paint(box_region((3, 3), (2000, 2000), size), value=1)
    calls = 1
    while not editor.checkpoint(limit_s=0):
        calls += 1
    assert calls == 64  # one tile at a time
    assert editor.checkpoint(limit_s=0)
    again, _ = MaskEditor.open(np.zeros(size, dtype=np.uint8), path)
    assert (again.mask == editor.mask).all()


def test_whoever_had_a_journal_open_does_not_go_on_with_it_once_it_was_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.undo"
    take_journal(path)  # there is none
    sleeper, _ = MaskEditor.open(_blank(), path)
    _noise(sleeper, 1)
    take_journal(path)
    other, recovered = MaskEditor.open(_blank(), path)
    assert recovered.outcome == "recovered"
    _noise(other, 2)
    whole = path.read_bytes()
    _noise(sleeper, 3)
    assert "goes on with it" in str(sleeper.journal_problem)
    assert path.read_bytes() == whole
    assert other.journal_problem is None
    again, _ = MaskEditor.open(_blank(), path)
    assert np.array_equal(again.mask, other.mask)
    path.write_bytes(b"no journal")
    take_journal(path)
    assert path.read_bytes() == b"no journal"
