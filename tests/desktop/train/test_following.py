"""Real trainings, followed: started, stopped, gone on with, killed, and picked up from elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.problems import Problem
from segstudio.desktop.run_summaries import summarise_runs
from segstudio.desktop.train import launch
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.curves import seconds_left
from segstudio.desktop.train.launch import new_run, same_run
from segstudio.desktop.train.phases import Phase
from segstudio.project.project import Project
from segstudio.runs.folder import RunFolder
from tests.desktop.train.conftest import TINY, TRAIN_MS, kill


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[RunBoard]:
    made = RunBoard()
    yield made
    made.shut_down()


def show(board: RunBoard, project: Project) -> None:
    board.show_project(project.folder, summarise_runs(project.runs_folder))


def wait_for(qtbot: QtBot, board: RunBoard, name: str, *phases: Phase, steps: int = 0) -> None:
    def there() -> bool:
        now = board.now(name)
        assert now is None or now.phase != "failed" or "failed" in phases, now.problem
        return now is not None and now.phase in phases and now.told.steps.shape[1] >= steps

    qtbot.waitUntil(there, timeout=TRAIN_MS)


def test_start_stop_go_on_and_finish(
    qtbot: QtBot, board: RunBoard, tiny: Project, trainers: list[int]
) -> None:
    """And a wish to stop of long ago stops nothing."""
    show(board, tiny)
    RunFolder(tiny.runs_folder / "first").ask_to_stop()
    board.start(new_run(tiny.folder, "first", "quick-cpu", {**TINY, "epochs": 400, "validate_every": 400}))
    assert [(row.name, row.phase) for row in board.rows()] == [("first", "starting")]
    wait_for(qtbot, board, "first", "running", steps=2)
    board.stop("first")
    wait_for(qtbot, board, "first", "stopped")
    now = board.now("first")
    assert now is not None
    assert 2 <= now.told.step < now.told.steps_planned == 800
    show(board, tiny)
    board.start(same_run(tiny.folder, "first"))
    wait_for(qtbot, board, "first", "running", steps=now.told.step + 1)
    _sleep_and_wake(qtbot, board, trainers[-1])
    kill(trainers[-1])
    wait_for(qtbot, board, "first", "interrupted")
    problem = board.rows()[0].problem
    assert "was interrupted" in problem
    assert "memory is short" in problem
    assert "Resume goes on" in problem


def _sleep_and_wake(qtbot: QtBot, board: RunBoard, trainer: int) -> None:
    """Stop the process as a machine that sleeps does: meanwhile it is not dead, and afterwards as fast as before."""
    os.kill(trainer, signal.SIGSTOP)
    qtbot.wait(1500)
    asleep = board.now("first")
    os.kill(trainer, signal.SIGCONT)
    assert asleep is not None
    assert asleep.phase == "running"
    wait_for(qtbot, board, "first", "running", steps=asleep.told.step + 4)
    awake = board.now("first")
    assert awake is not None
    slept_s = np.diff(awake.told.steps[5]).max()
    assert slept_s > 1
    left = seconds_left(awake.told)
    assert left is not None
    assert left < slept_s * awake.told.steps_planned / 2


LONG = {**TINY, "epochs": 10_000, "validate_every": 10_000}


def test_a_wish_to_stop_in_the_first_moment_is_heeded(
    qtbot: QtBot, board: RunBoard, tiny: Project, trainers: list[int]
) -> None:
    """Once for a new run, whose folder is not there yet when the window closes, and once for one that goes on."""
    run = RunFolder(tiny.runs_folder / "hasty")
    other = RunBoard()
    try:
        show(other, tiny)
        other.start(new_run(tiny.folder, "hasty", "quick-cpu", LONG))
        assert other.live()
        other.stop_at_once("hasty")
    finally:
        other.shut_down()
    _is_stopped_before_a_step(qtbot, run, trainers)
    show(board, tiny)
    board.start(same_run(tiny.folder, "hasty"))
    assert board.live()
    board.stop("hasty")
    wait_for(qtbot, board, "hasty", "stopped")
    assert len(trainers) == 2
    _is_stopped_before_a_step(qtbot, run, trainers)


def _is_stopped_before_a_step(qtbot: QtBot, run: RunFolder, trainers: list[int]) -> None:
    qtbot.waitUntil(lambda: not launch.is_alive(trainers[-1]), timeout=TRAIN_MS)
    assert run.state() == "stopped"
    assert not run.is_asked_to_stop()
    assert not [event for event in run.events() if event.kind == "step_done"]


@pytest.mark.slow
def test_two_processes_are_started_and_stopped_as_one(
    qtbot: QtBot, board: RunBoard, tiny: Project, trainers: list[int]
) -> None:
    """On the processor, through gloo: as for two GPUs. The run tells of both, so that it goes on with both."""
    show(board, tiny)
    board.start(new_run(tiny.folder, "two", "quick-cpu", LONG, processes=2))
    try:
        wait_for(qtbot, board, "two", "running", steps=2)
        now = board.now("two")
        assert now is not None
        assert now.told.started is not None
        assert now.told.started.processes == 2
        assert now.told.started.steps_per_epoch == 1, (
            "four photos are one step of two processes with two each"
        )
        family = psutil.Process(trainers[-1]).children(recursive=True)
        assert len(family) >= 3, "torchrun, and what it has started"
        board.stop("two")
        wait_for(qtbot, board, "two", "stopped")
    finally:
        launch.end(trainers[-1])
    qtbot.waitUntil(lambda: not any(map(lives, family)), timeout=TRAIN_MS)
    assert RunFolder(tiny.runs_folder / "two").last.exists()


def lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_training_that_cannot_begin_says_why(
    qtbot: QtBot, board: RunBoard, tiny: Project, trainers: list[int]
) -> None:
    show(board, tiny)
    problems: list[Problem] = []
    board.problem_met.connect(problems.append)
    mask = tiny.folder / "masks" / "0.png.png"
    mask.write_bytes(mask.read_bytes()[:60])
    board.start(new_run(tiny.folder, "bad", "quick-cpu", TINY))
    wait_for(qtbot, board, "bad", "failed")
    assert "the mask is damaged or cut off" in problems[0].text
    assert not (tiny.runs_folder / "bad").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="takes memory from a process that runs")
def test_a_training_that_runs_out_of_memory_says_what_to_do_and_goes_on_later(
    qtbot: QtBot, board: RunBoard, tiny: Project, trainers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "65536")  # each larger tensor is asked of the system
    show(board, tiny)
    board.start(new_run(tiny.folder, "big", "quick-cpu", {**LONG, "crop_px": 64, "validate_every": 1}))
    wait_for(qtbot, board, "big", "running", steps=3)
    resource.prlimit(trainers[-1], resource.RLIMIT_AS, (1 << 28, resource.RLIM_INFINITY))
    wait_for(qtbot, board, "big", "failed")
    failed = board.now("big")
    assert failed is not None
    assert failed.problem is not None
    assert "ran out of memory" in failed.problem.text, failed.problem
    assert "fewer crops per step" in failed.problem.text
    show(board, tiny)
    board.start(same_run(tiny.folder, "big"))
    wait_for(qtbot, board, "big", "running", steps=1)


def test_a_window_that_is_killed_leaves_the_training_to_the_next_one(
    qtbot: QtBot, board: RunBoard, tiny: Project, tmp_path: Path
) -> None:
    """The real window, in a home of its own, whose Start button is pressed; then kill -9."""
    script, told = tmp_path / "window.py", tmp_path / "pid"
    script.write_text(_WINDOW, encoding="utf-8")
    homes = {name: str(tmp_path / "home" / name) for name in ("CONFIG", "CACHE", "DATA", "STATE")}
    window = subprocess.Popen(
        [sys.executable, str(script), str(tiny.folder), str(told)],
        env={
            **os.environ,
            **{f"XDG_{name}_HOME": folder for name, folder in homes.items()},
            "HOME": str(tmp_path / "home"),
            "OMP_NUM_THREADS": "1",
            "QT_QPA_PLATFORM": "offscreen",
        },
    )
    try:
        qtbot.waitUntil(lambda: told.exists() or window.poll() is not None, timeout=TRAIN_MS)
    finally:
        window.kill()
        window.wait()
    name, trainer = told.read_text(encoding="utf-8").splitlines()
    try:
        show(board, tiny)
        wait_for(qtbot, board, name, "running", steps=2)
        board.stop(name)
        wait_for(qtbot, board, name, "stopped")
        now = board.now(name)
        assert now is not None
        assert now.told.step >= 2
    finally:
        kill(int(trainer))


_WINDOW = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from segstudio.desktop import app

class Driven(app.Desktop):
    def start(self, *given):
        super().start(*given)
        self.pressed = False
        self.clock = QTimer(self, interval=50)
        self.clock.timeout.connect(self.go_on)
        self.clock.start()

    def go_on(self):
        if self.session.opened is None:
            return
        self.window.show_tab("train")
        page = self.window.page("train").page
        if page is None:
            return
        if not self.pressed and page.plan.start.isEnabled():
            self.pressed = True
            page.plan.form.change({LONG!r})
            page.plan.start.click()
        for now in self.window.page("train").board.live():
            if now.phase == "running" and now.told.steps.shape[1] and not Path(sys.argv[2]).exists():
                part = Path(sys.argv[2] + ".part")
                part.write_text(f"{{now.name}}\\n{{now.told.started.process}}")
                part.rename(sys.argv[2])

app.Desktop = Driven
sys.exit(app.run(Path(sys.argv[1])))
"""
