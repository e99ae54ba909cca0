import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.labelme_json import embedded_photo, is_labelme_json, read_labelme_json
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, Ellipse, MaskShape, Polygon, Undrawn

Read = Callable[..., Annotation]


def _png(pixels: npt.NDArray[Any]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads a file with these shapes; `others` are further members of it."""

    def one(*shapes: dict[str, Any], at: str = "a.json", **others: Any) -> Annotation:
        path = tmp_path / at
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"shapes": shapes, "imagePath": "a.jpg", "imageHeight": 20, "imageWidth": 30} | others
        path.write_text(json.dumps(content), encoding="utf-8")
        return next(read_labelme_json(SourceFile(path, tmp_path, path.name)))

    return one


def test_every_shape_with_an_area_comes_in(read: Read) -> None:
    mask = np.array([[0, 1, 1], [255, 0, 0]], dtype=np.uint8)
    annotation = read(
        {"label": "sky", "points": [[1, 2], [3, 4], [5, 6.5]], "flags": {"far": True}, "group_id": 3},
        {"label": "person", "points": [[9, 8], [1, 2]], "shape_type": "rectangle"},
        {"label": "person", "points": [[5, 6], [8, 10]], "shape_type": "circle"},
        {"label": "sky", "points": [[4.7, 3.2], [7, 5]], "shape_type": "mask", "mask": _png(mask)},
        {"label": "x", "points": [[0, 0], [2, 2], [0, 4], [-2, 2]], "shape_type": "oriented_rectangle"},
        {"label": "x", "points": [[0, 0], [2, 0], [2, 2], [0, 2]], "shape_type": "rectangle"},
    )
    polygon, box, circle, shape, turned, of_four = annotation.shapes
    assert isinstance(polygon, Polygon)
    assert polygon.points.tolist() == [[1, 2], [3, 4], [5, 6.5]]
    assert (polygon.label, polygon.where, polygon.attributes) == (
        "sky",
        "polygon 1",
        {"far": "true", "group_id": "3"},
    )
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1) == (1, 2, 9, 8)
    assert isinstance(circle, Ellipse)
    assert (circle.cx, circle.cy, circle.rx, circle.ry) == (5, 6, 5, 5)
    assert isinstance(shape, MaskShape)
    assert (shape.left, shape.top) == (4, 3)
    assert (shape.bitmap() == (mask > 0)).all()
    assert isinstance(turned, Polygon)
    assert isinstance(of_four, Polygon)
    assert (annotation.size, annotation.names) == ((20, 30), ("a.jpg", "a.json"))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "transparent"])
def test_masks_of_every_kind_of_png(read: Read, mode: str) -> None:
    mask = np.array([[False, True, True], [True, False, False]])
    picture = Image.fromarray(mask.astype(np.uint8) * 255)
    if mode == "transparent":
        picture = Image.merge("RGBA", [Image.new("L", picture.size)] * 3 + [picture])
    elif mode == "I;16":
        picture = Image.fromarray(mask.astype(np.uint16))
    else:
        picture = picture.convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    told = base64.b64encode(buffer.getvalue()).decode()
    shape = read({"label": "sky", "points": [[4, 3]], "shape_type": "mask", "mask": told}).shapes[0]
    assert isinstance(shape, MaskShape)
    assert (shape.bitmap() == mask).all()


@pytest.mark.parametrize("kind", ["line", "linestrip", "point", "points"])
def test_what_has_no_area_is_kept_by_kind(read: Read, kind: str) -> None:
    shape = read({"label": "x", "points": [[1, 2]], "shape_type": kind}).shapes[0]
    assert isinstance(shape, Undrawn)
    assert shape.kind == kind


def test_a_kind_from_the_future_is_told_not_fatal(read: Read) -> None:
    shape = read({"label": "x", "points": [[1, 2]], "shape_type": "spline"}).shapes[0]
    assert isinstance(shape, Undrawn)
    assert shape.kind == "unknown (spline)"


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("..\\Images\\ü 日本.jpg", ("Images/ü 日本.jpg", "Annotations/ü 日本.jpg", "Annotations/a.json")),
        ("../../../x/b.jpg", ("x/b.jpg", "Annotations/b.jpg", "Annotations/a.json")),
        ("C:\\work\\b.jpg", ("Annotations/b.jpg", "Annotations/a.json")),
        ("/home/me/b.jpg", ("Annotations/b.jpg", "Annotations/a.json")),
        (None, ("Annotations/a.json",)),
        ("a.jpg", ("Annotations/a.jpg", "Annotations/a.json")),
    ],
)
def test_the_photo_is_named_in_any_way(read: Read, told: str | None, names: tuple[str, ...]) -> None:
    assert read(at="Annotations/a.json", imagePath=told).names == names


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ({"points": [[1, 2], [3]]}, "not pairs of numbers"),
        ({"points": [[1, 2], [3, "x"]]}, "not pairs of numbers"),
        ({"points": [[1, 2, 3], [4, 5, 6]]}, "not pairs of numbers"),
        ({"points": [[1, 2], [3, float("nan")]]}, "no place in a photo"),
        ({"points": [[1, 2], [3, 1e300]]}, "no place in a photo"),
        ({"points": {"x": 1}}, "no list"),
        ({"points": [[1, 2]], "shape_type": "mask"}, "no picture"),
        ({"points": [[1, 2]], "shape_type": "mask", "mask": "!"}, "base64|damaged"),
        ({"points": [[1, 2]], "shape_type": "mask", "mask": "aGVsbG8="}, "damaged or no PNG"),
    ],
)
def test_wild_values_name_the_shape(read: Read, shape: dict[str, Any], problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem) as caught:
        read({"label": "x"} | shape)
    assert caught.value.where.endswith(" 1")


def test_a_shape_that_is_none_is_told(read: Read) -> None:
    with pytest.raises(SegStudioError, match="a shape is no object"):
        read(*[[1]])


def test_files_of_old_versions_come_in(read: Read) -> None:
    annotation = read(imageHeight=None, imageWidth=None, version=None, lineColor=[0, 255, 0, 128])
    assert annotation.size is None


def test_an_embedded_photo_comes_out(tmp_path: Path, read: Read) -> None:
    pixels = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
    read(imageData=_png(pixels), imagePath="..\\sub\\b.png")
    photo = embedded_photo(tmp_path / "a.json")
    assert photo is not None
    assert photo.name == "b.png"
    assert (np.asarray(Image.open(io.BytesIO(photo.content))) == pixels).all()
    read(imageData=_png(pixels), imagePath="b.exe")
    photo = embedded_photo(tmp_path / "a.json")
    assert photo is not None
    assert photo.name == "b.png"
    read(imageData=None)
    assert embedded_photo(tmp_path / "a.json") is None
    read(imageData="aGVsbG8=")
    with pytest.raises(SegStudioError, match="photo in it is damaged"):
        embedded_photo(tmp_path / "a.json")


def test_it_is_recognised_by_content(tmp_path: Path, read: Read) -> None:
    read(imageData="x" * 200_000)
    assert is_labelme_json(tmp_path / "a.json")
    other = tmp_path / "b.json"
    other.write_text('{"imagePath_": 1}', encoding="utf-8")
    assert not is_labelme_json(other)


def test_halves_of_characters_do_no_harm(read: Read) -> None:
    annotation = read({"label": "s\ud800ky", "points": [[1, 2], [3, 4], [5, 6]]}, imagePath="\udfff.jpg")
    assert annotation.shapes[0].label == "s?ky"
    assert annotation.names[0] == "?.jpg"
