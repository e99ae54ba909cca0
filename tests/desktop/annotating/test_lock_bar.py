"""Somebody else paints on the photo that is shown: the real window says who, follows, and offers it when it is free."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.lock_bar import lock_words
from segstudio.desktop.editing import neighbours
from segstudio.desktop.problems import Problem
from segstudio.desktop.window import Window
from segstudio.project.painted_photos import begin_painting
from segstudio.project.photo_locks import Claim, Painted
from segstudio.project.project import Project
from tests.desktop.annotating.colleague import anna_at_work
from tests.desktop.annotating.hands import Hands
from tests.desktop.conftest import Drive
from tests.desktop.pictures import shot


def test_the_bar_tells_follows_and_offers(
    qtbot: QtBot, drive: Drive, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "LOOK_MS", 30)
    anna = anna_at_work(monkeypatch)
    photo = project.photo("0.jpg")
    hold = begin_painting(project, photo, by=anna)
    assert hold is not None

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        bar = window.findChild(QLabel, "lock_bar.text")
        button = window.findChild(QPushButton, "lock_bar.paint")
        assert bar is not None
        assert button is not None
        assert bar.isVisible()
        assert not button.isVisible()
        assert bar.accessibleName().startswith("Anna on STUDIO-PC paints on this photo since ")
        assert window.notice.problem is None
        before = hands.mask.copy()
        hands.dab(20, 20)
        assert np.array_equal(hands.mask, before)
        window.notice.clear()
        theirs = np.full(photo.size, 1, dtype=np.uint8)
        project.save_photo(photo, mask=theirs, check=hold.check)
        hands.wait(lambda: bool((hands.mask == 1).all()))
        assert window.notice.problem is None  # what is told in the bar is not told with each save, too
        shot(window, "lock-bar")
        hold.let_go()
        hands.wait(button.isVisible)
        assert not hands.tab._desk.can_paint
        window.notice.tell(Problem("0.jpg was taken over by Anna on STUDIO-PC."))
        hands.wait(window.notice.isVisible)
        at = button.mapTo(window, button.rect().center())
        assert window.childAt(at) is button, "the way on lies under a notice"
        shot(window, "lock-bar-free")
        button.click()
        hands.wait(lambda: hands.tab._desk.can_paint)
        assert not bar.isVisible()
        hands.dab(20, 20)
        assert not (hands.mask == 1).all()

    try:
        assert drive(steps, project.folder) == 0
    finally:
        hold.let_go()
        anna.close()


def test_taking_over_is_offered_for_who_is_gone_alone() -> None:
    claim = Claim(window="w", token="t", who="Anna", computer="STUDIO-PC")
    assert lock_words(Painted(claim))[1] == ""
    text, button, tip = lock_words(Painted(claim, is_stale=True))
    assert (
        text == "Anna on STUDIO-PC paints on this photo, but nothing was heard from that window for a minute."
    )
    assert button == "Take over"
    assert "kept apart" in tip
    assert lock_words(None)[1] == "Paint on it"
