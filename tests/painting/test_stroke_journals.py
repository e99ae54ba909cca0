"""What is asked of stroke journals before masks are changed by something other than painting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segstudio.painting import stroke_journals
from segstudio.painting.edit import pack, values_of
from segstudio.painting.editor import MaskEditor
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import encode_png
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project

SIZE = (300, 400)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "p", classes=ClassList.from_names(["a", "b", "c"]))
    (tmp_path / "s.png").write_bytes(encode_png(np.zeros((*SIZE, 3), dtype=np.uint8)))
    with made.change() as change:
        change.add_photo("s.png", tmp_path / "s.png", size=SIZE)
        change.put_mask("s.png", np.zeros(SIZE, dtype=np.uint8))
        change.add_photo("bare.png", tmp_path / "s.png", size=SIZE)
        change.put_state("bare.png", PhotoState(size=SIZE))
    return made


def opened(project: Project, photo: Photo) -> MaskEditor:
    mask = project.read_mask(photo)
    on_disk = np.full(SIZE, VOID, dtype=np.uint8) if mask is None else mask
    return MaskEditor.open(on_disk, project.journal_path(photo))[0]


def save(project: Project, photo: Photo, editor: MaskEditor) -> None:
    editor.save(editor.snapshot(), lambda mask: project.write_mask(photo, mask))
    project.refresh()


@pytest.mark.parametrize("values", [(7,), (0, 255), (3, 4, 5)])
def test_a_packed_tile_tells_its_values(values: tuple[int, ...]) -> None:
    pixels = np.resize(np.array(values, dtype=np.uint8), (64, 256))
    assert values_of(pack(pixels)) == set(values)


def test_a_damaged_tile_is_refused() -> None:
    for data in (b"", b"z", b"zabc", b"u", b"?1"):
        with pytest.raises(ValueError, match="tile"):
            values_of(data)


def test_all_that_undo_and_redo_could_bring_back_is_told(project: Project) -> None:
    photo, journals = project.photo("s.png"), StrokeJournals()
    path = project.journal_path(photo)
    assert journals.values(path) == frozenset()
    editor = opened(project, photo)
    with editor.edit("b"):
        editor.paint_all(1)
    assert journals.values(path) == {0, 1}
    editor.undo()
    save(project, photo, editor)
    assert journals.values(path) == {0, 1}


def test_what_is_no_journal_could_hold_anything(project: Project) -> None:
    path = project.journal_path(project.photo("s.png"))
    path.write_bytes(b"torn")
    journals = StrokeJournals()
    assert 200 in journals.values(path)
    journals.settle(project, project.photo("s.png"))
    assert path.read_bytes() == b"torn"


@pytest.mark.parametrize("key", ["s.png", "bare.png"])
def test_only_what_is_not_saved_is_saved(project: Project, key: str) -> None:
    journals = StrokeJournals()
    editor = opened(project, project.photo(key))
    with editor.edit("b"):
        editor.paint_all(1)
    journals.settle(project, project.photo(key))
    project.refresh()
    mask = project.read_mask(project.photo(key))
    assert mask is not None
    assert (mask == 1).all()
    before = project.mask_path(project.photo(key)).stat()
    journals.settle(project, project.photo(key))
    assert project.mask_path(project.photo(key)).stat() == before
    assert opened(project, project.photo(key)).undo_label == "b"


def test_a_stroke_under_way_when_the_program_died_is_saved_too(project: Project) -> None:
    photo = project.photo("s.png")
    editor = opened(project, photo)
    editor.begin("b")
    editor.paint_all(2)
    editor.checkpoint(limit_s=None)
    StrokeJournals().settle(project, photo)
    project.refresh()
    mask = project.read_mask(project.photo("s.png"))
    assert mask is not None
    assert (mask == 2).all()


def test_only_so_many_journals_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stroke_journals, "_MOST", 3)
    journals = StrokeJournals()
    for number in range(5):
        path = tmp_path / f"{number}.undo"
        path.write_bytes(b"torn")
        journals.values(path)
    assert [path.name for path in journals._known] == ["2.undo", "3.undo", "4.undo"]
