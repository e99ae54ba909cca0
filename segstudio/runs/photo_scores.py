"""Scores that look at photos one by one: other people's mean IoUs, and how far chance goes in ours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from segstudio.counting import counted

_FEWEST_PHOTOS = 3
_FEWEST_TO_COMPARE = 5
_TOLD_APART = 0.05
"""A half interval above this hides most of what a better recipe gains."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PhotoCounts:
    """Pixels of each photo and class, int64 (photos, classes): rightly found, in the truth, and predicted."""

    hits: Counts
    truth: Counts
    predicted: Counts

    @classmethod
    def of(cls, confusions: npt.NDArray[np.integer]) -> PhotoCounts:
        """Return the counts of confusion matrices (photos, C, C), rows truth, columns prediction."""
        matrices = np.asarray(confusions, dtype=np.int64)
        return cls(matrices.diagonal(axis1=1, axis2=2), matrices.sum(axis=2), matrices.sum(axis=1))

    def iou(self) -> npt.NDArray[np.float64]:
        """Return intersection over union (photos, classes), NaN for a class that is neither there nor predicted."""
        union = self.truth + self.predicted - self.hits
        iou: npt.NDArray[np.float64] = np.where(union > 0, self.hits / np.maximum(union, 1), np.nan)
        return iou


class PhotoScores(BaseModel):
    """Mean IoUs as others report them, 0–1, beside the standard one of `Scores`; None where there is nothing to average.

    `per_image_miou`: the mean IoU of the classes in each photo's truth, averaged over photos (Csurka and others, BMVC
    2013). `per_batch_miou_without_class_0`: photos taken `batch` at a time, in their order; the mean IoU of the classes
    other than number 0 that are there or predicted, averaged over batches. Neither can be compared with a mean IoU of
    the whole set. `interval`: where that one would lie with other photos of the same kind (95 %), None for fewer than three.
    """

    model_config = ConfigDict(frozen=True)

    photos: int
    batch: int
    per_image_miou: float | None
    per_batch_miou_without_class_0: float | None
    interval: tuple[float, float] | None

    @classmethod
    def of(cls, counts: PhotoCounts, *, batch: int, class_0: int | None = 0) -> PhotoScores:
        """Return the scores; `class_0` is the position of class number 0, None where it is not learnt."""
        number = len(counts.hits)
        by_photo = np.where(counts.truth > 0, counts.iou(), np.nan)
        starts = np.arange(0, number, batch)
        batches = PhotoCounts(
            *(np.add.reduceat(part, starts) if number else part for part in _parts(counts))
        ).iou()
        if class_0 is not None:
            batches = np.delete(batches, class_0, axis=1)
        return cls(
            photos=number,
            batch=batch,
            per_image_miou=_mean_of_means(by_photo),
            per_batch_miou_without_class_0=_mean_of_means(batches),
            interval=miou_interval(counts),
        )


def miou_interval(
    counts: PhotoCounts, *, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> tuple[float, float] | None:
    """Return how far the mIoU would move with other photos of the same kind: a percentile bootstrap.

    Whole photos are drawn with replacement (Efron 1979; pixels of a photo are not independent) and the classes
    with support averaged, as `segstudio.runs.scores.Scores` does it. None for fewer than three photos.
    """
    number = len(counts.hits)
    if number < _FEWEST_PHOTOS:
        return None
    draws = np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), size=resamples)
    hits, truth, predicted = (draws @ part for part in _parts(counts))
    scores = np.where(truth > 0, hits / np.maximum(1, truth + predicted - hits), np.nan)
    means = np.nanmean(scores[(truth > 0).any(axis=1)], axis=1)
    if not len(means):
        return None
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def too_few_to_tell_apart(photos: int, interval: tuple[float, float] | None) -> str:
    """Return a warning where validation is too small to tell two trainings apart, nothing where it is not."""
    if interval is None or photos < _FEWEST_TO_COMPARE:
        return (
            f"Validation has {counted(photos, 'photo')}: which of two trainings is better cannot be"
            " told from so few. Give it ten and more."
        )
    half = (interval[1] - interval[0]) / 2
    if half <= _TOLD_APART:
        return ""
    return (
        f"With {photos} validation photos the mIoU is sure to ± {half:.2f} only: two trainings that differ by less than"
        f" about {math.sqrt(2) * half:.2f} cannot be told apart. Give validation more photos."
    )


def _parts(counts: PhotoCounts) -> tuple[Counts, Counts, Counts]:
    return counts.hits, counts.truth, counts.predicted


def _mean_of_means(scores: npt.NDArray[np.float64]) -> float | None:
    """Return the mean over rows of their means without NaN; rows of nothing else are left out."""
    known = scores[~np.isnan(scores).all(axis=1)] if scores.size else scores
    return float(np.nanmean(known, axis=1).mean()) if known.size else None
