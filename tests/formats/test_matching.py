from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from segstudio.formats.matching import Matching, match
from segstudio.formats.places import PhotoFile
from segstudio.formats.shapes import Annotation, Polygon


def _photos(*names: str, root: str = "/data/photos") -> list[PhotoFile]:
    return [PhotoFile(Path(root) / name, PurePosixPath(name), name) for name in names]


def _annotation(*names: str, file: str = "/data/annotations.xml", corner: float = 5) -> Annotation:
    shape = Polygon(label="sky", points=np.array([(0, 0), (corner, 0), (corner, corner)]))
    return Annotation(names=names, size=None, shapes=(shape,), file=Path(file), place=f"{file}:{names[0]}")


def _pairs(matching: Matching) -> dict[str, str]:
    return {annotation.names[0]: str(photo.name) for annotation, photo in matching.pairs}


def test_the_path_wins_over_the_name() -> None:
    photos = _photos("a/1.jpg", "b/1.jpg")
    found = match([_annotation("b/1.jpg"), _annotation("a/1.jpg")], photos)
    assert _pairs(found) == {"b/1.jpg": "b/1.jpg", "a/1.jpg": "a/1.jpg"}


def test_the_name_then_the_stem_then_case() -> None:
    photos = _photos("x/1.jpg", "x/1.png", "2.PNG", "x/Three.jpg", "other.jpg")
    found = match([_annotation("1.jpg"), _annotation("2.jpg"), _annotation("THREE.JPG")], photos)
    assert _pairs(found) == {"1.jpg": "x/1.jpg", "2.jpg": "2.PNG", "THREE.JPG": "x/Three.jpg"}
    assert [str(photo.name) for photo in found.spare] == ["x/1.png", "other.jpg"]


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert _pairs(match([_annotation("u\u0308.jpg")], _photos("\u00fc.jpg"))) == {"u\u0308.jpg": "\u00fc.jpg"}


def test_a_photo_that_is_missing_is_told_even_when_a_namesake_is_there() -> None:
    found = match([_annotation("a/1.jpg"), _annotation("b/1.jpg")], _photos("a/1.jpg"))
    assert _pairs(found) == {"a/1.jpg": "a/1.jpg"}
    assert [annotation.names[0] for annotation in found.lost] == ["b/1.jpg"]


def test_equal_candidates_are_told_not_guessed() -> None:
    found = match([_annotation("1.jpg")], _photos("a/1.jpg", "b/1.jpg"))
    assert found.pairs == ()
    assert "fits 2 photos: a/1.jpg, b/1.jpg" in str(found.doubtful[0])
    assert found.spare == ()


def test_of_equal_candidates_the_one_beside_the_annotation_is_meant() -> None:
    photos = _photos("train/Images/1.jpg", "val/Images/1.jpg", root="/data")
    train = _annotation("1.jpg", file="/data/train/Annotations/1.xml")
    val = _annotation("1.jpg", file="/data/val/Annotations/1.xml", corner=6)
    found = match([val, train], photos)
    assert {(a.file.parts[2], p.name.parts[0]) for a, p in found.pairs} == {
        ("train", "train"),
        ("val", "val"),
    }


def test_two_annotations_of_one_photo_are_one_when_they_paint_the_same() -> None:
    photos = _photos("1.jpg")
    assert len(match([_annotation("1.jpg"), _annotation("1.jpg", file="/b.xml")], photos).pairs) == 1
    found = match([_annotation("1.jpg"), _annotation("1.jpg", file="/b.xml", corner=9)], photos)
    assert found.pairs == ()
    assert "annotated 2 times, differently" in str(found.doubtful[0])


def test_the_name_of_the_xml_is_the_last_resort_and_told() -> None:
    by_name = _annotation("b.jpg", "0001.xml", file="/data/0001.xml")
    assert _pairs(match([by_name], _photos("0001.jpg", "b.jpg"))) == {"b.jpg": "b.jpg"}
    found = match([by_name], _photos("0001.jpg"))
    assert _pairs(found) == {"b.jpg": "0001.jpg"}
    assert found.by_file == (by_name.place,)


@pytest.mark.parametrize("photo", ["cam2/0001.png", "cam2/0001.jpg", "cam1/Images/cam2/0001.jpg"])
def test_a_photo_of_another_folder_is_not_taken(photo: str) -> None:
    found = match([_annotation("cam1/0001.jpg")], _photos(photo))
    assert found.pairs == ()
    assert [annotation.names[0] for annotation in found.lost] == ["cam1/0001.jpg"]
    assert [str(spare.name) for spare in found.spare] == [photo]


@pytest.mark.parametrize(
    ("name", "photo", "root"),
    [
        ("0001.jpg", "cam2/0001.jpg", "/data"),  # the annotation names no folder
        ("./0001.jpg", "cam2/0001.jpg", "/data"),
        ("train/0001.jpg", "0001.jpg", "/data/cam2"),  # the folder was given, not found
        ("train/0001.jpg", "Images/0001.jpg", "/data"),  # "images" tells nothing
        ("images/0001.jpg", "cam2/0001.jpg", "/data"),
        ("default/0001.jpg", "cam2/0001.jpg", "/data"),
        ("/home/me/Cam2/0001.jpg", "cam2/0001.jpg", "/data"),
        ("cam2/0001.jpg", "cam2/Images/0001.jpg", "/data"),
        ("cam2/images/0001.jpg", "set/cam2/0001.jpg", "/data"),
        ("a/u\u0308/0001.jpg", "b/\u00fc/0001.jpg", "/data"),
    ],
)
def test_a_photo_whose_folder_says_nothing_against_it_is_taken(name: str, photo: str, root: str) -> None:
    found = match([_annotation(name)], _photos(photo, root=root))
    assert _pairs(found) == {name: photo}
    assert (found.by_file, found.by_stem, found.other_folder) == ((), (), ())


def test_a_photo_of_another_extension_is_told() -> None:
    annotations = [_annotation(name) for name in ("1.jpg", "2.jpg", "3.jpg", "4")]
    found = match(annotations, _photos("1.png", "2.jpg", "3.JPG", "4.png"))
    assert len(found.pairs) == 4
    assert found.by_stem == ("/data/annotations.xml:1.jpg: 1.png",)
    assert found.by_file == ()


def test_a_photo_that_only_a_later_name_allows_is_told() -> None:
    found = match([_annotation("Train/1.jpg", "1.jpg")], _photos("cam2/1.jpg"))
    assert _pairs(found) == {"Train/1.jpg": "cam2/1.jpg"}
    assert found.other_folder == ("/data/annotations.xml:Train/1.jpg: cam2/1.jpg",)


def test_without_photos_all_are_lost() -> None:
    assert len(match([_annotation("1.jpg")], []).lost) == 1


def test_what_a_better_fit_pushes_aside_is_not_without_photo() -> None:
    mask = _annotation("1", file="/data/masks/1.png")
    shapes = _annotation("1.jpg", file="/data/a.xml", corner=9)
    found = match([mask, shapes], _photos("1.jpg"))
    assert _pairs(found) == {"1.jpg": "1.jpg"}
    assert found.lost == ()
    assert found.outdone == (f"{mask.place}: 1.jpg has {shapes.place}",)
    other = _annotation("1.png", file="/data/b.xml", corner=5)  # means another photo, which is not there
    assert match([other, shapes], _photos("1.jpg")).lost == (other,)


@pytest.mark.parametrize("keys", [("t.jpg", "deep/t.jpg"), ("t.jpg", "val/t.jpg", "train/val/t.jpg")])
@pytest.mark.parametrize("images", ["", "images/"])
def test_a_photo_at_the_root_and_its_namesakes_below_find_their_own(
    keys: tuple[str, ...], images: str
) -> None:
    photos = _photos(*(images + key for key in keys), root="/data")
    without = [_annotation(key.removesuffix(".jpg"), file=f"/data/masks/{key[:-3]}png") for key in keys]
    for annotations in ([_annotation(key) for key in keys], without):
        found = match(annotations, photos)
        assert sorted(str(photo.name) for _, photo in found.pairs) == sorted(images + key for key in keys)
        assert all(
            str(photo.name.with_suffix("")) == images + pair.names[0].removesuffix(".jpg")
            for pair, photo in found.pairs
        )


def test_a_path_with_its_subset_before_it_gives_way_to_the_photo_that_lies_there() -> None:
    names = [("train/t.jpg", "t.jpg"), ("train/train/t.jpg", "train/t.jpg"), ("train/val/t.jpg", "val/t.jpg")]
    photos = _photos("images/t.jpg", "images/train/t.jpg", "images/val/t.jpg", root="/data")
    found = match([_annotation(*one) for one in names], photos)
    assert {a.names[-1]: str(photo.name) for a, photo in found.pairs} == {
        "t.jpg": "images/t.jpg",
        "train/t.jpg": "images/train/t.jpg",
        "val/t.jpg": "images/val/t.jpg",
    }


@pytest.mark.parametrize("images", ["", "images/"])
def test_a_folder_called_like_one_of_photos_may_be_meant_to_the_letter(images: str) -> None:
    photos = _photos(f"{images}t.jpg", f"{images}JPEGImages/t.jpg", root="/data")
    found = match([_annotation("t.jpg"), _annotation("JPEGImages/t.jpg")], photos)
    assert _pairs(found) == {name: images + name for name in ("t.jpg", "JPEGImages/t.jpg")}


def test_a_file_in_a_folder_means_the_photo_beside_it_and_not_its_namesake_above() -> None:
    photos = _photos("1.jpg", "train/1.jpg", root="/data")
    found = match([_annotation("1.jpg", file="/data/train/annotations.xml")], photos)
    assert _pairs(found) == {"1.jpg": "train/1.jpg"}


def test_the_name_without_what_tells_a_mask_comes_second() -> None:
    photos = _photos("x.png", "x_GT.png", root="/data/images")
    annotations = [_annotation("x", file="/data/masks/x.png"), _annotation("x_GT", "x", corner=9)]
    assert _pairs(match(annotations, photos)) == {"x": "x.png", "x_GT": "x_GT.png"}
