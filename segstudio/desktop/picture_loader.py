"""PictureLoader: pictures made in worker threads, the newest wish first, so that scrolling never waits."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Qt, Signal, Slot

from segstudio.desktop.pictures import PhotoPicture

_log = logging.getLogger(__name__)

Make = Callable[[], PhotoPicture]


class PictureLoader(QObject):
    """Makes pictures by key. `loaded` carries key and PhotoPicture, in the thread of this object.

    At most `waiting` wishes are kept; of more, the oldest are forgotten: they have been scrolled past.
    """

    loaded = Signal(str, object)
    _made = Signal(int, str, object)

    def __init__(self, *, threads: int, waiting: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="pictures")
        self._waiting = waiting
        self._wishes: OrderedDict[str, Make] = OrderedDict()
        self._lock = threading.Lock()
        self._round = 0
        self._made.connect(self._on_made, Qt.ConnectionType.QueuedConnection)

    def ask(self, key: str, make: Make) -> None:
        """Wish for a picture; the same wish again moves to the front."""
        with self._lock:
            known = key in self._wishes
            self._wishes[key] = make
            self._wishes.move_to_end(key)
            while len(self._wishes) > self._waiting:
                self._wishes.popitem(last=False)
            asked_in = self._round
        if not known:
            self._pool.submit(self._make_one, asked_in)

    def forget_all(self) -> None:
        """Drop every wish; what is being made, or is on its way here, will not be told."""
        with self._lock:
            self._wishes.clear()
            self._round += 1

    def shut_down(self) -> None:
        """Drop every wish and wait for the threads."""
        self.forget_all()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make_one(self, asked_in: int) -> None:
        with self._lock:
            if asked_in != self._round or not self._wishes:
                return
            key, make = self._wishes.popitem(last=True)
        try:
            picture = make()
        except Exception as error:  # noqa: BLE001 (the edge of a thread)
            _log.error("a picture cannot be made", exc_info=error)
            picture = PhotoPicture(None, problem="The photo cannot be shown; the log file tells more.")
        self._made.emit(asked_in, key, picture)

    @Slot(int, str, object)
    def _on_made(self, asked_in: int, key: str, picture: PhotoPicture) -> None:
        if asked_in == self._round:
            self.loaded.emit(key, picture)
