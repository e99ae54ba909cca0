"""The workers of the Import tab: what was unpacked goes when nobody needs it any more, and the newest wish counts."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.importing import history as history_module
from segstudio.desktop.importing.history import History
from segstudio.desktop.importing.preparing import Preparer
from segstudio.desktop.work import Job
from tests.desktop.conftest import WAIT_MS


def test_tidying_up_outlives_the_jobs_that_it_waits_for(qtbot: QtBot, qapp: QApplication) -> None:
    parent = QObject()
    preparer = Preparer(parent)
    go_on, tidied = threading.Event(), threading.Event()
    slow = Job("Slow", lambda _control: go_on.wait(WAIT_MS / 1000), preparer)
    quick = Job("Quick", lambda _control: None, preparer)
    stack = ExitStack()
    stack.callback(tidied.set)
    for job in (slow, quick):
        job.start()
        preparer._ending.add(job)
    preparer._tidy(SimpleNamespace(kept=stack))  # type: ignore[arg-type]

    def is_gone() -> bool:
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return not shiboken6.isValid(quick)

    qtbot.waitUntil(is_gone, timeout=WAIT_MS)
    assert not tidied.is_set()
    go_on.set()
    qtbot.waitUntil(tidied.is_set, timeout=WAIT_MS)
    preparer.shut_down()


def test_the_imports_of_the_project_before_are_not_told(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parent = QObject()
    history, go_on = History(parent), threading.Event()

    def find(project: Path) -> list[Path]:
        if project.name == "slow":
            go_on.wait(WAIT_MS / 1000)
        return [project]

    monkeypatch.setattr(history_module, "past_imports", find)
    told: list[list[Path]] = []
    history.listed.connect(told.append)
    history.list_imports(tmp_path / "slow")
    history.list_imports(tmp_path / "quick")
    qtbot.waitUntil(lambda: len(told) == 1, timeout=WAIT_MS)
    go_on.set()
    qtbot.waitUntil(lambda: not history._jobs, timeout=WAIT_MS)
    assert told == [[tmp_path / "quick"]]
    history.shut_down()
