"""The list of runs: what ends before it was read stays in it, and what others start comes into it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.run_summaries import RunSummary, summarise_runs
from segstudio.desktop.train import launch
from segstudio.desktop.train.board import RunBoard, is_behind
from segstudio.desktop.train.launch import Order, new_run
from segstudio.desktop.train.phases import Phase
from segstudio.desktop.train.run_thread import RunNow
from segstudio.project.project import Project
from segstudio.runs.events import Event, RunStopped
from segstudio.runs.folder import RunFolder, appending
from segstudio.runs.recipe import Recipe
from tests.desktop.conftest import WAIT_MS
from tests.desktop.train.conftest import Written, epoch, finished, started, step
from tests.desktop.train.test_log import told


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[RunBoard]:
    made = RunBoard()
    yield made
    made.shut_down()


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A process that takes a trainer's place: what a run tells is written by the test."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

    def start(_order: Order) -> int:
        launch._started[process.pid] = process
        return process.pid

    monkeypatch.setattr("segstudio.desktop.train.run_thread.start", start)
    yield process
    process.kill()
    process.wait()


def show(board: RunBoard, project: Project) -> None:
    board.show_project(project.folder, summarise_runs(project.runs_folder))


def phases(board: RunBoard) -> dict[str, str]:
    return {row.name: row.phase for row in board.rows()}


def test_a_run_that_is_stopped_before_its_first_step_stays_in_the_list(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written, child: subprocess.Popen[bytes]
) -> None:
    """Also while a reading of the project that began before it does not know it yet."""
    show(board, tiny)
    lists: list[list[str]] = []
    board.rows_changed.connect(lambda: lists.append([row.name for row in board.rows()]))
    read_before = summarise_runs(tiny.runs_folder)
    board.start(new_run(tiny.folder, "hasty", "quick-cpu", {}))
    qtbot.waitUntil(lambda: bool(board.live()), timeout=WAIT_MS)
    written("hasty", started(), RunStopped(epoch=0, step=0))
    child.kill()
    qtbot.waitUntil(lambda: phases(board) == {"hasty": "stopped"}, timeout=WAIT_MS)
    board.show_project(tiny.folder, read_before)
    show(board, tiny)
    assert phases(board) == {"hasty": "stopped"}
    assert all(names == ["hasty"] for names in lists)


def test_a_run_that_ended_and_went_before_it_was_read_goes_from_the_list(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written, child: subprocess.Popen[bytes]
) -> None:
    show(board, tiny)
    board.start(new_run(tiny.folder, "gone", "quick-cpu", {}))
    run = written("gone", started(), RunStopped(epoch=0, step=0))
    child.kill()
    qtbot.waitUntil(lambda: phases(board) == {"gone": "stopped"}, timeout=WAIT_MS)
    shutil.rmtree(run.path)
    show(board, tiny)
    show(board, tiny)
    assert phases(board) == {}


def test_runs_that_others_start_rename_or_go_on_with_are_noticed(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written
) -> None:
    board.runs_changed.connect(lambda: show(board, tiny))
    old = written("old", started(), step(1), epoch(1), RunStopped(epoch=1, step=5))
    show(board, tiny)
    assert phases(board) == {"old": "stopped"}
    qtbot.wait(100)

    new = RunFolder.create(tiny.runs_folder, Recipe(), name="new")
    qtbot.waitUntil(lambda: phases(board) == {"old": "stopped", "new": "not begun"}, timeout=WAIT_MS)
    with new.held():
        qtbot.waitUntil(lambda: phases(board)["new"] == "starting", timeout=WAIT_MS)
        with appending(new.log) as log:
            log.append(started())
            log.append(step(1))
        qtbot.waitUntil(lambda: phases(board)["new"] == "running", timeout=WAIT_MS)
    with old.held():
        with appending(old.log) as log:
            log.append(started(5, closed=1))
        qtbot.waitUntil(lambda: phases(board)["old"] == "running", timeout=WAIT_MS)
        with appending(old.log) as log:
            log.append(finished(2))
    qtbot.waitUntil(lambda: phases(board)["old"] == "finished", timeout=WAIT_MS)
    old.path.rename(old.path.with_name("older"))
    qtbot.waitUntil(lambda: phases(board).get("older") == "finished", timeout=WAIT_MS)
    assert "old" not in phases(board)


def now(phase: Phase, *events: Event) -> RunNow:
    return RunNow(Path("r"), phase, told(*events))


STOPPED = now("stopped", started(), epoch(1), RunStopped(epoch=1, step=5))
READ = RunSummary("r", state="stopped", epoch=1, epochs=10)


@pytest.mark.parametrize(
    ("known", "read", "behind"),
    [
        (None, READ, False),
        (None, replace(READ, state="open"), True),
        (None, replace(READ, state="new"), False),
        (None, replace(READ, state="new", is_live=True), True),
        (STOPPED, READ, False),
        (STOPPED, replace(READ, state="open"), True),
        (STOPPED, replace(READ, epoch=2), True),
        (STOPPED, replace(READ, state="finished"), True),
        (now("running", started()), replace(READ, state="finished"), False),
        (now("failed"), replace(READ, state="finished"), False),
    ],
)
def test_a_run_that_others_went_on_with_is_read_anew(
    known: RunNow | None, read: RunSummary, *, behind: bool
) -> None:
    assert is_behind(known, read) is behind
