import numpy as np
import pytest

from segstudio.project.classes import ClassList
from segstudio.review.confusion import confusion_figure, row_shares, tint


def _classes(count: int) -> ClassList:
    return ClassList.from_names([f"class number {number}" for number in range(count)])


def test_rows_are_shares_of_their_sum() -> None:
    shares = row_shares(np.array([[3, 1], [0, 0]]))
    assert shares[0].tolist() == [0.75, 0.25]
    assert np.isnan(shares[1]).all()


@pytest.mark.parametrize("count", [1, 2, 5, 22, 100, 255])
def test_any_number_of_classes_becomes_a_figure(count: int) -> None:
    matrix = np.eye(count, dtype=np.int64) * 900 + 100
    figure = confusion_figure(matrix, _classes(count), title="Confusion matrix", subtitle="val")
    assert figure.dtype == np.uint8
    assert figure.shape[0] < 4000
    assert figure.shape[1] < 4000


def test_a_right_cell_is_green_and_a_wrong_one_red() -> None:
    right = confusion_figure(np.diag([5, 5]), _classes(2))
    wrong = confusion_figure(np.array([[0, 5], [5, 0]]), _classes(2))
    green, red = tint((0, 104, 71), 1), tint((176, 32, 46), 1)
    assert (right == green).all(axis=2).sum() > (wrong == green).all(axis=2).sum() + 10_000
    assert (wrong == red).all(axis=2).sum() > 10_000
    assert not (right == red).all(axis=2).any()


def test_little_is_still_to_be_seen() -> None:
    nothing, little = np.array(tint((176, 32, 46), 0)), np.array(tint((176, 32, 46), 0.01))
    assert np.abs(nothing.astype(int) - little).max() >= 10


def test_a_matrix_of_another_size_is_a_fault() -> None:
    with pytest.raises(ValueError, match="does not fit 3 classes"):
        confusion_figure(np.zeros((2, 2), np.int64), _classes(3))
