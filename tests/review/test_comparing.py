from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.project.classes import VOID, ClassList
from segstudio.review import comparing
from segstudio.review.comparing import (
    MISSED,
    RIGHT,
    UNKNOWN,
    WRONG,
    Spot,
    cell_area,
    error_map,
    least_sure_first,
    photos_in_cell,
    spots,
)
from segstudio.review.shown import Spread
from segstudio.review.tallies import confusion_matrix

sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
masks = hnp.arrays(np.uint8, sizes, elements=st.sampled_from([0, 1, 254, VOID]))


def _like(mask: np.ndarray, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).choice(np.array([0, 1, 254, VOID], dtype=np.uint8), mask.shape)


@given(masks, st.integers(0, 2**32))
def test_every_pixel_is_right_wrong_missed_or_unknown(truth: np.ndarray, seed: int) -> None:
    predicted = _like(truth, seed)
    expected = np.empty_like(truth)
    for place, true in np.ndenumerate(truth):
        if true == VOID:
            expected[place] = UNKNOWN
        elif predicted[place] == VOID:
            expected[place] = MISSED
        else:
            expected[place] = RIGHT if predicted[place] == true else WRONG
    assert np.array_equal(error_map(truth, predicted), expected)


@given(masks, st.integers(0, 2**32))
def test_the_pixels_of_a_cell_are_as_many_as_the_matrix_counts(truth: np.ndarray, seed: int) -> None:
    predicted = _like(truth, seed)
    classes = ClassList.from_names(["a", "b"])
    matrix = confusion_matrix(truth, predicted, classes)
    for row in (0, 1):
        for column in (0, 1):
            area = cell_area(truth, predicted, (row, column))
            assert np.array_equal(area > 0, (truth == row) & (predicted == column))
            assert set(np.unique(area)) <= {0, 255}
            assert np.count_nonzero(area) == matrix[row, column]


def test_no_class_may_be_asked_for_too() -> None:
    truth = np.array([[0, 0, VOID]], dtype=np.uint8)
    predicted = np.array([[VOID, 0, VOID]], dtype=np.uint8)
    assert cell_area(truth, predicted, (0, VOID)).tolist() == [[255, 0, 0]]


def _components(area: np.ndarray) -> Counter[int]:
    """Count the sizes of connected parts by walking through them."""
    left = {(int(row), int(column)) for row, column in np.argwhere(area)}
    sizes: Counter[int] = Counter()
    while left:
        edge, size = [left.pop()], 0
        while edge:
            row, column = edge.pop()
            size += 1
            near = {(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        sizes[size] += 1
    return sizes


@given(hnp.arrays(np.uint8, sizes, elements=st.sampled_from([0, 255])))
def test_spots_are_the_connected_parts(area: np.ndarray) -> None:
    found = spots(area)
    assert Counter(spot.pixels for spot in found) == _components(area)
    assert [spot.pixels for spot in found] == sorted((spot.pixels for spot in found), reverse=True)
    for spot in found:
        part = area[spot.y : spot.y + spot.height, spot.x : spot.x + spot.width]
        assert part.shape == (spot.height, spot.width)
        assert np.count_nonzero(part) >= spot.pixels


def test_only_the_largest_spots_are_told() -> None:
    area = np.zeros((5, 30), dtype=np.uint8)
    area[0, 0] = area[2, 4:7] = area[4, 20:22] = 255
    assert spots(area, most=2) == (Spot(4, 2, 3, 1, 3), Spot(20, 4, 2, 1, 2))
    assert spots(np.zeros((4, 4), dtype=np.uint8)) == ()


def test_spots_of_a_huge_area_are_found_on_a_coarse_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_MOST_PIXELS", 100)
    area = np.zeros((50, 61), dtype=np.uint8)
    area[7, 5] = area[40:50, 50:61] = 255
    large, small = spots(area)
    assert large.pixels == 110
    assert (large.x + large.width, large.y + large.height) == (61, 50)
    assert small.pixels == 1
    assert small.x <= 5 < small.x + small.width
    assert small.y <= 7 < small.y + small.height


def test_photos_of_a_cell_come_with_most_pixels_first() -> None:
    matrices = {
        key: np.array([[9, count], [0, 9]]) for key, count in (("b", 3), ("a", 3), ("c", 8), ("d", 0))
    }
    assert photos_in_cell(matrices, 0, 1) == [("c", 8), ("a", 3), ("b", 3)]
    assert photos_in_cell(matrices, 1, 0) == []


def test_the_least_sure_photo_comes_first() -> None:
    mask = np.array([[0, 1]], dtype=np.uint8)
    spreads = [
        (key, Spread.of(mask, np.array([confidence], dtype=np.uint8)))
        for key, confidence in (("x", (255, 51)), ("y", (102, 102)))
    ]
    for value, order, numbers in ((None, ["y", "x"], [0.4, 0.6]), (1, ["x", "y"], [0.2, 0.4])):
        found = least_sure_first(spreads, value)
        assert [key for key, _ in found] == order
        assert [sureness for _, sureness in found] == pytest.approx(numbers)
    assert least_sure_first(spreads, 7) == []
