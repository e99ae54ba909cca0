"""Tab: what the frame knows of a tab, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from segstudio.desktop.opened import OpenedProject


@dataclass(frozen=True, slots=True)
class Badge:
    """What waits in a tab: a short text for the badge, and its meaning in words. Both empty: nothing."""

    text: str = ""
    meaning: str = ""


def no_badge(_opened: OpenedProject) -> Badge:
    """The badge of a tab in which nothing waits."""
    return Badge()


@dataclass(frozen=True, slots=True)
class TabSpec:
    """One tab: `id` is its action's (`go.<id>`), `make` builds its widget when a project is first opened."""

    id: str
    make: Callable[[], QWidget]
    badge: Callable[[OpenedProject], Badge] = no_badge
