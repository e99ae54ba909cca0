from __future__ import annotations

import contextlib

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.tools import fill
from segstudio.desktop.tools.box import ToolBox
from segstudio.painting.fill import flood_fill
from segstudio.painting.rules import never_over
from segstudio.project.masks import Mask
from tests.desktop.conftest import WAIT_MS
from tests.desktop.tools.ground import Ground, at, click


@pytest.fixture
def patches() -> Mask:
    coarse = np.random.default_rng(3).choice([0, 1, 2, 255], (12, 16)).astype(np.uint8)
    return np.kron(coarse, np.ones((5, 5), dtype=np.uint8))


def test_fill_paints_the_patch_that_the_engine_finds(box: ToolBox, patches: Mask) -> None:
    box.surface = ground = Ground(patches.copy())
    box.choose("fill")
    region = flood_fill(patches, (33, 21)).spread(patches.shape)
    click(box.tool, at(33, 21))
    assert ground.labels == ["Fill person"]
    assert ((ground.editor.mask == 3) == region).all()


def test_fill_keeps_to_the_rule_and_leaves_what_is_outside_alone(
    box: ToolBox, patches: Mask, said: list[str]
) -> None:
    box.surface = ground = Ground(patches.copy())
    box.choose("fill")
    box.change(rule=never_over(int(patches[21, 33])))
    click(box.tool, at(33, 21))
    click(box.tool, at(-3, 21))
    assert (ground.editor.mask == patches).all()
    assert not ground.labels


def test_a_large_fill_is_worked_out_beside_the_window(
    box: ToolBox, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(fill, "_AT_ONCE_PIXELS", 10)
    box.choose("fill")
    click(box.tool, at(10, 10))
    assert not ground.labels
    qtbot.waitUntil(lambda: bool(ground.labels), timeout=WAIT_MS)
    assert (ground.editor.mask == 3).all()


def test_a_fill_of_a_photo_that_is_gone_is_dropped(
    box: ToolBox, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(fill, "_AT_ONCE_PIXELS", 10)
    box.choose("fill")
    click(box.tool, at(10, 10))
    box.stop()
    click(box.tool, at(10, 10))
    ground.editor = other = Ground.of(60, 80).editor
    done: list[int] = []
    box.work_out(box.tool, lambda: 1, done.append, done.clear, at_once=False)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT_MS)
    assert (other.mask == 255).all()


def test_pick_takes_the_class_and_gives_the_tool_back(box: ToolBox, patches: Mask, said: list[str]) -> None:
    box.surface = Ground(patches)
    box.choose("lasso")
    box.choose("pick")
    box.tool.hover(at(33, 21))
    assert said[-1] == box.class_name(int(patches[21, 33]))
    click(box.tool, at(-3, 21))
    assert (box.tool_id, box.options.value) == ("pick", 3)
    box.tool.press(at(2, 2))
    box.tool.drag([at(33, 21)])
    box.tool.release(at(33, 21))
    assert (box.tool_id, box.options.value) == ("lasso", int(patches[21, 33]))


@pytest.mark.parametrize("large", [False, True])
def test_fill_goes_on_after_it_failed(
    box: ToolBox, ground: Ground, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, large: bool
) -> None:
    monkeypatch.setattr(fill, "_AT_ONCE_PIXELS", 0 if large else 1 << 30)
    box.choose("fill")
    hint = box.tool.advice

    def no_memory(*_: object) -> None:
        raise MemoryError("no memory left")

    with qtbot.capture_exceptions() as raised, monkeypatch.context() as patched:
        patched.setattr(fill, "flood_fill", no_memory)
        with contextlib.suppress(MemoryError):
            click(box.tool, at(5, 5))
        qtbot.waitUntil(lambda: bool(raised) or not large, timeout=WAIT_MS)
    assert box.tool.advice == hint
    click(box.tool, at(5, 5))
    qtbot.waitUntil(lambda: bool(ground.labels), timeout=WAIT_MS)
    assert ground.labels == ["Fill person"]
