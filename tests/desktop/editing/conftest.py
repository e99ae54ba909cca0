"""A desk over a project, as the window makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.painting.brush import Brush, Stroke
from segstudio.painting.rules import EVERYWHERE
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS


class Bench:
    """A session and a desk, what they told, and a hand that paints."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.session = ProjectSession(Places.of_this_user())
        with qtbot.waitSignal(self.session.project_opened, timeout=WAIT_MS):
            self.session.open(folder)
        self.desk = PhotoDesk(self.session)
        self.problems: list[Problem] = []
        self.opened: list[OpenPhoto | None] = []
        self.desk.problem_met.connect(self.problems.append)
        self.desk.opened.connect(self.opened.append)
        self.ended = False

    def key_at(self, number: int) -> str:
        assert self.session.opened is not None
        return self.session.opened.photos[number].key

    def wish(self, number: int) -> None:
        assert self.session.opened is not None
        self.desk.show(self.session.opened.photos[number])

    def show(self, number: int, timeout_ms: int = WAIT_MS) -> OpenPhoto:
        """Show a photo and wait until it is there."""
        key = self.key_at(number)
        self.wish(number)
        self.wait(lambda: self.desk.shown is not None and self.desk.shown.photo.key == key, timeout_ms)
        assert self.desk.shown is not None
        return self.desk.shown

    def stroke(self, value: int, *way: tuple[float, float], size_px: int = 7, label: str = "brush") -> None:
        """Press, drag and release."""
        self.press(value, *way, size_px=size_px, label=label)
        self.desk.commit()

    def press(self, value: int, *way: tuple[float, float], size_px: int = 7, label: str = "brush") -> None:
        """Press and drag."""
        shown = self.desk.shown
        assert shown is not None
        self.desk.begin(label)
        stroke = Stroke(Brush(size_px), shown.editor.size)
        for position in way:
            self.desk.paint(*stroke.to(position), value=value, rule=EVERYWHERE)

    def wait(self, fact: Callable[[], bool], timeout_ms: int = WAIT_MS) -> None:
        self.qtbot.waitUntil(fact, timeout=timeout_ms)

    def wait_saved(self, timeout_ms: int = WAIT_MS) -> None:
        self.desk.save()
        self.wait(lambda: not self.desk.unsaved, timeout_ms)

    def mask_on_disk(self, number: int) -> Mask | None:
        assert self.session.opened is not None
        project = Project.open(self.session.opened.folder)
        return project.read_mask(project.photo(self.key_at(number)))

    def shut_down(self) -> tuple[Problem, ...]:
        if self.ended:
            return ()
        self.ended = True
        problems = self.desk.shut_down()
        self.session.shut_down()
        self.session.deleteLater()
        return problems


Benches = Callable[[], Bench]


@pytest.fixture
def make_bench(qtbot: QtBot, project: Project) -> Iterator[Benches]:
    """Return what makes benches over the same project, as several windows would be."""
    made: list[Bench] = []

    def make() -> Bench:
        made.append(Bench(qtbot, project.folder))
        return made[-1]

    yield make
    for bench in made:
        bench.shut_down()


@pytest.fixture
def bench(make_bench: Benches) -> Bench:
    return make_bench()


def same(one: Mask | None, other: Mask | None) -> bool:
    return one is not None and other is not None and np.array_equal(one, other)
