"""LabelBook: the labels found in the files, what each becomes, and in which order they are painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segstudio.desktop.importing.mapping import (
    Kind,
    LabelRow,
    Target,
    aimed_in_order,
    all_new,
    carried,
    label_rows,
    moved,
    put_on_top,
    told_of_new_classes,
)
from segstudio.formats.labels import LabelUse
from segstudio.project.classes import ClassList


class LabelBook:
    """Holds `rows`, first painted first. What the person chose outlives more files and another class list."""

    def __init__(self) -> None:
        self.rows: tuple[LabelRow, ...] = ()
        self._classes = ClassList()
        self._is_ordered = self._is_fresh = False

    @property
    def is_proposed(self) -> bool:
        """Whether nobody chose the order: small shapes were put over large ones."""
        unordered = self._is_fresh or any(row.target.kind is Kind.NEW for row in self.rows)
        return unordered and not self._is_ordered and len(self.rows) > 1

    def fill(
        self,
        uses: Sequence[LabelUse],
        classes: ClassList,
        depth_of: Mapping[str, float],
        *,
        is_fresh: bool = False,
    ) -> tuple[LabelRow, ...]:
        """Take in what was found; an order that the person did not choose is worked out anew."""
        self._classes, self._is_fresh = classes, is_fresh
        self.rows = label_rows(
            uses, classes, self.rows, depth_of=depth_of, keep_order=self._is_ordered, is_fresh=is_fresh
        )
        return self.rows

    def renew(
        self,
        uses: Sequence[LabelUse],
        classes: ClassList,
        depth_of: Mapping[str, float],
        *,
        is_fresh: bool = False,
    ) -> str:
        """Go on with another class list; returns what that means for the choices, or nothing where it means nothing."""
        before, was = self.rows, self._classes
        self.rows = carried(before, was, classes)
        self.fill(uses, classes, depth_of, is_fresh=is_fresh)
        return told_of_new_classes(before, self.rows) if before and was != classes else ""

    def aim(self, label: str, target: Target, classes: ClassList) -> tuple[LabelRow, ...]:
        """Let a label become something else."""
        self.rows = aimed_in_order(self.rows, label, target, classes)
        return self.rows

    def move(self, start: int, end: int) -> tuple[LabelRow, ...]:
        """Put a row elsewhere: from now on the order is the person's."""
        self._is_ordered = True
        self.rows = moved(self.rows, start, end)
        return self.rows

    def put_on_top(self, names: Sequence[str], depth_of: Mapping[str, float]) -> tuple[LabelRow, ...]:
        """Let these classes be painted last: from now on the order is the person's."""
        self._is_ordered = True
        self.rows = put_on_top(self.rows, names, depth_of)
        return self.rows

    def add_all(self, classes: ClassList) -> tuple[LabelRow, ...]:
        """Let every label that is open become a new class."""
        self.rows = all_new(self.rows, classes)
        return self.rows

    def forget(self) -> None:
        """Start anew."""
        self.rows, self._is_ordered = (), False
