from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.training.label_resizing import Labels, resized_labels

VOID = 255


def void(rows: int, columns: int) -> Labels:
    return np.full((rows, columns), VOID, dtype=np.uint8)


def test_a_thin_stroke_stays_whole() -> None:
    labels = void(300, 400)
    labels[:, 201] = 2
    small = resized_labels(labels, (48, 64))
    assert (small[:, 32] == 2).all()
    assert (small == 2).sum() == 48


def test_the_most_frequent_label_of_a_pixel_stays() -> None:
    labels = void(9, 18)  # the nearest of each 9 × 9 is its middle
    labels[0, :3], labels[1, :2] = 7, 3
    labels[0, 9:11], labels[1, 9:11] = 7, 3
    assert resized_labels(labels, (1, 2)).tolist() == [[7, 3]]


def test_borders_between_labels_do_not_move() -> None:
    labels = np.random.default_rng(0).integers(0, 4, (90, 120), dtype=np.uint8)
    plain = resized_labels(labels, (30, 40))
    assert np.array_equal(plain, labels[1::3, 1::3])
    labels[0, 0] = VOID  # the first pixel is the nearest to labels[1, 1]
    assert np.array_equal(resized_labels(labels, (30, 40)), plain)
    labels[1, 1] = VOID
    again = resized_labels(labels, (30, 40))
    assert np.array_equal(again.ravel()[1:], plain.ravel()[1:])
    assert again[0, 0] != VOID


@pytest.mark.parametrize("size", [(40, 60), (97, 61), (20, 33)])
def test_what_is_enlarged_is_the_nearest(size: tuple[int, int]) -> None:
    labels = void(20, 30)
    labels[3, 4] = 1
    found = np.argwhere(resized_labels(labels, size) == 1)
    assert len(found) == pytest.approx(size[0] * size[1] / 600, rel=1)
    assert np.abs(found / size - np.array([3.5 / 20, 4.5 / 30])).max() < 0.06


@settings(max_examples=200, deadline=None)
@given(
    size=st.tuples(st.integers(1, 80), st.integers(1, 80)),
    new=st.tuples(st.integers(1, 80), st.integers(1, 80)),
    seed=st.integers(0, 2**31),
)
def test_no_label_vanishes_among_void_and_none_is_made_up(
    size: tuple[int, int], new: tuple[int, int], seed: int
) -> None:
    """Painted pixels, however few, are there in the smaller labels, and close to where they were."""
    new = (min(size[0], new[0]), min(size[1], new[1]))
    random = np.random.default_rng(seed)
    labels = void(*size)
    places = random.integers(0, size, (3, 2))
    labels[tuple(places.T)] = random.integers(0, 5, 3)
    small = resized_labels(labels, new)
    assert set(np.unique(small[small != VOID])) <= set(np.unique(labels[labels != VOID]))
    for place in places:
        near = np.array(place) * new / size
        found = np.argwhere(small != VOID)
        assert np.abs(found - near).max(axis=1).min() <= 1
