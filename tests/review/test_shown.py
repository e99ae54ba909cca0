import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.project.classes import VOID, ClassList
from segstudio.review.shown import Spread, lowest_bytes, shown_mask, taken_over
from segstudio.review.tallies import tally

CLASSES = ClassList.from_names(["a", "b", "c"]).removed("b")  # the numbers 0 and 2
sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
masks = hnp.arrays(np.uint8, sizes, elements=st.sampled_from([0, 1, 2, 3, VOID]))
thresholds = st.dictionaries(st.sampled_from([0, 1, 2, 200]), st.floats(0, 1))
seeds = st.integers(0, 2**32)


def _like(mask: np.ndarray, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, mask.shape, dtype=np.uint8)


@given(masks, seeds, thresholds)
def test_a_pixel_is_shown_from_the_threshold_of_its_class_on(
    mask: np.ndarray, seed: int, lowest: dict[int, float]
) -> None:
    confidence = _like(mask, seed)
    expected = mask.copy()
    for place, value in np.ndenumerate(mask):
        if confidence[place] / 255 < lowest.get(int(value), 0.0) - 1e-8:
            expected[place] = VOID
    assert np.array_equal(shown_mask(mask, confidence, lowest), expected)


@given(masks, seeds, thresholds)
def test_counting_once_tells_what_counting_the_shown_mask_does(
    mask: np.ndarray, seed: int, lowest: dict[int, float]
) -> None:
    confidence = _like(mask, seed)
    shown = shown_mask(mask, confidence, lowest)
    spread = Spread.of(mask, confidence)
    assert spread.tallies(CLASSES, lowest) == tally(shown, CLASSES, confidence)
    unsure = 1 - sum(np.count_nonzero(shown == value) for value in CLASSES.indices) / mask.size
    assert math.isclose(spread.unsure_share(CLASSES, lowest), unsure, abs_tol=1e-12)
    assert math.isclose(spread.mean_confidence(), float(confidence.mean()) / 255, abs_tol=1e-12)
    assert spread.histogram(2).sum() == np.count_nonzero(mask == 2)


def test_a_threshold_of_one_asks_for_certainty_and_none_for_nothing() -> None:
    assert lowest_bytes({0: 1.0, 1: 0.0, 2: 0.5, 3: 7.0, 4: -1.0})[:6].tolist() == [255, 0, 128, 255, 0, 0]
    mask, confidence = np.zeros((2, 2), dtype=np.uint8), np.full((2, 2), 254, dtype=np.uint8)
    assert shown_mask(mask, confidence, {0: 1.0}).min() == VOID
    assert shown_mask(mask, confidence, {}).max() == 0


def test_the_shown_mask_is_a_copy_even_when_nothing_is_hidden() -> None:
    mask = np.zeros((3, 1), dtype=np.uint8)
    shown_mask(mask, mask, {})[:] = 9
    assert mask.max() == 0


@given(masks, seeds, st.none() | st.frozensets(st.sampled_from([0, 1, 2, VOID])))
def test_taking_over_paints_the_wanted_classes_over_what_was_there(
    shown: np.ndarray, seed: int, values: frozenset[int] | None
) -> None:
    before = _like(shown, seed)
    kept = before.copy()
    expected = before.copy()
    for place, value in np.ndenumerate(shown):
        if value != VOID and (values is None or int(value) in values):
            expected[place] = value
    assert np.array_equal(taken_over(before, shown, values), expected)
    assert np.array_equal(before, kept)


def test_without_a_mask_before_the_rest_is_void() -> None:
    shown = np.array([[1, 2, VOID]], dtype=np.uint8)
    assert taken_over(None, shown, frozenset({2})).tolist() == [[VOID, 2, VOID]]
