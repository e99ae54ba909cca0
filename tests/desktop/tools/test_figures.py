from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.figure import Corner, Edge, Figure, Inside
from segstudio.desktop.tools.figure_tool import FigureTool
from segstudio.painting.polygon import polygon_region, simplified
from tests.desktop.tools.ground import Ground, at, click, double_click, stroke

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
SQUARE = [(10.0, 10.0), (40.0, 10.0), (40.0, 40.0), (10.0, 40.0)]
quarters = st.integers(-200, 600).map(lambda number: number / 4)
RETURN, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def polygon(box: ToolBox) -> FigureTool:
    box.choose("polygon")
    assert isinstance(box.tool, FigureTool)
    return box.tool


@pytest.fixture
def square(polygon: FigureTool) -> FigureTool:
    """A closed square that is not painted yet."""
    click(polygon, *(at(*corner) for corner in SQUARE))
    polygon.key(RETURN, NONE)
    assert is_closed(polygon)
    return polygon


def is_closed(tool: FigureTool) -> bool:
    return tool.figure.closed


def corners_of(tool: FigureTool) -> tuple[tuple[float, float], ...]:
    return tool.figure.points


def inside(points: list[tuple[float, float]]) -> np.ndarray:
    return polygon_region(np.array(points, dtype=np.float64), (60, 80)).spread((60, 80))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(corners=st.lists(st.tuples(quarters, quarters), min_size=3, max_size=7, unique=True))
def test_a_polygon_paints_what_the_engine_makes_of_its_corners(
    box: ToolBox, corners: list[tuple[float, float]]
) -> None:
    """Corners that cross themselves or lie outside included; a tiny `px` lets every click be a new corner."""
    box.surface = ground = Ground.of(60, 80)
    box.choose("polygon")
    tool = box.tool
    assert isinstance(tool, FigureTool)
    for x, y in corners:
        click(tool, at(x, y, px=1e-9))
    tool.key(RETURN, NONE)
    tool.key(RETURN, NONE)
    assert ((ground.editor.mask == 3) == inside(corners)).all()


def test_return_closes_and_return_paints(polygon: FigureTool, ground: Ground) -> None:
    click(polygon, *(at(*corner) for corner in SQUARE))
    polygon.key(RETURN, NONE)
    assert not ground.labels
    polygon.key(Qt.Key.Key_Enter, NONE)
    assert ground.labels == ["Polygon person"]
    assert ((ground.editor.mask == 3) == inside(SQUARE)).all()
    assert not polygon.figure.points


def test_a_double_click_closes_with_its_own_corner(polygon: FigureTool) -> None:
    click(polygon, *(at(*corner) for corner in SQUARE[:3]))
    double_click(polygon, at(*SQUARE[3]))
    assert polygon.figure == Figure(tuple(SQUARE), closed=True)


def test_a_double_click_alone_in_place_of_a_press_closes_too(polygon: FigureTool) -> None:
    click(polygon, *(at(*corner) for corner in SQUARE[:3]))
    click(polygon, at(*SQUARE[3]))
    polygon.double_click(at(*SQUARE[3]))
    polygon.release(at(*SQUARE[3]))
    assert polygon.figure == Figure(tuple(SQUARE), closed=True)


def test_a_click_on_the_first_corner_closes_and_a_drag_of_it_moves_it(polygon: FigureTool) -> None:
    click(polygon, *(at(*corner) for corner in SQUARE))
    stroke(polygon, [at(10, 10), at(5, 6)])
    assert not is_closed(polygon)
    assert corners_of(polygon)[0] == (5, 6)
    click(polygon, at(6, 7))
    assert is_closed(polygon)
    assert len(polygon.figure.points) == 4


def test_two_corners_enclose_nothing(polygon: FigureTool, said: list[str], ground: Ground) -> None:
    click(polygon, at(10, 10), at(40, 10), at(10, 10))
    polygon.key(RETURN, NONE)
    assert not is_closed(polygon)
    assert "needs 3 corners" in said[-1]


def test_backspace_takes_the_last_corner_and_escape_drops_all(polygon: FigureTool, ground: Ground) -> None:
    click(polygon, *(at(*corner) for corner in SQUARE))
    assert polygon.key(Qt.Key.Key_Backspace, NONE)
    assert corners_of(polygon) == tuple(SQUARE[:3])
    assert polygon.key(ESCAPE, NONE)
    assert not polygon.figure.points
    assert not polygon.key(ESCAPE, NONE)
    assert not ground.labels


def test_a_corner_is_dragged_and_an_edge_gives_a_new_one(square: FigureTool, ground: Ground) -> None:
    stroke(square, [at(41, 41), at(50, 50)])
    assert corners_of(square)[2] == (50, 50)
    stroke(square, [at(25, 12), at(25, 2)])
    assert corners_of(square)[:3] == ((10, 10), (25, 2), (40, 10))
    square.key(RETURN, NONE)
    assert ((ground.editor.mask == 3) == inside([(10, 10), (25, 2), (40, 10), (50, 50), (10, 40)])).all()


def test_a_click_on_a_corner_chooses_it_and_does_not_move_it(square: FigureTool) -> None:
    click(square, at(42, 41))
    assert square.figure.selected == 2
    assert corners_of(square) == tuple(SQUARE)


def test_pressing_inside_moves_all_of_it(square: FigureTool) -> None:
    stroke(square, [at(25, 25), at(27, 25), at(30, 28)])
    assert corners_of(square) == tuple((x + 5, y + 3) for x, y in SQUARE)


def test_keys_choose_move_and_delete_corners(square: FigureTool, said: list[str]) -> None:
    square.key(Qt.Key.Key_Delete, NONE)
    assert "choose" in said[-1]
    square.key(Qt.Key.Key_End, NONE)
    square.key(Qt.Key.Key_End, NONE)
    square.key(Qt.Key.Key_Right, NONE)
    square.key(Qt.Key.Key_Down, SHIFT)
    assert corners_of(square)[1] == (41, 20)
    square.key(Qt.Key.Key_Home, NONE)
    square.key(Qt.Key.Key_Delete, NONE)
    assert corners_of(square) == ((41, 20), (40, 40), (10, 40))
    square.key(Qt.Key.Key_Delete, NONE)
    assert len(square.figure.points) == 3
    assert "needs 3 corners" in said[-1]


def test_taking_back_goes_through_the_outline_step_by_step(square: FigureTool, box: ToolBox) -> None:
    stroke(square, [at(40, 40), at(50, 50)])
    box.take_back()
    assert square.figure == Figure(tuple(SQUARE), closed=True)
    box.take_back()
    assert not is_closed(square)
    for left in (3, 2, 1, 0):
        assert box.take_back()
        assert len(square.figure.points) == left
    assert not box.take_back()


def test_a_press_elsewhere_paints_it_and_begins_the_next(square: FigureTool, ground: Ground) -> None:
    click(square, at(70, 50))
    assert ground.labels == ["Polygon person"]
    assert corners_of(square) == ((70, 50),)


def test_another_tool_paints_the_closed_one_and_keeps_the_open_one(
    box: ToolBox, square: FigureTool, ground: Ground
) -> None:
    box.choose("brush")
    assert ground.labels == ["Polygon person"]
    box.choose("polygon")
    click(square, at(5, 5), at(20, 5))
    box.choose("brush")
    box.choose("polygon")
    assert len(square.figure.points) == 2
    box.stop()
    assert not square.figure.points


def test_finish_paints_what_is_complete_and_lets_the_rest_wait(
    box: ToolBox, square: FigureTool, ground: Ground
) -> None:
    box.finish()
    assert ground.labels == ["Polygon person"]
    click(square, at(5, 5), at(20, 5))
    box.finish()
    assert len(square.figure.points) == 2


def test_an_open_outline_waits_for_its_photo(box: ToolBox, ground: Ground) -> None:
    def corners(tool: FigureTool) -> int:
        return len(tool.figure.points)

    box.choose("polygon")
    tool = box.tool
    assert isinstance(tool, FigureTool)
    click(tool, at(5, 5), at(20, 5), at(20, 20))
    box.finish()
    first, ground.editor, ground.place = ground.editor, Ground.of(60, 80).editor, "2.jpg"
    box.follow_photo()
    assert corners(tool) == 0
    click(tool, at(50, 50))
    box.finish()
    ground.editor, ground.place = Ground(first.mask.copy()).editor, "1.jpg"  # as when it is opened anew
    box.follow_photo()
    assert corners(tool) == 3
    assert box.take_back()
    assert corners(tool) == 2
    click(tool, at(20, 20))
    for _ in range(2):
        tool.key(RETURN, NONE)
    assert ground.labels == ["Polygon person"]
    assert ground.painted(3)
    ground.editor, ground.place = Ground.of(60, 80).editor, "2.jpg"
    box.follow_photo()
    assert corners(tool) == 1


def test_a_closed_outline_is_still_there_when_its_photo_was_read_again(
    box: ToolBox, square: FigureTool, ground: Ground
) -> None:
    """As it is when a class was renamed, or another program has written the mask."""
    ground.editor = Ground.of(60, 80).editor
    box.follow_photo()
    assert square.figure.closed
    square.key(RETURN, NONE)
    assert ground.labels == ["Polygon person"]
    assert ground.painted(3)


def test_an_outline_of_another_photo_is_not_painted(box: ToolBox, square: FigureTool, ground: Ground) -> None:
    other = Ground.of(60, 80)
    ground.editor = other.editor
    square.key(RETURN, NONE)
    assert (other.editor.mask == 255).all()


def test_what_a_lasso_drew_becomes_few_corners_that_can_be_moved(box: ToolBox, ground: Ground) -> None:
    box.choose("lasso")
    tool = box.tool
    assert isinstance(tool, FigureTool)
    way = [(40 + 25 * math.cos(turn), 30 + 20 * math.sin(turn)) for turn in np.linspace(0, 6.2, 300)]
    stroke(tool, [at(*place) for place in way])
    assert not ground.labels
    assert 8 < len(tool.figure.points) < 40
    corners = simplified(np.array([*way, way[-1]]), 1.5)
    click(tool, at(*corners[3]))
    assert tool.figure.selected == 3
    tool.key(RETURN, NONE)
    assert ground.labels == ["Lasso person"]
    assert abs(int((ground.editor.mask == 3).sum()) - math.pi * 25 * 20) < 150


def test_a_lasso_that_is_a_click_leaves_nothing(box: ToolBox, ground: Ground) -> None:
    box.choose("lasso")
    click(box.tool, at(10, 10))
    assert isinstance(box.tool, FigureTool)
    assert not box.tool.figure.points
    box.tool.press(at(10, 10))
    box.tool.drag([at(20, 10), at(20, 20)])
    box.tool.key(ESCAPE, NONE)
    box.tool.drag([at(30, 10), at(20, 50)])
    box.tool.release(at(20, 50))
    assert not box.tool.figure.points
    assert not ground.labels


def test_what_lies_under_the_pointer() -> None:
    figure = Figure(tuple(SQUARE), closed=True)
    assert figure.hit((41, 9), 3) == Corner(1)
    assert figure.hit((39, 25), 3) == Edge(1, (40, 25))
    assert figure.hit((25, 25), 3) == Inside()
    assert figure.hit((60, 25), 3) is None
    assert Figure(tuple(SQUARE)).hit((25, 25), 3) is None
    assert Figure().hit((0, 0), 3) is None
