"""What holds for every tool, whatever the pointer does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from segstudio.desktop.action_rows.painting import PAINTING
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.painting_tool import CANNOT_PAINT
from segstudio.desktop.tools.table import TOOLS
from segstudio.desktop.tools.tool import Pointer
from tests.desktop.tools.ground import Ground, View, at, click, double_click, drawn, stroke

NONE = Qt.KeyboardModifier.NoModifier
IDS = [row.id for row in TOOLS]
KEYS = [
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Left,
    Qt.Key.Key_Up,
    Qt.Key.Key_Home,
]
numbers = st.one_of(st.floats(-30, 110), st.sampled_from([1e5, -1e5, math.nan, math.inf, 0.0, 60.0, 80.0]))
pointers = st.builds(
    Pointer,
    st.tuples(numbers, numbers),
    st.floats(0, 1),
    shift=st.booleans(),
    control=st.booleans(),
    alt=st.booleans(),
    px=st.sampled_from([0.05, 1.0, 8.0]),
)
events = st.one_of(
    st.tuples(st.sampled_from(["press", "release", "hover", "double_click"]), pointers),
    st.tuples(st.just("drag"), st.lists(pointers, max_size=3)),
    st.tuples(st.just("hover"), st.none()),
    st.tuples(st.just("key"), st.sampled_from(KEYS)),
    st.tuples(st.sampled_from(["choose"]), st.sampled_from(IDS)),
    st.tuples(st.sampled_from(["take_back", "finish_all", "stop_all", "draw"]), st.none()),
)


def do(box: ToolBox, what: str, given: object) -> None:
    if what == "key":
        assert isinstance(given, Qt.Key)
        box.tool.key(given, NONE)
    elif what == "choose":
        box.choose(str(given))
    elif what == "draw":
        drawn(box.tool, View(3.0, (-20, 5)))
    elif what in ("take_back", "finish_all", "stop_all"):
        {"take_back": box.take_back, "finish_all": box.finish, "stop_all": box.stop}[what]()
    else:
        getattr(box.tool, what)(given)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    tool=st.sampled_from(IDS),
    what=st.lists(events, max_size=25),
    size=st.sampled_from([(60, 80), (16, 16), (1, 1)]),
)
def test_whatever_happens_no_edit_stays_open(
    box: ToolBox, tool: str, what: list[tuple[str, object]], size: tuple[int, int]
) -> None:
    box.surface = ground = Ground.of(*size)
    box.choose(tool)
    for kind, thing in what:
        do(box, kind, thing)
    drawn(box.tool, View(2.0))
    box.tool.release(at(3, 3))
    assert not ground.editor.is_open
    box.stop()
    assert not ground.editor.is_open
    assert set(np.unique(ground.editor.mask)) <= {3, 255}
    while ground.editor.undo() is not None:
        pass
    assert (ground.editor.mask == 255).all()
    box.change(value=3)


@pytest.mark.parametrize("tool", IDS)
def test_a_photo_that_cannot_be_painted_is_left_alone_and_told(
    box: ToolBox, ground: Ground, said: list[str], tool: str
) -> None:
    ground.can_paint = False
    box.choose(tool)
    said.clear()
    stroke(box.tool, [at(10, 10), at(30, 30), at(10, 30)])
    box.tool.key(Qt.Key.Key_Return, NONE)
    assert tool == "pick" or CANNOT_PAINT in said
    assert not ground.labels
    assert not ground.editor.is_open


@pytest.mark.parametrize("tool", IDS)
def test_without_a_photo_nothing_fails(box: ToolBox, tool: str) -> None:
    box.surface = None
    box.choose(tool)
    stroke(box.tool, [at(10, 10), at(30, 30)])
    double_click(box.tool, at(10, 10))
    box.tool.key(Qt.Key.Key_Return, NONE)
    drawn(box.tool, View())


@pytest.mark.parametrize("tool", ["fill", "polygon", "box", "ellipse", "wand"])
def test_a_failure_restores_the_mask(box: ToolBox, ground: Ground, tool: str) -> None:
    box.choose(tool)
    ground.fails = True
    with pytest.raises(MemoryError):  # noqa: PT012 (which step paints depends on the tool)
        click(box.tool, at(10, 10), at(40, 10), at(40, 40))
        stroke(box.tool, [at(10, 10), at(30, 30)])
        box.tool.key(Qt.Key.Key_Return, NONE)
        box.tool.key(Qt.Key.Key_Return, NONE)
    assert (ground.editor.mask == 255).all()
    assert not ground.editor.is_open


@pytest.mark.parametrize("tool", IDS)
def test_every_tool_has_a_hint_and_a_row_in_the_action_table(box: ToolBox, tool: str) -> None:
    box.choose(tool)
    assert box.hint
    assert f"tool.{tool}" in {spec.id for spec in PAINTING}


@pytest.mark.parametrize("tool", ["brush", "eraser", "fill", "polygon", "lasso", "box", "ellipse", "wand"])
def test_alt_picks_in_every_painting_tool(box: ToolBox, ground: Ground, tool: str) -> None:
    box.surface = ground = Ground.of(60, 80, value=2)
    box.choose(tool)
    click(box.tool, at(10, 10, "alt"))
    assert box.options.value == 2
    box.tool.key(Qt.Key.Key_Return, NONE)
    assert not ground.labels
