"""Time and wishes of a run."""

from __future__ import annotations

import time
from collections.abc import Callable

_SECONDS_TO_FIRST_SAVE = 5.0
"""What dies young has not much to lose, but should not lose all. From here on the time doubles, as far as it may."""


class Clock:
    """Seconds of the whole run with its stops left out, of the epoch under way, and since the last save.

    last.pt of a big network takes seconds to write: it is due `seconds_between_saves` after the last time.
    """

    def __init__(self, seconds_before: float, *, seconds_between_saves: float = 60.0) -> None:
        self._start = self._lap = self._save = time.monotonic()
        self._before = seconds_before
        self._pause = _SECONDS_TO_FIRST_SAVE
        self._longest = seconds_between_saves

    def seconds(self) -> float:
        """Return the seconds of the run so far."""
        return self._before + time.monotonic() - self._start

    def lap(self) -> float:
        """Return the seconds since the last lap, and begin the next."""
        now = time.monotonic()
        passed, self._lap = now - self._lap, now
        return passed

    def is_save_due(self) -> bool:
        """Tell whether the time for a save has come, and start it anew if so."""
        now = time.monotonic()
        if now - self._save < min(self._pause, self._longest):
            return False
        self._save, self._pause = now, 2 * self._pause
        return True


class Latch:
    """A wish to stop that, once it was seen, stays."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._seen = False

    def __call__(self) -> bool:
        self._seen = self._seen or self._stop()
        return self._seen
