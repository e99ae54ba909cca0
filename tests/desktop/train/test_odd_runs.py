"""Runs whose folders have a history: cut off, of another machine, copied, deleted while they are shown."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.problems import Problem
from segstudio.desktop.run_summaries import summarise_runs
from segstudio.desktop.train import launch
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.launch import Order, same_run
from segstudio.desktop.train.phases import Phase
from segstudio.desktop.train.run_thread import _Follower
from segstudio.project.project import Project
from segstudio.runs.events import Event, RunStopped, encode_event
from segstudio.runs.folder import RunFolder, appending
from tests.desktop.conftest import WAIT_MS
from tests.desktop.train.conftest import Written, epoch, started, step


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[RunBoard]:
    made = RunBoard()
    yield made
    made.shut_down()


def show(board: RunBoard, project: Project) -> None:
    board.show_project(project.folder, summarise_runs(project.runs_folder))


def wait_for(qtbot: QtBot, board: RunBoard, name: str, phase: Phase, *, steps: int = 0) -> None:
    def there() -> bool:
        now = board.now(name)
        return now is not None and now.phase == phase and now.told.step >= steps

    qtbot.waitUntil(there, timeout=WAIT_MS)


def here(event: Event) -> Event:
    return event.model_copy(update={"host": socket.gethostname()})


def test_a_log_that_was_cut_in_mid_line_is_followed_when_the_run_goes_on(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written
) -> None:
    run = written("cut", here(started()), step(1), step(2))
    with run.log.open("ab") as log:
        log.write(encode_event(step(3))[:40])
    show(board, tiny)
    wait_for(qtbot, board, "cut", "interrupted", steps=2)
    broken = board.now("cut")
    assert broken is not None
    assert broken.problem is not None
    assert "There is no checkpoint yet: Resume begins it anew" in broken.problem.text
    with run.held():
        with appending(run.log) as log_again:
            log_again.append(here(started(2)))
            log_again.append(step(3))
        wait_for(qtbot, board, "cut", "running", steps=3)
        now = board.now("cut")
        assert now is not None
        assert now.told.steps[0].tolist() == [1, 2, 3]


def test_a_run_of_another_machine_lives_as_long_as_its_log_grows(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written
) -> None:
    written("fresh", started(), step(1))
    old = written("old", started(), step(1))
    before = time.time() - 3600
    os.utime(old.log, (before, before))
    show(board, tiny)
    wait_for(qtbot, board, "fresh", "running")
    wait_for(qtbot, board, "old", "interrupted")
    with appending(old.log) as log:  # it only lay still: its machine slept
        log.append(step(2))
    wait_for(qtbot, board, "old", "running", steps=2)


def test_the_copy_of_a_live_run_is_a_run_that_broke_off(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written
) -> None:
    run = written("first", here(started()), step(1))
    with run.held():
        shutil.copytree(run.path, run.path.with_name("copy"))
        show(board, tiny)
        wait_for(qtbot, board, "first", "running")
        wait_for(qtbot, board, "copy", "interrupted")
        assert [row.phase for row in board.rows() if row.name == "copy"] == ["interrupted"]
    wait_for(qtbot, board, "first", "interrupted")
    assert RunFolder(run.path.with_name("copy")).events() == run.events()


@pytest.mark.parametrize("host", ["", "elsewhere"])
def test_a_run_that_is_deleted_while_it_is_shown_is_told_and_goes(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written, *, host: str
) -> None:
    run = written("doomed", started() if host else here(started()), step(1), epoch(1))
    problems: list[Problem] = []
    board.problem_met.connect(problems.append)
    board.runs_changed.connect(lambda: show(board, tiny))
    with run.held():
        show(board, tiny)
        wait_for(qtbot, board, "doomed", "running", steps=1)
        shutil.rmtree(run.path)
        qtbot.waitUntil(lambda: not board.rows(), timeout=WAIT_MS)
    assert len(problems) == 1
    assert "The folder of the run doomed is gone" in problems[0].text
    assert not board.live()


def test_a_training_whose_folder_is_deleted_is_ended_and_told(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = written("doomed", here(started()), step(1), epoch(1))
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])

    def start(_order: Order) -> int:
        launch._started[child.pid] = child
        return child.pid

    monkeypatch.setattr("segstudio.desktop.train.run_thread.start", start)

    def has_epoch() -> bool:
        now = board.now("doomed")
        return now is not None and now.is_live and len(now.told.epochs) > 0

    problems: list[Problem] = []
    board.problem_met.connect(problems.append)
    show(board, tiny)
    board.start(same_run(tiny.folder, "doomed"))
    with run.held():
        qtbot.waitUntil(has_epoch, timeout=WAIT_MS)
        shutil.rmtree(run.path)
        qtbot.waitUntil(lambda: not board.live(), timeout=WAIT_MS)
    assert child.wait(10) != 0
    assert "The folder of the run doomed is gone" in problems[0].text


def test_a_run_that_stops_while_it_is_looked_at_does_not_seem_to_run_again(written: Written) -> None:
    run = written("r", here(started()), step(1))
    run.ask_to_stop()
    follower = _Follower(run.path, None)
    read = follower._tail.read

    def read_and_stop() -> tuple[list[bytes], bool]:
        """What a trainer does at its end, just after the log was read."""
        found = read()
        if run.is_asked_to_stop():
            with appending(run.log) as log:
                log.append(RunStopped(epoch=0, step=1))
            run.forget_stop()
        return found if not found[0] or b"run_stopped" not in found[0][-1] else ([], False)

    follower._tail.read = read_and_stop  # type: ignore[method-assign]
    with run.held():
        assert follower.look().phase == "stopping"


def test_a_run_that_was_saved_promises_its_checkpoint(written: Written) -> None:
    run = written("r", here(started()), step(1))
    run.last.write_bytes(b"a checkpoint")
    now = _Follower(run.path, None).look()
    assert now.phase == "interrupted"
    assert now.problem is not None
    assert now.problem.text.endswith("Resume goes on from its last checkpoint.")


def test_a_run_whose_folder_was_away_is_read_again_when_it_is_back(
    qtbot: QtBot, board: RunBoard, tiny: Project, written: Written
) -> None:
    run = written("r", here(started()), step(1), epoch(1))
    aside = tiny.folder / "aside"
    show(board, tiny)
    with run.held():
        wait_for(qtbot, board, "r", "running", steps=1)
        run.path.rename(aside)
        wait_for(qtbot, board, "r", "failed")
    show(board, tiny)
    assert not board.rows()
    aside.rename(run.path)
    show(board, tiny)
    wait_for(qtbot, board, "r", "interrupted", steps=1)
