"""What was told of a run is taken away once it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from segstudio.desktop.problems import Problem
from segstudio.desktop.run_summaries import RunSummary
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.launch import Order
from segstudio.desktop.train.phases import Phase
from segstudio.desktop.train.run_thread import RunNow, RunThread
from tests.desktop.train.conftest import started
from tests.desktop.train.test_log import told

FAILED, BROKEN = Problem("The run could not begin."), Problem("The run was interrupted.")
GONE = Problem("Its folder is gone.")

See = Callable[..., None]


@pytest.fixture
def board(qapp: object) -> Iterator[RunBoard]:
    made = RunBoard()
    yield made
    made._threads.clear()  # they were never started
    made.shut_down()
    made.deleteLater()


@pytest.fixture
def over(board: RunBoard) -> list[str]:
    found: list[str] = []
    board.problem_over.connect(lambda problem: found.append(problem.text))
    return found


@pytest.fixture
def see(board: RunBoard, tmp_path: Path) -> See:
    """Return a function that lets the thread of a run tell a phase."""

    def tell(
        name: str,
        phase: Phase,
        problem: Problem | None = None,
        *,
        has_begun: bool = True,
        is_gone: bool = False,
    ) -> None:
        thread = board._threads.get(name)
        if thread is None:
            thread = board._threads[name] = RunThread(tmp_path / name, board)
            thread.seen.connect(board._on_seen)
        log = told(started()) if has_begun else told()
        thread.seen.emit(RunNow(tmp_path / name, phase, log, problem, is_gone=is_gone))

    return tell


def test_a_start_that_goes_well_takes_away_what_was_told_of_one_that_did_not(
    see: See, over: list[str]
) -> None:
    see("other", "running")
    see("other", "interrupted", BROKEN)
    see("first", "starting", has_begun=False)
    see("first", "failed", FAILED, has_begun=False)
    see("second", "starting", has_begun=False)
    assert not over
    see("second", "running")
    assert over == [FAILED.text], "of the other run it is true still"


@pytest.mark.parametrize("way", ["resumed elsewhere", "thrown away", "gone"])
def test_what_was_told_of_a_run_leaves_with_it(
    board: RunBoard, see: See, over: list[str], tmp_path: Path, way: str
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
    assert over == [BROKEN.text]


def test_another_start_takes_away_what_was_told_of_those_before(
    board: RunBoard, see: See, over: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.show_project(tmp_path, ())
    for name in ("first", "second"):
        see(name, "starting", has_begun=False)
        see(name, "failed", Problem(f"{name} could not begin."), has_begun=False)
    assert not over
    board._threads.clear()
    monkeypatch.setattr(RunThread, "start", lambda _thread: None)
    board.start(Order(tmp_path / "runs" / "third", ()))
    assert over == ["first could not begin.", "second could not begin."]


def test_that_the_folder_of_a_run_went_away_is_told_until_it_was_seen_or_is_back(
    board: RunBoard, see: See, over: list[str], tmp_path: Path
) -> None:
    summary = RunSummary("one", "fcn_resnet50", "open", is_live=True)
    see("one", "running")
    board._summaries = {"one": summary}
    see("one", "failed", GONE, has_begun=False, is_gone=True)
    board._threads.clear()
    board._runs = tmp_path / "runs"
    board.show_project(tmp_path, ())
    assert not board.rows()
    assert not over, "it was told a moment ago, of an hour's work"
    see("one", "interrupted")
    assert over == [GONE.text]


def test_a_run_that_broke_off_is_gone_on_with_from_where_that_is_told(
    board: RunBoard, see: See, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[Problem] = []
    orders: list[Order] = []
    board.problem_met.connect(problems.append)
    monkeypatch.setattr(board, "start", orders.append)
    board.show_project(tmp_path, ())
    see("one", "running")
    see("one", "interrupted", BROKEN)
    see("two", "starting", has_begun=False)
    see("two", "failed", FAILED, has_begun=False)
    assert [[way.text for way in problem.actions] for problem in problems] == [["Resume"], []]
    resume = problems[0].actions[0].do
    assert resume is not None
    resume()
    assert [(order.run, order.resumes) for order in orders] == [(tmp_path / "runs" / "one", True)]
