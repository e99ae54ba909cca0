"""Doing the same to many files in threads, stoppable between two of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from segstudio.errors import WorkStopped

_In = TypeVar("_In")
_Out = TypeVar("_Out")

Progress = Callable[[int, int], None]
"""Called with the number of steps done and their total, in the thread of the caller."""

Cancelled = Callable[[], bool]
"""Asked between two files whether the person wants to stop."""

_WORKERS = 4


def never() -> bool:
    """The answer of a `cancelled` that nobody presses."""
    return False


def unheard(_done: int, _total: int) -> None:
    """A `progress` that nobody watches."""


def check_cancelled(cancelled: Cancelled) -> None:
    """Raise WorkStopped when the person wants to stop."""
    if cancelled():
        raise WorkStopped("it was stopped; the project is unchanged")


def for_each(
    function: Callable[[_In], _Out],
    items: Sequence[_In],
    *,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
    check: Callable[[Cancelled], None] = check_cancelled,
    workers: int = _WORKERS,
) -> list[_Out]:
    """Return `function` of each item, in order, worked out in `workers` threads; at most a few results wait at a time.

    The first exception ends it all, after the calls under way. `check` raises when `cancelled` says so: WorkStopped,
    unless another one is given.
    """
    results = []
    for result in in_order(function, items, cancelled=cancelled, check=check, workers=workers):
        results.append(result)
        progress(len(results), len(items))
    return results


def in_order(
    function: Callable[[_In], _Out],
    items: Iterable[_In],
    *,
    cancelled: Cancelled = never,
    check: Callable[[Cancelled], None] = check_cancelled,
    workers: int = _WORKERS,
) -> Generator[_Out, None, None]:
    """Yield `function` of each item, in order, as `for_each` does: for results that need not be held all at once.

    Whoever does not take them all closes it, so that no call goes on unseen.
    """
    waiting: deque[Future[_Out]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="files")
    try:
        for item in items:
            check(cancelled)
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
            waiting.append(pool.submit(function, item))
        while waiting:
            check(cancelled)
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
