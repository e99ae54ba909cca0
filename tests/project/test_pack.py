"""Which photos are handed out, and what is said of names that none has; what a pack is, is tested with merging."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.pack import chosen_photos, make_pack
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto


@pytest.fixture
def mine(project: Project, add_photo: AddPhoto) -> Project:
    for key in ("IMG_1.jpg", "IMG_2.jpg", "deep/ö [1].png"):
        add_photo(key)
    project.refresh()
    return project


@pytest.mark.parametrize(
    ("patterns", "keys"),
    [
        ([], ["IMG_1.jpg", "IMG_2.jpg", "deep/ö [1].png"]),
        (["IMG_?.jpg"], ["IMG_1.jpg", "IMG_2.jpg"]),
        (["deep/ö [1].png", "IMG_2.jpg"], ["IMG_2.jpg", "deep/ö [1].png"]),
        (["*[1]*"], ["deep/ö [1].png"]),
    ],
)
def test_photos_are_named(mine: Project, patterns: list[str], keys: list[str]) -> None:
    assert [photo.key for photo in chosen_photos(mine, patterns)] == keys


@pytest.mark.parametrize(
    ("patterns", "told"),
    [
        (["IMG_1.jpg", "IMG_9.jpg"], r'no photo "IMG_9.jpg"\. The nearest names: "IMG_'),
        (["ö [1].png"], r'The nearest names: "deep/ö \[1\].png"'),
        (["nope", "z*"], r'no photo "nope", "z\*"\. Photos are named with their folders'),
    ],
)
def test_a_name_that_no_photo_has_is_refused(mine: Project, patterns: list[str], told: str) -> None:
    with pytest.raises(SegStudioError, match=told):
        chosen_photos(mine, patterns)


def test_a_status_that_none_of_them_has_is_told_with_those_that_they_have(mine: Project) -> None:
    with pytest.raises(
        SegStudioError, match=r"none is done or checked\. Name another status \(they are: todo\)"
    ):
        chosen_photos(mine, [], ["done", "checked"])


def test_a_project_without_photos_is_told(project: Project) -> None:
    with pytest.raises(SegStudioError, match="has no photos"):
        chosen_photos(project, [])


@pytest.mark.parametrize("name", ["a.jpg.png", "a.jpg.json"])
def test_a_folder_in_the_place_of_a_file_is_told(
    project: Project, add_photo: AddPhoto, tmp_path: Path, name: str
) -> None:
    add_photo("a.jpg", np.ones((60, 80), dtype=np.uint8))
    path = project.folder / "masks" / name
    path.unlink()
    path.mkdir()
    with pytest.raises(SegStudioError, match="cannot be read"):
        make_pack(project, tmp_path / "k.zip", project.photos())
    assert not (tmp_path / "k.zip").exists()


def test_a_mask_that_cannot_be_read_is_told_where_it_lies(
    project: Project, add_photo: AddPhoto, tmp_path: Path
) -> None:
    add_photo("a.jpg", np.ones((60, 80), dtype=np.uint8))
    mask = project.mask_path(project.photo("a.jpg"))
    mask.write_bytes(mask.read_bytes()[:40])
    with pytest.raises(SegStudioError) as told:
        make_pack(project, tmp_path / "p.zip", project.photos())
    assert told.value.where == str(mask)
