"""Photos are found by the classes painted in them; masks are looked at beside the window, each once."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.class_finder import ClassFinder
from segstudio.desktop.opened_reading import read_opened
from segstudio.desktop.tabs.photo_filter import PhotoFilter, told_looking
from segstudio.desktop.window import Window
from segstudio.project import class_uses
from segstudio.project.mask_values import count_file
from segstudio.project.project import Project
from segstudio.project.statistics import Counts
from tests.desktop.annotating.hands import Hands
from tests.desktop.conftest import WAIT_MS, Drive


def _listed(hands: Hands) -> list[str]:
    return [photo.key for photo in hands.tab.list.model.photos]


def _is_idle(finder: ClassFinder) -> bool:
    return finder.status is None


def test_photos_with_a_class_are_listed_and_painting_changes_that(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        box = hands.find("photos.class")
        assert isinstance(box, QComboBox)
        assert [box.itemText(n) for n in range(box.count())] == ["Any class", "With sky", "With ground"]
        box.setCurrentText("With ground")
        hands.wait(lambda: _listed(hands) == ["0.jpg", "1.jpg"])
        assert "not listed" in hands.words("photos.told")
        hands.tab.list.show_photo("3.jpg")
        hands.wait_for_photo("3.jpg")
        assert box.currentText() == "Any class"
        box.setCurrentText("With ground")
        hands.wait(lambda: _listed(hands) == ["0.jpg", "1.jpg"])
        hands.key(Qt.Key.Key_2)
        hands.dab(20, 20)
        hands.tab._desk.save()
        hands.wait(lambda: _listed(hands) == ["0.jpg", "1.jpg", "3.jpg"])

    assert drive(steps, project.folder) == 0


def test_who_is_choosing_a_class_is_not_disturbed_by_a_save(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        box = hands.find("photos.class")
        assert isinstance(box, QComboBox)
        box.showPopup()
        hands.wait(box.view().isVisible)
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
        assert box.view().currentIndex().data() == "With ground"
        opened = window._session.opened
        assert opened is not None
        window._session.note_photo(replace(opened.photos[0], has_mask=True), 1000)
        assert box.view().isVisible()
        assert box.view().currentIndex().data() == "With ground"
        box.hidePopup()

    assert drive(steps, project.folder) == 0


def test_a_mask_is_looked_at_once_also_after_a_restart(
    qtbot: QtBot, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(path: Path, size: tuple[int, int] | None) -> Counts:
        looked.append(path.name)
        return count_file(path, size)

    monkeypatch.setattr(class_uses, "count_file", look)
    for path in (project.folder / "masks").glob("*.png"):
        os.utime(
            path, (1_000_000, 1_000_000)
        )  # one that is quite new may be written again at the same moment
    for expected in (["0.jpg.png", "1.jpg.png"], []):
        looked.clear()
        finder = ClassFinder()
        finder.follow(read_opened(project.folder))
        assert finder.status is None
        with qtbot.waitSignal(finder.changed, timeout=WAIT_MS):
            finder.want(True)
        qtbot.waitUntil(partial(_is_idle, finder), timeout=WAIT_MS)
        assert finder.holding(0) == finder.holding(1) == {"0.jpg", "1.jpg"}
        assert finder.holding(2) == frozenset()
        finder.shut_down()
        assert sorted(looked) == expected


def test_a_mask_that_cannot_be_read_holds_nothing(qtbot: QtBot, project: Project) -> None:
    project.mask_path(project.photo("0.jpg")).write_bytes(b"torn")
    finder = ClassFinder()
    finder.follow(read_opened(project.folder))
    finder.want(True)
    qtbot.waitUntil(lambda: _is_idle(finder) and bool(finder.holding(0)), timeout=WAIT_MS)
    assert finder.holding(0) == {"1.jpg"}
    finder.shut_down()


def test_the_filter_lets_through_what_is_among_the_keys(project: Project) -> None:
    photos = project.photos()
    assert PhotoFilter(among=frozenset({"1.jpg", "x"})).chosen_from(photos) == photos[1:2]
    assert told_looking(1200, 10000) == "Looking at the masks: 1,200 of 10,000"
    assert told_looking(0, 0) == "Looking at the masks …"
