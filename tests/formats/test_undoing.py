"""An import is taken back: whole or not at all, and nothing that was painted since is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.record import read_record
from segstudio.formats.sources import gather
from segstudio.formats.undoing import Undone, last_import, undo_import
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project import moving
from segstudio.project.project import Project
from segstudio.project.removal import removals, removed_last

Make = Callable[..., Path]
Draw = Callable[..., str]
SQUARE = ((2, 2), (8, 2), (8, 8), (2, 8))


def _import(project: Project, *sources: Path, **options: object) -> Path:
    with gather(sources) as gathered:
        prepared = prepare(gathered, project, ImportOptions(**options))  # type: ignore[arg-type]
        return commit_import(prepared, project)


def _undo(project: Project) -> Undone:
    return undo_import(project, last_import(project.folder), StrokeJournals())


@pytest.fixture
def given(tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw) -> Path:
    """Two photos with a rope, which the project does not know, and one without annotation."""
    root = tmp_path / "given"
    for seed, name in enumerate(("a.png", "sub/b.png", "spare.png")):
        make_photo(root / name, seed=seed)
    for name in ("a", "sub/b"):
        make_labelme(
            root / f"{name}.xml", [polygon("rope", SQUARE), polygon("sky", ((0, 0), (30, 0), (30, 5)))]
        )
    return root


def test_all_of_it_is_taken_back(project: Project, given: Path) -> None:
    classes = project.classes
    _import(project, given, add_classes=True, keep_unlabelled=True, order=("sky", "person"))
    undone = _undo(project)
    assert undone == Undone(gone=("a.png", "spare.png", "sub/b.png"), classes=("rope",))
    opened = Project.open(project.folder)
    assert opened.keys() == ()
    assert opened.classes.names == classes.names
    assert opened.classes.draw_order == classes.draw_order
    (removal,) = removals(project.folder)
    assert removal.keys == undone.gone
    assert removed_last(project.folder) is None  # nobody removed them
    trashed = project.folder / removal.folder / "photos/sub/b.png"
    assert trashed.read_bytes() == (given / "sub/b.png").read_bytes()
    assert not list((project.folder / "masks").rglob("*.*"))
    with pytest.raises(SegStudioError, match="no import to take back"):
        _undo(project)
    _import(project, given, add_classes=True)  # and it can come in again
    assert Project.open(project.folder).keys() == ("a.png", "sub/b.png")


def test_what_was_painted_since_stays_with_its_class(project: Project, given: Path) -> None:
    record = _import(project, given, add_classes=True)
    mask = project.read_mask(project.photo("a.png"))
    assert mask is not None
    mask[15:] = 1
    project.write_mask(project.photo("a.png"), mask)
    undone = _undo(project)
    assert undone == Undone(gone=("sub/b.png",), left=("a.png",))
    assert "Painted since, and therefore kept: a.png." in undone.told()
    opened = Project.open(project.folder)
    assert opened.keys() == ("a.png",)
    assert "rope" in opened.classes.names
    kept = opened.read_mask(opened.photo("a.png"))
    assert kept is not None
    assert np.array_equal(kept, mask)
    assert read_record(record).left == ("a.png",)


def test_replaced_masks_come_back_as_they_were(
    project: Project, given: Path, make_labelme: Make, polygon: Draw
) -> None:
    _import(project, given, add_classes=True, split="train")
    before, state = project.mask_path(project.photo("a.png")).read_bytes(), project.photo("a.png").state
    make_labelme(given / "a.xml", [polygon("sky", SQUARE)])
    _import(project, given / "a.xml", replace=True)
    assert project.mask_path(project.photo("a.png")).read_bytes() != before
    undone = _undo(project)
    assert undone == Undone(back=("a.png",))
    opened = Project.open(project.folder)
    assert opened.mask_path(opened.photo("a.png")).read_bytes() == before
    assert opened.photo("a.png").state == state
    assert _undo(project).gone == ("a.png", "sub/b.png")  # and then the one before


def test_a_photo_that_was_there_without_mask_stays_without(project: Project, given: Path) -> None:
    _import(project, given / "a.png")
    _import(project, given, skip_unknown=True)
    assert project.photo("a.png").status == "done"
    assert _undo(project) == Undone(gone=("sub/b.png",), back=("a.png",))
    (photo,) = Project.open(project.folder).photos()
    assert (photo.key, photo.has_mask, photo.status) == ("a.png", False, "todo")


def test_photos_that_lie_elsewhere_are_no_longer_referred_to(project: Project, given: Path) -> None:
    _import(project, given, reference=True, add_classes=True)
    assert _undo(project).gone == ("a.png", "sub/b.png")
    assert Project.open(project.folder).keys() == ()
    assert (given / "a.png").is_file()


def test_a_death_in_the_middle_is_finished_by_who_opens_the_project_next(
    project: Project, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(project, given, add_classes=True)

    class Killed(BaseException):
        pass

    def die(_project: Path, _path: Path) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(moving, "remove", die)  # what comes in has been moved, nothing is removed yet
        with pytest.raises(Killed):
            _undo(project)
    opened = Project.open(project.folder)
    assert opened.keys() == ()
    assert "rope" not in opened.classes.names
    with pytest.raises(SegStudioError, match="no import to take back"):
        last_import(project.folder)


def test_an_old_record_says_that_it_cannot_be_taken_back(project: Project, given: Path) -> None:
    path = _import(project, given, add_classes=True)
    record = read_record(path)
    path.write_text(record.model_copy(update={"brought": {}}).model_dump_json(), encoding="utf-8")
    with pytest.raises(SegStudioError, match="too little was noted"):
        undo_import(project, path, StrokeJournals())
    assert len(Project.open(project.folder).keys()) == 2
