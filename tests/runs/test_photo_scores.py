from __future__ import annotations

import numpy as np
import pytest

from segstudio.runs.photo_scores import PhotoCounts, PhotoScores, miou_interval, too_few_to_tell_apart
from segstudio.runs.scores import Scores

# Rows are truth, columns predictions. The second photo does not show class 2, and nobody finds it there.
FIRST = [[6, 2, 0], [0, 4, 0], [0, 1, 3]]
SECOND = [[8, 0, 0], [4, 4, 0], [0, 0, 0]]
PHOTOS = PhotoCounts.of(np.array([FIRST, SECOND]))


def test_other_peoples_mean_ious_by_hand() -> None:
    scores = PhotoScores.of(PHOTOS, batch=1)
    first, second = [6 / 8, 4 / 7, 3 / 4], [8 / 12, 4 / 8]
    assert scores.per_image_miou == pytest.approx((np.mean(first) + np.mean(second)) / 2)
    assert scores.per_batch_miou_without_class_0 == pytest.approx((np.mean(first[1:]) + second[1]) / 2)
    assert scores.photos == 2
    assert scores.interval is None, "two photos say nothing of others"


def test_one_batch_of_all_photos_is_the_standard_score_but_for_class_0() -> None:
    scores = PhotoScores.of(PHOTOS, batch=8, class_0=None)
    whole = Scores.from_confusion(np.array(FIRST) + np.array(SECOND), ("a", "b", "c"))
    assert scores.per_batch_miou_without_class_0 == pytest.approx(whole.miou)


def test_what_is_only_predicted_counts_in_a_batch_and_not_in_a_photo() -> None:
    """Class 1 is in no truth: a batch scores it 0, a photo leaves it out."""
    scores = PhotoScores.of(PhotoCounts.of(np.array([[[5, 5, 0], [0, 0, 0], [0, 0, 2]]])), batch=1)
    assert scores.per_image_miou == pytest.approx((0.5 + 1) / 2)
    assert scores.per_batch_miou_without_class_0 == pytest.approx((0 + 1) / 2)


def test_nothing_labelled_is_no_score() -> None:
    scores = PhotoScores.of(PhotoCounts.of(np.zeros((4, 3, 3), dtype=np.int64)), batch=2)
    assert scores.per_image_miou is None
    assert scores.per_batch_miou_without_class_0 is None
    assert scores.interval is None
    empty = PhotoScores.of(PhotoCounts.of(np.zeros((0, 3, 3), dtype=np.int64)), batch=2)
    assert (empty.photos, empty.per_image_miou) == (0, None)


def test_the_interval_narrows_with_more_photos_and_says_when_it_is_too_wide() -> None:
    random = np.random.default_rng(3)
    matrices = []
    for share in random.uniform(0.3, 0.9, size=400):
        hits = int(1000 * share)
        matrices.append([[hits, 1000 - hits], [1000 - hits, hits]])
    few, many = (miou_interval(PhotoCounts.of(np.array(matrices[:n]))) for n in (6, 400))
    assert few is not None
    assert many is not None
    assert few[1] - few[0] > 3 * (many[1] - many[0])
    assert "With 6 validation photos" in too_few_to_tell_apart(6, few)
    assert "cannot be told from so few" in too_few_to_tell_apart(2, None)
    assert too_few_to_tell_apart(400, many) == ""
