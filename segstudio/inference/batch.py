"""Many photos through a predictor: the next is read and the last is written while the network runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.inference.predictor import Prediction, Predictor

_LARGE_BYTES = 150_000_000
"""A photo of more than 50 megapixels is alone in memory."""

Photo = npt.NDArray[np.uint8]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Item, Result]):
    """A photo that was segmented, with what `write` returned for it."""

    item: Item
    result: Result


@dataclass(frozen=True, slots=True)
class Failed(Generic[Item]):
    """A photo that could not be read; the others went on."""

    item: Item
    error: SegStudioError


def segment_all(
    predictor: Predictor,
    items: Sequence[Item],
    *,
    read: Callable[[Item], Photo],
    write: Callable[[Item, Photo, Prediction], Result],
    truth: Callable[[Item], Photo] | None = None,
    ahead: int = 2,
) -> Iterator[Done[Item, Result] | Failed[Item]]:
    """Segment all items, in their order.

    `read`, `truth` and `write` run in threads of a small pool; `read` returns uint8 (rows, columns, 3) RGB, and `truth`, where
    there is one, what `Predictor.segment` takes for the loss. At most `ahead`
    photos are held read, and as many predictions unwritten; among large photos none are. A SegStudioError of `read` or `truth` becomes a Failed; one of
    `write` ends the whole, since the next would fail too.
    """
    waiting = deque(items)
    reading: deque[tuple[Item, Future[tuple[Photo, Photo | None]]]] = deque()
    writing: deque[Failed[Item] | tuple[Item, Future[Result]]] = deque()

    def both(item: Item) -> tuple[Photo, Photo | None]:
        return read(item), None if truth is None else truth(item)

    held = 0  # until the first was read nobody knows whether they are large
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="photos") as pool:
        try:
            while waiting or reading:
                while waiting and len(reading) <= held:
                    item = waiting.popleft()
                    reading.append((item, pool.submit(both, item)))
                item, coming = reading.popleft()
                try:
                    photo, known = coming.result()
                except SegStudioError as error:
                    writing.append(Failed(item, error))
                else:
                    held = 0 if photo.nbytes > _LARGE_BYTES else ahead
                    while len(writing) > held:
                        yield _finished(writing.popleft())
                    prediction = predictor.segment(photo, truth=known)
                    writing.append((item, pool.submit(write, item, photo, prediction)))
                    del photo, known, prediction, coming
                while len(writing) > held:
                    yield _finished(writing.popleft())
            while writing:
                yield _finished(writing.popleft())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _finished(entry: Failed[Item] | tuple[Item, Future[Result]]) -> Done[Item, Result] | Failed[Item]:
    if isinstance(entry, Failed):
        return entry
    item, future = entry
    return Done(item, future.result())
