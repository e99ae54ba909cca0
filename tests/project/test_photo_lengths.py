"""Files of photos that go on and on, as a sparse file does, are told before anything is read of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.images import check_photo, frame_count, photo_orientation, photo_size, read_photo
from segstudio.project.merging import plan_merge
from segstudio.project.pack import make_pack
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto, Textured

_LONG = 40 * 10**9


def _stretch(path: Path, length: int = _LONG) -> None:
    with path.open("r+b") as stream:
        try:
            stream.truncate(length)
        except OSError:
            pytest.skip("this disk keeps no sparse files")


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp", "webp", "gif", "ppm"])
def test_a_file_far_longer_than_its_pixels_is_refused(
    tmp_path: Path, textured: Textured, suffix: str
) -> None:
    path = tmp_path / f"x.{suffix}"
    Image.fromarray(textured()).save(path)
    _stretch(path)
    for look in (photo_size, check_photo, read_photo):
        with pytest.raises(SegStudioError, match=r"40\.0 GB long, far more than its pixels"):
            look(path)
    assert frame_count(path) == 1


def test_a_header_of_a_jpeg_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(b"\xff\xd8\xff")
    _stretch(path)
    with pytest.raises(SegStudioError, match="far more than its pixels"):
        photo_size(path)
    assert photo_orientation(path) == 1


def test_a_film_behind_a_photo_and_many_large_pages_are_none_of_that(
    tmp_path: Path, textured: Textured
) -> None:
    path = tmp_path / "x.jpg"
    Image.fromarray(textured()).save(path)
    _stretch(path, 60_000_000)
    assert check_photo(path)[0] == photo_size(path)
    pages = [Image.fromarray(np.zeros((size, size, 3), dtype=np.uint8)) for size in (8, 4000, 2000, 1000)]
    path = tmp_path / "x.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    _stretch(path, 1_150_000_000)  # within the pages' share, beyond what any file may have beside
    assert photo_size(path) == (8, 8)


def test_it_is_neither_handed_out_nor_merged(project: Project, tmp_path: Path, add_photo: AddPhoto) -> None:
    other = Project.create(tmp_path / "other", classes=project.classes)
    add_photo("p1.png")
    _stretch(project.folder / "photos/p1.png")
    with pytest.raises(SegStudioError, match="far more than its pixels"):
        make_pack(project, tmp_path / "p.zip", Project.open(project.folder).photos())
    assert not (tmp_path / "p.zip").exists()
    (pair,) = plan_merge(other, Project.open(project.folder), StrokeJournals()).pairs
    assert (pair.fate, "far more than its pixels" in pair.problem) == ("unreadable", True)
