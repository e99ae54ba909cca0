"""The event loop while a list of ten thousand photos is scrolled, filtered and changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from segstudio.desktop.window import Window
from tests.desktop.annotating.hands import Hands
from tests.desktop.annotating.many import project_of
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.watchdog import told, watching

_COUNT = 10_000
_STEPS = 120


def test_nothing_waits_while_ten_thousand_photos_are_scrolled(
    qtbot: QtBot, drive: Drive, tmp_path: Path
) -> None:
    project = project_of(tmp_path / "many", _COUNT)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        assert hands.tab.list.model.rowCount() == _COUNT
        hands.wait_for_photo("IMG_00000.jpg")
        scrolled = _scroll(qtbot, hands)
        told(scrolling_10000_photos=scrolled, filtering_10000_photos=_filter(qtbot, hands))

    assert drive(steps, project.folder) == 0


def _scroll(qtbot: QtBot, hands: Hands) -> float:
    """Scroll through rows that were not seen before, thumbnails and all; returns the longest gap in ms."""
    bar = hands.photos.verticalScrollBar()
    seen = len(hands.tab.list.model._pictures)
    with watching() as gaps:
        for step in range(_STEPS):
            bar.setValue(bar.maximum() * step // _STEPS)
            qtbot.wait(10)
    qtbot.waitUntil(lambda: len(hands.tab.list.model._pictures) > seen + 10, timeout=WAIT_MS)
    return gaps.longest_ms


def _filter(qtbot: QtBot, hands: Hands) -> float:
    """Narrow the list and widen it again; returns the longest gap in ms."""
    status = hands.find("photos.status")
    assert isinstance(status, QComboBox)
    with watching() as gaps:
        for words, text in (("99", "Any status"), ("99", "Done"), ("", "Done"), ("", "Any status")):
            hands.tab.list.search.setText(words)
            status.setCurrentText(text)
            qtbot.wait(50)
    return gaps.longest_ms
