"""Which classes a network is to tell apart: a project's, some left out and some taken as others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.project.classes import VOID, ClassList, LabelClass

Table = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LearntClass:
    """One class as a network learns it: the project's `entry`, and those whose pixels count as its own."""

    entry: LabelClass
    includes: tuple[LabelClass, ...] = ()

    @property
    def values(self) -> tuple[int, ...]:
        """All mask values that stand for it, its own first."""
        return (self.entry.index, *(each.index for each in self.includes))


def learnt_classes(
    classes: ClassList, *, ignored: Collection[str] = (), merged: Mapping[str, str] | None = None
) -> tuple[LearntClass, ...]:
    """Return what is learnt, in the order of the list: without those `ignored`, with `merged` (name → the name of the
    class that it is learnt as) folded in. Raises SegStudioError for an unknown name.
    """
    left_out = {classes.named(name).index for name in ignored}
    target = {classes.named(name).index: classes.named(into).index for name, into in (merged or {}).items()}
    return tuple(
        LearntClass(entry, tuple(each for each in classes.classes if target.get(each.index) == entry.index))
        for entry in classes.classes
        if entry.index not in left_out and entry.index not in target
    )


def value_table(learnt: Iterable[LearntClass]) -> Table:
    """Return the look-up from a project's mask value to that of the class it is learnt as: uint8 (256,), void for
    what is left out and for values that are no class.
    """
    table = np.full(256, VOID, dtype=np.uint8)
    for each in learnt:
        table[list(each.values)] = each.entry.index
    return table
