"""Scores of a segmentation, all derived from one confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict


class ClassScore(BaseModel):
    """Scores of one class, 0–1; None where a ratio has no denominator. `support` counts truth pixels."""

    model_config = ConfigDict(frozen=True)

    name: str
    iou: float | None
    precision: float | None
    recall: float | None
    dice: float | None
    support: int


class Scores(BaseModel):
    """Scores over a whole set of photos, void pixels left out.

    `confusion[t][p]` counts the pixels of true class `t` that were predicted as `p`, summed over all photos;
    IoU (Jaccard 1901) and Dice (1945) follow from it. `miou` is the mean IoU of the classes that occur in the
    truth: a class without support says nothing, and pixels wrongly given to it already count against the
    classes that they belong to.
    """

    model_config = ConfigDict(frozen=True)

    miou: float | None
    pixel_accuracy: float | None
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]

    @classmethod
    def from_confusion(cls, confusion: npt.NDArray[np.integer], names: Sequence[str]) -> Scores:
        """Return the scores of a (C, C) matrix of pixel counts, rows truth, columns prediction."""
        matrix = np.asarray(confusion, dtype=np.int64)
        if matrix.shape != (len(names), len(names)):
            raise ValueError(f"a confusion matrix of {matrix.shape} does not fit {len(names)} classes")
        hits, truth, predicted = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
        rows = tuple(
            ClassScore(
                name=name,
                iou=_ratio(hits[i], truth[i] + predicted[i] - hits[i]),
                precision=_ratio(hits[i], predicted[i]),
                recall=_ratio(hits[i], truth[i]),
                dice=_ratio(2 * hits[i], truth[i] + predicted[i]),
                support=int(truth[i]),
            )
            for i, name in enumerate(names)
        )
        seen = [row.iou for row in rows if row.support > 0 and row.iou is not None]
        return cls(
            miou=float(np.mean(seen)) if seen else None,
            pixel_accuracy=_ratio(hits.sum(), matrix.sum()),
            classes=rows,
            confusion=tuple(tuple(int(count) for count in row) for row in matrix),
        )


def _ratio(part: np.integer | int, whole: np.integer | int) -> float | None:
    return float(part / whole) if whole else None
