from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from segstudio.formats.shapes import (
    Annotation,
    Box,
    Ellipse,
    MaskShape,
    Polygon,
    Shape,
    cropped_mask,
    runs_of,
    same_shapes,
)

BITMAPS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


@given(BITMAPS)
def test_runs_give_the_bitmap_back(bitmap: np.ndarray) -> None:
    rows, columns = bitmap.shape
    runs = runs_of(bitmap)
    shape = MaskShape(label="a", left=0, top=0, rows=rows, columns=columns, runs=runs)
    assert runs.sum() == bitmap.size
    assert (shape.bitmap() == bitmap).all()


@given(BITMAPS)
def test_a_cropped_mask_keeps_every_pixel_and_no_empty_border(bitmap: np.ndarray) -> None:
    shape = cropped_mask(bitmap, label="a")
    back = np.zeros_like(bitmap)
    back[shape.top : shape.top + shape.rows, shape.left : shape.left + shape.columns] = shape.bitmap()
    assert (back == bitmap).all()
    if bitmap.any():
        inner = shape.bitmap()
        assert inner[0].any()
        assert inner[-1].any()
        assert inner[:, 0].any()
        assert inner[:, -1].any()


def test_runs_that_stop_early_leave_the_rest_off() -> None:
    shape = MaskShape(label="a", left=0, top=0, rows=2, columns=3, runs=np.array([1, 2]))
    assert shape.bitmap().astype(int).tolist() == [[0, 1, 1], [0, 0, 0]]


def test_a_box_turns_clockwise_about_its_centre() -> None:
    corners = Box(label="a", x0=0, y0=0, x1=4, y1=2, rotation=90).outline()
    # The upper left corner of a flat box becomes the upper right one of a standing box.
    assert corners[0] == pytest.approx((3, -1))
    assert corners[1] == pytest.approx((3, 3))


def test_an_ellipse_reaches_its_axes() -> None:
    corners = Ellipse(label="a", cx=10, cy=20, rx=5, ry=3).outline()
    assert corners.min(axis=0) == pytest.approx((5, 17))
    assert corners.max(axis=0) == pytest.approx((15, 23))
    turned = Ellipse(label="a", cx=10, cy=20, rx=5, ry=3, rotation=90).outline()
    assert turned.max(axis=0) == pytest.approx((13, 25))


@pytest.mark.parametrize(("rx", "ry"), [(0, 3), (3, -1)])
def test_an_ellipse_without_axes_has_no_outline(rx: float, ry: float) -> None:
    assert len(Ellipse(label="a", cx=1, cy=1, rx=rx, ry=ry).outline()) == 0


def _annotation(*shapes: Shape) -> Annotation:
    return Annotation(names=("a.jpg",), size=None, shapes=shapes, file=Path("a.xml"), place="a.xml")


def test_the_same_shapes_are_recognised_and_others_are_not() -> None:
    square = Polygon(label="a", points=np.array([[0.0, 0], [1, 0], [1, 1]]))
    again = Polygon(label="a", points=np.array([[0.0, 0], [1, 0], [1, 1]]), where="elsewhere")
    other = Polygon(label="a", points=np.array([[0.0, 0], [1, 0], [1, 2]]))
    box = Box(label="a", x0=0, y0=0, x1=1, y1=1)
    assert same_shapes(_annotation(square, box), _annotation(again, box))
    assert not same_shapes(_annotation(square), _annotation(other))
    assert not same_shapes(_annotation(square), _annotation(box))
    assert not same_shapes(_annotation(square), _annotation())


@given(st.floats(-720, 720))
def test_turning_keeps_the_size_of_a_box(degrees: float) -> None:
    corners = Box(label="a", x0=0, y0=0, x1=4, y1=2, rotation=degrees).outline()
    assert np.linalg.norm(corners[1] - corners[0]) == pytest.approx(4)
    assert np.linalg.norm(corners[2] - corners[1]) == pytest.approx(2)
