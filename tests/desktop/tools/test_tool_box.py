from __future__ import annotations

import threading
from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.options import ToolOptions, rule_for, stepped_size
from segstudio.desktop.tools.worker import NewestWork
from segstudio.painting.brush import Brush
from segstudio.painting.rules import EVERYWHERE, ONLY_VOID, never_over
from tests.desktop.conftest import WAIT_MS
from tests.desktop.tools.ground import Ground, at


def test_sizes_step_by_one_while_small_and_by_a_tenth_when_large() -> None:
    assert [stepped_size(size, 1) for size in (1, 2, 9, 100, 990, 1000)] == [2, 3, 10, 109, 1000, 1000]
    assert [stepped_size(size, -1) for size in (1, 2, 10)] == [1, 1, 9]
    size, seen = 1, [1]
    while size < 1000:
        size = stepped_size(size, 1)
        seen.append(size)
    assert len(seen) < 70
    assert all(stepped_size(size, 1) == after for size, after in pairwise(seen))
    assert all(stepped_size(after, -1) == size for size, after in pairwise(seen))
    assert all(1 < after / size <= 1.2 for size, after in pairwise(seen[9:]))
    assert stepped_size(24, 3) == stepped_size(stepped_size(stepped_size(24, 1), 1), 1)


def test_the_size_changes_in_steps_and_keeps_the_tip(box: ToolBox, qtbot: QtBot) -> None:
    box.change(brush=Brush(10, "square"))
    with qtbot.waitSignal(box.options_changed):
        box.size_step(1)
    assert box.options.brush == Brush(11, "square")
    box.size_step(-100)
    assert box.options.brush.diameter_px == 1


def test_options_out_of_range_are_refused(box: ToolBox) -> None:
    for wrong in ({"value": 256}, {"value": -1}, {"tolerance": 300.0}, {"smoothing_px": -1}):
        with pytest.raises(ValueError, match="not"):
            box.change(**wrong)
    with pytest.raises(TypeError):
        box.change(colour="red")
    assert box.options == ToolOptions(value=3)


def test_void_over_only_void_paints_everywhere() -> None:
    assert rule_for(255, ONLY_VOID) == EVERYWHERE
    assert rule_for(1, ONLY_VOID) == ONLY_VOID
    assert rule_for(255, never_over(1)) == never_over(1)


def test_choosing_tells_and_says_the_hint(box: ToolBox, said: list[str], qtbot: QtBot) -> None:
    with qtbot.waitSignals([box.tool_changed, box.redraw]):
        box.choose("polygon")
    assert box.tool_id == "polygon"
    assert said == [box.hint]
    with qtbot.assertNotEmitted(box.tool_changed):
        box.choose("polygon")
    with pytest.raises(KeyError):
        box.choose("chainsaw")
    assert box.tool_id == "polygon"


def test_names_and_colours_of_what_is_not_known(box: ToolBox) -> None:
    assert (box.class_name(0), box.class_name(9), box.class_name(255)) == ("sky", "class 9", "void")
    assert box.colour(0) == QColor("#56B4E9")
    assert box.colour(9) == box.colour(255) == QColor(32, 32, 32)


def test_another_surface_drops_what_was_begun(box: ToolBox, ground: Ground) -> None:
    box.tool.press(at(10, 10))
    box.surface = None
    assert not ground.editor.is_open
    assert (ground.editor.mask == 255).all()


def test_of_the_wishes_that_wait_the_newest_is_worked_out(qapp: QApplication, qtbot: QtBot) -> None:
    work, gate, done = NewestWork(), threading.Event(), list[object]()
    main, threads = threading.get_ident(), set[int]()

    def first() -> str:
        threads.add(threading.get_ident())
        gate.wait(WAIT_MS / 1000)
        return "first"

    work.ask(first, done.append, done.clear)
    qtbot.waitUntil(lambda: bool(threads), timeout=WAIT_MS)
    for number in range(5):
        work.ask(partial(int, number), done.append, done.clear)
    gate.set()
    qtbot.waitUntil(lambda: len(done) == 2, timeout=WAIT_MS)
    assert done == ["first", 4]
    assert main not in threads
    work.shut_down()
    work.ask(lambda: 1, done.append, done.clear)


def test_a_failure_in_the_worker_is_raised_in_the_window(qapp: QApplication, qtbot: QtBot) -> None:
    work, told = NewestWork(), list[bool]()

    def fail() -> object:
        raise MemoryError("too large")

    with qtbot.captureExceptions() as caught:
        work.ask(fail, print, lambda: told.append(True))
        qtbot.waitUntil(lambda: bool(caught), timeout=WAIT_MS)
    assert caught[0][0] is MemoryError
    assert told == [True]
    work.shut_down()
