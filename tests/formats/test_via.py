import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, Ellipse, Polygon, Undrawn
from segstudio.formats.via import is_via, read_via

AsSource = Callable[[Path], SourceFile]
Read = Callable[[Any], list[Annotation]]


def _region(label: str, /, **form: Any) -> dict[str, Any]:
    return {"shape_attributes": form, "region_attributes": {"label": label}}


@pytest.fixture
def read(tmp_path: Path, as_source: AsSource) -> Read:
    def all_of(content: Any) -> list[Annotation]:
        path = tmp_path / "via.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        assert is_via(path)
        return list(read_via(as_source(path)))

    return all_of


def _photo(*regions: dict[str, Any], name: str = "a.jpg") -> dict[str, Any]:
    return {f"{name}12": {"filename": name, "size": 12, "regions": list(regions), "file_attributes": {}}}


def test_every_shape_with_an_area_comes_in(read: Read) -> None:
    photo = _photo(
        _region("sky", name="rect", x=1, y=2, width=3, height=4),
        _region("sky", name="circle", cx=5, cy=6, r=2.5),
        _region("person", name="ellipse", cx=5, cy=6, rx=3, ry=2, theta=np.pi / 2),
        _region("person", name="polygon", all_points_x=[1, 2, 3], all_points_y=[4, 5, 6.5]),
    )
    annotation = read(photo)[0]
    box, circle, ellipse, polygon = annotation.shapes
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1, box.label) == (1, 2, 4, 6, "sky")
    assert isinstance(circle, Ellipse)
    assert (circle.rx, circle.ry) == (2.5, 2.5)
    assert isinstance(ellipse, Ellipse)
    assert ellipse.rotation == pytest.approx(90)
    assert isinstance(polygon, Polygon)
    assert polygon.points.tolist() == [[1, 4], [2, 5], [3, 6.5]]
    assert (annotation.names, annotation.size) == (("a.jpg",), None)


@pytest.mark.parametrize(("name", "kind"), [("polyline", "polyline"), ("point", "points"), ("blob", "blob")])
def test_what_has_no_area_is_kept_by_kind(read: Read, name: str, kind: str) -> None:
    shape = read(_photo(_region("x", name=name, all_points_x=[1], all_points_y=[2])))[0].shapes[0]
    assert isinstance(shape, Undrawn)
    assert shape.kind == kind


def test_projects_and_old_files_come_in(read: Read) -> None:
    photo = _photo(_region("x", name="rect", x=1, y=2, width=3, height=4))
    assert len(read({"_via_settings": {}, "_via_img_metadata": photo, "_via_attributes": {}})[0].shapes) == 1
    entry = next(iter(photo.values()))
    old = {"a.jpg12": entry | {"regions": {"0": entry["regions"][0], "1": entry["regions"][0]}}}
    assert len(read(old)[0].shapes) == 2


@pytest.mark.parametrize(
    ("attributes", "label"),
    [
        ({"labels": "bird", "far": "yes"}, "bird"),
        ({"far": "", "Species": "bird"}, "bird"),
        ({"plumage": "bird"}, "bird"),
        ({"class": {"bird": True, "cat": False}}, "bird"),
        ({"class": {"bird": True, "cat": True}}, "bird, cat"),
        ({}, ""),
    ],
)
def test_the_class_is_the_likeliest_attribute(read: Read, attributes: dict[str, Any], label: str) -> None:
    form = {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4}
    shape = read(_photo({"shape_attributes": form, "region_attributes": attributes}))[0].shapes[0]
    assert shape.label == label


def test_version_3_comes_in(read: Read) -> None:
    content = {
        "project": {"pname": "x"},
        "config": {},
        "attribute": {"1": {"aname": "class", "type": 3, "options": {"0": "sky", "1": "bird"}}},
        "file": {"1": {"fid": "1", "fname": "sub/a.jpg"}, "2": {"fid": "2", "fname": "b.jpg"}},
        "view": {"1": {"fid_list": ["1"]}, "2": {"fid_list": [2]}},
        "metadata": {
            "1_x": {"vid": "1", "z": [], "xy": [2, 1, 2, 3, 4], "av": {"1": "1"}},
            "1_y": {"vid": "1", "z": [], "xy": [7, 1, 2, 3, 4, 5, 6.5], "av": {"1": "0"}},
            "1_z": {"vid": "1", "z": [], "xy": [4, 5, 6, 3, 2], "av": {}},
            "1_0": {"vid": "1", "z": [], "xy": [3, 5, 6, 3], "av": {}},
            "1_p": {"vid": "1", "z": [], "xy": [6, 5, 6, 3, 3], "av": {}},
            "1_t": {"vid": "1", "z": [1.5, 2], "xy": [], "av": {}},
            "1_a": {"vid": "1", "z": [], "xy": [], "av": {"1": "1"}},
        },
    }
    first, second = read(content)
    kinds = [shape.kind if isinstance(shape, Undrawn) else type(shape).__name__ for shape in first.shapes]
    assert kinds == [
        *(
            "Box",
            "Polygon",
            "Ellipse",
            "Ellipse",
            "polyline",
            "part of a video",
            "attributes of the whole photo",
        )
    ]
    assert [shape.label for shape in first.shapes[:3]] == ["bird", "sky", ""]
    assert first.names == ("sub/a.jpg", "a.jpg")
    assert (second.names, second.shapes) == (("b.jpg",), ())


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"name": "rect", "x": 1, "y": 2, "width": "a", "height": 4}, 'width is "a", not a number'),
        ({"name": "rect", "x": 1, "y": 2, "width": 3}, "height is missing"),
        ({"name": "circle", "cx": 1, "cy": 2, "r": float("inf")}, "no place in a photo"),
        ({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1]}, "not pairs of numbers"),
        ({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1, None]}, "no place in a photo"),
        ({"name": "polygon", "all_points_x": 3, "all_points_y": [1]}, "no list"),
    ],
)
def test_wild_values_name_photo_and_region(read: Read, form: dict[str, Any], problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem) as caught:
        read(_photo(_region("x", **form)))
    assert caught.value.where == 'photo "a.jpg", region 1'


def test_a_photo_without_name_is_told(read: Read) -> None:
    with pytest.raises(SegStudioError, match="no name"):
        read({"_via_img_metadata": {"x": {"regions": []}}})
