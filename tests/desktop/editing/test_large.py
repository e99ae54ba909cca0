"""A photo of 16384 × 16384 at the desk: the window answers all the while, and memory stays within bounds."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from pytestqt.qtbot import QtBot

from segstudio.painting.region import Region, everything
from segstudio.painting.rules import EVERYWHERE
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from tests.desktop.editing.conftest import Bench
from tests.desktop.watchdog import told, watching

SIDE = 16384
_WAIT_MS = 180_000


def _photo(path: Path) -> Path:
    """Write a large photo of one textured tile over and over."""
    tile = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    tile = np.asarray(cv2.resize(tile, (1024, 1024), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    cv2.imwrite(str(path), np.tile(tile, (SIDE // 1024, SIDE // 1024, 1)), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return path


class PeakMemory:
    """The most memory that the process takes inside, beyond what it took before."""

    def __enter__(self) -> PeakMemory:
        self._before = psutil.Process().memory_info().rss
        self._peak = self._before
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._end.wait(0.02):
            self._peak = max(self._peak, process.memory_info().rss)

    @property
    def gigabytes(self) -> float:
        return (self._peak - self._before) / 1e9


@pytest.fixture
def large(qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    photo = _photo(tmp_path / f"large.{request.param}")
    project = Project.create(tmp_path / "large", classes=ClassList.from_names(["sky", "ground"]))
    with project.change() as change:
        change.add_photo(photo.name, photo, copy=False, size=(SIDE, SIDE))
    bench = Bench(qtbot, project.folder)
    yield bench
    bench.shut_down()


def _in_turn(bench: Bench, act: Callable[[], object]) -> float:
    """Do what takes a moment, and return the longest time in which the window did not answer (ms)."""
    with watching() as gaps:
        act()
        bench.wait(lambda: bench.desk.can_paint, _WAIT_MS)
    return gaps.longest_ms


def _fill(bench: Bench, region: Region) -> None:
    bench.desk.begin("fill")
    bench.desk.paint(region, value=1, rule=EVERYWHERE)
    bench.desk.commit()


def _go_through(large: Bench) -> dict[str, float]:
    """Open, paint, save, clear, fill, undo, redo, replace and leave; return the longest pauses of the window (ms)."""
    large.opened.clear()
    desk, longest = large.desk, {}
    whole, blank = everything((SIDE, SIDE)), np.ones((SIDE, SIDE), dtype=np.uint8)
    longest["open"] = _in_turn(large, lambda: large.show(0, _WAIT_MS))
    for row in range(0, SIDE, 2000):  # tiles that do not pack into nothing
        for column in range(0, SIDE - 500, 500):
            large.press(row // 2000 % 2, (column, row + 300), (column + 400, row + 900), size_px=90)
    desk.commit()
    longest["save"] = _in_turn(large, lambda: large.wait_saved(_WAIT_MS))
    longest["clear"] = _in_turn(large, desk.clear)
    longest["undo"] = _in_turn(large, desk.undo)
    longest["fill"] = _in_turn(large, lambda: _fill(large, whole))
    longest["undo the fill"] = _in_turn(large, desk.undo)
    longest["redo"] = _in_turn(large, desk.redo)
    longest["replace"] = _in_turn(large, lambda: desk.replace_with(blank, "import again"))
    longest["save again"] = _in_turn(large, lambda: large.wait_saved(_WAIT_MS))
    with watching() as gaps:
        desk.show(None)
        large.qtbot.wait(50)
    longest["leave"] = gaps.longest_ms
    return longest


@pytest.mark.slow
@pytest.mark.parametrize("large", ["jpg"], indirect=True)
def test_a_large_photo_is_opened_and_saved_beside_the_window(large: Bench) -> None:
    with PeakMemory() as memory:
        opening = _in_turn(large, lambda: large.show(0, _WAIT_MS))
        large.stroke(1, (100, 100), (9000, 900), size_px=500)
        saving = _in_turn(large, lambda: large.wait_saved(_WAIT_MS))
        pixels = weakref.ref(large.desk.photo)
        large.desk.show(None)
        large.opened.clear()
        large.wait(lambda: pixels() is None)  # nobody keeps so much memory without need
    told(opening_16384_x_16384=opening, saving_it=saving)
    assert memory.gigabytes < 3


@pytest.mark.benchmark
@pytest.mark.parametrize("large", ["png", "tif"], indirect=True)
def test_nothing_done_to_a_large_photo_holds_up_the_window(large: Bench) -> None:
    with PeakMemory() as memory:
        longest = _go_through(large)
    told(**longest)
    assert memory.gigabytes < 3.5  # half a gigabyte of it is the test's own
