"""Doing the same to many photos in threads, stoppable between two of them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from segstudio.formats.options import Cancelled, Progress, check_cancelled

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def in_threads(
    function: Callable[[_In], _Out], items: Sequence[_In], *, progress: Progress, cancelled: Cancelled
) -> list[_Out]:
    """Return `function` of each item, in order; OpenCV and zlib work outside the interpreter lock.

    At most a few results wait at a time. The first exception ends it all, after the calls under way.
    """
    workers = min(8, os.cpu_count() or 1)
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
