"""Near-identical photos: the frames of a burst or a video that make a validation score too good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.images import RgbImage

_SIDE = 32
_SAME = 0.8
"""Correlation from which on photos count as near-identical: unrelated ones stay below 0.5, a shift by one part in a
hundred gives 0.93."""

Fingerprint = npt.NDArray[np.float32]
"""float32 (1024,): the grey thumbnail, of mean 0 and length 1."""


class Pair(NamedTuple):
    """Positions of two near-identical photos, the first in `left`, the second in `right`."""

    left: int
    right: int
    correlation: float


def fingerprint(photo: RgbImage) -> Fingerprint:
    """Return the photo's fingerprint; that of an even photo is all zeros and is like no other."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    length = float(np.linalg.norm(small))
    # Details count more than the broad gradient that all skies share.
    blurred = cv2.GaussianBlur(small.reshape(_SIDE, _SIDE), (0, 0), 4).ravel()
    detail = small - blurred
    detail_length = float(np.linalg.norm(detail))
    if length < 1.0 or detail_length < 1.0:
        return np.zeros(_SIDE * _SIDE, dtype=np.float32)
    return np.asarray(detail / detail_length, dtype=np.float32)


def near_identical(left: Sequence[Fingerprint], right: Sequence[Fingerprint]) -> list[Pair]:
    """Return for each photo of `left` its closest one of `right` if the two are near-identical."""
    if not left or not right:
        return []
    correlation = np.stack(left) @ np.stack(right).T
    best = correlation.argmax(axis=1)
    return [
        Pair(position, int(other), float(correlation[position, other]))
        for position, other in enumerate(best)
        if correlation[position, other] >= _SAME
    ]
