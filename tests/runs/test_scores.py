from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.runs.scores import Scores


def test_scores_by_hand() -> None:
    # sky: 6 of 8 found, 1 too many; ground: 3 of 4 found, 2 too many; bird: never there, never said.
    scores = Scores.from_confusion(np.array([[6, 2, 0], [1, 3, 0], [0, 0, 0]]), ["sky", "ground", "bird"])
    sky, ground, bird = scores.classes
    assert (sky.iou, sky.precision, sky.recall, sky.dice, sky.support) == (6 / 9, 6 / 7, 6 / 8, 12 / 15, 8)
    assert (ground.iou, ground.precision, ground.recall, ground.dice) == (3 / 6, 3 / 5, 3 / 4, 6 / 9)
    assert (bird.iou, bird.precision, bird.recall, bird.dice, bird.support) == (None, None, None, None, 0)
    assert scores.miou == pytest.approx((6 / 9 + 3 / 6) / 2)
    assert scores.pixel_accuracy == 9 / 12


def test_a_class_without_truth_counts_only_against_the_others() -> None:
    scores = Scores.from_confusion(np.array([[6, 4], [0, 0]]), ["sky", "bird"])
    bird = scores.classes[1]
    assert (bird.iou, bird.precision, bird.recall, bird.support) == (0.0, 0.0, None, 0)
    assert scores.miou == 0.6


def test_a_class_that_is_never_found_counts_as_nothing() -> None:
    scores = Scores.from_confusion(np.array([[5, 0], [5, 0]]), ["sky", "bird"])
    assert (scores.classes[1].iou, scores.classes[1].precision) == (0.0, None)
    assert scores.miou == 0.25


def test_nothing_to_score_is_no_score() -> None:
    scores = Scores.from_confusion(np.zeros((2, 2), dtype=np.int64), ["a", "b"])
    assert (scores.miou, scores.pixel_accuracy) == (None, None)


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (9,)])
def test_a_matrix_that_does_not_fit_is_a_fault_of_the_program(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="does not fit 3 classes"):
        Scores.from_confusion(np.zeros(shape, dtype=np.int64), ["a", "b", "c"])


def test_counts_of_many_photos_do_not_overflow() -> None:
    many = np.full((2, 2), 2**31 - 1, dtype=np.int32)
    scores = Scores.from_confusion(many, ["a", "b"])
    assert scores.pixel_accuracy == 0.5
    assert scores.classes[0].support == 2 * (2**31 - 1)


_matrices = st.integers(1, 6).flatmap(lambda n: hnp.arrays(np.int64, (n, n), elements=st.integers(0, 10**9)))


@given(_matrices)
def test_scores_keep_their_bounds_and_come_back_from_json(confusion: npt.NDArray[np.int64]) -> None:
    scores = Scores.from_confusion(confusion, [f"c{number}" for number in range(len(confusion))])
    assert Scores.model_validate_json(scores.model_dump_json()) == scores
    for row in scores.classes:
        for value in (row.iou, row.precision, row.recall, row.dice):
            assert value is None or 0 <= value <= 1
        if row.iou is not None and row.dice is not None:
            assert row.dice == pytest.approx(2 * row.iou / (1 + row.iou))
            assert row.iou <= row.dice


@given(st.integers(2, 5), st.integers(0, 10_000), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_torchmetrics_agrees_on_every_class_with_support(classes: int, seed: int, pixels: int) -> None:
    torch = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torchmetrics.classification import MulticlassJaccardIndex

    rng = np.random.default_rng(seed)
    truth, predicted = rng.integers(0, classes, (2, pixels))
    truth[rng.random(pixels) < 0.2] = 255
    kept = truth != 255
    confusion = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(confusion, (truth[kept], predicted[kept]), 1)
    scores = Scores.from_confusion(confusion, [str(index) for index in range(classes)])
    measure = MulticlassJaccardIndex(num_classes=classes, average="none", ignore_index=255)
    theirs = measure(torch.from_numpy(predicted), torch.from_numpy(truth)).numpy()
    for row, other in zip(scores.classes, theirs, strict=True):
        if row.support:
            assert row.iou == pytest.approx(float(other), abs=1e-6)
