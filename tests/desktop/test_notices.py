"""Problems wait to be seen, one at a time; what informs leaves; the keyboard reaches all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.widgets.notice_bar import NoticeBar
from segstudio.desktop.widgets.notices import MOST, Notices
from tests.desktop.conftest import WAIT_MS

Part = TypeVar("Part", bound=QWidget)

A, B, C = Problem("a"), Problem("b", level="warning"), Problem("c")
NOTE, OTHER_NOTE = Problem("note", level="info"), Problem("other", level="info")


def told(*problems: Problem) -> Notices:
    notices = Notices()
    for problem in problems:
        notices = notices.told(problem)
    return notices


def shown(notices: Notices) -> Problem | None:
    return notices.shown.problem if notices.shown else None


def test_different_problems_wait_and_the_same_is_counted() -> None:
    notices = told(A, B, A, C, A)
    assert [(notice.problem, notice.times) for notice in notices.waiting] == [(A, 3), (B, 1), (C, 1)]
    assert (shown(notices), notices.place) == (A, "1 of 3")
    assert [shown(notices := notices.next()) for _ in range(3)] == [B, C, A]


def test_dismissing_brings_up_the_next_until_none_is_left() -> None:
    notices = told(A, B, C).next()
    assert [shown(notices := notices.dismissed()) for _ in range(4)] == [B, C, None, None]
    assert told(A).place == ""


def test_what_is_over_leaves_from_wherever_it_waits() -> None:
    one, two, three = (Problem(text, level="warning") for text in ("one", "two", "three"))
    notices = Notices().told(one).told(two).told(three).next().next()
    assert _shown(notices.without(one)) == ("two", "1 of 2")
    assert _shown(notices.without(two)) == ("three", "2 of 2")
    assert _shown(notices.without(three)) == ("two", "2 of 2")
    assert notices.without(one).without(two).without(three) == Notices()
    info = Problem("saved", level="info")
    assert _shown(notices.told(info).without(info)) == ("two", "2 of 3")


def _shown(notices: Notices) -> tuple[str, str]:
    return ("" if notices.shown is None else notices.shown.problem.text), notices.place


def test_an_error_that_answers_a_click_is_seen_before_an_older_warning() -> None:
    older = Problem("older", level="warning")
    notices = told(older, B, C)
    assert (shown(notices), notices.place) == (C, "3 of 3")
    assert shown(told(C, older)) == C, "a warning waits behind an error"
    assert shown(told(older, B)) == B, "and is the newest among warnings"
    assert shown(told(older, C, B).next().told(C)) == C, "told again, it comes up again"
    assert shown(notices.dismissed()) == B


def test_what_informs_comes_first_and_leaves_the_others_as_they_were() -> None:
    notices = told(A, B, NOTE, OTHER_NOTE)
    assert (shown(notices), notices.place) == (OTHER_NOTE, "")
    assert (shown(notices.dismissed()), notices.dismissed().place) == (A, "1 of 2")
    assert shown(told(NOTE, A)) == A, "an error does not wait behind a note"


def test_a_fault_that_speaks_often_is_no_storm() -> None:
    notices = told(*(Problem(str(number)) for number in range(10 * MOST)))
    assert len(notices.waiting) == MOST


@pytest.fixture
def actions(qapp: QApplication, look: Look) -> Iterator[Actions]:
    parent = QObject()
    yield Actions(look.icons, parent, with_icons=False)
    parent.deleteLater()


@pytest.fixture
def bar(qtbot: QtBot, look: Look, actions: Actions) -> Iterator[NoticeBar]:
    """A bar in a window, with something below it that can have the keyboard."""
    window = QWidget()
    column = QVBoxLayout(window)
    bar = NoticeBar(look, actions)
    column.addWidget(bar)
    column.addWidget(QPushButton("page"))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    yield bar
    window.close()


def part(bar: NoticeBar, kind: type[Part], name: str) -> Part:
    found = bar.findChild(kind, name)
    assert found is not None
    return found


def test_a_way_out_is_a_button_that_does_it_and_is_done_with(bar: NoticeBar, actions: Actions) -> None:
    done: list[str] = []
    actions["project.new"].triggered.connect(lambda: done.append("new"))
    bar.tell(
        Problem("a", actions=(Remedy("New…", "project.new"), Remedy("It", do=lambda: done.append("it"))))
    )
    bar.tell(B)
    QTest.mouseClick(part(bar, QPushButton, "notice.do.project.new"), Qt.MouseButton.LeftButton)
    assert (done, bar.problem) == (["new"], B)
    bar.clear()
    bar.tell(Problem("a", actions=(Remedy("It", do=lambda: done.append("it")),)))
    QTest.mouseClick(part(bar, QPushButton, "notice.do.it"), Qt.MouseButton.LeftButton)
    assert (done, bar.problem, bar.isVisible()) == (["new", "it"], None, False)


def test_a_way_out_that_is_closed_now_cannot_be_pressed(bar: NoticeBar, actions: Actions) -> None:
    bar.tell(Problem("a", actions=(Remedy("Import", "go.import"),)))
    button = part(bar, QPushButton, "notice.do.go.import")
    assert not button.isEnabled()
    actions.know(is_open=True)
    assert button.isEnabled()


def test_details_unfold_with_the_way_to_the_log(bar: NoticeBar, actions: Actions) -> None:
    asked: list[str] = []
    actions["help.log"].triggered.connect(lambda: asked.append("log"))
    bar.tell(Problem("a", "line 1\nline 2"))
    assert bar.findChild(QPlainTextEdit) is None
    QTest.mouseClick(part(bar, QPushButton, "notice.details"), Qt.MouseButton.LeftButton)
    assert part(bar, QPlainTextEdit, "notice.text").toPlainText() == "line 1\nline 2"
    QTest.mouseClick(part(bar, QPushButton, "notice.copy"), Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "a\n\nline 1\nline 2"
    QTest.mouseClick(part(bar, QPushButton, "notice.log"), Qt.MouseButton.LeftButton)
    assert asked == ["log"]


def test_several_say_how_many_and_go_round(bar: NoticeBar) -> None:
    for problem in (A, B, replace(C, level="warning")):
        bar.tell(problem)
    place, onward = part(bar, QLabel, "notice.place"), part(bar, QPushButton, "notice.next")
    assert (place.text(), place.isVisible()) == ("1 of 3", True)
    QTest.mouseClick(onward, Qt.MouseButton.LeftButton)
    assert (place.text(), bar.problem) == ("2 of 3", B)
    bar.dismiss()
    bar.dismiss()
    assert not onward.isVisible()


def test_the_keyboard_gets_in_dismisses_and_gets_out(bar: NoticeBar, qtbot: QtBot) -> None:
    assert not bar.take_focus()
    bar.tell(A)
    bar.tell(B)
    assert bar.take_focus()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert bar.isAncestorOf(focus)
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert bar.problem == B
    with qtbot.waitSignal(bar.keyboard_freed, timeout=WAIT_MS):
        QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_whoever_works_elsewhere_keeps_the_keyboard(bar: NoticeBar, qtbot: QtBot) -> None:
    page = next(b for b in bar.window().findChildren(QPushButton) if b.text() == "page")
    page.setFocus()
    with qtbot.assertNotEmitted(bar.keyboard_freed):
        bar.tell(A)
        bar.dismiss()
    assert QApplication.focusWidget() is page


def test_what_informs_goes_by_itself_but_errors_stay(bar: NoticeBar, qtbot: QtBot) -> None:
    bar._leaving.setInterval(1)
    bar.tell(A)
    bar.tell(NOTE)
    assert bar.problem == NOTE
    qtbot.waitUntil(lambda: bar.problem == A, timeout=WAIT_MS)


@pytest.mark.parametrize("problem", [NOTE, A])
def test_the_next_action_takes_away_what_informs(bar: NoticeBar, actions: Actions, problem: Problem) -> None:
    bar.tell(problem)
    actions["project.new"].trigger()
    assert bar.problem == (None if problem is NOTE else A)


def test_what_an_action_tells_stays_though_it_is_an_action(bar: NoticeBar, actions: Actions) -> None:
    actions["project.new"].triggered.connect(lambda: bar.tell(NOTE))
    actions["project.new"].trigger()
    assert bar.problem == NOTE


def test_it_is_said_aloud(bar: NoticeBar, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6 import QtGui

    said: list[object] = []
    hear: Callable[[QtGui.QAccessibleEvent], None] = lambda event: said.append(event.type())  # noqa: E731
    monkeypatch.setattr(QtGui.QAccessible, "updateAccessibility", hear)
    bar.tell(A)
    assert QtGui.QAccessible.Event.Alert in said
    assert bar.accessibleName() == "Problem: a"
