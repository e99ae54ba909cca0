"""Inbox: requests as they come in, in one thread, and are taken out, in another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from segstudio.errors import SegStudioError
from segstudio.runs.predictions import (
    Cancel,
    Event,
    Failed,
    Quit,
    SegmentPhoto,
    SegmentVideo,
    Stopped,
    decode_request,
)

Work = SegmentPhoto | SegmentVideo


class Inbox:
    """Requests that wait, and the wish to give one up. Safe in any thread."""

    def __init__(self, answer: Callable[[Event], None]) -> None:
        self._answer = answer
        self._changed = threading.Condition()
        self._waiting: deque[Work] = deque()
        self._current: Work | None = None
        self._is_given_up = False
        self._is_over = False

    def listen(self, lines: Iterable[bytes]) -> None:
        """Take in every line until there are no more, or one says to quit."""
        try:
            for line in lines:
                if line.strip() and not self._take(line):
                    break
        except (OSError, ValueError):  # the other end is gone, or the stream was closed
            pass
        finally:
            self._end()

    def next(self) -> Work | None:
        """Wait for the next request and make it the current one; None: there will be none any more."""
        with self._changed:
            self._current = None
            self._changed.wait_for(lambda: self._waiting or self._is_over)
            if self._is_over:
                return None
            self._current, self._is_given_up = self._waiting.popleft(), False
            return self._current

    def peek(self) -> Work | None:
        """Return the request that waits longest, which stays where it is."""
        with self._changed:
            return self._waiting[0] if self._waiting else None

    @property
    def is_given_up(self) -> bool:
        """Whether nobody wants the current request any more."""
        return self._is_given_up or self._is_over

    def _take(self, line: bytes) -> bool:
        try:
            request = decode_request(line)
        except SegStudioError as error:
            self._answer(Failed(problem=str(error)))
            return True
        if isinstance(request, Quit):
            return False
        if isinstance(request, Cancel):
            self._cancel(request)
        else:
            with self._changed:
                self._waiting.append(request)
                self._changed.notify_all()
        return True

    def _cancel(self, cancel: Cancel) -> None:
        with self._changed:
            gone = [request for request in self._waiting if request.id == cancel.id]
            self._waiting = deque(request for request in self._waiting if request.id != cancel.id)
            if self._current is not None and self._current.id == cancel.id:
                self._is_given_up = True  # whoever works on it answers
        for request in gone:
            self._answer(Stopped(id=request.id))

    def _end(self) -> None:
        with self._changed:
            gone, self._waiting = list(self._waiting), deque()
            self._is_over = True
            self._changed.notify_all()
        for request in gone:
            self._answer(Stopped(id=request.id))
