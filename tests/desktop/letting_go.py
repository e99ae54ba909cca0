"""After files were dropped on a window."""

from __future__ import annotations

import time

from PySide6.QtTest import QTest

from segstudio.desktop.window import Window
from tests.desktop.conftest import WAIT_MS


def wait_until_taken(window: Window) -> None:
    """Wait until it was looked at what was dropped, and something was done with it."""
    stop = time.monotonic() + WAIT_MS / 1000
    while window._dragged.is_busy or window._dropped.is_busy:
        assert time.monotonic() < stop
        QTest.qWait(1)
