"""An end that was asked for from outside, so that what was begun is put away."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


@contextmanager
def tidy_when_ended() -> Iterator[None]:
    """Let a wish to end (SIGTERM) unwind like Ctrl-C, so that what was unpacked or staged is removed."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + signal.SIGTERM)

    if threading.current_thread() is not threading.main_thread():  # only there signals are heard
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
