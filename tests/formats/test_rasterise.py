import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.formats.rasterise import Rule, rasterise, stamp_of
from segstudio.formats.shapes import Box, Ellipse, MaskShape, Polygon, Shape, Undrawn, runs_of
from segstudio.project.classes import VOID, ClassList

CLASSES = ClassList.from_names(["background", "person", "sky"])
SIZE = (20, 30)
COORDINATES = st.floats(-40, 60, allow_nan=False)


def _polygon(label: str, *points: tuple[float, float], z_order: int = 0) -> Polygon:
    return Polygon(label=label, points=np.array(points, dtype=float), z_order=z_order)


def _square(label: str, side: float = 10, z_order: int = 0) -> Polygon:
    return _polygon(label, (0, 0), (side, 0), (side, side), (0, side), z_order=z_order)


@given(st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=8))
def test_a_stamp_is_what_a_fill_of_the_whole_photo_gives(points: list[tuple[float, float]]) -> None:
    expected = np.zeros(SIZE, dtype=np.uint8)
    outline = np.array(points)
    if len(np.unique(outline, axis=0)) >= 3:
        cv2.fillPoly(expected, [outline.astype(np.int32)], 1)
    stamp = stamp_of(_polygon("person", *points), SIZE)
    found = np.zeros(SIZE, dtype=np.uint8)
    if stamp is not None:
        rows, columns = stamp.bitmap.shape
        found[stamp.top : stamp.top + rows, stamp.left : stamp.left + columns] = stamp.bitmap
    assert (found == expected).all()


@given(st.lists(st.tuples(COORDINATES, COORDINATES), max_size=8), st.sampled_from(["truncate", "round"]))
def test_a_mask_gets_the_pixels_of_the_stamp(points: list[tuple[float, float]], rule: Rule) -> None:
    shape = _polygon("person", *points) if points else Polygon(label="person", points=np.zeros((0, 2)))
    result = rasterise([shape], SIZE, CLASSES, rule=rule)
    stamp = stamp_of(shape, SIZE, rule)
    expected = np.zeros(SIZE, dtype=np.bool_)
    if stamp is not None:
        rows, columns = stamp.bitmap.shape
        expected[stamp.top : stamp.top + rows, stamp.left : stamp.left + columns] = stamp.bitmap
    assert (result.mask == CLASSES.named("person").index).tolist() == expected.tolist()
    assert (result.painted, result.empty) == ((0, 1) if stamp is None else (1, 0))
    assert result.clipped == (stamp is not None and stamp.clipped)


def test_corners_are_truncated_by_default_and_the_boundary_is_inside() -> None:
    mask = rasterise([_polygon("person", (1.9, 1.9), (4.9, 1.9), (4.9, 3.9), (1.9, 3.9))], SIZE, CLASSES).mask
    assert np.argwhere(mask == 1).min(axis=0).tolist() == [1, 1]
    assert np.argwhere(mask == 1).max(axis=0).tolist() == [3, 4]
    assert (mask == 1).sum() == 12
    rounded = rasterise([_polygon("person", (1.9, 1.9), (4.9, 1.9), (4.9, 3.9))], SIZE, CLASSES, rule="round")
    assert np.argwhere(rounded.mask == 1).min(axis=0).tolist() == [2, 2]


def test_the_class_painted_last_lies_on_top_whatever_the_file_says() -> None:
    shapes = [_square("person", z_order=9), _square("sky", 15)]
    ordered = CLASSES.drawn_in_order(["sky", "person"])
    assert rasterise(shapes, SIZE, ordered).mask[5, 5] == 1
    reverse = CLASSES.drawn_in_order(["person", "sky"])
    result = rasterise(shapes, SIZE, reverse)
    assert result.mask[5, 5] == 2
    assert result.hidden == (1,)


def test_the_files_own_layers_can_be_asked_for() -> None:
    shapes = [_square("person", z_order=2), _square("sky", 15, z_order=1)]
    order = CLASSES.drawn_in_order(["person", "sky"])
    assert rasterise(shapes, SIZE, order, layers="file").mask[5, 5] == 1


def test_within_a_class_layer_then_document_order_decides() -> None:
    classes = ClassList.from_names(["a"])
    upper, lower = _square("x", z_order=1), _square("y")
    # Two labels of one class cannot be told apart in the mask, so their stamps' order shows in `numbers`.
    result = rasterise([upper, lower], SIZE, classes, numbers={"x": 0, "y": VOID})
    assert result.mask[5, 5] == VOID
    assert result.values == ()


def test_unpainted_pixels_get_the_value_of_the_class_list() -> None:
    assert (rasterise([], SIZE, CLASSES).mask == 0).all()
    assert (rasterise([], SIZE, CLASSES.with_unpainted("void")).mask == VOID).all()


@pytest.mark.parametrize(
    "shape",
    [
        _polygon("person", (1, 1), (2, 2)),
        _polygon("person", (1, 1), (1, 1), (2, 2), (2, 2)),
        Polygon(label="person", points=np.zeros((0, 2))),
        _polygon("person", (40, 40), (50, 40), (50, 50)),
        _polygon("person", (-9, -9), (-2, -9), (-2, -2)),
        Box(label="person", x0=3, y0=3, x1=3, y1=9),
        Ellipse(label="person", cx=5, cy=5, rx=0, ry=2),
        MaskShape(label="person", left=0, top=0, rows=0, columns=0, runs=np.zeros(0, dtype=np.int64)),
        MaskShape(label="person", left=-5, top=0, rows=2, columns=3, runs=np.array([0, 6])),
    ],
)
def test_what_paints_nothing_is_counted_as_empty(shape: Shape) -> None:
    result = rasterise([shape], SIZE, CLASSES)
    assert (result.empty, result.painted, result.clipped) == (1, 0, 0)
    assert (result.mask == 0).all()


def test_shapes_over_the_edge_are_clipped_and_counted() -> None:
    over = _polygon("person", (-5, -5), (10, -5), (10, 10), (-5, 10))
    on_the_edge = _polygon("sky", (0, 0), (30, 0), (30, 20), (0, 20))
    result = rasterise([over, on_the_edge], SIZE, CLASSES)
    assert (result.painted, result.clipped) == (2, 1)


def test_a_mask_over_the_edge_loses_only_what_is_outside() -> None:
    bitmap = np.array([[1, 1, 0], [1, 0, 1]], dtype=bool)
    shape = MaskShape(label="person", left=-1, top=19, rows=2, columns=3, runs=runs_of(bitmap))
    result = rasterise([shape], SIZE, CLASSES)
    assert np.argwhere(result.mask == 1).tolist() == [[19, 0]]
    assert result.clipped == 1


def test_a_box_covers_its_boundary() -> None:
    result = rasterise([Box(label="person", x0=2, y0=3, x1=12, y1=8)], SIZE, CLASSES)
    assert (result.mask == 1).sum() == 11 * 6


def test_a_turned_box_covers_the_same_area_elsewhere() -> None:
    size = (200, 200)
    flat = rasterise([Box(label="person", x0=50, y0=80, x1=150, y1=120)], size, CLASSES).mask == 1
    standing = (
        rasterise([Box(label="person", x0=50, y0=80, x1=150, y1=120, rotation=90)], size, CLASSES).mask == 1
    )
    assert (standing == flat.T).mean() > 0.99
    slanted = (
        rasterise([Box(label="person", x0=50, y0=80, x1=150, y1=120, rotation=30)], size, CLASSES).mask == 1
    )
    assert slanted.sum() == pytest.approx(flat.sum(), rel=0.03)
    assert slanted[70, 60] != slanted[70, 140]  # clockwise: the right end points down


def test_an_ellipse_has_its_area() -> None:
    result = rasterise(
        [Ellipse(label="person", cx=100, cy=90, rx=60, ry=30, rotation=20)], (200, 200), CLASSES
    )
    assert (result.mask == 1).sum() == pytest.approx(np.pi * 60 * 30, rel=0.03)


def test_undrawn_shapes_and_unknown_labels_are_left_out() -> None:
    result = rasterise([Undrawn(label="person", kind="tag"), _square("unheard")], SIZE, CLASSES)
    assert (result.painted, result.empty) == (0, 0)


def test_a_far_corner_is_filled_exactly() -> None:
    near = rasterise([_polygon("person", (10, 10), (-990, 1010), (1010, 1010))], SIZE, CLASSES).mask
    far = rasterise(
        [_polygon("person", (10, 10), (-999_990, 1_000_010), (999_999, 1_000_010))], SIZE, CLASSES
    ).mask
    assert (near != far).sum() <= 2


def test_polygons_painted_at_once_are_those_painted_by_their_stamps() -> None:
    chance = np.random.default_rng(0)
    classes = ClassList.from_names(["ground", "car"])
    for number in range(1500):
        rows, columns = (int(length) for length in chance.integers(1, 12, 2))
        points = np.round(chance.uniform(-1.2, 13, (int(chance.integers(0, 7)), 2)), 1) / (1 + number % 2)
        if number % 5 == 0 and len(points):
            points = points[chance.integers(0, len(points), len(points))]
        shape = Polygon(label="car", points=points)
        for rule in ("truncate", "round"):
            painted = rasterise([shape], (rows, columns), classes, rule=rule)
            stamp = stamp_of(shape, (rows, columns), rule)
            expected = np.full((rows, columns), classes.unpainted, dtype=np.uint8)
            if stamp is not None:
                down, across = stamp.bitmap.shape
                inner = expected[stamp.top : stamp.top + down, stamp.left : stamp.left + across]
                inner[stamp.bitmap] = 1
            assert (painted.mask == expected).all()
            assert (painted.painted, painted.clipped) == (
                stamp is not None,
                stamp is not None and stamp.clipped,
            )
