"""Files that may hold photos or masks, and are of a kind that nothing here opens, are told and stop nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath

import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.foreign import why_foreign
from segstudio.formats.importing import prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.formats.table import annotation_extensions
from segstudio.project.images import PHOTO_SUFFIXES
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]
TOLD = {
    "b.HEIC": "a picture of this kind (HEIC) is not read",
    "c.cr2": "a raw photo (CR2) is not read",
    "d.tar": "an archive of this kind (TAR) is not opened",
    "e.mat": "a file of arrays of this kind (MAT) is not read",
}


@pytest.mark.parametrize("packed", [False, True])
def test_they_are_told_beside_photos_that_come_in(
    project: Project, tmp_path: Path, make_photo: MakePhoto, packed: bool
) -> None:
    make_photo(tmp_path / "in/a.jpg")
    for name in TOLD:
        (tmp_path / "in" / name).write_bytes(b"x")
    source = tmp_path / "in"
    if packed:
        source = tmp_path / "in.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in (tmp_path / "in").iterdir():
                archive.write(path, path.name)
    with gather([source]) as gathered:
        report = prepare(gathered, project, ImportOptions()).report
    assert report.refusal is None
    assert report.unlabelled == ("a.jpg",)
    assert all(any(problem in told for told in report.not_read) for problem in TOLD.values())
    assert len(report.not_read) == len(TOLD)


@pytest.mark.parametrize("name", sorted(TOLD))
def test_alone_they_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(b"x")
    for source in (tmp_path / "in", tmp_path / "in" / name):
        with pytest.raises(SegStudioError) as caught, gather([source]):
            pass
        assert caught.value.problem == TOLD[name]
        assert caught.value.where.endswith(name)


def test_a_film_that_no_annotation_tells_of_is_told(tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "in/a.jpg")
    (tmp_path / "in/b.mp4").write_bytes(b"x")
    with gather([tmp_path / "in"]) as gathered:
        (told,) = gathered.unknown
    assert told.problem.startswith("no annotation tells of this film")
    (tmp_path / "in/t.xml").write_text("<annotations", encoding="utf-8")  # it may be of the film
    with gather([tmp_path / "in"]) as gathered:
        assert gathered.unknown == ()


def test_what_is_read_is_not_among_them() -> None:
    assert [
        suffix for suffix in PHOTO_SUFFIXES | annotation_extensions() if why_foreign(PurePath(f"a{suffix}"))
    ] == []
