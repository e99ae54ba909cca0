"""What was made while the photo cannot be painted (it is saved, opened, released) waits and is not lost."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segstudio.desktop.tools import fill, wand
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.figure_tool import FigureTool
from segstudio.desktop.tools.painting_tool import WAITS
from segstudio.desktop.tools.wand import WandTool
from segstudio.painting.fill import connected
from segstudio.painting.region import Region
from tests.desktop.conftest import WAIT_MS
from tests.desktop.tools.ground import Ground, View, at, click, drawn, stroke

NONE = Qt.KeyboardModifier.NoModifier
RETURN, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
CORNERS = [at(10, 10), at(40, 10), at(40, 40)]


@pytest.fixture
def outline(box: ToolBox) -> FigureTool:
    """A closed polygon."""
    box.choose("polygon")
    assert isinstance(box.tool, FigureTool)
    click(box.tool, *CORNERS)
    box.tool.key(RETURN, NONE)
    return box.tool


@pytest.fixture
def wanded(box: ToolBox) -> WandTool:
    """All of a black photo, selected."""
    box.choose("wand")
    assert isinstance(box.tool, WandTool)
    click(box.tool, at(20, 20))
    return box.tool


def corners(tool: FigureTool) -> tuple[tuple[float, float], ...]:
    return tool.figure.points


def is_drawn(box: ToolBox) -> bool:
    image = drawn(box.tool, View(2.0))
    return any(image.pixelColor(x, y).alpha() > 0 for x in range(0, 160, 4) for y in range(0, 120, 4))


@pytest.mark.parametrize("asked", ["return", "press elsewhere", "another tool", "finish", "another photo"])
def test_a_closed_outline_waits_until_the_photo_can_be_painted(
    box: ToolBox, outline: FigureTool, ground: Ground, said: list[str], asked: str
) -> None:
    ground.can_paint = False
    assert _ask(box, ground, asked) or WAITS in said
    assert not ground.labels
    assert outline.figure.closed
    assert is_drawn(box)
    stroke(outline, [at(10, 10), at(5, 5)])  # it can be changed all the same
    assert corners(outline)[0] == (5, 5)
    assert box.hint == WAITS
    ground.can_paint = True
    assert box.hint.startswith("Return paints person")
    outline.key(RETURN, NONE)
    assert ground.labels == ["Polygon person"]
    assert (6, 6) in ground.painted(3)
    assert not corners(outline)


@pytest.mark.parametrize("asked", ["return", "press elsewhere", "another tool", "finish", "another photo"])
def test_a_selection_waits_until_the_photo_can_be_painted(
    box: ToolBox, wanded: WandTool, ground: Ground, said: list[str], asked: str
) -> None:
    ground.can_paint = False
    assert _ask(box, ground, asked) or WAITS in said
    assert not ground.labels
    assert wanded.selected
    assert is_drawn(box)
    box.change(smoothing_px=0)
    assert wanded.is_ready
    assert box.hint == WAITS
    ground.can_paint = True
    wanded.key(RETURN, NONE)
    assert ground.labels == ["Wand person"]
    assert wanded.selected is None


def _ask(box: ToolBox, ground: Ground, how: str) -> bool:
    """Ask for what was made to be painted; returns whether another photo was shown meanwhile."""
    if how == "return":
        box.tool.key(RETURN, NONE)
    elif how == "press elsewhere":
        click(box.tool, at(70, 50))
    elif how == "another tool":
        before = box.tool_id
        box.choose("brush")
        box.choose(before)
    elif how == "finish":
        box.finish()
    else:
        box.finish()
        first, ground.editor, ground.place = ground.editor, Ground.of(60, 80).editor, "2.jpg"
        box.follow_photo()
        assert not is_drawn(box)
        box.tool.key(RETURN, NONE)
        assert not ground.labels
        ground.editor, ground.place = first, "1.jpg"
        box.follow_photo()
        return True
    return False


@pytest.mark.parametrize("tool", ["polygon", "wand"])
def test_what_waits_can_be_given_up(box: ToolBox, ground: Ground, tool: str) -> None:
    box.choose(tool)
    click(box.tool, *(CORNERS if tool == "polygon" else CORNERS[:1]))
    box.tool.key(RETURN, NONE) if tool == "polygon" else None
    ground.can_paint = False
    box.tool.key(RETURN, NONE)
    assert box.tool.key(ESCAPE, NONE)
    ground.can_paint = True
    box.finish()
    assert not ground.labels
    assert not is_drawn(box)


def test_half_a_lasso_is_not_kept_for_another_day(box: ToolBox, ground: Ground) -> None:
    box.choose("lasso")
    box.tool.press(at(10, 10))
    box.tool.drag([at(20, 10), at(20, 20)])
    ground.editor = Ground.of(60, 80).editor
    box.follow_photo()
    stroke(box.tool, CORNERS)
    box.tool.key(RETURN, NONE)
    assert ground.labels == ["Lasso person"]


def test_a_selection_returned_too_soon_is_painted_with_the_class_of_then(
    box: ToolBox, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(wand, "_AT_ONCE_PIXELS", 10)
    box.choose("wand")
    click(box.tool, at(20, 20))
    box.tool.key(RETURN, NONE)
    box.choose("brush")
    box.change(value=1, tolerance=3.0)
    qtbot.waitUntil(lambda: bool(ground.labels), timeout=WAIT_MS)
    assert ground.labels == ["Wand person"]


def test_a_selection_that_is_not_worked_out_is_there_when_the_tool_is_back(
    box: ToolBox, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(wand, "_AT_ONCE_PIXELS", 10)
    box.choose("wand")
    click(box.tool, at(20, 20))
    box.choose("brush")
    box.choose("wand")
    tool = box.tool
    assert isinstance(tool, WandTool)
    qtbot.waitUntil(lambda: tool.is_ready, timeout=WAIT_MS)
    assert not ground.labels
    assert tool.selected


class Gate:
    """Holds up every fill until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = threading.Event()
        monkeypatch.setattr(fill, "_AT_ONCE_PIXELS", 10)
        monkeypatch.setattr("segstudio.painting.fill.connected", self._held)

    def _held(self, *given: object) -> Region:
        assert self.opened.wait(WAIT_MS / 1000)
        return connected(*given)  # type: ignore[arg-type]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


def test_a_stroke_while_a_fill_is_worked_out_does_not_tear_it(
    box: ToolBox, ground: Ground, gate: Gate, qtbot: QtBot
) -> None:
    box.choose("fill")
    click(box.tool, at(10, 10))
    box.choose("brush")
    box.change(value=1)
    box.tool.press(at(40, 0))
    box.tool.drag([at(40, 30)])  # would part the photo, were the mask read now
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(box._late), timeout=WAIT_MS)  # found, and held back
    box.tool.drag([at(40, 70)])
    box.tool.release(at(40, 70))
    assert ground.labels == ["Brush ground"]  # in one piece
    qtbot.waitUntil(lambda: len(ground.labels) == 2, timeout=WAIT_MS)
    assert ground.labels == ["Brush ground", "Fill person"]
    assert (ground.editor.mask == 3).all()  # the patch as it was when it was clicked
    ground.editor.undo()
    assert set(np.unique(ground.editor.mask)) == {1, 255}


def test_fills_are_done_one_after_the_other_and_can_be_dropped(
    box: ToolBox, ground: Ground, gate: Gate, qtbot: QtBot
) -> None:
    with ground.editor.edit("parts"):
        ground.editor.paste(np.zeros((60, 20), dtype=np.uint8), 0, 20)
        ground.editor.paste(np.ones((60, 20), dtype=np.uint8), 0, 40)
    box.choose("fill")
    for x in (10, 30, 50, 70):
        click(box.tool, at(x, 10))
        box.change(value=box.options.value + 1)
    assert box.hint.startswith("Filling")
    assert box.take_back()
    gate.opened.set()
    qtbot.waitUntil(lambda: len(ground.labels) == 4, timeout=WAIT_MS)
    assert [int(value) for value in ground.editor.mask[10, [10, 30, 50, 70]]] == [3, 4, 5, 255]
    gate.opened.clear()
    click(box.tool, at(10, 10))
    assert box.tool.key(ESCAPE, NONE)
    assert not box.take_back()
    gate.opened.set()
    click(box.tool, at(70, 10))
    qtbot.waitUntil(lambda: len(ground.labels) == 5, timeout=WAIT_MS)
    assert [int(value) for value in ground.editor.mask[10, [10, 30, 50, 70]]] == [3, 4, 5, 7]


def test_a_fill_waits_until_the_photo_can_be_painted(
    box: ToolBox, ground: Ground, gate: Gate, qtbot: QtBot
) -> None:
    box.choose("fill")
    click(box.tool, at(10, 10))
    ground.can_paint = False
    gate.opened.set()
    qtbot.waitUntil(lambda: bool(box._late), timeout=WAIT_MS)  # found, and held back
    assert not ground.labels
    ground.can_paint = True
    qtbot.waitUntil(lambda: bool(ground.labels), timeout=WAIT_MS)
    assert (ground.editor.mask == 3).all()
