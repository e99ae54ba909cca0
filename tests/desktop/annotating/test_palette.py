"""The palette of classes, the overlay, and what is typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.class_rows import class_rows, toggled_alone, value_of_digit
from segstudio.desktop.annotating.history_panel import last_edits
from segstudio.desktop.annotating.overlay_panel import gamma_at, step_of_gamma
from segstudio.desktop.annotating.rule_button import RuleButton
from segstudio.desktop.annotating.rules import known_only, names_by_value, toggled, told
from segstudio.desktop.annotating.sizes import SLIDER_STEPS, size_at, step_at
from segstudio.desktop.annotating.status_text import HintLabel
from segstudio.desktop.look import Look
from segstudio.desktop.window import Window
from segstudio.painting.rules import EVERYWHERE, ONLY_VOID, never_over, only_over
from segstudio.project.class_history import ClassHistory
from segstudio.project.classes import VOID, ClassList
from segstudio.project.project import Project
from tests.desktop.annotating.hands import ALT, SHIFT, Hands
from tests.desktop.conftest import Drive

CLASSES = ClassList.from_names(["sky", "ground", "person"]).removed("ground")
"""The numbers 0 and 2: a place in the list is not a number."""


def test_rows_tell_digit_share_and_eye() -> None:
    rows = class_rows(CLASSES, {0: 0.25, VOID: 0.75}, frozenset({2}))
    assert [row.told() for row in rows] == [
        "sky, key 1, 25 %",
        "person, key 2, –, hidden",
        "not labelled, key 0, 75 %",
    ]
    assert [row.share for row in class_rows(CLASSES, {}, frozenset())] == ["", "", ""]
    many = ClassList.from_names([f"c{number}" for number in range(12)])
    assert [row.digit for row in class_rows(many, {}, frozenset())][8:] == ["9", "", "", "", "0"]


def test_a_digit_is_a_place_in_the_list() -> None:
    assert [value_of_digit(CLASSES, digit) for digit in (0, 1, 2, 3)] == [VOID, 0, 2, None]


def test_only_one_class_and_all_again() -> None:
    alone = toggled_alone(frozenset(), 2, CLASSES)
    assert alone == {0}
    assert toggled_alone(alone, 2, CLASSES) == frozenset()
    assert toggled_alone(alone, 0, CLASSES) == {2}


def test_rules_in_words_and_by_ticks() -> None:
    names = names_by_value(CLASSES)
    assert [told(rule, names) for rule in (EVERYWHERE, ONLY_VOID, only_over(2), never_over(0, 2))] == [
        "everywhere",
        "only void",
        "only over person",
        "never over 2 classes",
    ]
    assert toggled(EVERYWHERE, "only over", 2) == only_over(2)
    assert toggled(only_over(2), "only over", 0) == only_over(0, 2)
    assert toggled(only_over(2), "only over", 2) == EVERYWHERE
    assert toggled(only_over(2), "never over", 0) == never_over(0)
    assert known_only(only_over(1, 2), frozenset({0, 2})) == only_over(2)
    assert known_only(never_over(1), frozenset({0, 2})) == EVERYWHERE
    assert known_only(ONLY_VOID, frozenset()) == ONLY_VOID


def test_the_menu_of_rules_is_made_anew_and_leaves_nothing(
    qtbot: QtBot, qapp: QApplication, look: Look
) -> None:
    button = RuleButton(look)
    qtbot.addWidget(button)
    button.show_classes(CLASSES)
    counts = []
    for _ in range(3):
        button.menu_of_rules.aboutToShow.emit()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        counts.append(len(button.menu_of_rules.findChildren(QObject)))
    assert len(set(counts)) == 1
    assert [action.text() for action in button.menu_of_rules.actions() if action.menu()] == [
        "Only over",
        "Never over",
    ]


@pytest.mark.parametrize("size", [1, 2, 5, 24, 100, 999, 1000])
def test_the_slider_of_sizes_reaches_each_size_closely(size: int) -> None:
    assert size_at(step_at(size)) == pytest.approx(size, rel=0.04, abs=0.6)
    assert (size_at(0), size_at(SLIDER_STEPS)) == (1, 1000)


def test_gamma_is_one_in_the_middle() -> None:
    assert [gamma_at(step) for step in (-100, 0, 100)] == [0.25, 1.0, 4.0]
    assert [step_of_gamma(gamma_at(step)) for step in (-73, 0, 12)] == [-73, 0, 12]


def test_the_last_edits_are_told_newest_first() -> None:
    assert last_edits([]) == ("nothing painted yet", "", "")
    assert last_edits(["Fill", "Brush", "Brush"]) == ("Brush × 2", "Fill", "")
    assert last_edits(["a", "b", "c", "d"]) == ("d", "c", "b")


def test_digits_clicks_and_eyes(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait(lambda: hands.row_words()[0] == "sky, key 1, 50 %")
        view = hands.tab.palette_of_classes.view
        hands.key(Qt.Key.Key_2)
        assert (hands.options().value, view.currentIndex().row()) == (1, 1)
        hands.key(Qt.Key.Key_0)
        assert (hands.options().value, view.currentIndex().row()) == (VOID, 2)
        hands.key(Qt.Key.Key_7)
        assert hands.options().value == VOID
        sky = view.visualRect(view.rows.index(0))
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=sky.center())
        assert hands.options().value == 0

        def eye() -> QPoint:
            return view.eye_rect(view.visualRect(view.rows.index(1))).center()

        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=eye())
        assert hands.look().hidden == {1}
        assert hands.options().value == 0
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, ALT, pos=eye())
        assert hands.look().hidden == {0}
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, ALT, pos=eye())
        assert hands.look().hidden == frozenset()
        view.setFocus()
        hands.key(Qt.Key.Key_Space)
        assert hands.look().hidden == {0}
        hands.key(Qt.Key.Key_Space, SHIFT)
        assert hands.look().hidden == {1}
        hands.key(Qt.Key.Key_Down)
        assert hands.options().value == 1

    assert drive(steps, project.folder) == 0


def test_painting_what_is_not_seen_is_said(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        window.resize(1600, 800)
        hands.wait(lambda: hands.words("canvas.hint").startswith("Drag to paint"))
        hands.tab.overlay.change(hidden=frozenset({0}))
        assert hands.words("canvas.hint").startswith("sky is hidden")
        hands.key(Qt.Key.Key_E)
        assert "hidden" not in hands.words("canvas.hint")
        hands.key(Qt.Key.Key_2)
        assert "hidden" not in hands.words("canvas.hint")
        hands.key(Qt.Key.Key_1)
        hands.dab(10, 10)
        assert hands.words("canvas.hint").startswith("sky is hidden")
        hands.key(Qt.Key.Key_2)
        hands.key(Qt.Key.Key_M)
        assert hands.words("canvas.hint").startswith("The mask is not shown")
        hands.key(Qt.Key.Key_I)
        assert "not shown" not in hands.words("canvas.hint")

    assert drive(steps, project.folder) == 0


def test_the_wand_tells_its_tolerance(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_W)
        slider = hands.tab.workspace.tools.options.tolerance
        slider.setFocus()
        before = slider.value()
        hands.key(Qt.Key.Key_Right)
        assert hands.words("tolerance.told") == f"Tolerance {before + 1}"
        window.resize(window.minimumSize())
        hands.wait(lambda: window.size() == window.minimumSize())
        qtbot.wait(0)
        bar = hands.tab.workspace.tools
        for part in (*bar.findChildren(QAbstractButton), *bar.findChildren(QAbstractSpinBox)):
            if part.isVisible():
                assert part.width() >= part.minimumSizeHint().width(), part.objectName()
                assert part.mapTo(bar, part.rect().topRight()).x() < bar.width(), part.objectName()
        rule = hands.find("rule")
        assert isinstance(rule, QAbstractButton)
        assert rule.text() == "Paint: everywhere"
        assert hands.tab.list.status.width() >= hands.tab.list.status.minimumSizeHint().width()

    assert drive(steps, project.folder) == 0


def test_a_hint_leaves_out_whole_parts(qapp: QApplication) -> None:
    hint = HintLabel()
    hint.show()
    hint.set_whole("Drag to paint · Shift: straight line · Alt: pick the class")
    metrics = hint.fontMetrics()
    hint.resize(metrics.horizontalAdvance("Drag to paint · Shift: straight line · Alt"), 20)
    assert hint.text() == "Drag to paint · Shift: straight line"
    hint.resize(metrics.horizontalAdvance("Drag to"), 20)
    assert hint.text().startswith("Drag")
    assert hint.text().endswith("…")
    hint.close()


def test_the_mask_comes_back_when_the_held_key_comes_up(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.canvas.setFocus()
        QTest.keyPress(hands.canvas, Qt.Key.Key_H)
        assert hands.look().alone
        repeated = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_H, Qt.KeyboardModifier.NoModifier, "h", True)
        QApplication.sendEvent(hands.canvas, repeated)
        assert hands.look().alone
        QTest.keyRelease(hands.canvas, Qt.Key.Key_H)
        assert not hands.look().alone
        hands.key(Qt.Key.Key_M)
        assert hands.look().alone
        hands.key(Qt.Key.Key_M)
        hands.key(Qt.Key.Key_M, SHIFT)
        assert hands.look().outlines
        before = hands.look().opacity
        hands.key(Qt.Key.Key_Period)
        assert hands.look().opacity > before
        hands.key(Qt.Key.Key_Comma)
        assert hands.look().opacity == pytest.approx(before)

    assert drive(steps, project.folder) == 0


def test_light_is_of_the_view_alone_and_can_be_reset(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.click("light.fold")
        slider = hands.find("light.brightness")
        slider.setFocus()
        hands.key(Qt.Key.Key_End)
        assert hands.look().brightness == 1
        hands.find("light.gamma").setFocus()
        hands.key(Qt.Key.Key_Home)
        assert hands.look().gamma == 0.25
        hands.click("light.reset")
        assert (hands.look().brightness, hands.look().gamma) == (0, 1)
        assert not hands.find("light.reset").isEnabled()

    assert drive(steps, project.folder) == 0


def test_letters_typed_into_a_field_choose_no_tool(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.tab.list.search.setFocus()
        hands.type("eg,2[hn")
        assert hands.tab.list.search.text() == "eg,2[hn"
        assert hands.tab.box.tool_id == "brush"
        assert hands.options().value == 0
        assert hands.open_key == "0.jpg"

    assert drive(steps, project.folder) == 0


def test_a_class_is_added_at_once_and_chosen(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.click("class.add")
        hands.wait(lambda: window.focusWidget() is hands.find("class.name"))
        hands.type("person")
        hands.key(Qt.Key.Key_Return)
        hands.wait(lambda: hands.options().value == 2)
        hands.wait(lambda: not window._session.is_busy)
        hands.wait_for_photo("0.jpg")
        hands.dab(10, 10)
        assert hands.mask[10, 10] == 2
        assert not hands.find("class.name").isVisible()
        hands.click("class.add")
        hands.type("SKY")
        hands.key(Qt.Key.Key_Return)
        hands.wait_for_notice("already a class")

    assert drive(steps, project.folder) == 0
    assert Project.open(project.folder).classes.names == ("sky", "ground", "person")
    added = ClassHistory(project.folder).undoable
    assert added is not None
    assert added.label == "add person"
