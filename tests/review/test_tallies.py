import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.project.classes import VOID, ClassList
from segstudio.review import tallies
from segstudio.review.tallies import (
    ClassCounts,
    class_iou,
    confusion_matrix,
    joint_counts,
    miou_interval,
    tally,
    worst_first,
)

CLASSES = ClassList.from_names(["a", "b", "c"]).removed("b")  # the numbers 0 and 2
masks = hnp.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.integers(0, 255))


@given(masks, st.integers(0, 2**32))
def test_joint_counts_are_those_of_counting_one_by_one(first: np.ndarray, seed: int) -> None:
    second = np.random.default_rng(seed).integers(0, 256, first.shape, dtype=np.uint8)
    expected = np.zeros((256, 256), dtype=np.int64)
    np.add.at(expected, (first.ravel(), second.ravel()), 1)
    assert np.array_equal(joint_counts(first, second), expected)


def test_joint_counts_of_many_strips_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "_STRIP_PIXELS", 10)
    mask = np.arange(100, dtype=np.uint8).reshape(25, 4)[:, ::-1]
    assert np.array_equal(np.diag(joint_counts(mask, mask))[:100], np.ones(100))


def test_a_tally_has_share_and_mean_confidence() -> None:
    mask = np.array([[0, 0, 2, VOID]], dtype=np.uint8)
    confidence = np.array([[255, 0, 51, 255]], dtype=np.uint8)
    first, second = tally(mask, CLASSES, confidence)
    assert (first.index, first.pixels, first.share, first.mean_confidence) == (0, 2, 0.5, 0.5)
    assert (second.index, second.pixels, second.share, second.mean_confidence) == (2, 1, 0.25, 0.2)


def test_an_absent_class_has_no_confidence() -> None:
    _, absent = tally(np.zeros((2, 2), np.uint8), CLASSES, np.zeros((2, 2), np.uint8))
    assert (absent.pixels, absent.share, absent.mean_confidence) == (0, 0.0, None)


def test_no_confidence_is_not_certainty() -> None:
    assert tally(np.zeros((2, 2), np.uint8), CLASSES)[0].mean_confidence is None


def test_rows_are_the_truth_and_void_does_not_count() -> None:
    truth = np.array([[0, 0, 2, VOID, 1]], dtype=np.uint8)
    predicted = np.array([[0, 2, 2, 0, 0]], dtype=np.uint8)
    assert confusion_matrix(truth, predicted, CLASSES).tolist() == [[1, 1], [0, 1]]


def test_iou_of_a_class_that_is_nowhere_is_not_a_number() -> None:
    scores = class_iou(np.array([[6, 2, 0], [0, 4, 0], [0, 0, 0]]))
    assert scores[:2].tolist() == [6 / 8, 4 / 6]
    assert np.isnan(scores[2])


def test_the_worst_photo_comes_first_and_photos_without_the_class_not_at_all() -> None:
    matrices = [
        ("good", np.array([[9, 0], [1, 90]])),
        ("none", np.array([[0, 0], [0, 100]])),
        ("small miss", np.array([[0, 5], [0, 95]])),
        ("big miss", np.array([[0, 50], [0, 50]])),
    ]
    photos = [(key, ClassCounts.of(matrix)) for key, matrix in matrices]
    assert worst_first(photos, 0) == [("big miss", 0.0), ("small miss", 0.0), ("good", 0.9)]


def test_the_interval_holds_the_score_and_narrows_with_more_photos() -> None:
    rng = np.random.default_rng(5)

    def photos(number: int) -> list[ClassCounts]:
        return [ClassCounts.of(np.array([[h, 100 - h], [0, 50]])) for h in rng.integers(40, 90, number)]

    few, many = miou_interval(photos(5)), miou_interval(photos(200))
    assert few is not None
    assert many is not None
    assert few[0] < 0.69 < few[1]
    assert many[1] - many[0] < (few[1] - few[0]) / 2


def test_equal_photos_have_an_interval_of_no_width() -> None:
    same = [ClassCounts.of(np.array([[3, 1], [0, 0]]))] * 4
    assert miou_interval(same) == (0.75, 0.75)
    assert miou_interval(same[:2]) is None
