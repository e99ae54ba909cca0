"""What was told of a run is taken away once it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from segstudio.desktop.problems import Problem
from segstudio.desktop.run_summaries import RunSummary
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.phases import Phase
from segstudio.desktop.train.run_thread import RunNow, RunThread
from tests.desktop.train.conftest import started
from tests.desktop.train.test_log import told

FAILED, BROKEN = Problem("The run could not begin."), Problem("The run was interrupted.")

See = Callable[..., None]


@pytest.fixture
def board(qapp: object) -> Iterator[RunBoard]:
    made = RunBoard()
    yield made
    made._threads.clear()  # they were never started
    made.shut_down()
    made.deleteLater()


@pytest.fixture
def over(board: RunBoard) -> list[Problem]:
    found: list[Problem] = []
    board.problem_over.connect(found.append)
    return found


@pytest.fixture
def see(board: RunBoard, tmp_path: Path) -> See:
    """Return a function that lets the thread of a run tell a phase."""

    def tell(name: str, phase: Phase, problem: Problem | None = None, *, has_begun: bool = True) -> None:
        thread = board._threads.get(name)
        if thread is None:
            thread = board._threads[name] = RunThread(tmp_path / name, board)
            thread.seen.connect(board._on_seen)
        log = told(started()) if has_begun else told()
        thread.seen.emit(RunNow(tmp_path / name, phase, log, problem))

    return tell


def test_a_start_that_goes_well_takes_away_what_was_told_of_one_that_did_not(
    see: See, over: list[Problem]
) -> None:
    see("other", "running")
    see("other", "interrupted", BROKEN)
    see("first", "starting", has_begun=False)
    see("first", "failed", FAILED, has_begun=False)
    see("second", "starting", has_begun=False)
    assert not over
    see("second", "running")
    assert over == [FAILED], "of the other run it is true still"


@pytest.mark.parametrize("way", ["resumed elsewhere", "thrown away", "gone"])
def test_what_was_told_of_a_run_leaves_with_it(
    board: RunBoard, see: See, over: list[Problem], tmp_path: Path, way: str
) -> None:
    board.show_project(tmp_path, (RunSummary("one", "fcn_resnet50", "stopped"),))
    see("one", "running")
    see("one", "interrupted", BROKEN)
    assert not over
    if way == "resumed elsewhere":
        see("one", "running")
    elif way == "thrown away":
        board._threads.clear()
        board.forget("one")
    else:
        board._threads.clear()
        board.show_project(tmp_path, ())
    assert over == [BROKEN]
