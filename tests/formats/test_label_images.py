"""Label images among photos, and photos that are there twice: told, left out, and taken all the same when asked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.label_images import Suspicion, few_colours
from segstudio.formats.options import ImportOptions
from segstudio.formats.report import ImportReport
from segstudio.formats.sources import gather
from segstudio.project.images import read_photo
from segstudio.project.project import Project

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent"))
real_data = pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")

Make = Callable[..., Path]
Draw = Callable[..., str]
SQUARE = ((2, 2), (8, 2), (8, 8), (2, 8))


def _report(project: Project, *sources: Path, **options: object) -> ImportReport:
    with gather(sources) as gathered:
        return prepare(gathered, project, ImportOptions(**options)).report  # type: ignore[arg-type]


def _label(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.zeros((20, 30), dtype=np.uint8)
    values[5:12, 4:20] = 3
    Image.fromarray(values).save(path)
    return path


@pytest.mark.parametrize(
    "name", ["masks/b.png", "Labels/b.png", "a.bmp", "SegmentationObject/a.png", "masks/a_mask_2.png"]
)
def test_label_images_beside_photos_stay_out_and_say_why(
    project: Project, tmp_path: Path, make_photo: Make, name: str
) -> None:
    make_photo(tmp_path / "in/a.jpg")
    _label(tmp_path / "in" / name)
    report = _report(project, tmp_path / "in")
    assert report.unlabelled == ("a.jpg",)
    (told,) = report.label_images
    assert name in told
    assert "it has few colours and" in told
    assert len(_report(project, tmp_path / "in", label_images=True).unlabelled) == 2


def test_label_images_alone_are_told_and_photos_of_few_colours_are_none(
    project: Project, tmp_path: Path, make_photo: Make
) -> None:
    _label(tmp_path / "gt/a.png")
    with pytest.raises(SegStudioError, match=r"looks like a label image.*--label-images"):
        raise _report(project, tmp_path / "gt").refusal or AssertionError
    _label(tmp_path / "set/labels/a.png")
    make_photo(tmp_path / "set/images/a.jpg")
    assert not _report(project, tmp_path / "set/labels").unlabelled  # photos beside it were not given
    _label(tmp_path / "drawings/a.png")  # nothing but its colours speaks against it
    _label(tmp_path / "drawings/b.png").touch()
    make_photo(tmp_path / "drawings/Labels/c.png")  # of many colours, whatever the folder is called
    assert not _report(project, tmp_path / "drawings", keep_doubles=True).label_images


def test_a_label_image_of_a_photo_in_the_project_is_known(
    project: Project, tmp_path: Path, make_photo: Make
) -> None:
    with gather([make_photo(tmp_path / "a.jpg")]) as gathered:
        commit_import(prepare(gathered, project, ImportOptions()), project)
    assert len(_report(project, _label(tmp_path / "later/a.png")).label_images) == 1


def test_mask_pictures_of_labelme_objects_are_no_news(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make
) -> None:
    make_photo(tmp_path / "in/a.jpg")
    _label(tmp_path / "in/Masks/a_0.png")
    segm = "<name>sky</name><segm><mask>a_0.png</mask></segm>"
    make_labelme(tmp_path / "in/a.xml", [segm], filename="a.jpg")
    assert _report(project, tmp_path / "in").label_images == ()


def test_photos_of_equal_content_come_in_once(project: Project, tmp_path: Path, make_photo: Make) -> None:
    first = make_photo(tmp_path / "in/a.jpg")
    shutil.copy(first, tmp_path / "in/b.jpg")
    make_photo(tmp_path / "in/c.jpg", seed=3)
    report = _report(project, tmp_path / "in")
    assert report.unlabelled == ("a.jpg", "c.jpg")
    assert [told.rpartition("/")[2] for told in report.doubles] == ["b.jpg: the same photo as a.jpg"]
    assert len(_report(project, tmp_path / "in", keep_doubles=True).unlabelled) == 3
    with gather([first]) as gathered:
        commit_import(prepare(gathered, project, ImportOptions()), project)
    (tmp_path / "again").mkdir()
    shutil.copy(first, tmp_path / "again/other name.jpg")
    report = _report(project, tmp_path / "again")  # and so do those that the project has
    assert report.refusal is None
    assert (report.unlabelled, len(report.doubles)) == ((), 1)


def test_equal_photos_with_different_annotations_both_come_in(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw
) -> None:
    first = make_photo(tmp_path / "in/a.png")
    for name in ("b.png", "c.png"):
        shutil.copy(first, tmp_path / "in" / name)
    for name, label in (("a", "sky"), ("b", "person"), ("c", "sky")):
        make_labelme(tmp_path / f"in/{name}.xml", [polygon(label, SQUARE)])
    report = _report(project, tmp_path / "in")
    assert report.imported == ("a.png", "b.png")
    assert [told.rpartition("/")[2] for told in report.doubles] == ["c.png: the same photo as a.png"]


@real_data
def test_real_label_images_and_photos_are_told_apart() -> None:
    for folder, label in (
        ("msrc/GroundTruth", True),
        ("skydiving/train/Labels", True),
        ("msrc/Images", False),
    ):
        paths = sorted((DATA / folder).iterdir())[:10]
        assert [few_colours(read_photo(path)) for path in paths] == [label] * len(paths), folder
    photo = next((DATA / "msrc/Images").iterdir())
    label_image = DATA / "msrc/GroundTruth" / f"{photo.stem}_GT.bmp"
    assert "belongs to" in Suspicion([photo, label_image.with_name("x")], ()).why(
        Path("elsewhere") / label_image.name
    )
