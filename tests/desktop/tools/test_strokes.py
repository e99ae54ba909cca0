from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from segstudio.desktop.tools.box import ToolBox
from segstudio.painting.brush import Brush, Stroke
from segstudio.painting.editor import MaskEditor
from segstudio.painting.rules import ONLY_VOID, Rule, never_over, only_over
from tests.desktop.tools.ground import Ground, at, click, stroke

NONE = Qt.KeyboardModifier.NoModifier
SIZE = (60, 80)

places = st.tuples(st.floats(-200, 300), st.floats(-200, 300))
brushes = st.builds(Brush, st.integers(1, 60), st.sampled_from(["round", "square"]))
quietly = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


def engine(
    brush: Brush, ways: list[list[tuple[float, float]]], value: int, rule: Rule | None = None
) -> MaskEditor:
    """Return what the painting engine makes of the same ways."""
    editor = MaskEditor(np.full(SIZE, 255, dtype=np.uint8))
    for way in ways:
        painted = Stroke(brush, SIZE)
        with editor.edit("x"):
            for place in way:
                editor.paint(*painted.to(place), value=value, rule=rule or Rule())
    return editor


@quietly
@given(brush=brushes, way=st.lists(places, min_size=1, max_size=6), value=st.sampled_from([0, 3, 255]))
def test_what_the_brush_paints_is_what_the_engine_paints(
    box: ToolBox, brush: Brush, way: list[tuple[float, float]], value: int
) -> None:
    box.surface = ground = Ground.of(*SIZE)
    box.change(brush=brush, value=value)
    stroke(box.tool, [at(*place) for place in way])
    assert (ground.editor.mask == engine(brush, [way], value).mask).all()
    assert not ground.editor.is_open


@quietly
@given(start=places, end=places, diameter=st.integers(1, 40))
def test_there_are_no_gaps_between_two_far_positions(
    box: ToolBox, start: tuple[float, float], end: tuple[float, float], diameter: int
) -> None:
    box.surface = ground = Ground.of(*SIZE)
    box.change(brush=Brush(diameter))
    box.tool.press(at(*start))
    box.tool.drag([at(*end)])
    box.tool.release(at(*end))
    painted = ground.painted(3)
    for share in np.linspace(0, 1, 400):
        x, y = (one + (other - one) * share for one, other in zip(start, end, strict=True))
        row, column = math.floor(y), math.floor(x)
        # The tip moves on the grid: its middle is up to half a pixel (0.71 across) from the pointer.
        near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)}
        inside = {(r, c) for r, c in near if 0 <= r < SIZE[0] and 0 <= c < SIZE[1]}
        assert len(inside) < 9 or inside & painted


def test_one_press_drag_release_is_one_edit_with_the_name_of_its_class(box: ToolBox, ground: Ground) -> None:
    stroke(box.tool, [at(10, 10), at(30, 10), at(30, 40)])
    assert ground.labels == ["Brush person"]
    box.choose("eraser")
    stroke(box.tool, [at(20, 10), at(25, 10)])
    assert ground.labels == ["Brush person", "Erase"]
    assert ground.editor.mask[10, 22] == 255


def test_the_eraser_takes_away_under_the_rule_only_void_too(box: ToolBox, ground: Ground) -> None:
    click(box.tool, at(20, 20))
    box.change(rule=ONLY_VOID)
    box.choose("eraser")
    click(box.tool, at(20, 20))
    assert ground.editor.mask[20, 20] == 255


@pytest.mark.parametrize("rule", [ONLY_VOID, only_over(1), never_over(1), Rule()])
def test_a_stroke_keeps_to_the_rule(box: ToolBox, rule: Rule) -> None:
    mask = np.full(SIZE, 255, dtype=np.uint8)
    mask[:, 40:] = 1
    box.surface = ground = Ground(mask.copy())
    box.change(rule=rule, brush=Brush(10))
    stroke(box.tool, [at(20, 20), at(60, 20)])
    left, right = ground.editor.mask[20, 30], ground.editor.mask[20, 50]
    assert (left == 3, right == 3) == (rule.takes(255), rule.takes(1))


def test_shift_and_click_goes_straight_from_the_end_of_the_last_stroke(box: ToolBox, ground: Ground) -> None:
    box.change(brush=Brush(3))
    stroke(box.tool, [at(5, 5), at(10, 10)])
    click(box.tool, at(50, 30, "shift"))
    assert ground.labels == ["Brush person"] * 2
    expected = engine(Brush(3), [[(5, 5), (10, 10), (50, 30)]], 3)
    assert (ground.editor.mask == expected.mask).all()


def test_shift_while_dragging_goes_straight_from_where_it_was_pressed(box: ToolBox, ground: Ground) -> None:
    box.change(brush=Brush(3))
    tool = box.tool
    tool.press(at(10, 10))
    for x, y in ((20, 40), (40, 2), (60, 30)):
        tool.drag([at(x, y, "shift")])
    assert ground.painted(3) == {(row, column) for row in (9, 10, 11) for column in (9, 10, 11)}
    tool.release(at(60, 30, "shift"))
    assert (ground.editor.mask == engine(Brush(3), [[(10, 10), (60, 30)]], 3).mask).all()


def test_letting_shift_go_paints_the_line_and_goes_on_freely(box: ToolBox, ground: Ground) -> None:
    box.change(brush=Brush(3))
    stroke(box.tool, [at(10, 10), at(20, 40, "shift"), at(40, 10, "shift"), at(45, 20), at(50, 20)])
    expected = engine(Brush(3), [[(10, 10), (40, 10), (45, 20), (50, 20)]], 3)
    assert (ground.editor.mask == expected.mask).all()


def test_control_and_shift_go_in_steps_of_fifteen_degrees(box: ToolBox, ground: Ground) -> None:
    box.change(brush=Brush(1))
    click(box.tool, at(10.5, 20.5))
    click(box.tool, at(60.5, 22.5, "shift", "control"))
    assert {row for row, _ in ground.painted(3)} == {20}
    assert ground.editor.mask[20, 59] == 3


def test_a_pen_that_is_pressed_less_paints_thinner(box: ToolBox, ground: Ground) -> None:
    box.change(brush=Brush(20))
    box.tool.press(at(20, 20, pressure=1.0))
    box.tool.drag([at(60, 20, pressure=0.2)])
    box.tool.release(at(60, 20, pressure=0.0))
    heights = [(ground.editor.mask[:, column] == 3).sum() for column in (20, 40, 60)]
    assert heights[0] == 20
    assert heights[0] > heights[1] > heights[2] > 0


def test_alt_and_click_takes_the_class_under_the_pointer_and_paints_nothing(
    box: ToolBox, ground: Ground, said: list[str]
) -> None:
    click(box.tool, at(20, 20))
    box.change(value=1)
    click(box.tool, at(20, 20, "alt"))
    assert box.options.value == 3
    assert said[-1] == "Paints person"
    click(box.tool, at(70, 50, "alt"))
    assert box.options.value == 255
    click(box.tool, at(-5, 50, "alt"))
    assert box.options.value == 255
    assert ground.labels == ["Brush person"]


@pytest.mark.parametrize(
    "lose", [lambda t: t.press(at(50, 50)), lambda t: t.hover(at(50, 50)), lambda t: t.hover(None)]
)
def test_a_release_that_got_lost_is_made_up_for(
    box: ToolBox, ground: Ground, lose: Callable[[object], None]
) -> None:
    box.tool.press(at(10, 10))
    box.tool.drag([at(20, 10)])
    lose(box.tool)
    box.tool.release(at(50, 50))
    assert ground.labels[0] == "Brush person"
    assert not ground.editor.is_open
    assert ground.editor.mask[10, 15] == 3


def test_stop_takes_the_stroke_back_and_another_tool_keeps_it(box: ToolBox, ground: Ground) -> None:
    box.tool.press(at(10, 10))
    box.stop()
    assert not ground.editor.is_open
    assert not ground.painted(3)
    box.tool.release(at(20, 20))
    box.tool.press(at(10, 10))
    box.choose("eraser")
    assert ground.labels == ["Brush person"]
    assert not ground.editor.is_open


def test_escape_takes_the_stroke_back(box: ToolBox, ground: Ground) -> None:
    tool = box.tool
    assert not tool.key(Qt.Key.Key_Escape, NONE)
    tool.press(at(10, 10))
    assert tool.key(Qt.Key.Key_Escape, NONE)
    tool.drag([at(40, 40)])
    tool.release(at(40, 40))
    assert not ground.painted(3)
    assert not ground.labels


def test_another_photo_in_mid_stroke_is_not_painted(box: ToolBox, ground: Ground) -> None:
    """The desk shows another photo and nobody told the tool."""
    box.tool.press(at(10, 10))
    ground.editor.abort()
    ground.editor = MaskEditor(np.full((16, 16), 255, dtype=np.uint8))
    box.tool.drag([at(40, 40)])
    box.tool.release(at(5, 5))
    assert (ground.editor.mask == 255).all()
    assert not ground.editor.is_open


def test_a_failure_while_painting_restores_the_mask(box: ToolBox, ground: Ground) -> None:
    box.tool.press(at(10, 10))
    ground.fails = True
    with pytest.raises(MemoryError):
        box.tool.drag([at(40, 40)])
    ground.fails = False
    box.tool.drag([at(50, 40)])
    box.tool.release(at(50, 40))
    assert not ground.painted(3)
    assert not ground.editor.is_open


def test_options_that_change_in_mid_stroke_hold_from_the_next_one(box: ToolBox, ground: Ground) -> None:
    box.change(brush=Brush(3))
    box.tool.press(at(10, 10))
    box.change(value=1, brush=Brush(30))
    box.tool.drag([at(40, 10)])
    box.tool.release(at(40, 10))
    assert not ground.painted(1)
    assert (ground.editor.mask == engine(Brush(3), [[(10, 10), (40, 10)]], 3).mask).all()
