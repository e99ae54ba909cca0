"""A watchdog for the event loop: how long it was away, at worst."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, Qt, QTimer

_EVERY_MS = 2


@dataclass(slots=True)
class Gaps:
    """The times between two turns of the event loop, in milliseconds."""

    ms: list[float] = field(default_factory=list)

    @property
    def longest_ms(self) -> float:
        """The longest time in which nothing was answered."""
        return max(self.ms, default=0.0)


@contextmanager
def watching() -> Iterator[Gaps]:
    """Measure while the block lets the event loop run (qtbot.waitUntil, qtbot.wait …)."""
    gaps, last = Gaps(), [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.ms.append((now - last[0]) * 1000)
        last[0] = now

    gc.collect()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(_EVERY_MS)
    QCoreApplication.processEvents()
    gaps.ms.clear()
    last[0] = time.perf_counter()
    try:
        yield gaps
    finally:
        tick()
        timer.stop()
