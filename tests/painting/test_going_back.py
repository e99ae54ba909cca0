"""A photo gets a mask that it had: an edit to be undone, and what it had until then is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.painting.editor import MaskEditor
from segstudio.painting.going_back import go_back
from segstudio.painting.rect import Rect
from segstudio.painting.region import Region
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.masks import Mask
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.versions import read_version, version_file, versions_of


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose only photo was painted 1 and is 2 now."""
    made = Project.create(tmp_path / "p", classes=ClassList.from_names(["a", "b", "c"]))
    source = tmp_path / "x.png"
    source.write_bytes(encode_png(np.zeros((20, 30, 3), dtype=np.uint8)))
    with made.change() as change:
        change.add_photo("x.png", source)
        change.put_mask("x.png", _all(1))
        change.put_state("x.png", PhotoState(status="checked", size=(20, 30)))
    made.save_photo(made.photo("x.png"), mask=_all(2))
    return made


def _all(value: int) -> Mask:
    return np.full((20, 30), value, dtype=np.uint8)


def _mask(project: Project) -> int:
    mask = project.read_mask(project.photo("x.png"))
    assert mask is not None
    return int(mask[0, 0])


def test_it_goes_back_and_the_window_can_undo_it(project: Project) -> None:
    photo = project.photo("x.png")
    (first,) = versions_of(project.folder, "x.png")
    assert go_back(project, photo, first) == ()
    assert _mask(project) == 1
    assert project.photo("x.png").status == "done"  # nobody has checked this one
    editor, recovered = MaskEditor.open(_all(1), project.journal_path(photo))
    assert recovered.outcome != "set aside"
    assert editor.undo_label == f"go back to {first.when.astimezone():%d %b %Y %H:%M}"
    editor.undo()
    assert (editor.mask == 2).all()


def test_a_damaged_mask_is_gone_back_from_and_kept(project: Project) -> None:
    photo, path = project.photo("x.png"), project.mask_path(project.photo("x.png"))
    damaged = path.read_bytes()[:40]
    path.write_bytes(damaged)
    (first,) = versions_of(project.folder, "x.png")
    assert go_back(project, photo, first) == ()
    assert _mask(project) == 1
    kept = versions_of(project.folder, "x.png")[-1]
    assert version_file(project.folder, "x.png", kept.number).read_bytes() == damaged
    editor, _ = MaskEditor.open(_all(1), project.journal_path(photo))
    editor.undo()  # whatever it does, the damaged file is not it
    assert version_file(project.folder, "x.png", first.number).exists()


def test_what_it_was_until_then_is_a_version_too(project: Project) -> None:
    photo = project.photo("x.png")
    go_back(project, photo, versions_of(project.folder, "x.png")[0])
    first, second = versions_of(project.folder, "x.png")
    assert (second.replaced, second.what[:10]) == (True, "go back to")
    go_back(project, photo, second)
    assert _mask(project) == 2
    assert [v.number for v in versions_of(project.folder, "x.png")][:2] == [first.number, second.number]


def test_strokes_that_only_the_journal_held_are_kept_with_it(project: Project) -> None:
    photo = project.photo("x.png")
    editor, _ = MaskEditor.open(_all(2), project.journal_path(photo))
    with editor.edit("brush"):
        editor.paint(Region(Rect(0, 0, 5, 5), np.ones((5, 5), dtype=np.bool_)), value=0)
    go_back(project, photo, versions_of(project.folder, "x.png")[0])
    newest = versions_of(project.folder, "x.png")[-1]
    mask, _ = read_version(project.folder, photo, newest, project.classes)
    assert (mask[0, 0], mask[10, 10]) == (0, 2)


def test_while_somebody_paints_nothing_happens(project: Project) -> None:
    photo = project.photo("x.png")
    let_go = hold(project.paint_lock(photo))
    assert let_go is not None
    with pytest.raises(SegStudioError, match="open for painting"):
        go_back(project, photo, versions_of(project.folder, "x.png")[0])
    let_go()
    assert _mask(project) == 2


def test_one_that_cannot_be_read_leaves_all_as_it_is(project: Project) -> None:
    (first,) = versions_of(project.folder, "x.png")
    version_file(project.folder, "x.png", first.number).write_bytes(b"no picture")
    with pytest.raises(SegStudioError, match="damaged"):
        go_back(project, project.photo("x.png"), first)
    assert _mask(project) == 2


@pytest.mark.parametrize("was_painted", [False, True])
def test_going_back_that_is_refused_does_not_happen_later_either(
    project: Project, monkeypatch: pytest.MonkeyPatch, was_painted: bool
) -> None:
    """What the journal was told of it would come back when the photo is opened."""
    photo = project.photo("x.png")
    if was_painted:
        editor, _ = MaskEditor.open(_all(2), project.journal_path(photo))
        with editor.edit("brush"):
            editor.paint(Region(Rect(0, 0, 3, 4), np.ones((3, 4), dtype=np.bool_)), value=0)
        editor.save(editor.snapshot(), lambda mask: project.write_mask(photo, mask))
        photo = project.photo("x.png")
    before = project.read_mask(photo)
    assert before is not None

    def full(*_: object, **__: object) -> None:
        raise SegStudioError("could not be written (No space left on device)")

    with monkeypatch.context() as patched:
        patched.setattr(Project, "save_photo", full)
        with pytest.raises(SegStudioError, match="No space left"):
            go_back(project, photo, versions_of(project.folder, "x.png")[0])
    assert project.journal_path(photo).exists() == was_painted
    editor, recovered = MaskEditor.open(before.copy(), project.journal_path(photo))
    assert recovered.outcome == ("resumed" if was_painted else "new")
    assert (editor.mask == before).all()
    assert editor.undo_label == ("brush" if was_painted else None)
