"""NewestWork: what takes long is worked out in one thread; of the wishes that wait, only the newest counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    make: Callable[[], object]
    then: Callable[[object], None]
    failed: Callable[[], None]
    asked_in: int


class NewestWork(QObject):
    """Works out one wish at a time. `then` is called in the thread of this object (the GUI thread).

    Where `make` raises, `failed` is called there instead, and what was raised goes on.
    """

    _made = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="tools")
        self._lock = threading.Lock()
        self._waiting: _Wish | None = None
        self._round = 0
        self._is_shut = False
        self._made.connect(self._on_made)

    def ask(
        self, make: Callable[[], object], then: Callable[[object], None], failed: Callable[[], None]
    ) -> None:
        """Have `make` worked out, in place of a wish that still waits; what is under way is told nevertheless."""
        with self._lock:
            queued = self._waiting is not None
            self._waiting = None if self._is_shut else _Wish(make, then, failed, self._round)
            if not queued and not self._is_shut:
                self._pool.submit(self._work)

    def forget(self) -> None:
        """Drop the wish that waits; of what is under way nothing is told."""
        with self._lock:
            self._round += 1

    def shut_down(self) -> None:
        """Drop everything and wait for the thread."""
        self.forget()
        with self._lock:
            self._is_shut = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self) -> None:
        with self._lock:
            wish, self._waiting = self._waiting, None
            if wish is None or wish.asked_in != self._round:
                return
        try:
            result = wish.make()
        except Exception as error:  # noqa: BLE001 (the edge of a thread: it is raised again in the other)
            result = error
        self._made.emit(wish, result)

    @Slot(object, object)
    def _on_made(self, wish: _Wish, result: object) -> None:
        if wish.asked_in != self._round:
            return
        if isinstance(result, Exception):
            wish.failed()
            raise result
        wish.then(result)
