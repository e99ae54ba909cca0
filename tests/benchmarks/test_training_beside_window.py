"""What a training loses to the window that shows it: steps a second with the Train tab following, over those without.

One training of LR-ASPP on the CPU, in a process of its own that has one thread, so that of two cores one is left to the
window. The window looks on and looks away in turns, a few seconds each: followed, the tab is on screen, reads the log five
times a second and draws its charts; left, nothing of it runs. Rates come from the times in the log, so that starting and
reading photos do not count, and the median over the turns is told, so that one burst of other load does not. What it
cannot show: a machine with a single core, where both share it; and on one that is busy with other things the ratio of
single turns says little (their range is printed, and what the window used of a core, which other load does not change).

    make benchmarks
    SEGSTUDIO_BENCH_ROUNDS=20 SEGSTUDIO_BENCH_TURN_S=10 make benchmarks      (on a busy machine)
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.desktop.tabs.train import TrainTab
from segstudio.desktop.train.launch import is_alive, new_run, start
from segstudio.runs.events import StepDone
from segstudio.runs.folder import RunFolder
from tests.benchmarks.loops import make_project

ROUNDS = int(os.environ.get("SEGSTUDIO_BENCH_ROUNDS", "8"))
TURN_S = float(os.environ.get("SEGSTUDIO_BENCH_TURN_S", "6"))
WAIT_MS = 120_000
RECIPE = {
    "weights": "none",
    "batch_size": 2,
    "crop_px": 128,
    "epochs": 100_000,
    "validate_every": 100_000,
    "crops_per_photo": 4,
    "workers": 0,
}


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainTab]:
    """The tab on an open project, with a training of it under way."""
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    project = make_project(tmp_path)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    look = Look(app, "light")
    session = ProjectSession(Places.of_this_user())
    made = TrainTab(look, Actions(look.icons, session), session)
    order = new_run(project.folder, "beside", "quick-cpu", RECIPE)
    process = start(order)
    try:
        qtbot.waitUntil(lambda: steps_of(RunFolder(order.run)) > 10, timeout=WAIT_MS)
        session.open(project.folder)
        qtbot.waitUntil(lambda: session.opened is not None and not session.is_busy, timeout=WAIT_MS)
        made.resize(1280, 800)
        made.show()
        qtbot.waitUntil(lambda: made.page is not None and made.page.view.plots.is_built, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: bool(made.board.live()), timeout=WAIT_MS)
        yield made
    finally:
        psutil.Process(process).kill()
        qtbot.waitUntil(lambda: not is_alive(process), timeout=WAIT_MS)
        made.shut_down()
        session.shut_down()
        made.close()
        made.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def steps_of(run: RunFolder) -> int:
    return sum(isinstance(event, StepDone) for event in run.events())


def rate(times: np.ndarray, begin: float, end: float) -> float:
    """Steps a second between the first and the last step that fell into a turn."""
    inside = times[(times >= begin) & (times <= end)]
    assert len(inside) > 2, "the turns are too short for this machine"
    return float((len(inside) - 1) / (inside[-1] - inside[0]))


@pytest.mark.benchmark
def test_training_beside_window(qtbot: QtBot, tab: TrainTab) -> None:
    assert tab.page is not None
    board = tab.board
    run = RunFolder(board.live()[0].path)
    turns: list[tuple[float, float, float, float]] = []
    used = 0.0
    for _ in range(ROUNDS):
        board.leave_all()
        qtbot.wait(300)
        begin = time.time()
        time.sleep(TURN_S)
        between = time.time()
        board.watch(run.name)
        qtbot.wait(300)
        begin_followed, used_before = time.time(), time.process_time()
        qtbot.wait(int(TURN_S * 1000))
        turns.append((begin, between, begin_followed, time.time()))
        used += time.process_time() - used_before
    shown = tab.page.view.plots.charts["loss"].series
    assert len(shown[0].x) > 10, "the window did not follow"
    times = np.array([event.time for event in run.events() if isinstance(event, StepDone)])
    alone = [rate(times, begin, end) for begin, end, _, _ in turns]
    followed = [rate(times, begin, end) for _, _, begin, end in turns]
    ratios = [ours / theirs for ours, theirs in zip(followed, alone, strict=True)]
    ratio = float(np.median(ratios))
    print(  # noqa: T201
        f"\nFollowed by the window {np.median(followed):.2f} steps/s, alone {np.median(alone):.2f};"
        f" ratio {ratio:.3f}; the window used {used / (ROUNDS * TURN_S):.1%} of a core (turns {min(ratios):.2f}–{max(ratios):.2f}, load {os.getloadavg()[0]:.1f}"
        f" on {os.cpu_count()} cores)"
    )
    assert ratio > 0.8, "the window takes a fifth of the training's speed"
