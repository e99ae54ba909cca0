"""Agreement: how far two people's masks of the same photos say the same, class by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask

Crossed = npt.NDArray[np.int64]
"""int64 (256, 256): pixels by the value that the first (row) and the second (column) gave them."""

_ROWS = 1024


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """One class: `iou` (0–1) of the two, over the pixels that either gave it and both have labelled; pixels of each."""

    name: str
    iou: float
    first_pixels: int
    second_pixels: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """`same` is the part (0–1) of the pixels labelled by both to which both gave one class; `mean_iou` that of the
    classes that occur. Both None where no pixel was labelled by both.
    """

    photos: int
    same: float | None
    mean_iou: float | None
    classes: tuple[ClassAgreement, ...]


def crossed(first: Mask, second: Mask) -> Crossed:
    """Count the pixels of two masks of one size by both values."""
    counts = np.zeros(256 * 256, dtype=np.int64)
    for top in range(0, first.shape[0], _ROWS):
        rows = first[top : top + _ROWS].astype(np.uint16) * 256 + second[top : top + _ROWS]
        counts += np.bincount(rows.ravel(), minlength=256 * 256)
    return counts.reshape(256, 256)


def agreement_of(counts: Crossed, classes: ClassList, photos: int) -> Agreement:
    """Return what `counts`, summed over so many photos, say of these classes."""
    both = np.array(counts)
    both[VOID, :] = both[:, VOID] = 0
    total = int(both.sum())
    if not total:
        return Agreement(photos, None, None, ())
    rows = []
    for entry in classes.classes:
        hit, first, second = (
            int(part)
            for part in (both[entry.index, entry.index], both[entry.index].sum(), both[:, entry.index].sum())
        )
        if first or second:
            rows.append(ClassAgreement(entry.name, hit / (first + second - hit), first, second))
    mean = sum(row.iou for row in rows) / len(rows) if rows else None
    return Agreement(photos, float(np.trace(both)) / total, mean, tuple(rows))
