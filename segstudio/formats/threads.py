"""Doing the same to many photos in threads, stoppable between two of them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from segstudio.formats.options import Cancelled, Progress, check_cancelled

_MOST = 8

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def polite_workers() -> int:
    """Return how many threads leave a core to whoever waits for an answer."""
    return max(1, min(_MOST, (os.cpu_count() or 2) - 1))


def in_threads(
    function: Callable[[_In], _Out],
    items: Sequence[_In],
    *,
    workers: int | None = None,
    progress: Progress,
    cancelled: Cancelled,
) -> list[_Out]:
    """Return `function` of each item, in order; OpenCV and zlib work outside the interpreter lock.

    `workers` None: one for each core, at most eight. At most a few results wait at a time. The first exception ends it all, after the calls under way.
    """
    workers = workers or min(_MOST, os.cpu_count() or 1)
    results: list[_Out] = []
    waiting: deque[Future[_Out]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="import")
    try:
        for item in items:
            check_cancelled(cancelled)
            if len(waiting) >= 2 * workers:
                results.append(waiting.popleft().result())
                progress(len(results), len(items))
            waiting.append(pool.submit(function, item))
        while waiting:
            check_cancelled(cancelled)
            results.append(waiting.popleft().result())
            progress(len(results), len(items))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return results
