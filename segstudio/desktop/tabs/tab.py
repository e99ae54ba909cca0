"""Tab: what the frame knows of a tab, and no more."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance
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


Steps = Generator[None, None, QWidget]
"""The making of a page, in steps of a few hundredths of a second at the most; it returns the page."""


@dataclass(frozen=True, slots=True)
class TabSpec:
    """One tab: `id` is its action's (`go.<id>`), `make` begins the making of its page."""

    id: str
    make: Callable[[], Steps]
    badge: Callable[[OpenedProject], Badge] = no_badge


@runtime_checkable
class TakesFiles(Protocol):
    """A page that takes what was dropped anywhere on the window: photos, folders, annotation files."""

    def take(self, paths: Sequence[Path]) -> None:
        """Have a look at what was dropped; nothing is brought in without being asked for."""


@runtime_checkable
class TellsSaved(Protocol):
    """A page that edits. Its signal `saved_changed(str)` carries what the status line says (`saved 2 s ago`)."""

    saved_changed: SignalInstance

    @property
    def unsaved(self) -> bool:
        """Whether something is not on the disk yet as it is seen."""


@runtime_checkable
class TellsWork(Protocol):
    """A page with work of its own under way. Its signal `work_changed(object)` carries a JobStatus or None."""

    work_changed: SignalInstance

    def cancel_work(self) -> None:
        """Ask that work to stop."""


@runtime_checkable
class TellsRuns(Protocol):
    """A page that follows the trainings. Its signal `run_told(str)` carries the line on the one that matters most."""

    run_told: SignalInstance

    @property
    def run_line(self) -> str:
        """That line; nothing where there is no training."""


@runtime_checkable
class TellsBadge(Protocol):
    """A page that counts what waits in it. Its signal `badge_changed()` says that the badge is another."""

    badge_changed: SignalInstance


@runtime_checkable
class MadeLater(Protocol):
    """A page whose parts are made when it is first shown. Its signal `parts_made()` says when they are there."""

    parts_made: SignalInstance


@runtime_checkable
class MayBeUnfinished(Protocol):
    """A page with work that closing would cut short and that cannot be had back."""

    def unfinished(self) -> str:
        """Return that work in one sentence, or nothing when the window may close."""


@runtime_checkable
class SavesFirst(Protocol):
    """A page that saves before the window closes."""

    def save_first(self, window: QWidget) -> bool:
        """Save everything, and ask about what cannot be saved; False when the window is to stay open."""


@runtime_checkable
class MayGoOn(Protocol):
    """A page with work that can outlive the window."""

    def may_leave(self, window: QWidget) -> bool:
        """Ask what is to become of that work, where there is any; False when the window is to stay open."""


@runtime_checkable
class HoldsStill(Protocol):
    """A page that names the part of it that notices lie over."""

    def still_part(self) -> QWidget | None:
        """Return that part, at whose upper edge they lie; None for the page's own."""
