"""An export waits for what is painted, and for what is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.exporting.writing import ExportWriter
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.desktop.work import JobControl
from segstudio.formats.exporting import ExportOptions
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS


class FakeDesk:
    """Notes what is asked of it; `problem` keeps it from being released."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.problem: Problem | None = None

    def save(self) -> None:
        self.heard.append("save")

    def release(self, then: Callable[[], None], otherwise: Callable[[Problem], None] | None = None) -> None:
        self.heard.append("release")
        if self.problem is None:
            then()
        elif otherwise is not None:
            otherwise(self.problem)

    def resume(self) -> None:
        self.heard.append("resume")


@pytest.fixture
def session(qtbot: QtBot, project: Project) -> Iterator[ProjectSession]:
    made = ProjectSession(Places.of_this_user())
    with qtbot.waitSignal(made.project_opened, timeout=WAIT_MS):
        made.open(project.folder)
    yield made
    made.shut_down()


def test_nothing_is_written_while_something_cannot_be_saved_or_is_under_way(
    qtbot: QtBot, session: ProjectSession, tmp_path: Path
) -> None:
    desk, target = FakeDesk(), tmp_path / "out"
    writer = ExportWriter(session, desk, session)
    failed: list[str] = []
    writer.failed.connect(lambda problem: failed.append(problem.text))
    options = ExportOptions(format="coco", to=target)

    desk.problem = Problem("0.jpg could not be saved: the disk is full.")
    writer.write(options)
    assert failed == [desk.problem.text]
    assert desk.heard == ["release"]
    assert not writer.is_busy

    may_end = threading.Event()

    def wait(_control: JobControl) -> None:
        may_end.wait(WAIT_MS / 1000)

    session.import_prepared("Importing", wait)
    writer.write(options)
    assert failed[1:] == ["Importing comes first."]
    may_end.set()
    qtbot.waitUntil(lambda: not session.is_busy, timeout=WAIT_MS)
    assert not target.exists()

    desk.problem = None
    with qtbot.waitSignal(writer.done, timeout=WAIT_MS):
        writer.write(options)
    assert desk.heard == ["release", "release", "resume"], "painting goes on while it is written"
    assert target.is_dir()
