from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from segstudio.desktop.tools.box import ToolBox
from segstudio.painting.polygon import box_region, ellipse_region, regular_end
from tests.desktop.tools.ground import Ground, at, click, stroke

NONE = Qt.KeyboardModifier.NoModifier
REGION = {"box": box_region, "ellipse": ellipse_region}
places = st.tuples(st.floats(-50, 150), st.floats(-50, 150))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(tool=st.sampled_from(["box", "ellipse"]), start=places, end=places, shift=st.booleans())
def test_a_drag_paints_what_the_engine_makes_of_it(
    box: ToolBox, tool: str, start: tuple[float, float], end: tuple[float, float], shift: bool
) -> None:
    box.surface = ground = Ground.of(60, 80)
    box.choose(tool)
    held = ("shift",) if shift else ()
    stroke(box.tool, [at(*start), at(70, 50), at(*end, *held)])
    region = REGION[tool](start, regular_end(start, end) if shift else end, (60, 80))
    assert ((ground.editor.mask == 3) == region.spread((60, 80))).all()
    assert not ground.editor.is_open


def test_a_box_is_one_edit_and_control_grows_it_from_the_middle(
    box: ToolBox, ground: Ground, said: list[str]
) -> None:
    box.choose("box")
    stroke(box.tool, [at(30.5, 30.5), at(40.5, 35.5, "control")])
    assert ground.labels == ["Box person"]
    rows, columns = ({where[axis] for where in ground.painted(3)} for axis in (0, 1))
    assert (min(rows), max(rows), min(columns), max(columns)) == (25, 35, 20, 40)
    assert any(line.startswith("21 × 11 px") for line in said)


@pytest.mark.parametrize("tool", ["box", "ellipse"])
def test_a_click_and_a_flat_drag_paint_nothing(box: ToolBox, ground: Ground, tool: str) -> None:
    box.choose(tool)
    click(box.tool, at(10, 10))
    stroke(box.tool, [at(10, 10), at(11, 11)])
    stroke(box.tool, [at(10, 10), at(40, 10)])
    stroke(box.tool, [at(-50, -50), at(-10, -10)])
    assert not ground.labels


@pytest.mark.parametrize("tool", ["box", "ellipse"])
def test_escape_drops_it(box: ToolBox, ground: Ground, tool: str) -> None:
    box.choose(tool)
    box.tool.press(at(10, 10))
    box.tool.drag([at(40, 40)])
    assert box.tool.key(Qt.Key.Key_Escape, NONE)
    box.tool.release(at(40, 40))
    assert not ground.labels
