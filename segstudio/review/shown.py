"""What is shown of a prediction: classes where the model is sure enough, and what that leaves of each class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.classes import VOID, ClassList
from segstudio.review.tallies import Tally, joint_counts

Mask = npt.NDArray[np.uint8]
Thresholds = Mapping[int, float]
"""The lowest probability (0–1) at which a class is shown, by mask value; a class that is not named is always shown."""


def shown_mask(mask: Mask, confidence: Mask, thresholds: Thresholds) -> Mask:
    """Return the mask with void wherever the winner's probability is below the threshold of its class.

    Both arrays are uint8 (rows, columns), `confidence` the probability × 255, rounded.
    """
    lowest = lowest_bytes(thresholds)
    if not lowest.any():
        return np.array(mask)
    needed = cv2.LUT(mask, lowest)
    unsure = cv2.compare(confidence, needed, cv2.CMP_LT)  # 255 where unsure, and 255 is void
    return np.asarray(cv2.bitwise_or(mask, unsure, dst=unsure), dtype=np.uint8).reshape(mask.shape)


def lowest_bytes(thresholds: Thresholds) -> npt.NDArray[np.uint8]:
    """Return for each mask value the lowest confidence byte at which it is shown: uint8 (256,)."""
    lowest = np.zeros(256, dtype=np.uint8)
    for value, threshold in thresholds.items():
        lowest[value] = math.ceil(round(255 * min(max(threshold, 0.0), 1.0), 6))
    return lowest


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How sure a prediction is, class by class: `counts[value, byte]` pixels, int64 (256, 256).

    Counted once (some 10 ns a pixel), it answers every question about thresholds without looking at pixels again.
    """

    counts: npt.NDArray[np.int64]
    pixels: int

    @classmethod
    def of(cls, mask: Mask, confidence: Mask) -> Spread:
        """Count a prediction."""
        return cls(joint_counts(mask, confidence), int(mask.size))

    def tallies(self, classes: ClassList, thresholds: Thresholds) -> tuple[Tally, ...]:
        """Return what `tally` would of the shown mask, in list order: share of the photo, and mean confidence."""
        kept = self.counts * (np.arange(256)[None, :] >= lowest_bytes(thresholds)[:, None])
        pixels, certainty = kept.sum(axis=1), kept @ np.arange(256)
        result = []
        for index in classes.indices:
            count = int(pixels[index])
            mean = float(certainty[index]) / (255 * count) if count else None
            result.append(Tally(index, count, count / max(1, self.pixels), mean))
        return tuple(result)

    def unsure_share(self, classes: ClassList, thresholds: Thresholds) -> float:
        """Return the share of the photo that shows no class."""
        return max(0.0, 1.0 - sum(tally.share for tally in self.tallies(classes, thresholds)))

    def mean_confidence(self) -> float:
        """Return the mean probability of the winner over all pixels, 0–1."""
        return float(self.counts.sum(axis=0) @ np.arange(256)) / (255 * max(1, self.pixels))

    def histogram(self, value: int) -> npt.NDArray[np.int64]:
        """Return the pixels of the class by confidence byte: int64 (256,), for a picture beside its threshold."""
        pixels: npt.NDArray[np.int64] = self.counts[value]
        return pixels


def taken_over(before: Mask | None, shown: Mask, values: frozenset[int] | None = None) -> Mask:
    """Return the mask to correct: the shown classes over what was there before (void where nothing was).

    With `values` only these mask values are taken over. All arrays are uint8 (rows, columns).
    """
    if before is None:
        before = np.full(shown.shape, VOID, dtype=np.uint8)
    taken = np.zeros(256, dtype=np.uint8)
    taken[:VOID] = 255
    if values is not None:
        taken[[value for value in range(VOID) if value not in values]] = 0
    result = np.array(before)
    cv2.copyTo(np.ascontiguousarray(shown), cv2.LUT(shown, taken), result)
    return result
