"""Errands: work in threads, and what follows from it in the GUI thread."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from segstudio.desktop.problems import Stopped
from segstudio.errors import SegStudioError

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Errands(QObject):
    """Sends work to a few threads of its own, first come, first served. In the GUI thread.

    `idle` comes when nothing is under way any more.
    """

    idle = Signal()
    _ended = Signal()

    def __init__(self, name: str, threads: int, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._ends: deque[Callable[[], None]] = deque()
        self._is_shut = False
        self._under_way = 0
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Whether all that was sent is done, and what follows from it, too."""
        return self._under_way == 0

    def send(
        self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Do `work` in a thread, then call `then` with what it returned or `failed` with what it raised, here.

        What is sent after `shut_down` is dropped: whoever shuts down does the rest himself.
        """
        if not self._is_shut:
            self._under_way += 1
            self._pool.submit(self._do, work, then, failed)

    def shut_down(self) -> None:
        """Wait until everything that was sent is done, and what follows from it, too."""
        self._is_shut = True
        self._pool.shutdown(wait=True)
        while self._ends:
            self._ends.popleft()()

    def _do(
        self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 (the edge of a thread)
            _note(error)
            self._ends.append(lambda problem=error: failed(problem))  # type: ignore[misc]
        else:
            self._ends.append(lambda: then(result))
        self._ended.emit()

    @Slot()
    def _on_ended(self) -> None:
        if not self._ends:
            return
        try:
            self._ends.popleft()()
        finally:
            self._under_way -= 1
            if self.is_idle:
                self.idle.emit()


def _note(error: Exception) -> None:
    if isinstance(error, SegStudioError):
        _log.warning("%s", error)
    elif not isinstance(error, Stopped):
        _log.error("an errand of the desk failed", exc_info=error)
