"""A project with a real model that answers in milliseconds, and the Review tab on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.actions import Actions
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.problems import Problem
from segstudio.desktop.reviewing.page import ReviewPage
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.desktop.tabs.review import ReviewTab
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.runs.events import encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.recipe import Recipe
from tests.desktop.conftest import WAIT_MS
from tests.desktop.train.conftest import epoch, finished, started

HEAD = "lraspp_mobilenet_v3_large"
MODEL_MS = 120_000
"""How long a test waits for what needs the model to be loaded."""


def card(names: tuple[str, ...] = ("sky", "ground"), **more: object) -> ModelCard:
    colours = ("#3366FF", "#996633", "#FF00FF")
    classes = tuple(ModelClass(index=3 * n, name=name, colour=colours[n]) for n, name in enumerate(names))
    facts = {
        "scores": {"miou": 0.75},
        "epoch": 3,
        "train_photos": ("0.png",),
        "created": "2026-11-21T09:00:00+00:00",
    }
    return ModelCard.model_validate({"head": HEAD, "classes": classes, **facts, **more})


def write_model(path: Path, told: ModelCard) -> Path:
    """Write a model that answers without sense, but always the same."""
    import torch

    from segstudio.networks.build import build
    from segstudio.networks.model_file import save_model

    torch.manual_seed(0)
    network = build(told.head, len(told.classes))
    path.parent.mkdir(parents=True, exist_ok=True)
    save_model(path, network.state_dict(), told.model_dump_json())
    return path


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "elsewhere.pt", card())


@pytest.fixture(scope="session")
def sibling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another model of the same classes."""
    told = card(created="2026-11-22T09:00:00+00:00")
    return write_model(tmp_path_factory.mktemp("models") / "sibling.pt", told)


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "cars.pt", card(("road", "car")))


def photo_bytes(number: int, size: tuple[int, int] = (48, 64)) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 90, (*size, 3), dtype=np.uint8)
    pixels[:, size[1] // 2 :] += 120
    return encode_png(pixels)


@pytest.fixture
def jumps(tmp_path: Path, model_file: Path) -> Project:
    """Four photos, three with masks (left sky, right ground), and a finished run with a model."""
    project = Project.create(tmp_path / "jumps", classes=ClassList.from_names(["sky:#112233", "ground"]))
    mask = np.zeros((48, 64), dtype=np.uint8)
    mask[:, 32:] = 1
    with project.change() as change:
        for number in range(4):
            (tmp_path / "photo.png").write_bytes(photo_bytes(number))
            change.add_photo(f"{number}.png", tmp_path / "photo.png", size=(48, 64))
            if number < 3:
                change.put_mask(f"{number}.png", mask)
            split = ("train", "val", "val", None)[number]
            status = "done" if number < 3 else "todo"
            change.put_state(
                f"{number}.png",
                PhotoState.model_validate({"size": (48, 64), "status": status, "split": split}),
            )
    run = RunFolder.create(project.runs_folder, Recipe(), name="jump-1")
    run.log.write_bytes(encode_event(started()) + encode_event(epoch(1)) + encode_event(finished(1)))
    run.best.write_bytes(model_file.read_bytes())
    return Project.open(project.folder)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with five photos that are not in the project."""
    folder = tmp_path / "new"
    folder.mkdir()
    for number in range(5):
        (folder / f"new_{number}.png").write_bytes(photo_bytes(100 + number))
    return folder


class Shown:
    """The tab on an open project, and what it told."""

    def __init__(self, qtbot: QtBot, look: Look, project: Project) -> None:
        self.qtbot, self.project = qtbot, project
        self.session = ProjectSession(Places.of_this_user())
        self.actions = Actions(look.icons, self.session)
        self.problems: list[Problem] = []
        self.annotated: list[str] = []
        self.planned: dict[str, str] = {}
        self.session.problem_met.connect(self.problems.append)
        self.session.open(project.folder)
        self.wait(lambda: self.session.opened is not None and not self.session.is_busy)
        self.desk = PhotoDesk(self.session)
        self.loader = PictureLoader(threads=1, waiting=60)
        self.tab = ReviewTab(
            look,
            self.actions,
            self.session,
            desk=self.desk,
            thumbnails=self.loader,
            show_in_annotate=self.show_in_annotate,
            train_from=self.planned.update,
        )
        self.actions.know(is_open=True, tab="review")
        self.tab.resize(1200, 660)
        self.tab.show()
        self.wait(lambda: self.tab.page is not None and self.tab.currentWidget() is self.tab.page)
        assert self.tab.page is not None
        self.page: ReviewPage = self.tab.page

    def show_in_annotate(self, key: str) -> bool:
        self.annotated.append(key)
        photo = self.session.opened.photo(key) if self.session.opened is not None else None
        self.desk.show(photo)
        return photo is not None

    def wait(self, until: Callable[[], object], ms: int = WAIT_MS) -> None:
        self.qtbot.waitUntil(lambda: bool(until()), timeout=ms)

    def wait_for_answers(self, count: int) -> None:
        def all_there() -> bool:
            rows = self.page.board.rows
            return len(rows) == count and all(row.state in ("done", "failed") for row in rows)

        self.wait(all_there, MODEL_MS)

    def wait_for_photo(self, name: str) -> None:
        def there() -> bool:
            shown = self.page.viewing.shown
            return shown is not None and shown.item.name == name and shown.mask is not None

        self.wait(there, MODEL_MS)

    def states(self) -> dict[str, str]:
        return {row.item.name: row.state for row in self.page.board.rows}

    def told(self, words: str) -> bool:
        return any(words in problem.text for problem in self.problems)

    def end(self) -> None:
        process = self.page.board.segmenter.process_id
        self.tab.shut_down()
        self.desk.shut_down()
        self.loader.shut_down()
        self.session.shut_down()
        self.tab.close()
        for thing in (self.tab, self.loader, self.session):
            thing.deleteLater()  # here, and not in whatever thread happens to collect garbage
        assert not process or not psutil.pid_exists(process)


Show = Callable[[Project], Shown]


@pytest.fixture
def quick_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a process answer that needs no torch, and whose answers are known; returns where a card may be put that it
    shows instead of the model's own.
    """
    told = tmp_path / "card.json"
    let_answer(monkeypatch, told)
    return told


def let_answer(monkeypatch: pytest.MonkeyPatch, told: Path, seconds: float = 0.0) -> None:
    """Let the quick process answer, in `seconds` a photo."""

    def words(model: Path) -> tuple[str, ...]:
        return ("-m", "tests.desktop.reviewing.quick_server", str(model), str(told), str(seconds))

    monkeypatch.setattr("segstudio.desktop.reviewing.process.serve_words", words)


@pytest.fixture
def quick(quick_card: Path) -> None:
    """As `quick_card`, where the card does not matter."""


@pytest.fixture
def show(qtbot: QtBot, look: Look, monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    made: list[Shown] = []

    def open_(project: Project) -> Shown:
        made.append(Shown(qtbot, look, project))
        return made[-1]

    yield open_
    for shown in made:
        shown.end()
    QApplication.processEvents()
