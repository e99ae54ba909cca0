"""Real trainings, followed: started, stopped, gone on with, killed, and picked up from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.problems import Problem
from segstudio.desktop.run_summaries import summarise_runs
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.launch import new_run, same_run
from segstudio.desktop.train.phases import Phase
from segstudio.project.project import Project
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
    show(board, tiny)
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
    kill(trainers[-1])
    wait_for(qtbot, board, "first", "interrupted")
    problem = board.rows()[0].problem
    assert "ended without a word" in problem
    assert "Resume goes on" in problem


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


def test_a_window_that_is_killed_leaves_the_training_to_the_next_one(
    qtbot: QtBot, board: RunBoard, tiny: Project, tmp_path: Path
) -> None:
    script = tmp_path / "window.py"
    script.write_text(_WINDOW)
    told = tmp_path / "pid"
    window = subprocess.Popen(
        [sys.executable, str(script), str(tiny.folder), str(told)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        qtbot.waitUntil(told.exists, timeout=TRAIN_MS)
    finally:
        window.kill()
        window.wait()
    trainer = int(told.read_text())
    try:
        show(board, tiny)
        wait_for(qtbot, board, "long", "running", steps=2)
        board.stop("long")
        wait_for(qtbot, board, "long", "stopped")
    finally:
        kill(trainer)


_WINDOW = f"""
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.launch import new_run
app = QApplication([])
board = RunBoard()
folder = Path(sys.argv[1])
board.show_project(folder, ())
def seen(now):
    if now.phase == "running" and not Path(sys.argv[2]).exists():
        part = Path(sys.argv[2] + ".part")
        part.write_text(str(now.told.started.process))
        part.rename(sys.argv[2])
board.seen.connect(seen)
board.start(new_run(folder, "long", "quick-cpu", {{**{TINY!r}, "epochs": 10000, "validate_every": 10000}}))
app.exec()
"""
