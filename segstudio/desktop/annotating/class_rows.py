"""The rows of the class palette as plain values: what stands there, worked out from what is known; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segstudio.desktop.annotating.rules import VOID_NAME
from segstudio.project.classes import VOID, VOID_RGB, ClassList
from segstudio.project.colours import to_hex

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class, or void: `digit` is its key, `share` its part of the photo in words, `shown` on the canvas."""

    value: int
    digit: str
    name: str
    colour: str
    share: str
    shown: bool

    def told(self) -> str:
        """Return the row in words, for who cannot see it."""
        parts = [self.name, f"key {self.digit}" if self.digit else "", self.share]
        return ", ".join(part for part in (*parts, "" if self.shown else "hidden") if part)


def class_rows(
    classes: ClassList, shares: Mapping[int, float], hidden: frozenset[int]
) -> tuple[ClassRow, ...]:
    """Return the classes in list order, and void last. Without `shares` no part is told."""
    rows = [
        ClassRow(
            value=entry.index,
            digit=str(place) if place <= _DIGITS else "",
            name=entry.name,
            colour=entry.colour,
            share=percent(shares.get(entry.index)) if shares else "",
            shown=entry.index not in hidden,
        )
        for place, entry in enumerate(classes.classes, start=1)
    ]
    share = percent(shares.get(VOID)) if shares else ""
    return (*rows, ClassRow(VOID, "0", VOID_NAME, to_hex(VOID_RGB), share, shown=True))


def value_of_digit(classes: ClassList, digit: int) -> int | None:
    """Return the mask value that a digit chooses: 0 void, 1 the first class …; None when there is none."""
    if digit == 0:
        return VOID
    return classes.classes[digit - 1].index if digit <= len(classes) else None


def toggled_alone(hidden: frozenset[int], value: int, classes: ClassList) -> frozenset[int]:
    """Return what is hidden after an eye was clicked with Alt: all others, or nothing if they were already."""
    others = frozenset(classes.indices) - {value}
    return frozenset() if hidden == others else others


def percent(part: float | None) -> str:
    """Return a part (0–1) as people read it: `–` for none, `<1 %` for a trace, and `>99 %` for nearly all."""
    if not part:
        return "–"
    if part < 0.01:
        return "<1 %"
    return ">99 %" if 0.995 <= part < 1 else f"{part:.0%}".replace("%", " %")
