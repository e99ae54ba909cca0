"""What lies over the photo: the prediction, its confidence, the truth, the errors, one class lit, one cell marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import cv2
import numpy as np

from segstudio.desktop.reviewing.reading import OpenItem
from segstudio.project.classes import VOID, ClassList, LabelClass
from segstudio.project.masks import Mask
from segstudio.review.comparing import MISSED, UNKNOWN, WRONG, cell_area, error_map
from segstudio.review.shown import Thresholds, shown_mask

Face = Literal["photo", "prediction", "confidence", "truth", "errors"]

FACE_TITLES: dict[Face, str] = {
    "photo": "Photo",
    "prediction": "Prediction",
    "confidence": "Confidence",
    "truth": "Truth",
    "errors": "Errors",
}

_LEVELS = 32
_RAMP = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""Viridis (van der Walt and Smith 2015) at five places: dark violet where unsure, yellow where sure."""

_DIM, _MARK = 0, 1
_FOCUS_STRENGTH = 0.6
DIMMED = "#000000"
MARKED = "#FF2D9B"
_WRONG_COLOUR, _MISSED_COLOUR, _UNKNOWN_COLOUR = "#D81B1B", "#FFB000", "#808080"


@dataclass(frozen=True, slots=True)
class Focus:
    """What alone is looked at: a class of the prediction (`value`), or a cell of the confusion matrix (`cell`: truth,
    prediction). Neither: everything.
    """

    value: int | None = None
    cell: tuple[int, int] | None = None

    @property
    def is_on(self) -> bool:
        """Whether something alone is looked at."""
        return self.value is not None or self.cell is not None


NO_FOCUS = Focus()


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """What is laid over a photo: values and their colours; `strength` (0–1) replaces the person's opacity."""

    mask: Mask
    classes: ClassList
    strength: float | None = None
    follows_hidden: bool = False


def faces_of(opened: OpenItem | None) -> tuple[Face, ...]:
    """Return what there is to look at; pure."""
    if opened is None or opened.mask is None:
        return ("photo",)
    if opened.truth is None:
        return ("photo", "prediction", "confidence")
    return ("photo", "prediction", "confidence", "truth", "errors")


def laid(
    face: Face, opened: OpenItem, classes: ClassList, thresholds: Thresholds, focus: Focus
) -> Laid | None:
    """Return what a face lays over the photo, None for the photo alone; some nanoseconds a pixel."""
    mask, confidence, truth = opened.mask, opened.confidence, opened.truth
    if face == "photo" or mask is None or confidence is None:
        return None
    if face == "confidence":
        return Laid(confidence_levels(confidence), ramp_classes())
    if truth is not None:
        if face == "truth":
            return Laid(truth, classes, follows_hidden=True)
        if face == "errors":
            return Laid(error_map(truth, mask), error_classes(), strength=0.8)
        if focus.cell is not None:
            return Laid(cell_mask(truth, mask, focus.cell), focus_classes(), strength=_FOCUS_STRENGTH)
    return _prediction(shown_mask(mask, confidence, thresholds), classes, focus)


def _prediction(shown: Mask, classes: ClassList, focus: Focus) -> Laid:
    if focus.value is not None:
        return Laid(lit_mask(shown, focus.value), focus_classes(), strength=_FOCUS_STRENGTH)
    return Laid(shown, classes, follows_hidden=True)


def confidence_levels(confidence: Mask) -> Mask:
    """Return how sure the model is in steps, 0 the least."""
    table = (np.arange(256) * _LEVELS // 256).astype(np.uint8)
    return np.asarray(cv2.LUT(confidence, table), dtype=np.uint8)


def lit_mask(shown: Mask, value: int) -> Mask:
    """Return void where the photo is of that class, and what dims it everywhere else."""
    table = np.full(256, _DIM, dtype=np.uint8)
    table[value] = VOID
    return np.asarray(cv2.LUT(shown, table), dtype=np.uint8)


def cell_mask(truth: Mask, predicted: Mask, cell: tuple[int, int]) -> Mask:
    """Return the mark on the pixels of a cell, and what dims the photo everywhere else."""
    return np.bitwise_and(cell_area(truth, predicted, cell), np.uint8(_MARK))


@cache
def ramp_classes() -> ClassList:
    """Return the colours of the steps of confidence."""
    places = np.linspace(0, len(_RAMP) - 1, _LEVELS)
    rgb = [np.interp(places, range(len(_RAMP)), [colour[part] for colour in _RAMP]) for part in range(3)]
    return ClassList(
        classes=tuple(
            LabelClass(
                index=level,
                name=f"level {level}",
                colour="#" + "".join(f"{round(c[level]):02X}" for c in rgb),
            )
            for level in range(_LEVELS)
        )
    )


@cache
def error_classes() -> ClassList:
    """Return the colours of the error map; what is right is left as it is."""
    return ClassList(
        classes=(
            LabelClass(index=WRONG, name="another class", colour=_WRONG_COLOUR),
            LabelClass(index=MISSED, name="no class", colour=_MISSED_COLOUR),
            LabelClass(index=UNKNOWN, name="no truth", colour=_UNKNOWN_COLOUR),
        )
    )


@cache
def focus_classes() -> ClassList:
    """Return what dims, and what marks."""
    return ClassList(
        classes=(
            LabelClass(index=_DIM, name="dimmed", colour=DIMMED),
            LabelClass(index=_MARK, name="marked", colour=MARKED),
        )
    )
