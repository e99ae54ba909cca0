"""Mask values that are no class of the project: another program wrote them, and nobody would see them."""

from __future__ import annotations

import numpy as np

from segstudio.desktop.editing.shares import Counts
from segstudio.project.classes import VOID, ClassList

_NAMED = 5


def strange_values(counts: Counts, classes: ClassList) -> tuple[int, ...]:
    """Return the mask values that occur (`counts` as of shares.count) and are neither a class nor void."""
    known = {*classes.indices, VOID}
    return tuple(int(value) for value in np.flatnonzero(counts) if int(value) not in known)


def told_of_strange(key: str, values: tuple[int, ...], counts: Counts) -> str:
    """Return the sentence about the mask of the photo `key`."""
    pixels = int(counts[list(values)].sum())
    named = ", ".join(map(str, values[:_NAMED])) + (", …" if len(values) > _NAMED else "")
    what = (
        f"value {named}, which is no class" if len(values) == 1 else f"values {named}, which are no classes"
    )
    where = "1 pixel" if pixels == 1 else f"{pixels:,} pixels"
    return f"The mask of {key} has {where} of the {what} of this project: they are not seen, and nothing can be trained with them."
