"""The event loop while a list of ten thousand photos is scrolled, filtered and changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from segstudio.desktop.window import Window
from tests.desktop.annotating.hands import Hands
from tests.desktop.annotating.many import project_of
from tests.desktop.conftest import Drive
from tests.desktop.watchdog import watching

_COUNT = 10_000
_STEPS = 120
_LIMIT_MS = 100


def test_nothing_waits_while_ten_thousand_photos_are_scrolled(
    qtbot: QtBot, drive: Drive, tmp_path: Path
) -> None:
    project = project_of(tmp_path / "many", _COUNT)
    longest: list[float] = []

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        assert hands.tab.list.model.rowCount() == _COUNT
        hands.wait_for_photo("IMG_00000.jpg")
        bar = hands.photos.verticalScrollBar()
        with watching() as gaps:
            for step in range(_STEPS):
                bar.setValue(bar.maximum() * step // _STEPS)
                qtbot.wait(10)
        longest.append(gaps.longest_ms)
        qtbot.waitUntil(lambda: len(hands.tab.list.model._pictures) > 50)
        with watching() as gaps:
            hands.tab.list.search.setText("99")
            qtbot.wait(50)
            status = hands.find("photos.status")
            assert isinstance(status, QComboBox)
            status.setCurrentIndex(3)
            qtbot.wait(50)
            hands.tab.list.search.setText("")
            qtbot.wait(50)
        longest.append(gaps.longest_ms)

    assert drive(steps, project.folder) == 0
    assert max(longest) < _LIMIT_MS, longest
