"""Pages are made in steps, each in a turn of its own, and at once for whoever cannot wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.pages import Pages, at_once
from segstudio.desktop.tabs.tab import Steps, TabSpec
from tests.desktop.conftest import WAIT_MS

PARTS = 4


@pytest.fixture
def done() -> list[str]:
    """What was made, and `turn` for each turn of the event loop."""
    return []


@pytest.fixture
def pages(qtbot: QtBot, done: list[str]) -> Iterator[Pages]:
    stack = QStackedWidget()
    stack.resize(400, 300)
    qtbot.addWidget(stack)

    def slow() -> Steps:
        for number in range(PARTS):
            done.append(f"part {number}")
            yield
        return QPushButton("slow")

    made = Pages([TabSpec("slow", slow), TabSpec("quick", lambda: at_once(QLabel()))], stack, stack)
    yield made
    made.rest()


def test_a_page_is_made_part_by_part_with_turns_between(qtbot: QtBot, pages: Pages, done: list[str]) -> None:
    turns = QTimer(interval=0)
    turns.timeout.connect(lambda: done.append("turn"))
    turns.start()
    with qtbot.waitSignal(pages.ready, timeout=WAIT_MS) as ready:
        pages.bring("slow")
    turns.stop()
    assert ready.args == ["slow"]
    for number in range(PARTS - 1):
        first, second = done.index(f"part {number}"), done.index(f"part {number + 1}")
        assert "turn" in done[first:second]


def test_who_cannot_wait_has_the_rest_at_once(qtbot: QtBot, pages: Pages, done: list[str]) -> None:
    pages.bring("slow")
    qtbot.waitUntil(lambda: "part 0" in done, timeout=WAIT_MS)
    page = pages.make("slow")
    assert done == [f"part {number}" for number in range(PARTS)]
    assert pages.make("slow") is page
    assert pages.get("quick") is None


def test_what_nobody_asked_for_is_made_in_time(qtbot: QtBot, pages: Pages) -> None:
    pages.prepare()
    qtbot.waitUntil(lambda: len(pages.all()) == 2, timeout=WAIT_MS)
    with qtbot.waitSignal(pages.ready, timeout=WAIT_MS):
        pages.bring("slow")  # it was there


def test_nothing_is_made_while_it_rests(qtbot: QtBot, pages: Pages, done: list[str]) -> None:
    pages.bring("slow")
    pages.rest()
    qtbot.wait(50)
    assert done == []
