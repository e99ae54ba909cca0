from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.files import hold
from segstudio.project.bringing_in import Incoming, bring_in, free_key
from segstudio.project.images import encode_png
from segstudio.project.masks import Mask
from segstudio.project.painted_photos import begin_painting
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto, Fingerprint, Textured


def _incoming(
    path: Path, value: int = 1, *, key: str | None = None, size: tuple[int, int] = (60, 80)
) -> Incoming:
    def mask() -> Mask:
        return np.full(size, value, dtype=np.uint8)

    return Incoming(path, mask, "doing", "predicted by jump-1", key)


@pytest.fixture
def outside(tmp_path: Path, textured: Textured) -> Path:
    path = tmp_path / "new" / "ü 1.png"
    path.parent.mkdir()
    path.write_bytes(encode_png(textured(7)))
    return path


def test_a_photo_from_outside_comes_in_with_its_mask(project: Project, outside: Path) -> None:
    assert bring_in(project, [_incoming(outside)]) == ("ü 1.png",)
    photo = Project.open(project.folder).photo("ü 1.png")
    assert photo.path.read_bytes() == outside.read_bytes()
    assert photo.path.is_relative_to(project.folder)
    assert (photo.size, photo.status, photo.state.source) == ((60, 80), "doing", "predicted by jump-1")
    assert photo.state.when
    mask = project.read_mask(photo)
    assert mask is not None
    assert (mask == 1).all()


def test_a_photo_may_stay_where_it_is(project: Project, outside: Path) -> None:
    (key,) = bring_in(project, [_incoming(outside)], copy=False)
    assert project.photo(key).path.resolve() == outside.resolve()


def test_a_name_that_not_every_system_has_is_changed(project: Project, outside: Path) -> None:
    path = outside.rename(outside.with_name("nul: 1.png"))
    assert bring_in(project, [_incoming(path), _incoming(path)]) == ("nul_ 1.png", "nul_ 1-2.png")


def test_names_that_are_taken_get_a_number(project: Project, add_photo: AddPhoto, outside: Path) -> None:
    add_photo("Ü 1.PNG")
    assert bring_in(project, [_incoming(outside), _incoming(outside)]) == ("ü 1-2.png", "ü 1-3.png")
    assert free_key("a", {"a"}) == "a-2"


def test_a_photo_of_the_project_keeps_its_split_and_gets_the_mask(
    project: Project, add_photo: AddPhoto
) -> None:
    add_photo("a.png", np.zeros((60, 80), dtype=np.uint8), split="val")
    assert bring_in(project, [_incoming(project.photo("a.png").path, 2, key="a.png")]) == ("a.png",)
    photo = project.photo("a.png")
    mask = project.read_mask(photo)
    assert mask is not None
    assert (mask == 2).all()
    assert (photo.split, photo.status) == ("val", "doing")


def test_classes_that_only_the_model_has_come_in_too(project: Project, outside: Path) -> None:
    classes = project.classes.added("rope")
    (key,) = bring_in(project, [_incoming(outside, classes.named("rope").index)], classes=classes)
    opened = Project.open(project.folder)
    assert opened.classes == classes
    mask = opened.read_mask(opened.photo(key))
    assert mask is not None
    assert mask.max() == classes.named("rope").index


def test_all_or_none(project: Project, add_photo: AddPhoto, outside: Path, fingerprint: Fingerprint) -> None:
    add_photo("a.png")
    before = fingerprint(project.folder)
    for wrong in (_incoming(outside, size=(60, 81)), _incoming(outside.with_name("none.png"))):
        with pytest.raises(SegStudioError):
            bring_in(project, [_incoming(outside), wrong])
        assert fingerprint(project.folder) == before
    asked = iter([False, True])
    with pytest.raises(WorkStopped):
        bring_in(project, [_incoming(outside), _incoming(outside)], cancelled=lambda: next(asked))
    assert fingerprint(project.folder) == before


def test_a_mask_of_another_size_names_the_photo(project: Project, outside: Path) -> None:
    with pytest.raises(SegStudioError, match=r"ü 1\.png: the mask is 81 × 60 pixels, the photo 80 × 60"):
        bring_in(project, [_incoming(outside, size=(60, 81))])


def test_nobody_begins_to_paint_on_a_photo_that_gets_a_mask(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png")
    begun: list[object] = []
    bring_in(
        project,
        [_incoming(project.photo("a.png").path, key="a.png")],
        progress=lambda *_: begun.append(begin_painting(project, project.photo("a.png"))),
    )
    assert begun == [None]


def test_a_photo_that_somebody_paints_on_is_left_alone(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png")
    let_go = hold(project.paint_lock(project.photo("a.png")))
    assert let_go is not None
    with pytest.raises(SegStudioError, match=r'"a\.png" is open for painting'):
        bring_in(project, [_incoming(project.photo("a.png").path, key="a.png")])
    let_go()
    assert not project.photo("a.png").has_mask


def test_progress_is_told(project: Project, outside: Path) -> None:
    told: list[tuple[int, int]] = []
    bring_in(project, [_incoming(outside)] * 2, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
