"""What is done to photos beside painting: for the photo and the project that were meant, and never forgotten."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating import photo_work
from segstudio.desktop.annotating.photo_work import PhotoWork
from segstudio.desktop.problems import Problem
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, remove_photos
from tests.desktop.conftest import WAIT_MS
from tests.desktop.editing.conftest import Bench


@pytest.fixture
def bench(qtbot: QtBot, project: Project) -> Iterator[Bench]:
    made = Bench(qtbot, project.folder)
    yield made
    made.shut_down()


def test_a_mask_that_was_imported_again_for_another_project_is_dropped(
    bench: Bench, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*_: object) -> Mask:
        go_on.wait(WAIT_MS / 1000)
        return np.zeros((40, 60), dtype=np.uint8)

    monkeypatch.setattr(photo_work, "_again", slow)
    other = tmp_path / "copy"
    shutil.copytree(project.folder, other)
    work = PhotoWork(bench.session, bench.desk)
    told: list[object] = []
    work.told.connect(told.append)
    work.import_again(bench.show(1).photo)
    with bench.qtbot.waitSignal(bench.session.project_opened, timeout=WAIT_MS):
        bench.session.open(other)
    shown = bench.show(1)
    assert shown.folder == other.resolve()
    go_on.set()
    bench.wait(lambda: told[-1] is None)
    assert not bench.desk.can_undo
    work.shut_down()


def test_what_was_asked_for_while_another_project_opens_is_written_where_it_was_meant(
    bench: Bench, project: Project, tmp_path: Path
) -> None:
    """The former project is shown, and can be worked in, until the other one has been read."""
    other = tmp_path / "copy"
    shutil.copytree(project.folder, other)
    opened = bench.session.opened
    assert opened is not None
    work = PhotoWork(bench.session, bench.desk)
    with bench.qtbot.waitSignal(bench.session.project_opened, timeout=WAIT_MS):
        bench.session.open(other)
        work.mark(opened.photos, "checked")
        work.add_class("person")
    work.set_split(bench.session.opened.photos, "val")  # type: ignore[union-attr]

    def is_written() -> bool:
        former, now = Project.open(project.folder), Project.open(other)
        return "person" in former.classes.names and {photo.split for photo in now.photos()} == {"val"}

    bench.wait(is_written)
    bench.wait(lambda: not bench.session.is_busy)
    former = Project.open(project.folder)
    assert {(photo.status, photo.split) for photo in former.photos()} == {("checked", None)}
    assert "checked" not in {photo.status for photo in Project.open(other).photos()}
    assert Project.open(other).classes.names == ("sky", "ground")
    work.shut_down()


def test_what_cannot_be_written_elsewhere_is_told_and_the_rest_goes_on(
    bench: Bench, project: Project, tmp_path: Path
) -> None:
    other = tmp_path / "copy"
    shutil.copytree(project.folder, other)
    work = PhotoWork(bench.session, bench.desk)
    problems: list[Problem] = []
    work.problem_met.connect(problems.append)
    with bench.qtbot.waitSignal(bench.session.project_opened, timeout=WAIT_MS):
        bench.session.open(other)
        work.add_class("sky")
        work.add_class("person")
    bench.wait(lambda: "person" in Project.open(project.folder).classes.names)
    (problem,) = problems
    assert problem.text.startswith('there is already a class "sky"')
    work.shut_down()


def test_what_waits_for_a_job_is_written_when_the_window_is_closed(bench: Bench, project: Project) -> None:
    opened = bench.session.opened
    assert opened is not None
    go_on = threading.Event()
    work = PhotoWork(bench.session, bench.desk)
    bench.session.import_prepared("Something long", lambda _control: go_on.wait(WAIT_MS / 1000))
    work.mark(opened.photos, "checked")
    work.add_class("person")
    go_on.set()
    bench.session.shut_down()
    work.shut_down()
    again = Project.open(project.folder)
    assert {photo.status for photo in again.photos()} == {"checked"}
    assert again.classes.names == ("sky", "ground", "person")


def test_what_another_window_removed_gets_no_state(bench: Bench, project: Project) -> None:
    opened = bench.session.opened
    assert opened is not None
    work = PhotoWork(bench.session, bench.desk)
    removal = remove_photos(Project.open(project.folder), ["1.jpg"])
    work.mark(opened.photos, "checked")
    bench.wait(lambda: not bench.session.is_busy)
    work.shut_down()
    again = Project.open(project.folder)
    assert {photo.status for photo in again.photos()} == {"checked"}
    assert not (project.folder / "masks" / "1.jpg.json").exists()
    bring_back(again, removal)
    assert Project.open(project.folder).photo("1.jpg").path.exists()
