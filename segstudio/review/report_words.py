"""What a report says first, in sentences: how right the model is, where it errs, what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segstudio.counting import counted, percent
from segstudio.project.classes import ClassList
from segstudio.review.tallies import ClassCounts, Matrix

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A photo that is named in a sentence: its place in the report, its name, and what is told of it."""

    place: int
    name: str
    told: str


def in_short(classes: ClassList, matrix: Matrix | None, photos: int, scored: int) -> tuple[str, ...]:
    """Return sentences on `photos` photos, `scored` of them with truth, counted in `matrix`; pure."""
    if matrix is None or not matrix.sum():
        told = "There is no truth to compare with: how right the model is cannot be told from these photos."
        return (told,) if photos else ()
    counts = ClassCounts.of(matrix)
    ious = counts.iou()
    there = [position for position in range(len(classes)) if counts.truth[position]]
    mean, right = float(ious[there].mean()), float(np.trace(matrix) / matrix.sum())
    few = "" if scored == photos else f" of {photos:,}"
    sentences = [
        f"Over {counted(scored, 'photo')}{few} with truth the mean IoU is {percent(mean)}; "
        f"{percent(right)} of the pixels are right."
    ]
    if len(there) > 1:
        worst, best = min(there, key=lambda n: ious[n]), max(there, key=lambda n: ious[n])
        sentences.append(
            f"The weakest class is {classes.names[worst]} (IoU {percent(float(ious[worst]))}), "
            f"the strongest {classes.names[best]} ({percent(float(ious[best]))})."
        )
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    if wrong.any():
        row, column = (int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape))
        share = float(wrong[row, column] / matrix[row].sum())
        sentences.append(
            f"Most of what is wrong: {percent(share)} of {classes.names[row]} was taken for "
            f"{classes.names[column]} ({int(wrong[row, column]):,} pixels)."
        )
    return tuple(sentences)


def worth_a_look(photos: Sequence[tuple[str, float | None, float | None]]) -> tuple[Named, ...]:
    """Return the photos (name, mean IoU, mean confidence, 0–1) to look at first: the worst, or else the least sure;
    none where there are too few to choose from. Pure.
    """
    by_score = [(score, place) for place, (_, score, _) in enumerate(photos) if score is not None]
    by_sureness = [(sure, place) for place, (*_, sure) in enumerate(photos) if sure is not None]
    ordered, what = (by_score, "mean IoU") if by_score else (by_sureness, "confidence")
    if len(ordered) <= _NAMED:
        return ()
    return tuple(
        Named(place, photos[place][0], f"{what} {percent(value)}")
        for value, place in sorted(ordered)[:_NAMED]
    )
