"""The rows of the class editor as plain values: what stands there, worked out from what is known; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segstudio.counting import counted

if TYPE_CHECKING:
    from segstudio.project.class_uses import ClassUses
    from segstudio.project.classes import ClassList

Order = Literal["list", "drawing"]

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class EditorRow:
    """One class: `key` is its digit, `used` how much there is of it in words, empty while that is not known."""

    index: int
    key: str
    name: str
    colour: str
    used: str

    def told(self) -> str:
        """Return the row in words, for who cannot see it."""
        return ", ".join(
            part for part in (self.name, f"key {self.key}" if self.key else "", self.used) if part
        )


def editor_rows(classes: ClassList, order: Order, uses: ClassUses | None) -> tuple[EditorRow, ...]:
    """Return the classes in the order of the list, or as they are drawn, the first one lowest."""
    place = {index: number for number, index in enumerate(classes.indices, start=1)}
    entries = [classes.at(index) for index in (classes.indices if order == "list" else classes.draw_order)]
    return tuple(
        EditorRow(
            index=entry.index,
            key=str(place[entry.index]) if place[entry.index] <= _DIGITS else "",
            name=entry.name,
            colour=entry.colour,
            used=used(uses, entry.index),
        )
        for entry in entries
        if entry is not None
    )


def used(uses: ClassUses | None, index: int) -> str:
    """Say in how many photos a class is."""
    if uses is None or not uses.photos:
        return ""
    count = uses.photos_with(index)
    if not count:
        return "not used"
    share = uses.share(index)
    part = "<1 %" if share < 0.01 else f"{share * 100:.0f} %"
    return f"{counted(count, 'photo')} · {part}"


def moved(order: Sequence[int], row: int, to: int) -> tuple[int, ...]:
    """Return `order` with what stands at `row` put before what stands at `to` (its length: at the end)."""
    rest = [index for number, index in enumerate(order) if number != row]
    place = to - 1 if to > row else to
    place = min(max(place, 0), len(rest))
    return (*rest[:place], order[row], *rest[place:])
