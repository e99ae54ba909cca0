"""Doing the same to many photos in threads, stoppable between two of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from segstudio.formats.options import Cancelled, Progress, check_cancelled
from segstudio.project.threads import for_each

_MOST = 8

_In = TypeVar("_In")
_Out = TypeVar("_Out")


WRITERS = _MOST
"""Threads for what waits for the disk more than it works."""


def polite_workers() -> int:
    """Return how many threads leave a core to whoever waits for an answer."""
    return max(1, min(_MOST, (os.cpu_count() or 2) - 1))


def all_workers() -> int:
    """Return one thread for each core, at most eight."""
    return min(_MOST, os.cpu_count() or 1)


def in_threads(
    function: Callable[[_In], _Out],
    items: Sequence[_In],
    *,
    workers: int | None = None,
    progress: Progress,
    cancelled: Cancelled,
) -> list[_Out]:
    """Return `function` of each item, in order; OpenCV and zlib work outside the interpreter lock.

    `workers` None: one for each core, at most eight. The first exception ends it all, after the calls under way;
    raises WorkStopped when `cancelled` says so.
    """
    return for_each(
        function,
        items,
        progress=progress,
        cancelled=cancelled,
        check=check_cancelled,
        workers=workers or all_workers(),
    )
