"""What turning the wheel, or two fingers on a touchpad, means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NOTCH = 120
"""Qt's count for one notch of a wheel."""

_ZOOM_PER_NOTCH = 1.25
_PAN_PX_PER_NOTCH = 80


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the wheel: `angle` (x, y) in eighths of a degree, `pixels` where a touchpad tells them."""

    angle: tuple[int, int]
    pixels: tuple[int, int] = (0, 0)
    control: bool = False
    shift: bool = False
    touchpad: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: `zoom` by `factor`; `pan` by (x, y) screen pixels; `size`, by so many notches."""

    kind: Literal["zoom", "pan", "size"]
    factor: float = 1.0
    by: tuple[float, float] = (0.0, 0.0)
    notches: float = 0.0


def wish_of(turn: Turn) -> Wish:
    """Return what a turn means.

    With Ctrl the size of the tool; a wheel zooms, and with Shift goes sideways; two fingers on a touchpad pan.
    """
    across, along = turn.angle
    if turn.control:
        return Wish("size", notches=(along or across) / NOTCH)
    if turn.shift and not turn.touchpad:
        return Wish("pan", by=((along or across) * _PAN_PX_PER_NOTCH / NOTCH, 0.0))
    if turn.touchpad:
        if turn.pixels != (0, 0):
            return Wish("pan", by=(float(turn.pixels[0]), float(turn.pixels[1])))
        return Wish("pan", by=(across * _PAN_PX_PER_NOTCH / NOTCH, along * _PAN_PX_PER_NOTCH / NOTCH))
    return Wish("zoom", factor=_ZOOM_PER_NOTCH ** (along / NOTCH))


@dataclass(slots=True)
class Notches:
    """Counts parts of notches until they make whole ones."""

    rest: float = 0.0

    def add(self, notches: float) -> int:
        """Return the whole notches (up positive) that are complete now."""
        if notches * self.rest < 0:
            self.rest = 0.0  # turned round: what was begun the other way does not count
        self.rest += notches
        whole = int(self.rest)
        self.rest -= whole
        return whole
