"""In a process of its own: open a project in the real window, show each tab for the first time, tell the pauses.

Its word is the project's folder. Prints one JSON object: for opening and for each tab the longest time (ms) in which
the event loop was away.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.cli.main import main
from segstudio.desktop.tabs.train import TrainTab
from segstudio.desktop.window import Window
from tests.desktop.watchdog import watching

TABS = ("annotate", "train", "review", "import")
_AFTER_MS, _LATEST_MS = 1500, 60_000


def _look_at_each(window: Window) -> dict[str, float]:
    longest = {}
    with watching() as gaps:
        _wait_until(lambda: window.shown_tab != "")
    longest["open"] = gaps.longest_ms
    for tab in TABS:
        with watching() as gaps:
            window.show_tab(tab)
            _wait_until(lambda: _is_there(window.page(window.shown_tab)))
        longest[tab] = gaps.longest_ms
    return longest


def _is_there(page: QWidget | None) -> bool:
    return page is not None and (not isinstance(page, TrainTab) or page.page is not None)


def _wait_until(done: Callable[[], bool]) -> None:
    for _ in range(_LATEST_MS // 50):
        if done():
            break
        QTest.qWait(50)
    QTest.qWait(_AFTER_MS)


def _instead_of_exec(*_: object) -> int:
    (window,) = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Window))
    print(json.dumps(_look_at_each(window)))  # noqa: T201
    window.close()
    return 0


if __name__ == "__main__":
    QApplication.exec = _instead_of_exec  # type: ignore[method-assign]
    main(sys.argv[1:])
