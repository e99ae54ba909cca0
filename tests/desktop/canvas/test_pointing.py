"""What the tool is told."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.tools.tool import Pointer
from tests.desktop.canvas.seen import LEFT, NONE, Recorder, mouse, move, pen, press, release


@pytest.fixture
def tool() -> Recorder:
    return Recorder()


@pytest.fixture
def shown(canvas: Canvas, tool: Recorder) -> Canvas:
    """A canvas of 400 × 300 with a photo of 1000 × 800 at 1:1, and the tool."""
    canvas.show_photo(Pyramid.of(np.zeros((800, 1000, 3), dtype=np.uint8)), None)
    canvas.one_to_one()
    canvas.set_tool(tool)
    tool.told.clear()
    return canvas


def test_a_stroke_is_a_press_every_position_and_a_release(shown: Canvas, tool: Recorder) -> None:
    rng = np.random.default_rng(0)
    way = [QPointF(*place) for place in rng.uniform((-300, -300), (700, 600), (200, 2))]
    press(shown, way[0])
    for place in way[1:]:
        move(shown, place, LEFT)  # no event loop in between, and far apart: as fast as a mouse can be
    release(shown, way[-1])
    assert tool.positions("press") == [shown.to_photo(way[0])]
    assert tool.positions("drag") == [shown.to_photo(place) for place in way[1:]]
    assert tool.positions("release") == [shown.to_photo(way[-1])]


def test_positions_are_finer_than_pixels(shown: Canvas, tool: Recorder) -> None:
    shown.zoom_by(8)
    move(shown, QPointF(100.5, 50.25))
    x, y = tool.positions("hover")[-1]
    assert shown.to_screen((x, y)) == QPointF(100.5, 50.25)
    assert x % 1 != 0


def test_the_tool_knows_the_keys_that_are_held_and_how_large_a_pixel_is(
    shown: Canvas, tool: Recorder
) -> None:
    shown.zoom_by(4)
    move(
        shown, QPointF(10, 10), modifiers=Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
    )
    pointer = tool.told[-1][1]
    assert isinstance(pointer, Pointer)
    assert (pointer.shift, pointer.control, pointer.alt) == (True, False, True)
    assert (pointer.pressure, pointer.px) == (1, 0.25)


def test_without_a_button_it_hovers_until_the_pointer_leaves(shown: Canvas, tool: Recorder) -> None:
    move(shown, QPointF(10, 20))
    QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))
    assert tool.words == ["hover", "hover"]
    assert tool.told[-1] == ("hover", None)


def test_leaving_in_the_middle_of_a_stroke_does_not_end_it(shown: Canvas, tool: Recorder) -> None:
    press(shown, QPointF(10, 20))
    QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))
    move(shown, QPointF(-50, 20), LEFT)
    release(shown, QPointF(-50, 20))
    assert tool.words[:3] == ["press", "drag", "release"]


def test_a_release_that_got_lost_is_made_up_for(shown: Canvas, tool: Recorder) -> None:
    press(shown, QPointF(10, 20))
    move(shown, QPointF(30, 20), NONE)
    assert tool.words[:2] == ["press", "release"]
    assert "drag" not in tool.words


def test_two_quick_clicks_are_two_presses_and_a_double_click(shown: Canvas, tool: Recorder) -> None:
    place = QPointF(10, 20)
    press(shown, place)
    release(shown, place)
    mouse(shown, QEvent.Type.MouseButtonDblClick, place, button=LEFT, held=LEFT)
    move(shown, QPointF(15, 20), LEFT)
    release(shown, QPointF(15, 20))
    told = [word for word in tool.words if word != "hover"]
    assert told == ["press", "release", "press", "double", "drag", "release"]


def test_the_right_button_and_another_one_in_mid_stroke_do_nothing(shown: Canvas, tool: Recorder) -> None:
    press(shown, QPointF(10, 20), Qt.MouseButton.RightButton)
    release(shown, QPointF(10, 20), Qt.MouseButton.RightButton)
    assert not {"press", "release"} & set(tool.words)
    before = shown.to_screen((0, 0))
    press(shown, QPointF(10, 20))
    press(shown, QPointF(12, 20), Qt.MouseButton.MiddleButton)
    move(shown, QPointF(30, 20), LEFT | Qt.MouseButton.MiddleButton)
    release(shown, QPointF(30, 20), Qt.MouseButton.MiddleButton)
    move(shown, QPointF(40, 20), LEFT)
    release(shown, QPointF(40, 20))
    assert [word for word in tool.words if word != "hover"] == ["press", "drag", "drag", "release"]
    assert shown.to_screen((0, 0)) == before


def test_a_pen_tells_its_pressure_and_no_mouse_repeats_it(shown: Canvas, tool: Recorder) -> None:
    for kind, x, pressure in (
        (QEvent.Type.TabletPress, 10, 0.25),
        (QEvent.Type.TabletMove, 20, 0.5),
        (QEvent.Type.TabletMove, 30, 0.75),
        (QEvent.Type.TabletRelease, 30, 0.0),
    ):
        assert pen(shown, kind, QPointF(x, 20), pressure).isAccepted()
        if kind != QEvent.Type.TabletRelease:
            move(shown, QPointF(x, 20), LEFT)  # some systems send both
    told = [(word, at.pressure) for word, at in tool.told if isinstance(at, Pointer) and word != "hover"]
    assert told == [("press", 0.25), ("drag", 0.5), ("drag", 0.75), ("release", 0.0)]


def test_the_mouse_is_heard_again_when_the_pen_was_lifted_from_no_photo(
    shown: Canvas, tool: Recorder
) -> None:
    pen(shown, QEvent.Type.TabletPress, QPointF(10, 20), 0.5)
    shown.show_photo(None, None)
    pen(shown, QEvent.Type.TabletRelease, QPointF(10, 20), 0.0)
    shown.show_photo(Pyramid.of(np.zeros((40, 60, 3), dtype=np.uint8)), None)
    tool.told.clear()
    move(shown, QPointF(20, 20))
    press(shown, QPointF(20, 20))
    assert "press" in tool.words


def test_a_pen_in_the_air_hovers(shown: Canvas, tool: Recorder) -> None:
    pen(shown, QEvent.Type.TabletMove, QPointF(20, 20), 0.0)
    assert tool.words == ["hover"]


def test_keys_are_for_the_tool_first(shown: Canvas, tool: Recorder) -> None:
    before = shown.to_screen((0, 0))
    tool.uses = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Left, Qt.Key.Key_Space})
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Escape):
        QTest.keyClick(shown, key)
    assert [key for word, key in tool.told if word == "key"] == [
        Qt.Key.Key_Return,
        Qt.Key.Key_Left,
        Qt.Key.Key_Space,
        Qt.Key.Key_Escape,
    ]
    assert shown.to_screen((0, 0)) == before
    assert shown.cursor().shape() == tool.cursor


def test_when_the_view_moves_the_tool_hears_where_the_pointer_is_now(shown: Canvas, tool: Recorder) -> None:
    move(shown, QPointF(100, 100))
    tool.told.clear()
    shown.pan(10, 0)
    assert tool.positions("hover") == [shown.to_photo(QPointF(100, 100))]


def test_another_tool_in_mid_stroke_starts_with_nothing(shown: Canvas, tool: Recorder) -> None:
    other = Recorder()
    press(shown, QPointF(10, 10))
    shown.set_tool(other)
    move(shown, QPointF(20, 10), LEFT)
    release(shown, QPointF(20, 10))
    assert not {"press", "drag", "release"} & set(other.words)
    assert "release" not in tool.words


def test_without_a_photo_no_tool_is_called(canvas: Canvas, tool: Recorder) -> None:
    canvas.set_tool(tool)
    press(canvas, QPointF(10, 10))
    move(canvas, QPointF(20, 10), LEFT)
    release(canvas, QPointF(20, 10))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert tool.told == []
    assert canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_the_pointer_is_what_the_tool_wants(shown: Canvas, tool: Recorder) -> None:
    assert shown.cursor().shape() == Qt.CursorShape.CrossCursor
    tool.cursor = Qt.CursorShape.BlankCursor
    shown.redraw_tool()
    assert shown.cursor().shape() == Qt.CursorShape.BlankCursor
