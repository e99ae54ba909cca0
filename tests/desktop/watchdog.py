"""A watchdog for the event loop: how long it was away, at worst.

With SEGSTUDIO_WALL_CLOCK set, whatever made it wait counts, other programs on the machine included, and no gap may be
felt: for figures, on a machine that has nothing else to do. What a virtual machine's host took away from it never
counts. Without, among other tests, only a gap fails that no crowd makes: something was done in the window's thread.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer

from segstudio.desktop.app import _TURN_S

WALL_CLOCK = bool(os.environ.get("SEGSTUDIO_WALL_CLOCK"))

FELT_MS, STUCK_MS = 100.0, 1000.0
"""From about the first on a person feels that the window does not answer; who is stuck as long as the second works."""
_EVERY_MS = 2
_SCHEDULER = Path("/proc/thread-self/schedstat")
_CORES = Path("/proc/stat")
_STOLEN_COLUMN, _STOLEN_MS = 8, 10.0


@dataclass(slots=True)
class Gaps:
    """The times between two turns of the event loop, in milliseconds, without those in which it was ready to run
    and the system gave the cores to others, or the host gave them to other machines (where the system tells that).
    Waiting for Python's lock counts.
    """

    ms: list[float] = field(default_factory=list)

    @property
    def longest_ms(self) -> float:
        """The longest time in which nothing was answered."""
        return max(self.ms, default=0.0)


@contextmanager
def watching() -> Iterator[Gaps]:
    """Measure while the block lets the event loop run (qtbot.waitUntil, qtbot.wait …).

    Python's lock is passed on meanwhile as the program has it passed on, whoever began this process.
    """
    gaps, last = Gaps(), [(_now_ms(), _stolen_ms())]

    def tick() -> None:
        now, stolen = _now_ms(), _stolen_ms()
        before, stolen_before = last[0]
        gaps.ms.append(max(0.0, now - before - (stolen - stolen_before)))
        last[0] = now, stolen

    gc.collect()
    turn_s = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_S)
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(_EVERY_MS)
    QCoreApplication.processEvents()
    gaps.ms.clear()
    last[0] = _now_ms(), _stolen_ms()
    try:
        yield gaps
    finally:
        tick()
        timer.stop()
        sys.setswitchinterval(turn_s)


def told(**longest_ms: float) -> None:
    """Print figures, a line each (they are seen with -s); none may be too long, not even once."""
    for name, ms in longest_ms.items():
        print(f"\n  {name.replace('_', ' ')}: {ms:.0f} ms", end="", flush=True)  # noqa: T201
    limit = FELT_MS if WALL_CLOCK else STUCK_MS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert {name: ms for name, ms in longest_ms.items() if ms >= limit} == {}, f"{limit:.0f} ms are too long"


def _now_ms() -> float:
    """Return a clock that stands still while this thread waits for a core that others have."""
    now = time.perf_counter() * 1000
    if WALL_CLOCK:
        return now
    try:
        return now - int(_SCHEDULER.read_text(encoding="ascii").split()[1]) / 1e6
    except (OSError, IndexError, ValueError):
        return now


def _stolen_ms() -> float:
    """Return what the host has taken from all cores so far: a worker that loses its core may hold Python's lock."""
    try:
        return int(_CORES.read_text(encoding="ascii").split(maxsplit=9)[_STOLEN_COLUMN]) * _STOLEN_MS
    except (OSError, IndexError, ValueError):
        return 0.0
