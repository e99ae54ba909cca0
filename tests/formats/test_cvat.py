from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.formats.cvat import cvat_colours, is_cvat, read_cvat
from segstudio.formats.fields import runs_from
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, Ellipse, MaskShape, Polygon, Undrawn

MakeXml = Callable[..., Path]
AsSource = Callable[[Path], SourceFile]
IMAGE = 'id="0" name="a.jpg" width="30" height="20"'


@pytest.fixture
def read(tmp_path: Path, make_cvat: MakeXml, as_source: AsSource) -> Callable[..., Annotation]:
    """Return a function that reads the one image with these shapes in it."""

    def one(shapes: str, image: str = IMAGE) -> Annotation:
        return next(read_cvat(as_source(make_cvat(tmp_path / "annotations.xml", [(image, shapes)]))))

    return one


def test_every_shape_with_an_area_comes_in(read: Callable[..., Annotation]) -> None:
    annotation = read(
        '<polygon label="sky" points="1.5,2;3,4;5,6;" z_order="2"><attribute name="far">yes</attribute></polygon>'
        '<box label="person" xtl="1" ytl="2" xbr="3.5" ybr="4" rotation="30.0"/>'
        '<ellipse label="person" cx="5" cy="6" rx="2" ry="1" rotation="10"/>'
        '<mask label="sky" rle="1, 2, 3" left="-2" top="3" width="3" height="2"/>'
    )
    polygon, box, ellipse, mask = annotation.shapes
    assert isinstance(polygon, Polygon)
    assert polygon.points.tolist() == [[1.5, 2], [3, 4], [5, 6]]
    assert (polygon.label, polygon.z_order, polygon.attributes) == ("sky", 2, {"far": "yes"})
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1, box.rotation) == (1, 2, 3.5, 4, 30)
    assert isinstance(ellipse, Ellipse)
    assert (ellipse.rx, ellipse.ry, ellipse.rotation) == (2, 1, 10)
    assert isinstance(mask, MaskShape)
    assert (mask.left, mask.top) == (-2, 3)
    assert mask.bitmap().astype(int).tolist() == [[0, 1, 1], [0, 0, 0]]
    assert annotation.size == (20, 30)
    assert annotation.names == ("a.jpg",)


@pytest.mark.parametrize("kind", ["polyline", "points", "cuboid", "skeleton", "tag"])
def test_what_has_no_area_is_kept_by_kind(read: Callable[..., Annotation], kind: str) -> None:
    shape = read(f'<{kind} label="x" points="1,2"><points label="1" points="1,1"/></{kind}>').shapes[0]
    assert isinstance(shape, Undrawn)
    assert shape.kind == kind


def test_a_kind_from_the_future_is_told_not_fatal(read: Callable[..., Annotation]) -> None:
    shape = read('<spline label="x"/>').shapes[0]
    assert isinstance(shape, Undrawn)
    assert shape.kind == "unknown (spline)"


def test_names_keep_folders_and_subsets(read: Callable[..., Annotation]) -> None:
    annotation = read("", 'name="sub\\ü 日本.jpg" subset="Train" width="8" height="8"')
    assert annotation.names == ("Train/sub/ü 日本.jpg", "sub/ü 日本.jpg")
    assert annotation.subset == "Train"


def test_old_empty_masks_are_empty_shapes(read: Callable[..., Annotation]) -> None:
    shape = read('<mask label="sky" rle="" left="0" top="0" width="0" height="0"/>').shapes[0]
    assert isinstance(shape, MaskShape)
    assert shape.bitmap().size == 0


@pytest.mark.parametrize(
    ("shapes", "problem"),
    [
        ('<mask label="s" rle="1,-2" left="0" top="0" width="3" height="2"/>', "negative"),
        (
            '<mask label="s" rle="1,99999999999999999999" left="0" top="0" width="3" height="2"/>',
            "whole numbers",
        ),
        ('<mask label="s" rle="1;2" left="0" top="0" width="3" height="2"/>', "whole numbers"),
        (
            '<mask label="s" rle="1" left="0" top="0" width="900000" height="900000"/>',
            "larger than any photo",
        ),
        ('<polygon label="s" points="1,2;3"/>', "pairs of numbers"),
        ('<polygon label="s" points="1,2;x,4"/>', "pairs of numbers"),
        ('<polygon label="s" points="1,2;nan,4;5,6"/>', "no place in a photo"),
        ('<polygon label="s" points="1,2;1e300,4;5,6"/>', "no place in a photo"),
        ('<box label="s" xtl="1" ytl="2" xbr="inf" ybr="4"/>', "no place in a photo"),
        ('<box label="s" xtl="1" ytl="2" ybr="4"/>', "xbr is missing, not a number"),
        ('<ellipse label="s" cx="a" cy="1" rx="1" ry="1"/>', 'cx is "a", not a number'),
    ],
)
def test_wild_values_name_image_and_shape(read: Callable[..., Annotation], shapes: str, problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem) as caught:
        read(shapes)
    assert caught.value.where.startswith('image "a.jpg", ')
    assert caught.value.where.endswith(" 1")


@given(st.lists(st.integers(-5, 50), max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_runs_are_within_their_box_and_odd_ones_told(runs: list[int], rows: int, columns: int) -> None:
    text = ", ".join(map(str, runs))
    if min(runs, default=0) < 0:
        with pytest.raises(SegStudioError):
            runs_from(text, rows, columns)
        return
    found, oddity = runs_from(text, rows, columns)
    assert found.sum() == min(sum(runs), rows * columns)
    assert bool(oddity) == (sum(runs) != rows * columns)
    if sum(runs) <= rows * columns:
        assert found.tolist() == runs


@pytest.mark.parametrize("owner", ["task", "project", "job"])
def test_label_colours_come_from_meta(tmp_path: Path, make_cvat: MakeXml, owner: str) -> None:
    labels = (
        "<label><name>sky</name><color>#0102ff</color></label><label><name>person</name></label>"
        "<label><name>knee</name><color>#111111</color><parent>person</parent></label>"
    )
    meta = f"<meta><{owner}><labels>{labels}</labels></{owner}></meta>"
    path = make_cvat(tmp_path / "a.xml", [(IMAGE, "")], meta=meta)
    assert cvat_colours(path) == {"sky": "#0102ff", "person": ""}


def test_it_is_recognised_without_version_and_meta(tmp_path: Path, make_cvat: MakeXml) -> None:
    assert is_cvat(make_cvat(tmp_path / "a.xml", [(IMAGE, "")], version=False))
    assert not is_cvat(make_cvat(tmp_path / "b.xml", [], meta="<meta/><track/>"))


def test_an_image_without_name_is_told(read: Callable[..., Annotation]) -> None:
    with pytest.raises(SegStudioError, match="an image has no name"):
        read("", 'width="3" height="3"')


def test_runs_are_read_row_by_row(read: Callable[..., Annotation]) -> None:
    shape = read('<mask label="sky" rle="0, 4, 2" left="0" top="0" width="3" height="2"/>').shapes[0]
    assert isinstance(shape, MaskShape)
    assert np.argwhere(shape.bitmap()).tolist() == [[0, 0], [0, 1], [0, 2], [1, 0]]
