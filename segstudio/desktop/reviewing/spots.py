"""SpotWalk: from spot to spot of what alone is looked at: the pixels of a cell, or of a class."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.problems import problem_of
from segstudio.desktop.reviewing.faces import NO_FOCUS, Focus
from segstudio.desktop.reviewing.reading import OpenItem
from segstudio.desktop.reviewing.viewing import Viewing
from segstudio.review.comparing import Spot, cell_area, spots
from segstudio.review.shown import Thresholds, shown_mask

_MOST = 99


class SpotWalk(QObject):
    """`found` says that the spots of the shown photo are others; `reached` carries the Spot that is looked at now.

    `left` carries 1 or -1: there is no further spot in this photo that way. `problem_met` carries a Problem.
    """

    found = Signal()
    reached = Signal(object)
    left = Signal(int)
    problem_met = Signal(object)

    def __init__(self, viewing: Viewing, parent: QObject) -> None:
        super().__init__(parent)
        self._viewing = viewing
        self._looking = Errands("look for spots", 1, self)
        self._round = 0
        self._of: tuple[OpenItem | None, Focus, tuple[tuple[int, float], ...]] = (None, NO_FOCUS, ())
        self._goes_on = 0
        self.spots: tuple[Spot, ...] = ()
        self.place = -1
        viewing.opened.connect(self._look)
        viewing.changed.connect(self._look)

    @property
    def told(self) -> str:
        """Which of the spots is looked at, in words."""
        return place_told(self.place, len(self.spots))

    def step(self, by: int) -> None:
        """Go to the next spot (1), the largest first, or to the one before (-1)."""
        place = self.place + by if self.place >= 0 or by > 0 else len(self.spots) - 1
        if 0 <= place < len(self.spots):
            self.place = place
            self.reached.emit(self.spots[place])
        elif self._of[1].cell is not None:
            self._goes_on = by
            self.left.emit(by)

    def stay(self) -> None:
        """There is no other photo to go on to."""
        self._goes_on = 0

    def shut_down(self) -> None:
        """End the thread."""
        self._round += 1
        self._looking.shut_down()

    @Slot()
    def _look(self) -> None:
        shown, focus = self._viewing.shown, self._viewing.state.focus
        wanted = (shown, focus, tuple(sorted(self._viewing.thresholds.items())))
        if wanted == self._of:
            return
        self._of = wanted
        self._round += 1
        self._put(())
        if shown is not None and shown.mask is not None and focus.is_on:
            work = partial(self._find, self._round, shown, focus, dict(self._viewing.thresholds))
            self._looking.send(work, partial(self._on_found, self._round), self._on_failed)

    def _find(self, asked_in: int, shown: OpenItem, focus: Focus, thresholds: Thresholds) -> tuple[Spot, ...]:
        """In the worker: only what was asked for last is looked for."""
        return spots_of(shown, focus, thresholds) if asked_in == self._round else ()

    def _on_found(self, asked_in: int, found: tuple[Spot, ...]) -> None:
        if asked_in != self._round:
            return
        self._put(found)
        goes_on, self._goes_on = self._goes_on, 0
        if goes_on and found:
            self.step(goes_on)

    def _put(self, found: tuple[Spot, ...]) -> None:
        self.spots, self.place = found, -1
        self.found.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.problem_met.emit(problem_of(error))


def spots_of(shown: OpenItem, focus: Focus, thresholds: Thresholds) -> tuple[Spot, ...]:
    """Return the spots of what alone is looked at, the largest first (in a worker)."""
    if shown.mask is None or shown.confidence is None:
        return ()
    if focus.cell is not None:
        return (
            spots(cell_area(shown.truth, shown.mask, focus.cell), most=_MOST)
            if shown.truth is not None
            else ()
        )
    value = focus.value if focus.value is not None else 0
    there = cv2.inRange(shown_mask(shown.mask, shown.confidence, thresholds), value, value)
    return spots(np.asarray(there, dtype=np.uint8), most=_MOST)


def place_told(place: int, count: int) -> str:
    """Return which of so many spots is looked at; pure."""
    if not count:
        return "no spots"
    many = f"{count}+" if count >= _MOST else str(count)
    if place >= 0:
        return f"{place + 1} of {many}"
    return "1 spot" if count == 1 else f"{many} spots"
