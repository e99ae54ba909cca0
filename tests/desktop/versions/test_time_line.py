"""The time line in the real window: opened with its key, compared, gone back to, and undone."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.versions.dialog import TimeLine
from segstudio.desktop.versions.words import told_share, told_time
from segstudio.desktop.window import Window
from segstudio.project.project import Project
from segstudio.project.versions import version_file, versions_of
from tests.desktop.annotating.hands import CONTROL, Hands
from tests.desktop.conftest import Drive
from tests.desktop.pictures import shot

_KEY = "0.jpg"


@pytest.fixture
def painted(project: Project) -> Project:
    """The project, the mask of its first photo replaced twice: half sky, all sky, and now all ground."""
    for value in (0, 1):
        with project.change() as change:
            change.doing = "import"
            change.put_mask(_KEY, np.full((40, 60), value, dtype=np.uint8))
    return Project.open(project.folder)


def _time_line(hands: Hands) -> TimeLine:
    hands.wait_for_photo(_KEY)
    hands.key(Qt.Key.Key_H, CONTROL)
    found = hands.window.findChild(TimeLine)
    assert found is not None
    hands.wait(lambda: found.list.count() > 0 and found.compared is not None)
    return found


def _wipe(dialog: TimeLine) -> None:
    """One over the other, with a line that can be dragged; and side by side again."""
    panes = dialog.panes
    panes.wiping.click()
    assert panes.left.geometry() == panes.right.geometry() == panes.stage.rect()
    handle = panes.stage.findChild(QWidget, "review.wipe")
    assert handle is not None
    QTest.mousePress(handle, Qt.MouseButton.LeftButton)
    QTest.mouseMove(handle, QPoint(100, 20))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    assert panes.stage.share > 0.5
    assert panes.left.mask().boundingRect().width() == round(panes.stage.width() * panes.stage.share)
    shot(dialog, "versions-wipe")
    panes.wiping.click()
    assert panes.left.geometry().right() < panes.right.geometry().left()
    assert panes.left.mask().isEmpty()


def test_it_compares_goes_back_and_can_be_undone(qtbot: QtBot, drive: Drive, painted: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        dialog = _time_line(hands)
        rows = [dialog.list.item(row).text().splitlines()[1:] for row in range(dialog.list.count())]
        assert rows == [
            ["100 % differs from now", "before: import"],
            ["50.0 % differs from now", "before: import"],
        ]
        QTest.keyClick(dialog.list, Qt.Key.Key_Down)
        first = versions_of(painted.folder, _KEY)[0]
        hands.wait(lambda: dialog.compared is not None and dialog.compared.version == first)
        assert int(dialog.panes.marks[0].sum()) == 40 * 30
        dialog.panes.marking.click()
        assert dialog.panes.marks == ()
        hands.wait(dialog.back.isEnabled)
        _wipe(dialog)
        QTest.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
        hands.wait(lambda: (hands.mask[:, :30] == 0).all() and (hands.mask[:, 30:] == 1).all())
        hands.wait_for_notice("Undo takes it back")
        assert not dialog.isVisible()
        window.activateWindow()
        hands.wait(window.isActiveWindow)
        hands.key(Qt.Key.Key_Z, CONTROL)
        hands.wait(lambda: bool((hands.mask == 1).all()))

    assert drive(steps, painted.folder) == 0
    kept = versions_of(painted.folder, _KEY)
    assert [version.what[:10] for version in kept] == ["import", "import", "go back to"]


def test_a_version_that_cannot_be_read_is_told_and_another_photo_closes_it(
    qtbot: QtBot, drive: Drive, painted: Project
) -> None:
    newest = versions_of(painted.folder, _KEY)[-1]
    version_file(painted.folder, _KEY, newest.number).write_bytes(b"no picture")

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo(_KEY)
        hands.key(Qt.Key.Key_H, CONTROL)
        dialog = window.findChild(TimeLine)
        assert dialog is not None
        told = dialog.findChild(QLabel, "versions.told")
        assert told is not None
        hands.wait(lambda: "damaged" in told.text())
        assert not dialog.back.isEnabled()
        hands.tab.list.step(1)
        hands.wait(lambda: not dialog.isVisible())

    assert drive(steps, painted.folder) == 0


def test_times_and_shares_in_words() -> None:
    now = datetime(2026, 5, 20, 12, 0).astimezone()
    told = [told_time(now - timedelta(days=days, hours=1), now) for days in (0, 1, 5, 400)]
    assert told == ["11:00", "yesterday 11:00", "Fri 15 May 11:00", "15 Apr 2025 11:00"]
    assert [told_share(share) for share in (0.0, 0.0001, 0.034)] == [
        "same as now",
        "< 0.1 % differs from now",
        "3.4 % differs from now",
    ]
