"""Masks that lie anywhere come in where the person says that there are some, or are told in a sentence."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.kept import mask_from_kept
from segstudio.formats.options import ImportOptions
from segstudio.formats.report import ImportReport
from segstudio.formats.sources import gather
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]


def _values(seed: int = 0) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 3, (20, 30), dtype=np.uint8)


def _mask(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(_values(seed)).save(path)
    return path


def _imported(
    project: Project, *sources: Path, photos: Path | None = None, name: str | None = "index-png"
) -> ImportReport:
    options = ImportOptions(
        format=name, renames={"0": "background", "1": "person", "2": "sky"}, keep_unlabelled=True
    )
    with gather(sources, [photos] if photos else [], masks=name is not None) as gathered:
        prepared = prepare(gathered, project, options)
        if prepared.report.refusal is None:
            commit_import(prepared, project)
    return prepared.report


@pytest.mark.parametrize(
    "pair",
    [
        ("photos/a.jpg", "x/a.png"),
        ("photos/a.png", "x/a.png"),
        ("photos/a.tif", "x/a.tif"),
        ("foto/a.jpg", "Ann_final/a.bmp"),
        ("photos/a.jpg", "photos/a.png"),
        ("photos/a.jpg", "photos/a_final.png"),
        ("a.png", "a_final.tif"),
        ("images/12.jpg", "x/mask_12.png"),
        ("images/12.jpg", "x/12L.gif"),
        ("images/a_1.jpg", "x/gt_a_1_final.png"),
        ("d/7_sat.jpg", "d/7_final.png"),
        ("photos/val/a.jpg", "x/val/a.png"),
        ("photos/a.jpg", "masks/a_final.png"),
        ("images/a.jpg", "x/a.jpg.png"),
    ],
)
def test_a_told_mask_is_found_wherever_it_lies(
    project: Project, tmp_path: Path, make_photo: MakePhoto, pair: tuple[str, str]
) -> None:
    photo, mask = (tmp_path / "in" / name for name in pair)
    make_photo(photo)
    _mask(mask)
    report = _imported(project, tmp_path / "in")
    assert report.refusal is None
    assert (report.without_annotation, report.other_folder) == ((), ())
    (there,) = Project.open(project.folder).photos()
    expected = np.array([0, 1, 2], dtype=np.uint8)[_values()]
    assert (read_mask(project.mask_path(there)) == expected).all()
    assert (mask_from_kept(Project.open(project.folder), there) == expected).all()


def test_masks_of_photos_of_one_name_find_the_folder_that_is_alike(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    for seed, use in enumerate(("day", "night")):
        make_photo(tmp_path / f"in/photos/{use}/a.jpg", seed=seed)
        _mask(tmp_path / f"in/x/{use}/a_final.png", seed)
    report = _imported(project, tmp_path / "in")
    assert report.refusal is None
    opened = Project.open(project.folder)
    for seed, photo in enumerate(sorted(opened.photos(), key=lambda one: one.key)):
        assert (read_mask(opened.mask_path(photo)) == _values(seed)).all()


def test_a_told_mask_that_fits_two_photos_is_doubtful(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    for seed, use in enumerate(("day", "night")):
        make_photo(tmp_path / f"in/{use}/a.jpg", seed=seed)
    _mask(tmp_path / "in/x/a_final.png")
    refusal = _imported(project, tmp_path / "in").refusal
    assert refusal is not None
    assert "a_final.png fits 2 photos" in refusal.problem


def test_other_photos_and_second_masks_stay_what_they_are(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/images/a.jpg")
    make_photo(tmp_path / "in/images/b.png", seed=1)
    make_photo(tmp_path / "in/images/b_left.png", seed=2)
    _mask(tmp_path / "in/images/b_2.png", 3)  # another number: a drawing of its own
    _mask(tmp_path / "in/masks/a.png")
    _mask(tmp_path / "in/preview/a.png", 4)
    with gather([tmp_path / "in"], masks=True) as gathered:
        assert [file.path.parent.name for file in gathered.files] == ["masks"]
        names = sorted(photo.path.name for photo in gathered.photos if photo.path.parent.name == "images")
        assert names == ["a.jpg", "b.png", "b_2.png", "b_left.png"]


def test_pictures_are_masks_where_photos_come_from_elsewhere(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "photos/a.jpg")
    _mask(tmp_path / "x/a.png")
    report = _imported(project, tmp_path / "x", photos=tmp_path / "photos", name=None)
    assert report.refusal is None
    assert report.imported == ("a.jpg",)


@pytest.mark.parametrize("given", [True, False])
def test_pictures_are_masks_where_there_is_a_table_of_labels(
    project: Project, tmp_path: Path, make_photo: MakePhoto, given: bool
) -> None:
    make_photo(tmp_path / "in/photos/a.jpg")
    _mask(tmp_path / "in/x/a.png")
    table = tmp_path / ("classes.txt" if given else "in/classes.txt")
    table.write_text("background\nperson\nsky\n", encoding="utf-8")
    sources = (tmp_path / "in/photos", tmp_path / "in/x", table) if given else (tmp_path / "in",)
    report = _imported(project, *sources, name=None)
    assert report.refusal is None
    assert report.shapes == {"background": 1, "person": 1, "sky": 1}


def test_names_of_classes_count_whatever_their_file_is_called_where_masks_are_told(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/photos/a.jpg")
    _mask(tmp_path / "in/x/a.png")
    table = tmp_path / "mine.txt"
    table.write_text("background\nsky\nperson\n", encoding="utf-8")
    with pytest.raises(
        SegStudioError, match=r"mine\.txt.*names of classes count in a file called classes\.txt"
    ):
        _imported(project, tmp_path / "in", table, name=None)
    assert _imported(project, tmp_path / "in", table).refusal is None
    (there,) = Project.open(project.folder).photos()
    assert (read_mask(project.mask_path(there)) == np.array([0, 2, 1], dtype=np.uint8)[_values()]).all()


def test_pictures_that_are_neither_are_told(project: Project, tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "photos/a.jpg")
    make_photo(tmp_path / "x/a.png", seed=1)
    _mask(tmp_path / "x/b.png")
    with gather([tmp_path / "x"], [tmp_path / "photos"]) as gathered:
        refusal = prepare(gathered, project, ImportOptions()).report.refusal
    assert refusal is not None
    assert refusal.where.endswith("x/a.png")
    assert "neither a mask nor a photo" in refusal.problem
    assert "(and 1 more like it)" in refusal.problem


def test_a_table_without_masks_and_a_source_with_nothing_in_it_are_told(
    tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "photos/a.jpg")
    table = tmp_path / "classes.txt"
    table.write_text("background\nsky\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    with (
        pytest.raises(SegStudioError, match=r"classes\.txt: there is no mask that goes with this table"),
        gather([tmp_path / "photos", table]),
    ):
        pass
    told: list[SegStudioError] = []
    with gather([tmp_path / "photos", table], refused=told) as gathered:
        assert len(gathered.photos) == 1
    assert [error.problem for error in told] == ["there is no mask that goes with this table of classes"]
    with (
        pytest.raises(SegStudioError, match="there is nothing to import"),
        gather([tmp_path / "empty"], [tmp_path / "photos"]),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("index-png", r"nothing that was given is of the format index-png.*called like its photo"),
        ("coco", r"nothing that was given is of the format coco.*Leave out --format"),
    ],
)
def test_a_format_of_which_there_is_nothing_is_told(
    project: Project, tmp_path: Path, make_photo: MakePhoto, name: str, told: str
) -> None:
    make_photo(tmp_path / "in/photos/a.jpg")
    make_photo(tmp_path / "in/x/a.png", seed=1)
    with pytest.raises(SegStudioError, match=told):
        _imported(project, tmp_path / "in", name=name)


def test_masks_of_the_other_coding_are_told_with_their_format(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/photos/a.jpg")
    colours = np.array([(0, 0, 0), (128, 0, 0), (0, 128, 64)], dtype=np.uint8)
    (tmp_path / "in/x").mkdir()
    Image.fromarray(colours[_values()]).save(tmp_path / "in/x/a.png")
    with pytest.raises(SegStudioError, match="Say --format colour-png"):
        _imported(project, tmp_path / "in")


def test_a_mask_among_told_ones_whose_photo_is_not_there_is_told_and_is_no_photo(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/photos/a.jpg")
    _mask(tmp_path / "in/x/a.png")
    _mask(tmp_path / "in/x/z7.png", 1)
    _mask(tmp_path / "in/photos/chart.png", 2)  # beside a photo: it may be one
    report = _imported(project, tmp_path / "in")
    assert report.refusal is None
    assert [place.rpartition("/")[2] for place in report.without_photo] == ["z7.png"]
    assert (report.imported, report.unlabelled) == (("a.jpg",), ("chart.png",))


def test_a_told_mask_that_is_damaged_is_told(project: Project, tmp_path: Path, make_photo: MakePhoto) -> None:
    for seed, name in enumerate("ab"):
        make_photo(tmp_path / f"in/foto/{name}.png", seed=seed)
        _mask(tmp_path / f"in/x/{name}.png", seed)
    for torn in ("x/a.png", "foto/b.png"):
        path = tmp_path / "in" / torn
        path.write_bytes(path.read_bytes()[:60])
    refusal = _imported(project, tmp_path / "in").refusal
    assert refusal is not None
    assert 'the mask "a.png" is damaged or cut off' in refusal.problem
    assert refusal.where.endswith("x/a.png")
    assert "(and 1 other file with other damage)" in refusal.problem  # b.png, the photo
