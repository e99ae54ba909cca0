"""The session: what it has read is there before anybody hears that its job is over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.desktop.work import JobStatus
from segstudio.project.project import Project
from segstudio.project.staging import STAGING
from tests.desktop.conftest import WAIT_MS


@pytest.fixture
def session(qtbot: QtBot, project: Project) -> Iterator[ProjectSession]:
    made = ProjectSession(Places.of_this_user())
    with qtbot.waitSignal(made.project_opened, timeout=WAIT_MS):
        made.open(project.folder)
    yield made
    made.shut_down()
    made.deleteLater()


def test_who_hears_that_a_job_is_over_sees_what_it_opened(
    session: ProjectSession, qtbot: QtBot, tmp_path: Path
) -> None:
    other = Project.create(tmp_path / "other").folder.resolve()
    seen: list[Path] = []

    def hear(status: JobStatus | None) -> None:
        if status is None and session.opened is not None:
            seen.append(session.opened.folder)

    session.job_changed.connect(hear)
    with qtbot.waitSignal(session.project_opened, timeout=WAIT_MS):
        session.open(other)
    assert seen == [other]


def test_what_is_written_during_a_job_stays_known_when_the_next_one_begins_at_once(
    session: ProjectSession, qtbot: QtBot
) -> None:
    assert session.opened is not None
    photo = session.opened.photos[0]
    checked = replace(photo, state=photo.state.model_copy(update={"status": "checked"}))
    noted, looked = threading.Event(), threading.Event()
    ends: list[bool] = []

    def hear(status: JobStatus | None) -> None:
        if status is None:
            ends.append(True)
            if len(ends) == 1:
                session.import_prepared("Second", lambda _control: looked.wait(WAIT_MS / 1000))

    session.job_changed.connect(hear)
    session.import_prepared("First", lambda _control: noted.wait(WAIT_MS / 1000))
    session.note_photo(checked, session.opened.mask_times.get(photo.key))
    noted.set()
    qtbot.waitUntil(lambda: len(ends) == 1, timeout=WAIT_MS)
    during = session.opened.photos[0].status
    looked.set()
    qtbot.waitUntil(lambda: len(ends) == 2, timeout=WAIT_MS)
    assert during == "checked"


def test_photos_whose_files_went_while_nobody_looked_are_told_when_a_project_is_opened(
    session: ProjectSession, qtbot: QtBot, project: Project
) -> None:
    told: list[Problem] = []
    session.problem_met.connect(told.append)
    for key in ("0.jpg", "3.jpg"):
        project.photo(key).path.unlink()
    with qtbot.waitSignal(session.problem_met, timeout=WAIT_MS):
        session.open(project.folder)
    assert told[0].text.startswith("The files of 2 photos are gone from")
    assert told[0].details == "0.jpg\n3.jpg"


def test_a_change_that_could_not_be_finished_is_told_when_a_project_is_opened_and_when_it_comes(
    session: ProjectSession, qtbot: QtBot, project: Project
) -> None:
    told: list[Problem] = []
    session.problem_met.connect(told.append)
    staged = project.folder / STAGING / ("0" * 32)
    staged.mkdir(parents=True)
    (staged / "commit.json").write_text("[")
    with qtbot.waitSignal(session.problem_met, timeout=WAIT_MS):
        session.refresh()
    with qtbot.waitSignal(session.changed, timeout=WAIT_MS, raising=False):
        session.refresh()  # what was told is not told again
    assert len(told) == 1
    with qtbot.waitSignal(session.problem_met, timeout=WAIT_MS):
        session.open(project.folder)
    assert [problem.level for problem in told] == ["warning", "warning"]
    assert "was broken off, and may be in place in part" in told[1].text
