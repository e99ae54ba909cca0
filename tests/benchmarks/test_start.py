"""From `segstudio` to the first painted window, beside an empty QMainWindow, in turns in one run.

Each start is a fresh process of the real entry point in a home of its own; the clock runs from before the process is
made until the event loop comes back from the first paint. labelme takes 7 times, napari 13 times as long as the empty
window.

    make benchmarks
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROUNDS = 9
MOST_TIMES = 3.0

_TELLING = """
import os, sys, time
def tell_first_paint(window):
    from PySide6.QtCore import QEvent, QObject, QTimer
    def tell():
        sys.stdout.write(f"{time.monotonic()}\\n")
        sys.stdout.flush()
        os._exit(0)
    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, tell)
            return False
    window.watch = Watch(window)
    window.installEventFilter(window.watch)
"""

_EMPTY = f"""{_TELLING}
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1280, 800)
tell_first_paint(window)
window.show()
app.exec()
"""

_OURS = f"""{_TELLING}
from segstudio.cli.main import main
import segstudio.desktop.app as app
class Watched(app.Desktop):
    def start(self, project):
        tell_first_paint(self.window)
        super().start(project)
app.Desktop = Watched
main([])
"""


def start_ms(program: str, home: Path) -> float:
    """Start a program and return the milliseconds to its first paint."""
    home.mkdir()
    places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    environment = {**os.environ, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen", **places}
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=120,
    )
    return (float(done.stdout) - begin) * 1000


@pytest.mark.benchmark
def test_the_window_is_there_soon(tmp_path: Path) -> None:
    for program in (_EMPTY, _OURS):  # files into the system's cache
        start_ms(program, tmp_path / f"warm{len(program)}")
    empty, ours = [], []
    for number in range(ROUNDS):
        empty.append(start_ms(_EMPTY, tmp_path / f"empty{number}"))
        ours.append(start_ms(_OURS, tmp_path / f"ours{number}"))
    times = statistics.median(mine / bare for mine, bare in zip(ours, empty, strict=True))
    sys.stdout.write(
        f"\nempty window {statistics.median(empty):.0f} ms, segstudio {statistics.median(ours):.0f} ms,"
        f" {times:.2f} times (least: {min(empty):.0f} and {min(ours):.0f} ms)\n"
    )
    assert times < MOST_TIMES
