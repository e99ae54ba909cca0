"""Folders of photos and masks, as people have them, come in whole."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.kept import mask_from_kept
from segstudio.formats.options import ImportOptions
from segstudio.formats.record import records_of
from segstudio.formats.report import ImportReport
from segstudio.formats.sources import gather
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]
COLOURS = np.array([(0, 0, 0), (128, 0, 0), (0, 128, 64)], dtype=np.uint8)


def _values(seed: int = 0) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 3, (20, 30), dtype=np.uint8)


def _save(path: Path, *, coloured: bool = False, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = _values(seed)
    Image.fromarray(COLOURS[values] if coloured else values).save(path)
    return path


def _imported(project: Project, *sources: Path, renames: Mapping[str, str] | None = None) -> ImportReport:
    options = ImportOptions(renames=renames or {}, order=())
    with gather(sources) as gathered:
        prepared = prepare(gathered, project, options)
        if prepared.report.refusal is None:
            commit_import(prepared, project)
    return prepared.report


@pytest.mark.parametrize(
    "pair",
    [
        ("images/a.jpg", "masks/a.png"),
        ("images/train/a.jpg", "masks/train/a.png"),
        ("train/a.jpg", "trainannot/a.png"),
        ("Train_RGB/a.jpg", "Train_Labels/a.bmp"),
        ("JPEGImages/a.jpg", "SegmentationClass/a.png"),
        ("Images/1_1_s.bmp", "GroundTruth/1_1_s_GT.bmp"),
        ("a.jpg", "a_mask.png"),
        ("a.jpg", "a-labels.tif"),
        ("raw/0001TP.png", "LabeledApproved/0001TP_L.png"),
        ("voc_segmentation/JPEGImages/a.png", "voc_segmentation/SegmentationClass/a.png"),
        ("leftImg8bit/x/b_leftImg8bit.png", "gtFine/x/b_gtFine_labelIds.png"),
    ],
)
@pytest.mark.parametrize("coloured", [False, True])
def test_masks_find_their_photos(
    project: Project, tmp_path: Path, make_photo: MakePhoto, pair: tuple[str, str], coloured: bool
) -> None:
    photo, mask = pair
    make_photo(tmp_path / "in" / photo)
    _save(tmp_path / "in" / mask, coloured=coloured)
    text = "sky 128 0 0\nperson 0 128 64\nbackground 0 0 0" if coloured else "background\nsky\nperson"
    (tmp_path / "in/labels.txt").write_text(text, encoding="utf-8")
    report = _imported(project, tmp_path / "in")
    assert report.refusal is None
    assert not report.label_images
    (there,) = Project.open(project.folder).photos()
    expected = np.array([0, 2, 1], dtype=np.uint8)[_values()]
    assert (read_mask(project.mask_path(there)) == expected).all()
    assert (mask_from_kept(Project.open(project.folder), there) == expected).all()


def test_a_record_that_tells_labels_by_what_they_mean_still_holds(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/images/a.jpg")
    _save(tmp_path / "in/masks/a.png")
    (tmp_path / "in/classes.txt").write_text("_background_\nsky\nperson", encoding="utf-8")
    assert _imported(project, tmp_path / "in").refusal is None
    opened = Project.open(project.folder)
    (record,) = records_of(project.folder)
    text = record.read_text(encoding="utf-8")
    assert '"_background_": 0' in text
    record.write_text(text.replace('"_background_": 0', '"background": 0'), encoding="utf-8")
    (there,) = opened.photos()
    assert (mask_from_kept(opened, there) == read_mask(project.mask_path(there))).all()


@pytest.mark.parametrize("name", ["my_labels", "masks", "in"])
def test_the_name_of_the_whole_folder_does_not_count(
    tmp_path: Path, make_photo: MakePhoto, name: str
) -> None:
    make_photo(tmp_path / name / "train/a.png")
    _save(tmp_path / name / "trainannot/a.png")
    with gather([tmp_path / name]) as gathered:
        assert [file.path.parent.name for file in gathered.files] == ["trainannot"]
        assert [photo.path.parent.name for photo in gathered.photos] == ["train"]


def test_folders_given_one_by_one_are_paired(project: Project, tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "x/photos/a.jpg")
    _save(tmp_path / "y/masks/a.png", coloured=True)
    table = tmp_path / "my.txt"
    table.write_text("sky: 128, 0, 0\nperson: 0, 128, 64\nbackground: 0, 0, 0", encoding="utf-8")
    report = _imported(project, tmp_path / "x/photos", tmp_path / "y/masks", table)
    assert report.refusal is None
    assert report.shapes == {"background": 1, "person": 1, "sky": 1}
    (there,) = Project.open(project.folder).photos()
    again = mask_from_kept(Project.open(project.folder), there)
    assert (again == read_mask(project.mask_path(there))).all()


def test_a_table_given_along_brings_its_colours(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "x/photos/a.jpg")
    _save(tmp_path / "y/masks/a.png")
    table = tmp_path / "my.txt"
    table.write_text("0 0 0 ground\n10 20 30 rope\n40 50 60 sky", encoding="utf-8")
    with gather([tmp_path / "x/photos", tmp_path / "y/masks", table]) as gathered:
        classes = prepare(gathered, project, ImportOptions(add_classes=True)).plan.labelling.classes
    assert (classes.named("ground").colour, classes.named("rope").colour) == ("#000000", "#0A141E")


def test_colours_that_nobody_named_are_asked_for(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/images/a.jpg")
    _save(tmp_path / "in/masks/a.png", coloured=True)
    refusal = _imported(project, tmp_path / "in").refusal
    assert refusal is not None
    assert 'unknown class "#000000"' in refusal.problem
    names = {"#000000": "void", "#800000": "sky", "#008040": "person"}
    assert _imported(project, tmp_path / "in", renames=names).refusal is None
    (there,) = Project.open(project.folder).photos()
    assert (read_mask(project.mask_path(there)) == np.array([255, 2, 1], dtype=np.uint8)[_values()]).all()


def test_new_classes_have_the_colours_of_the_masks(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/images/a.jpg")
    _save(tmp_path / "in/masks/a.png", coloured=True)
    with gather([tmp_path / "in"]) as gathered:
        prepared = prepare(gathered, project, ImportOptions(add_classes=True))
    assert prepared.plan.labelling.classes.named("#800000").colour == "#800000"


def test_void_needs_no_class(project: Project, tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "in/images/a.jpg")
    _save(tmp_path / "in/masks/a.png")
    (tmp_path / "in/classes.txt").write_text("sky\nvoid\nperson", encoding="utf-8")
    assert _imported(project, tmp_path / "in").refusal is None
    (there,) = Project.open(project.folder).photos()
    assert (read_mask(project.mask_path(there)) == np.array([2, 255, 1], dtype=np.uint8)[_values()]).all()


def test_a_photo_that_is_called_like_a_mask_stays_a_photo(tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "room.png", 40, 40)
    make_photo(tmp_path / "room_l.png", 40, 40, seed=1)
    make_photo(tmp_path / "labels/other.png", seed=2)
    with gather([tmp_path]) as gathered:
        assert not gathered.files
        assert len(gathered.photos) == 3


def test_shapes_count_before_their_picture(
    project: Project, tmp_path: Path, make_photo: MakePhoto, make_labelme: Callable[..., Path]
) -> None:
    make_photo(tmp_path / "in/Images/a.png")
    make_labelme(tmp_path / "in/Labels/a.xml")
    _save(tmp_path / "in/Labels/a.png")
    with gather([tmp_path / "in"]) as gathered:
        assert [file.path.suffix for file in gathered.files] == [".xml"]
        assert len(prepare(gathered, project, ImportOptions()).report.label_images) == 1


def test_masks_of_another_size_are_scaled_when_asked(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/images/a.jpg", 40, 60)
    _save(tmp_path / "in/masks/a.png")
    (tmp_path / "in/classes.txt").write_text("background\nsky\nperson", encoding="utf-8")
    refusal = _imported(project, tmp_path / "in").refusal
    assert refusal is not None
    assert "annotated on 30 × 20 pixels, but the photo has 60 × 40" in refusal.problem
    with gather([tmp_path / "in"]) as gathered:
        commit_import(prepare(gathered, project, ImportOptions(scale=True)), project)
    (there,) = Project.open(project.folder).photos()
    expected = np.array([0, 2, 1], dtype=np.uint8)[_values()].repeat(2, axis=0).repeat(2, axis=1)
    assert (read_mask(project.mask_path(there)) == expected).all()


def test_masks_of_turned_photos_fit_as_stored(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/images/a.jpg", 20, 30, orientation=6)
    _save(tmp_path / "in/masks/a.png")
    (tmp_path / "in/classes.txt").write_text("background\nsky\nperson", encoding="utf-8")
    assert _imported(project, tmp_path / "in").refusal is None
    (there,) = Project.open(project.folder).photos()
    expected = np.rot90(np.array([0, 2, 1], dtype=np.uint8)[_values()], -1)
    assert (read_mask(project.mask_path(there)) == expected).all()


def test_a_damaged_mask_is_told(project: Project, tmp_path: Path, make_photo: MakePhoto) -> None:
    make_photo(tmp_path / "in/images/a.jpg")
    path = _save(tmp_path / "in/masks/a.png")
    path.write_bytes(path.read_bytes()[:-60])
    refusal = _imported(project, tmp_path / "in").refusal
    assert refusal is not None
    assert "masks/a.png: the mask" in str(refusal)
    assert "damaged or cut off" in str(refusal)


def test_masks_saved_as_jpeg_are_refused(project: Project, tmp_path: Path, make_photo: MakePhoto) -> None:
    for name in ("images/a.jpg", "GroundTruth/a.jpg", "images/b.jpg"):
        make_photo(tmp_path / "in" / name)
    _save(tmp_path / "in/GroundTruth/b.png")
    (tmp_path / "in/classes.txt").write_text("background\nsky\nperson", encoding="utf-8")
    report = _imported(project, tmp_path / "in")
    assert report.imported == ("b.jpg",)
    (told,) = report.not_read
    assert "GroundTruth/a.jpg: this mask is a JPEG, which smears labels into one another" in told
    assert len(report.without_annotation) == 1


def test_photos_called_like_masks_have_masks_of_their_own(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    names = ("x", "x_GT", "x_mask", "y_GT")
    for seed, name in enumerate(names):
        make_photo(tmp_path / f"in/images/{name}.png", 20, 30, seed=seed)
        _save(tmp_path / f"in/masks/{name}.png", seed=seed)
    report = _imported(project, tmp_path / "in", renames={"1": "sky", "2": "person", "0": "background"})
    assert report.refusal is None
    assert [photo.key for photo in project.photos() if photo.has_mask] == [f"{name}.png" for name in names]


@pytest.mark.parametrize("shapes_at", ["mon/a.json", "mon/labels/a.json"])
def test_shapes_of_a_namesake_in_another_folder_do_not_put_a_mask_aside(
    tmp_path: Path, project: Project, make_photo: MakePhoto, shapes_at: str
) -> None:
    for seed, day in enumerate(("mon", "tue")):
        make_photo(tmp_path / f"in/{day}/a.jpg", seed=seed)
    path = tmp_path / "in" / shapes_at
    path.parent.mkdir(exist_ok=True)
    shape = {"label": "sky", "points": [[1, 1], [20, 1], [20, 9]], "shape_type": "polygon"}
    path.write_text(json.dumps({"shapes": [shape], "imagePath": "a.jpg"}), encoding="utf-8")
    _save(tmp_path / "in/mon/masks/a.png")
    _save(tmp_path / "in/tue/masks/a.png")
    (tmp_path / "in/classes.txt").write_text("background\nperson\nsky\n", encoding="utf-8")
    _imported(project, tmp_path / "in")
    masks = {
        photo.key: read_mask(project.mask_path(photo)) for photo in Project.open(project.folder).photos()
    }
    assert set(np.unique(masks["mon/a.jpg"])) == {0, 2}, "outdone by shapes"
    assert (masks["tue/a.jpg"] == _values()).all()
