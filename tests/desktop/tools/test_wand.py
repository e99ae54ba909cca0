from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segstudio.desktop.tools import wand
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.wand import WandTool
from segstudio.painting.wand import Wand
from segstudio.project.images import RgbImage
from tests.desktop.conftest import WAIT_MS
from tests.desktop.tools.ground import Ground, at, click, double_click

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
SIZE = (60, 80)


@pytest.fixture
def photo() -> RgbImage:
    """Grey that gets brighter to the right, and a red patch."""
    made = np.repeat(np.linspace(0, 255, 80).astype(np.uint8)[None, :, None], 60, axis=0).repeat(3, axis=2)
    made[40:50, 60:70] = (200, 20, 20)
    return np.ascontiguousarray(made)


@pytest.fixture
def ground(photo: RgbImage) -> Ground:
    return Ground(np.full(SIZE, 255, dtype=np.uint8), photo)


@pytest.fixture
def tool(box: ToolBox) -> WandTool:
    box.choose("wand")
    box.change(tolerance=12.0)
    assert isinstance(box.tool, WandTool)
    return box.tool


def expected(
    photo: RgbImage, tolerance: float, *, contiguous: bool = True, smoothing_px: int = 1
) -> np.ndarray:
    region = Wand(photo, (20, 20), sample_px=3).region(
        tolerance, contiguous=contiguous, smoothing_px=smoothing_px
    )
    return region.spread(SIZE)


def selected(tool: WandTool) -> np.ndarray:
    assert tool.selected is not None
    return tool.selected.spread(SIZE)


def test_a_click_selects_and_return_paints(
    box: ToolBox, tool: WandTool, ground: Ground, photo: RgbImage
) -> None:
    click(tool, at(20, 20))
    assert not ground.labels
    assert (selected(tool) == expected(photo, 12)).all()
    assert tool.key(Qt.Key.Key_Return, NONE)
    assert ground.labels == ["Wand person"]
    assert ((ground.editor.mask == 3) == expected(photo, 12)).all()
    assert tool.selected is None


def test_dragging_sideways_changes_the_tolerance_with_the_selection(
    box: ToolBox, tool: WandTool, photo: RgbImage
) -> None:
    tool.press(at(20, 20))
    tool.drag([at(60, 25)])
    assert box.options.tolerance == 22
    assert (selected(tool) == expected(photo, 22)).all()
    tool.drag([at(-500, 25)])
    assert box.options.tolerance == 0
    tool.drag([at(22, 25)])
    assert box.options.tolerance == 0
    tool.release(at(22, 25))


def test_options_and_keys_change_the_selection(box: ToolBox, tool: WandTool, photo: RgbImage) -> None:
    click(tool, at(20, 20))
    tool.key(Qt.Key.Key_Up, NONE)
    tool.key(Qt.Key.Key_Plus, SHIFT)
    tool.key(Qt.Key.Key_Minus, NONE)
    assert box.options.tolerance == 17
    box.change(contiguous=False, smoothing_px=0, tolerance=30.0)
    assert (selected(tool) == expected(photo, 30, contiguous=False, smoothing_px=0)).all()
    box.change(metric="rgb")
    region = Wand(photo, (20, 20), metric="rgb", sample_px=3).region(30, contiguous=False)
    assert (selected(tool) == region.spread(SIZE)).all()


def test_escape_and_undo_drop_the_selection(box: ToolBox, tool: WandTool, ground: Ground) -> None:
    click(tool, at(20, 20))
    assert tool.key(Qt.Key.Key_Escape, NONE)
    assert tool.selected is None
    click(tool, at(20, 20))
    assert box.take_back()
    assert not box.take_back()
    assert not tool.key(Qt.Key.Key_Return, NONE)
    assert not ground.labels


def test_a_press_elsewhere_paints_and_selects_anew(box: ToolBox, tool: WandTool, ground: Ground) -> None:
    click(tool, at(20, 20))
    click(tool, at(65, 45))
    assert ground.labels == ["Wand person"]
    assert tool.selected is not None
    assert tool.selected.rect.top >= 39
    click(tool, at(66, 46))  # the same place again, as far as a hand can tell
    assert ground.labels == ["Wand person"]


def test_a_double_click_paints_at_once_and_another_tool_paints_what_waits(
    box: ToolBox, tool: WandTool, ground: Ground
) -> None:
    double_click(tool, at(20, 20))
    assert ground.labels == ["Wand person"]
    click(tool, at(65, 45))
    box.choose("brush")
    assert ground.labels == ["Wand person"] * 2
    assert ground.editor.mask[45, 65] == 3


def test_outside_the_photo_nothing_is_selected(tool: WandTool, said: list[str]) -> None:
    click(tool, at(-1, 20))
    assert tool.selected is None
    assert "on the photo" in said[-1]


def test_a_large_photo_is_looked_at_in_a_worker(
    box: ToolBox, tool: WandTool, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    photo = ground.pixels
    monkeypatch.setattr(wand, "_AT_ONCE_PIXELS", 10)
    tool.press(at(20, 20))
    for x in range(21, 60):
        tool.drag([at(x, 20)])
    tool.release(at(60, 20))
    qtbot.waitUntil(lambda: tool.is_ready, timeout=WAIT_MS)
    assert (selected(tool) == expected(photo, box.options.tolerance)).all()
    box.change(tolerance=40.0)
    tool.key(Qt.Key.Key_Return, NONE)  # before it is worked out
    qtbot.waitUntil(lambda: bool(ground.labels), timeout=WAIT_MS)
    assert ((ground.editor.mask == 3) == expected(photo, 40)).all()


def test_the_wand_selects_anew_after_it_failed_on_a_large_photo(
    box: ToolBox, tool: WandTool, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(wand, "_AT_ONCE_PIXELS", 10)
    with qtbot.capture_exceptions() as raised, monkeypatch.context() as patched:
        patched.setattr(wand, "_select", _no_memory)
        click(tool, at(20, 20))
        tool.key(Qt.Key.Key_Return, NONE)
        qtbot.waitUntil(lambda: bool(raised), timeout=WAIT_MS)
    assert not ground.labels
    click(tool, at(20, 20))
    qtbot.waitUntil(lambda: tool.is_ready, timeout=WAIT_MS)
    tool.key(Qt.Key.Key_Return, NONE)
    assert ground.labels == ["Wand person"]


def _no_memory(*_: object) -> None:
    raise MemoryError("no memory left")


def test_what_was_dropped_while_it_was_worked_out_does_not_come(
    box: ToolBox, tool: WandTool, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(wand, "_AT_ONCE_PIXELS", 10)
    click(tool, at(20, 20))
    tool.key(Qt.Key.Key_Return, NONE)
    box.stop()
    done: list[int] = []
    box.work_out(box.tool, lambda: 1, done.append, done.clear, at_once=False)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT_MS)
    assert tool.selected is None
    assert not ground.labels
