"""What a mask holds, class by class, and how it compares with the truth: counts and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.classes import ClassList
from segstudio.runs import photo_scores
from segstudio.runs.photo_scores import PhotoCounts

Matrix = npt.NDArray[np.int64]
"""A confusion matrix (classes, classes): rows are the truth, columns the prediction, in class-list order."""

_STRIP_PIXELS = 1 << 22


@dataclass(frozen=True, slots=True)
class Tally:
    """One class in one mask."""

    index: int
    pixels: int
    share: float
    """Of all pixels of the photo, 0–1."""
    mean_confidence: float | None
    """Over the pixels of the class, 0–1; None when unknown or when there is no such pixel."""


def tally(
    mask: npt.NDArray[np.uint8],
    classes: ClassList,
    confidence: npt.NDArray[np.uint8] | None = None,
) -> tuple[Tally, ...]:
    """Count every class of `classes` in `mask` (uint8 (rows, columns)), in list order.

    `confidence` is uint8 of the same shape, 255 meaning certain.
    """
    together = joint_counts(mask, mask if confidence is None else confidence)
    counts = together.sum(axis=1)
    certainty = together @ np.arange(256)
    result = []
    for index in classes.indices:
        pixels = int(counts[index])
        known = confidence is not None and pixels > 0
        mean = float(certainty[index]) / (255 * pixels) if known else None
        result.append(Tally(index, pixels, pixels / max(1, mask.size), mean))
    return tuple(result)


def confusion_matrix(
    truth: npt.NDArray[np.uint8], predicted: npt.NDArray[np.uint8], classes: ClassList
) -> Matrix:
    """Count the pixels by (true class, predicted class); both arrays are uint8 (rows, columns).

    Pixels whose truth is void or no class are left out, and so are those predicted as no class of the list.
    """
    values = list(classes.indices)
    return joint_counts(truth, predicted)[np.ix_(values, values)]


def joint_counts(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Count the pixels by their value in `first` (row) and in `second` (column): int64 of shape (256, 256)."""
    counts = np.zeros((256, 256), dtype=np.int64)
    rows = max(1, _STRIP_PIXELS // max(1, first.shape[1]))
    for top in range(0, first.shape[0], rows):  # OpenCV counts in float32, exact up to 2 ** 24
        strips = [first[top : top + rows], second[top : top + rows]]
        counted = cv2.calcHist(strips, [0, 1], None, [256, 256], [0, 256, 0, 256])
        counts += counted.astype(np.int64)
    return counts


@dataclass(frozen=True, slots=True, eq=False)
class ClassCounts:
    """What the scores of one photo need of its confusion matrix, in list order: int64 (classes,) each."""

    hits: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    predicted: npt.NDArray[np.int64]

    @classmethod
    def of(cls, matrix: Matrix) -> ClassCounts:
        """Return the counts of a confusion matrix."""
        return cls(np.diag(matrix).copy(), matrix.sum(axis=1), matrix.sum(axis=0))

    def iou(self) -> npt.NDArray[np.float64]:
        """Return intersection over union per class; NaN for a class that is neither there nor predicted."""
        union = self.truth + self.predicted - self.hits
        scores = np.full(len(union), np.nan)
        there = union > 0
        scores[there] = self.hits[there] / union[there]
        return scores

    def wrong(self) -> npt.NDArray[np.int64]:
        """Return the pixels per class that were missed or wrongly given to it."""
        return self.truth + self.predicted - 2 * self.hits


def class_iou(matrix: Matrix) -> npt.NDArray[np.float64]:
    """Return `ClassCounts.iou` of a confusion matrix."""
    return ClassCounts.of(matrix).iou()


def worst_first(photos: Iterable[tuple[str, ClassCounts]], position: int) -> list[tuple[str, float]]:
    """Order photos by the IoU of the class at `position` of the class list, the worst first.

    `photos` pairs keys with counts. Photos whose truth has no pixel of the class are left out.
    Where the IoU is equal, the photo with more wrong pixels comes first.
    """
    scored = []
    for key, counts in photos:
        score, wrong = float(counts.iou()[position]), int(counts.wrong()[position])
        if counts.truth[position] and not np.isnan(score):
            scored.append((score, -wrong, key))
    return [(key, score) for score, _, key in sorted(scored)]


def miou_interval(
    photos: Sequence[ClassCounts], *, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> tuple[float, float] | None:
    """Return how far the mIoU would move with other photos of the same kind: a percentile bootstrap.

    See `segstudio.runs.photo_scores.miou_interval`. None for fewer than three photos.
    """
    parts = ("hits", "truth", "predicted")
    if not photos:
        return None
    counts = PhotoCounts(*(np.stack([getattr(each, name) for each in photos]) for name in parts))
    return photo_scores.miou_interval(counts, level=level, resamples=resamples, seed=seed)
