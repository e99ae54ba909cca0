from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.colour_png import colours_of_masks, is_colour_png, read_colour_png
from segstudio.formats.index_png import is_index_png, read_index_png
from segstudio.formats.label_picture import bitmap_of, codes_in, read_codes
from segstudio.formats.mask_files import is_beside_photos, is_mask_place, photo_names
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, LabelPicture, PicturePart
from segstudio.formats.voc import is_voc, read_voc, voc_labels

SKY, CAR = (128, 0, 0), (0, 128, 64)


def _save(path: Path, pixels: npt.NDArray[np.uint8], palette: list[int] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    if palette is not None:
        image.putpalette(palette)
    image.save(path)
    return path


def _colours() -> npt.NDArray[np.uint8]:
    pixels = np.zeros((6, 8, 3), dtype=np.uint8)
    pixels[:3] = SKY
    pixels[4, 2:5] = CAR
    return pixels


def _areas(annotation: Annotation) -> dict[str, int]:
    return {shape.label: shape.area for shape in annotation.shapes if isinstance(shape, PicturePart)}


def _source(path: Path, root: Path) -> SourceFile:
    return SourceFile(path, root, path.name)


def test_colours_without_table_are_labels_of_their_own(tmp_path: Path) -> None:
    path = _save(tmp_path / "masks/a.png", _colours())
    annotation = next(read_colour_png(_source(path, tmp_path)))
    assert _areas(annotation) == {"#000000": 21, "#800000": 24, "#008040": 3}
    assert (annotation.names, annotation.size) == (("a",), (6, 8))
    assert is_colour_png(path)
    assert not is_index_png(path)


def test_a_table_names_the_colours(tmp_path: Path) -> None:
    path = _save(tmp_path / "masks/a.bmp", _colours())
    table = tmp_path / "label_colors.txt"
    table.write_text("128 0 0 sky\n0 0 0 Void\n", encoding="utf-8")
    annotation = next(read_colour_png(_source(path, tmp_path)))
    assert _areas(annotation) == {"Void": 21, "sky": 24, "#008040": 3}
    assert annotation.parts == (table,)
    assert colours_of_masks(_source(path, tmp_path)) == {"sky": "#800000", "Void": "#000000"}


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        ("road\ncar\nsky\n", {"road", "car", "void"}),
        ("road\n", {"#000000", "#010101", "#ffffff"}),  # not all of them are numbered
        ("0 0 0 road\n1 1 1 car\n", {"road", "car", "#ffffff"}),
        (None, {"#000000", "#010101", "#ffffff"}),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_grey_in_three_channels_is_numbers_where_a_table_numbers_its_names(
    tmp_path: Path, table: str | None, labels: set[str], mode: str
) -> None:
    path = tmp_path / "masks/a.png"
    path.parent.mkdir()
    Image.fromarray(np.array([[0, 1], [1, 255]], dtype=np.uint8)).convert(mode).save(path)
    if table is not None:
        (tmp_path / "classes.txt").write_text(table, encoding="utf-8")
    assert set(_areas(next(read_colour_png(_source(path, tmp_path))))) == labels


def test_a_colour_of_two_names_is_told_where_a_mask_has_it(tmp_path: Path) -> None:
    path = _save(tmp_path / "masks/a.png", _colours())
    table = tmp_path / "label_colors.txt"
    table.write_text("128 0 0 sky\n0 0 0 void\n0 128 64 car\n1 2 3 x\n1 2 3 y\n", encoding="utf-8")
    assert set(_areas(next(read_colour_png(_source(path, tmp_path))))) == {"sky", "void", "car"}
    table.write_text("128 0 0 sky\n0 0 0 void\n0 128 64 car\n0 128 64 number plate\n", encoding="utf-8")
    with pytest.raises(SegStudioError, match=r'#008040 has two names in .*: "car" and "number plate"'):
        list(read_colour_png(_source(path, tmp_path)))


def test_msrc_is_known_by_its_names(tmp_path: Path) -> None:
    path = _save(tmp_path / "GroundTruth/1_1_s_GT.bmp", _colours())
    annotation = next(read_colour_png(_source(path, tmp_path)))
    assert _areas(annotation) == {"void": 21, "building": 24, "#008040": 3}
    assert annotation.names == ("1_1_s_GT", "1_1_s")


def test_numbers_are_labels(tmp_path: Path) -> None:
    pixels = np.array([[0, 1, 1], [2, 255, 255]], dtype=np.uint8)
    path = _save(tmp_path / "labels/a.png", pixels)
    assert _areas(next(read_index_png(_source(path, tmp_path)))) == {"0": 1, "1": 2, "2": 1, "255": 2}
    (tmp_path / "classes.txt").write_text("_background_\nsky\n", encoding="utf-8")
    named = next(read_index_png(_source(path, tmp_path)))
    assert _areas(named) == {"_background_": 1, "sky": 2, "2": 1, "void": 2}
    assert is_index_png(path)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16"])
def test_every_kind_of_index_picture_is_read(tmp_path: Path, mode: str) -> None:
    values = np.array([[0, 1], [1, 1]], dtype=np.uint16 if mode == "I;16" else np.uint8)
    image = Image.fromarray(values * 255 if mode == "1" else values)
    path = tmp_path / "masks/a.png"
    path.parent.mkdir()
    (image.convert("1") if mode == "1" else image).save(path)
    if mode == "P":
        _save(path, values.astype(np.uint8), [9, 9, 9, *SKY])
    assert _areas(next(read_index_png(_source(path, tmp_path)))) == {"0": 1, "1": 3}


@pytest.mark.parametrize("values", [(0, 2), (0, 2, 255), (7,), (1, 0)])
def test_grey_gifs_tell_their_greys_not_the_places_in_their_palette(
    tmp_path: Path, values: tuple[int, ...]
) -> None:
    pixels = np.zeros((6, 8), dtype=np.uint8) + values[0]
    for place, value in enumerate(values):
        pixels[place] = value
    path = _save(tmp_path / "masks/a.gif", pixels)
    (tmp_path / "classes.txt").write_text("road\ncar\nsky\n", encoding="utf-8")
    names = {0: "road", 1: "car", 2: "sky", 255: "void"}
    areas = _areas(next(read_index_png(_source(path, tmp_path))))
    assert areas == {names.get(value, str(value)): int((pixels == value).sum()) for value in values}


def test_a_palette_picture_goes_by_the_colours_of_the_table(tmp_path: Path) -> None:
    pixels = np.array([[0, 1, 2]], dtype=np.uint8)
    path = _save(tmp_path / "SegmentationClass/a.png", pixels, [0, 0, 0, *CAR, *SKY])
    (tmp_path / "labelmap.txt").write_text(
        "background:0,0,0::\nsky:128,0,0::\ncar:0,128,64::\n", encoding="utf-8"
    )
    annotation = next(read_voc(_source(path, tmp_path)))
    assert {shape.label: shape.codes for shape in annotation.shapes if isinstance(shape, PicturePart)} == {
        "background": (0,),
        "car": (1,),
        "sky": (2,),
    }
    assert is_voc(path)
    assert list(voc_labels(_source(path, tmp_path))) == ["background", "sky", "car"]


def test_a_table_without_colours_has_those_of_voc(tmp_path: Path) -> None:
    path = _save(tmp_path / "SegmentationClass/a.png", _colours())
    (tmp_path / "labelmap.txt").write_text(
        "# label:color_rgb:parts:actions\nbackground:::\nsky:::\n", encoding="utf-8"
    )
    assert _areas(next(read_voc(_source(path, tmp_path)))) == {"background": 21, "sky": 24, "#008040": 3}
    assert voc_labels(_source(path, tmp_path))["sky"] == "#800000"


def test_voc_has_its_own_classes(tmp_path: Path) -> None:
    path = _save(tmp_path / "SegmentationClass/2007_000001.png", np.array([[0, 15, 255]], dtype=np.uint8))
    assert _areas(next(read_voc(_source(path, tmp_path)))) == {"background": 1, "person": 1, "void": 1}


@given(
    pixels=hnp.arrays(
        np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)), elements=st.integers(0, 2)
    )
)
def test_parts_cover_each_pixel_once(
    tmp_path_factory: pytest.TempPathFactory, pixels: npt.NDArray[np.uint8]
) -> None:
    root = tmp_path_factory.getbasetemp()
    path = _save(root / "masks/any.png", pixels)
    annotation = next(read_colour_png(_source(path, root)))
    covered = np.zeros(pixels.shape[:2], dtype=int)
    for shape in annotation.shapes:
        assert isinstance(shape, PicturePart)
        bitmap = bitmap_of(shape, read_codes(shape.picture))
        assert bitmap.sum() == shape.area
        assert len(np.unique(pixels[bitmap], axis=0)) == 1
        covered += bitmap
    assert (covered == 1).all()


def test_another_size_repeats_or_leaves_out_pixels(tmp_path: Path) -> None:
    path = _save(tmp_path / "a.png", np.array([[1, 2], [3, 4]], dtype=np.uint8))
    larger = read_codes(LabelPicture(path, "index", (4, 6)))
    assert larger.tolist() == [[1, 1, 1, 2, 2, 2]] * 2 + [[3, 3, 3, 4, 4, 4]] * 2
    assert read_codes(LabelPicture(path, "index", (1, 1))).tolist() == [[1]]


def test_codes_are_counted() -> None:
    assert codes_in(np.array([[1, 1], [3, 255]], dtype=np.uint8)) == {1: 2, 3: 1, 255: 1}
    assert codes_in(np.array([[70000, 1], [1, 70000]], dtype=np.int32)) == {1: 2, 70000: 2}


@pytest.mark.parametrize(
    ("inner", "is_mask"),
    [
        ("SegmentationClass/a.png", True),
        ("GroundTruth/1_1_s_GT.bmp", True),
        ("frontal01/Train_Labels/1.bmp", True),
        ("CamVid/trainannot/x.png", True),
        ("LabeledApproved_full/0001TP_006690_L.png", True),
        ("annotations/training/a.png", True),
        ("gtFine/train/a/b_gtFine_labelIds.png", False),
        ("images/a.png", False),
        ("masks/a.jpg", True),
        ("masks/a.webp", False),
        ("SegmentationObject/a.png", False),
        ("Images/1_1_s.bmp", False),
        ("a.png", False),
        ("agt/a.png", True),
        ("my_masks/images/a.png", False),
        ("images/masks/a.png", True),
    ],
)
def test_masks_are_known_by_their_place(inner: str, is_mask: bool) -> None:
    assert is_mask_place(PurePosixPath(inner)) == is_mask


def test_pictures_of_instances_are_known() -> None:
    assert is_beside_photos(PurePosixPath("SegmentationObject/a.png"))
    assert is_beside_photos(PurePosixPath("gtFine/x/b_gtFine_color.png"))
    assert not is_beside_photos(PurePosixPath("images/a.png"))


@pytest.mark.parametrize(
    ("inner", "names"),
    [
        ("GroundTruth/1_1_s_GT.bmp", ("1_1_s_GT", "1_1_s")),
        ("SegmentationClass/2007_000001.png", ("2007_000001",)),
        ("masks/train/a_mask.png", ("train/a_mask", "a_mask", "train/a", "a")),
        ("a_mask.png", ("a",)),
        ("masks/a.0001.png", ("a.0001.png",)),
        ("x/labels/a_GT_l.png", ("x/a_GT_l", "a_GT_l", "x/a_GT", "a_GT")),
    ],
)
def test_photos_have_the_name_of_the_mask(tmp_path: Path, inner: str, names: tuple[str, ...]) -> None:
    assert photo_names(_source(tmp_path / inner, tmp_path)) == names


@pytest.mark.parametrize(
    ("inner", "subset"),
    [
        ("masks/train/a.png", "train"),
        ("valannot/a.png", "val"),
        ("Test_Labels/a.png", "Test"),
        ("masks/a.png", ""),
    ],
)
def test_folders_tell_the_subset(tmp_path: Path, inner: str, subset: str) -> None:
    path = _save(tmp_path / inner, np.zeros((2, 3), dtype=np.uint8))
    assert next(read_index_png(_source(path, tmp_path))).subset == subset


def test_photos_of_named_folders_are_looked_for_beside(tmp_path: Path) -> None:
    names = photo_names(_source(tmp_path / "frontal01/Train_Labels/1.bmp", tmp_path))
    assert "frontal01/Train_RGB/1" in names
    assert names[-2:] == ("frontal01/1", "1")
    assert "train/1" in photo_names(_source(tmp_path / "trainannot/1.png", tmp_path))


def test_photos_of_cities_are_found(tmp_path: Path) -> None:
    names = photo_names(_source(tmp_path / "gtFine/a/b_gtFine_labelIds.png", tmp_path))
    assert "b_leftImg8bit" in names


READERS: list[Callable[[SourceFile], object]] = [
    lambda file: next(read_index_png(file)),
    lambda file: next(read_colour_png(file)),
    lambda file: next(read_voc(file)),
]


@pytest.mark.parametrize("read", READERS)
def test_what_is_no_mask_is_told(tmp_path: Path, read: Callable[[SourceFile], object]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (30, 30, 3), dtype=np.uint8)
    path = _save(tmp_path / "masks/a.png", noise)
    with pytest.raises(SegStudioError, match=r"holds \d+ colours"):
        read(_source(path, tmp_path))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(SegStudioError, match="damaged or cut off"):
        read(_source(path, tmp_path))
    path.write_bytes(b"")
    with pytest.raises(SegStudioError, match="damaged or cut off"):
        read(_source(path, tmp_path))
    with pytest.raises(SegStudioError, match="missing"):
        read(_source(tmp_path / "masks/b.png", tmp_path))
    Image.fromarray(noise).save(path, "JPEG")
    with pytest.raises(SegStudioError, match="is a JPEG, which smears labels"):
        read(_source(path, tmp_path))
