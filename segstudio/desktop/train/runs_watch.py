"""RunsWatch: tells when runs of a project come, go, or are gone on with by somebody else: a terminal, another window."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

_EVERY_S = 1.0
_SHARE = 0.02
"""So much of the time goes into looking at most: a slow disk is asked more seldom."""

Sign = tuple[int, int] | None
"""What is seen of a run: size and time of its log (ns); None for a run that is followed anyway."""

_log = logging.getLogger(__name__)


class RunsWatch(QThread):
    """Looks into a runs folder from time to time: that works on network drives too, whose systems tell nothing of what
    others write there. `changed` says that the runs are to be read again.
    """

    changed = Signal()

    def __init__(self, runs: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.runs = runs
        self._followed: frozenset[str] = frozenset()
        self._leave = threading.Event()

    def pass_over(self, followed: Collection[str]) -> None:
        """Leave these runs to those who follow them."""
        self._followed = frozenset(followed)

    def leave(self) -> None:
        """Ask the thread to end; it does within a moment."""
        self._leave.set()

    def run(self) -> None:
        """Look (in the new thread)."""
        before, pause_s = self._look({}), _EVERY_S
        while not self._leave.wait(pause_s):
            began = time.monotonic()
            now = self._look(before)
            pause_s = max(_EVERY_S, (time.monotonic() - began) / _SHARE)
            if is_news(before, now):
                self.changed.emit()
            before = now

    def _look(self, before: Mapping[str, Sign]) -> Mapping[str, Sign]:
        try:
            return signs_of(self.runs, self._followed)
        except OSError as error:
            _log.info("the runs cannot be looked at: %s", error)
            return before


def signs_of(runs: Path, followed: Collection[str]) -> dict[str, Sign]:
    """Return a sign for each run below `runs`; one that has told nothing yet has a sign too. Raises OSError."""
    found: dict[str, Sign] = {}
    try:
        entries = list(os.scandir(runs))
    except FileNotFoundError:
        return found
    for entry in entries:
        if entry.name.startswith(".") or not entry.is_dir():
            continue
        found[entry.name] = None if entry.name in followed else _sign_of(Path(entry.path))
    return found


def is_news(before: Mapping[str, Sign], now: Mapping[str, Sign]) -> bool:
    """Tell whether runs came or went, or one that is not followed has told something; pure."""
    return before.keys() != now.keys() or any(
        sign is not None and before[name] is not None and sign != before[name] for name, sign in now.items()
    )


def _sign_of(run: Path) -> tuple[int, int]:
    try:
        state = (run / "events.jsonl").stat()
    except OSError:  # made a moment ago: first comes its recipe, then who holds it
        return -1, sum((run / name).exists() for name in ("recipe.toml", ".lock"))
    return state.st_size, state.st_mtime_ns
