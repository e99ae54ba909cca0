"""Pane: a photo with one thing laid over it, whose view can follow that of another pane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QWidget

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.faces import Laid
from segstudio.painting.rect import Rect
from segstudio.project.masks import Mask
from segstudio.review.comparing import Spot

_AROUND = 2.5
"""A spot that is looked at takes the room divided by this."""
_CLOSEST = 8.0
"""Screen pixels for one of the photo, at most, when a spot is looked at."""


class Pane(Canvas):
    """Shows what is laid over a photo; what changes is coloured anew, and the photo under it is kept."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.setObjectName(name)
        self._pyramid: Pyramid | None = None
        self._buffer: Mask | None = None

    def lay(self, pyramid: Pyramid | None, laid: Laid | None, look: CanvasLook) -> None:
        """Show a photo, and over it what is laid there; the view stays where it is the same photo."""
        if pyramid is None:
            self._pyramid = self._buffer = None
            self.show_photo(None, None)
            return
        if pyramid is not self._pyramid or self._buffer is None:
            self._pyramid = pyramid
            self._buffer = np.empty(pyramid.size, dtype=np.uint8)
            if laid is not None:
                np.copyto(self._buffer, laid.mask)
            self.show_photo(pyramid, self._buffer)
        elif laid is not None:
            np.copyto(self._buffer, laid.mask)
            self.mask_changed(Rect.whole(pyramid.size))
        if laid is None:
            self.set_look(replace(look, alone=True))
            return
        self.set_classes(laid.classes)
        hidden = look.hidden if laid.follows_hidden else frozenset()
        opacity = look.opacity if laid.strength is None else laid.strength
        self.set_look(replace(look, hidden=hidden, opacity=opacity))

    def look_at(self, spot: Spot) -> None:
        """Show a part of the photo so large that it is well seen with what is around it."""
        view = self._view
        if view is None:
            return
        side = max(spot.width, spot.height)
        _, largest = view.scale_range
        wanted = min(min(view.room) / (_AROUND * side), _CLOSEST * self._ratio)
        scale = min(max(wanted, view.fitting_scale), largest)
        middle = (spot.x + spot.width / 2, spot.y + spot.height / 2)
        sides = zip(middle, reversed(view.size), view.room, strict=True)
        x, y = (within(at, side, room / scale) for at, side, room in sides)
        self._put(replace(view, scale=scale, centre=(x, y)))

    def follow(self, other: Pane) -> None:
        """Look at the same place of the photo as another pane, as closely."""
        mine, theirs = self._view, other._view
        if mine is None or theirs is None or mine.size != theirs.size:
            return
        self._put(replace(mine, scale=theirs.scale, centre=theirs.centre), is_fitting=other._is_fitting)


def within(at: float, side: float, seen: float) -> float:
    """Return the middle of `seen` photo pixels, as near to `at` as it goes without looking past either end of a
    photo's `side`; the middle of a side that is seen whole. Pure.
    """
    return side / 2 if seen >= side else min(max(at, seen / 2), side - seen / 2)
