"""Moving and zooming the photo, with mouse, wheel and keys."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.painting.points import Position
from tests.desktop.canvas.seen import LEFT, MIDDLE, SURROUND, Recorder, move, press, release, seen, wheel

MakeCanvas = Callable[..., Canvas]
NOTCH = QPoint(0, 120)


@pytest.fixture
def shown(canvas: Canvas) -> Canvas:
    """A canvas of 400 × 300 with a photo of 1000 × 800, fitted."""
    canvas.show_photo(Pyramid.of(np.zeros((800, 1000, 3), dtype=np.uint8)), None)
    return canvas


def corner(canvas: Canvas) -> tuple[float, float]:
    place = canvas.to_screen((0, 0))
    return place.x(), place.y()


def test_a_photo_is_fitted_and_stays_so_when_the_window_grows(shown: Canvas) -> None:
    assert shown.scale == pytest.approx(268 / 800)
    shown.resize(900, 700)
    QApplication.processEvents()
    assert shown.scale == pytest.approx(668 / 800)


def test_once_moved_the_middle_stays_when_the_window_changes(shown: Canvas) -> None:
    shown.one_to_one()
    shown.pan(-50, 20)
    before = shown.to_photo(QPointF(200, 150))
    shown.resize(700, 500)
    QApplication.processEvents()
    assert shown.scale == 1
    assert shown.to_photo(QPointF(350, 250)) == pytest.approx(before, abs=1)


def test_the_same_photo_again_keeps_the_view_another_is_fitted(shown: Canvas) -> None:
    pyramid = Pyramid.of(np.zeros((500, 500, 3), dtype=np.uint8))
    shown.show_photo(pyramid, None)
    shown.one_to_one()
    shown.pan(30, 40)
    before = corner(shown)
    shown.show_photo(pyramid, np.zeros((500, 500), dtype=np.uint8))
    assert (shown.scale, corner(shown)) == (1, before)
    shown.show_photo(Pyramid.of(np.zeros((500, 500, 3), dtype=np.uint8)), None)
    assert shown.scale == pytest.approx(268 / 500)


def test_the_wheel_zooms_and_keeps_what_is_under_the_pointer(shown: Canvas) -> None:
    place = QPointF(240, 130)
    before = shown.to_photo(place)
    for _ in range(12):
        wheel(shown, place, NOTCH)
    assert shown.scale > 4
    assert shown.to_photo(place) == pytest.approx(before, abs=1 / 0.335)
    at = shown.to_photo(place)
    for _ in range(3):
        wheel(shown, place, -NOTCH)
        assert shown.to_photo(place) == pytest.approx(at, abs=1 / shown.scale)


def test_the_wheel_with_control_is_for_the_tool(shown: Canvas, qtbot: QtBot) -> None:
    scale, steps = shown.scale, list[int]()
    shown.size_wheeled.connect(steps.append)
    control = Qt.KeyboardModifier.ControlModifier
    wheel(shown, QPointF(100, 100), NOTCH, modifiers=control)
    wheel(shown, QPointF(100, 100), QPoint(0, -240), modifiers=control)
    wheel(shown, QPointF(100, 100), QPoint(0, -60), modifiers=control)
    wheel(shown, QPointF(100, 100), QPoint(0, -60), modifiers=control)
    assert steps == [1, -2, -1]
    assert shown.scale == scale


def test_two_fingers_and_shift_pan(shown: Canvas) -> None:
    shown.one_to_one()
    x, y = corner(shown)
    wheel(shown, QPointF(9, 9), QPoint(8, -40), pixels=QPoint(3, -17), phase=Qt.ScrollPhase.ScrollUpdate)
    assert corner(shown) == (x + 3, y - 17)
    wheel(shown, QPointF(9, 9), NOTCH, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert corner(shown) == (x + 83, y - 17)


def test_the_middle_button_pans_with_a_closed_hand(shown: Canvas) -> None:
    tool = Recorder()
    shown.set_tool(tool)
    shown.one_to_one()
    x, y = corner(shown)
    press(shown, QPointF(100, 100), MIDDLE)
    assert shown.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    for place in ((110, 105), (130, 90)):
        move(shown, QPointF(*place), MIDDLE)
    assert corner(shown) == (x + 30, y - 10)
    release(shown, QPointF(130, 90), MIDDLE)
    assert shown.cursor().shape() == tool.cursor
    assert not {"press", "drag", "release"} & set(tool.words)


def test_space_and_drag_pans_and_space_alone_shows_the_hand(shown: Canvas) -> None:
    tool = Recorder()
    shown.set_tool(tool)
    shown.one_to_one()
    x, y = corner(shown)
    QTest.keyPress(shown, Qt.Key.Key_Space)
    assert shown.cursor().shape() == Qt.CursorShape.OpenHandCursor
    press(shown, QPointF(100, 100))
    move(shown, QPointF(90, 140), LEFT)
    QTest.keyRelease(shown, Qt.Key.Key_Space)  # let go first: the drag goes on
    move(shown, QPointF(80, 140), LEFT)
    release(shown, QPointF(80, 140))
    assert corner(shown) == (x - 20, y + 40)
    assert not {"press", "drag", "release"} & set(tool.words)
    press(shown, QPointF(100, 100))
    assert tool.words[-1] == "press"


def test_without_a_tool_the_left_button_pans(shown: Canvas) -> None:
    shown.one_to_one()
    x, y = corner(shown)
    press(shown, QPointF(100, 100))
    move(shown, QPointF(105, 100), LEFT)
    release(shown, QPointF(105, 100))
    assert corner(shown) == (x + 5, y)


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        (Qt.Key.Key_Left, (64, 0)),
        (Qt.Key.Key_Right, (-64, 0)),
        (Qt.Key.Key_Up, (0, 64)),
        (Qt.Key.Key_Down, (0, -64)),
    ],
)
def test_arrow_keys_pan(shown: Canvas, key: Qt.Key, moved: tuple[int, int]) -> None:
    shown.one_to_one()
    x, y = corner(shown)
    QTest.keyClick(shown, key)
    assert corner(shown) == (x + moved[0], y + moved[1])


def test_the_photo_cannot_be_lost(shown: Canvas) -> None:
    for scale in (0.3, 1.0, 20.0):
        shown.zoom_by(scale / shown.scale)
        for _ in range(20):
            shown.pan(-5000, 3000)
        x, y = shown.to_photo(QPointF(200, 150))
        assert -1 <= x <= 1001
        assert -1 <= y <= 801


def test_zooming_ends_at_the_whole_photo_and_at_single_pixels(shown: Canvas) -> None:
    for _ in range(80):
        shown.zoom_by(1.3)
    assert shown.zoom == 64
    for _ in range(80):
        shown.zoom_by(0.8)
    fitted = corner(shown)
    shown.fit()
    assert corner(shown) == fitted


def test_what_is_pointed_at_follows_the_pointer_and_the_view(shown: Canvas) -> None:
    told: list[Position | None] = []
    shown.pointed_at.connect(told.append)
    move(shown, QPointF(200, 150))
    assert told[-1] == pytest.approx((500, 400), abs=3)
    shown.one_to_one()
    shown.pan(-100, 0)
    assert told[-1] == pytest.approx((600, 400), abs=4)
    assert told[-1] == shown.to_photo(QPointF(200, 150))
    shown.show_photo(None, None)
    assert told[-1] is None


def test_the_view_says_when_it_changes(shown: Canvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.view_changed):
        shown.one_to_one()
    with qtbot.assertNotEmitted(shown.view_changed):
        shown.one_to_one()


def test_the_ring_shows_for_those_who_come_by_keyboard(shown: Canvas) -> None:
    corners = []
    for kind, reason in (
        (QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason),
        (QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason),
        (QEvent.Type.FocusIn, Qt.FocusReason.MouseFocusReason),
    ):
        QApplication.sendEvent(shown, QFocusEvent(kind, reason))
        corners.append(tuple(seen(shown)[0, 0]))
    assert corners[0] != corners[1] == corners[2] == SURROUND
    assert shown.accessibleName()
