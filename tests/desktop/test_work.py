"""Jobs: one end each, progress now and then, stopped by a wish."""

from __future__ import annotations

import errno
import time

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.work import Job, JobControl, JobStatus
from segstudio.errors import SegStudioError, WorkStopped
from tests.desktop.conftest import WAIT_MS


@pytest.fixture
def parent(qapp: QApplication) -> QObject:
    return QObject()


def _run(qtbot: QtBot, job: Job) -> list[tuple[str, object]]:
    """Run a job to its end and return the ends it told."""
    told: list[tuple[str, object]] = []
    job.succeeded.connect(lambda value: told.append(("succeeded", value)))
    job.failed.connect(lambda problem: told.append(("failed", problem)))
    job.stopped.connect(lambda: told.append(("stopped", None)))
    job.start()
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    assert job.wait()
    return told


def test_what_the_work_returns_is_told(qtbot: QtBot, parent: QObject) -> None:
    assert _run(qtbot, Job("Adding", lambda _: 1 + 1, parent)) == [("succeeded", 2)]


def test_an_error_of_the_person_is_its_own_sentence(qtbot: QtBot, parent: QObject) -> None:
    def work(_: JobControl) -> object:
        raise SegStudioError("it is gone", where="a.jpg", fix="Find it")

    assert _run(qtbot, Job("Reading", work, parent)) == [("failed", Problem("a.jpg: it is gone. Find it."))]


def test_a_mistake_of_the_program_says_so_with_details(qtbot: QtBot, parent: QObject) -> None:
    def work(_: JobControl) -> object:
        raise ZeroDivisionError("by zero")

    (end, problem), *more = _run(qtbot, Job("Dividing", work, parent))
    assert (end, more) == ("failed", [])
    assert isinstance(problem, Problem)
    assert "SegStudio made a mistake" in problem.text
    assert "by zero" not in problem.text
    assert "ZeroDivisionError: by zero" in problem.details


def test_a_wish_stops_the_work(qtbot: QtBot, parent: QObject) -> None:
    def work(control: JobControl) -> object:
        while True:
            control.check()
            time.sleep(0.001)

    job = Job("Waiting", work, parent, can_cancel=True)
    job.started.connect(job.cancel)
    assert _run(qtbot, job) == [("stopped", None)]


def test_work_of_the_project_that_was_stopped_is_no_error(qtbot: QtBot, parent: QObject) -> None:
    def work(_: JobControl) -> object:
        raise WorkStopped("stopped")

    assert _run(qtbot, Job("Importing", work, parent)) == [("stopped", None)]


def test_progress_is_told_now_and_then_and_at_the_end() -> None:
    told: list[JobStatus] = []
    control = JobControl(told.append, can_cancel=True)
    progress = control.stage("Counting")
    for done in range(1, 5001):
        progress(done, 5000)
    assert len(told) < 500
    assert told[0].done == 1
    assert told[-1] == JobStatus("Counting", 5000, 5000, can_cancel=True)


def test_details_are_there_only_where_something_lies_beneath() -> None:
    assert problem_of(SegStudioError("no")).details == ""
    beneath = OSError(28, "No space left")
    error = SegStudioError("cannot be written")
    error.__cause__ = beneath
    assert "No space left" in problem_of(error).details


def test_a_full_disk_is_no_mistake_of_the_program() -> None:
    told = problem_of(OSError(errno.ENOSPC, "No space left on device", "/tmp/frame.jpg"))
    assert told.text == (
        "/tmp/frame.jpg: could not be written (No space left on device). Make room, and do it again."
    )
    assert "made a mistake" in problem_of(OSError(errno.EBADF, "Bad file descriptor")).text


@pytest.mark.parametrize(
    "fix", ["Make one with: segstudio new x --class NAME", 'Use "--map a=b"', "Give --under"]
)
def test_advice_for_the_command_line_is_kept_for_the_details(fix: str) -> None:
    problem = problem_of(SegStudioError("there is no project here", where="x", fix=fix))
    assert problem.text == "x: there is no project here."
    assert fix in problem.details
    plain = problem_of(SegStudioError("no", fix="Free some space -- a lot; SegStudio waits"))
    assert plain.text.endswith("SegStudio waits.")
