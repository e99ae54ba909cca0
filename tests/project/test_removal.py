"""Photos go to the project's trash and come back as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.project.images import encode_png
from segstudio.project.project import Project
from segstudio.project.removal import TRASH, bring_back, removals, remove_photos
from segstudio.project.threads import WorkStopped
from tests.project.conftest import AddPhoto, Fingerprint, Textured

_ONES = np.ones((60, 80), dtype=np.uint8)


@pytest.fixture
def full(project: Project, add_photo: AddPhoto) -> Project:
    add_photo("a.jpg", _ONES, split="val")
    add_photo("deep/b [1].png", _ONES)
    add_photo("c.png")
    for name in ("a.jpg.undo", "a.jpg.undo.aside", "a.jpg.png.damaged-2026"):
        (project.folder / "masks" / name).write_bytes(name.encode())
    return Project.open(project.folder)


def test_what_was_removed_comes_back_as_it_was_also_after_a_restart(
    full: Project, fingerprint: Fingerprint
) -> None:
    before = fingerprint(full.folder)
    removal = remove_photos(full, ["a.jpg", "deep/b [1].png", "a.jpg"])
    assert removal.keys == ("a.jpg", "deep/b [1].png")
    assert [photo.has_mask for photo in removal.photos] == [True, True]
    again = Project.open(full.folder)
    assert again.keys() == ("c.png",)
    assert sorted(p.name for p in (full.folder / "masks").iterdir()) == ["c.png.json"]
    assert not (full.folder / "photos/deep").exists()
    assert removals(full.folder) == (removal,)
    assert bring_back(again, removals(full.folder)[-1]) == ""
    assert fingerprint(full.folder) == {**before, ".trash": "folder"}
    assert removals(full.folder) == ()
    photo = Project.open(full.folder).photo("a.jpg")
    assert (photo.split, photo.has_mask) == ("val", True)


def test_the_file_of_a_photo_that_was_not_copied_stays(
    project: Project, tmp_path: Path, textured: Textured
) -> None:
    path = tmp_path / "elsewhere" / "x.png"
    path.parent.mkdir()
    path.write_bytes(encode_png(textured()))
    with project.change() as change:
        change.add_photo("x.png", path, copy=False)
    told = project.reference("x.png")
    removal = remove_photos(project, ["x.png"])
    assert path.exists()
    assert Project.open(project.folder).keys() == ()
    bring_back(project, removal)
    assert Project.open(project.folder).photo("x.png").path.resolve() == path
    assert project.reference("x.png") == told


def test_each_removal_comes_back_by_itself(full: Project) -> None:
    first, second = remove_photos(full, ["a.jpg"]), remove_photos(full, ["c.png"])
    assert [removal.number for removal in removals(full.folder)] == [1, 2]
    bring_back(full, first)
    assert full.keys() == ("a.jpg", "deep/b [1].png")
    with pytest.raises(SegStudioError, match="no longer in the trash"):
        bring_back(full, first)
    bring_back(full, second)
    assert len(full.keys()) == 3


def test_nothing_is_lost_where_the_place_is_taken(
    full: Project, add_photo: AddPhoto, fingerprint: Fingerprint
) -> None:
    removal = remove_photos(full, ["a.jpg", "c.png"])
    add_photo("C.png")
    before = fingerprint(full.folder)
    with pytest.raises(SegStudioError, match=r'there is another "c\.png"'):
        bring_back(Project.open(full.folder), removal)
    assert fingerprint(full.folder) == before


def test_nothing_is_removed_while_somebody_paints_or_when_it_is_stopped(
    full: Project, fingerprint: Fingerprint
) -> None:
    before = fingerprint(full.folder)
    with pytest.raises(SegStudioError, match="there is no photo"):
        remove_photos(full, ["a.jpg", "d.png"])
    with pytest.raises(WorkStopped):
        remove_photos(full, ["a.jpg"], cancelled=lambda: True)
    let_go = hold(full.paint_lock(full.photo("a.jpg")))
    assert let_go is not None
    with pytest.raises(SegStudioError, match="open for painting"):
        remove_photos(full, ["c.png", "a.jpg"])
    let_go()
    assert fingerprint(full.folder) == before


def test_classes_that_went_meanwhile_are_told(full: Project) -> None:
    removal = remove_photos(full, ["a.jpg"])
    full.save_classes(full.classes.removed("sky"))
    assert '"sky" went from the class list' in bring_back(full, removal)


def test_a_removal_that_cannot_be_read_hides_no_other(full: Project) -> None:
    remove_photos(full, ["a.jpg"])
    (full.folder / TRASH / "000001" / "removal.json").write_text("{")
    removal = remove_photos(full, ["c.png"])
    assert removal.number == 2
    assert removals(full.folder) == (removal,)
