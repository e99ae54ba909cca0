"""The window without a screen, in a home of its own; a thread that outlives its test fails it."""

from __future__ import annotations

import faulthandler
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.cli.main import main
from segstudio.desktop.look import Look
from segstudio.desktop.warm_up import WarmUp
from segstudio.desktop.window import Window
from segstudio.desktop.work import Job
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project

WAIT_MS = 30_000
"""How long a test waits for what should come at once: a busy machine must not fail it."""

_ENDS_MS = 5000
"""How long a thread that was told to end may take."""

LIMIT_S = 600
"""A test that takes longer hangs: then every thread tells where it is, and the run ends."""

os.environ["QT_QPA_PLATFORM"] = "offscreen"

Steps = Callable[[Window], None]
Drive = Callable[..., int]


@pytest.fixture(scope="session")
def _terminal(request: pytest.FixtureRequest) -> Iterator[TextIO]:
    """Standard error as it is outside of tests."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        copy = os.dup(2)
    with os.fdopen(copy, "w") as terminal:
        yield terminal


@pytest.fixture(autouse=True)
def _time_limit(_terminal: TextIO) -> Iterator[None]:
    faulthandler.dump_traceback_later(LIMIT_S, exit=True, file=_terminal)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


@pytest.fixture(autouse=True)
def _no_leaks(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = set(threading.enumerate())
    started: list[QThread] = []
    for kind in (Job, WarmUp):
        monkeypatch.setattr(kind, "start", noting(kind.start, started))
    yield
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]
    assert not left
    assert not [thread for thread in started if shiboken6.isValid(thread) and not thread.wait(_ENDS_MS)]
    started.clear()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.processEvents()
    assert not [widget for widget in qapp.topLevelWidgets() if widget.isVisible()]
    for (
        widget
    ) in qapp.topLevelWidgets():  # of pages half made: the style of the next window is put on them, too
        widget.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def noting(start: Callable[..., None], started: list[QThread]) -> Callable[..., None]:
    """Return a `start` that also notes the thread: to look for them among all objects would take longer than most tests."""

    def noted(thread: QThread, *words: object) -> None:
        started.append(thread)
        start(thread, *words)

    return noted


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(qapp, "light")


@pytest.fixture
def drive(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Drive:
    """Return a function that runs `segstudio` with words, does steps once its window is there, and closes it."""

    def call(steps: Steps, *words: object) -> int:
        def execute(*_: object) -> int:
            windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, Window) and w.isVisible()]
            assert len(windows) == 1
            steps(windows[0])
            windows[0].close()
            return 0

        monkeypatch.setattr(QApplication, "exec", execute)
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        assert isinstance(caught.value.code, int)
        return caught.value.code

    return call


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of four photos of 40 × 60, of which two have masks: left sky, right ground."""
    made = Project.create(tmp_path / "jumps", classes=ClassList.from_names(["sky", "ground"]))
    mask = np.zeros((40, 60), dtype=np.uint8)
    mask[:, 30:] = 1
    (tmp_path / "p.jpg").write_bytes(encode_jpeg(np.full((40, 60, 3), 128, dtype=np.uint8)))
    with made.change() as change:
        for number in range(4):
            key = f"{number}.jpg"
            change.add_photo(key, tmp_path / "p.jpg", size=(40, 60))
            if number < 2:
                change.put_mask(key, mask)
            status = "done" if number < 2 else "todo"
            change.put_state(key, PhotoState(size=(40, 60), status=status))
    return Project.open(made.folder)
