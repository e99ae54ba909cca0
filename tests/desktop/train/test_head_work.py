"""Weights are fetched and imported, and the speed measured, from the window, by real child processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.train.errands import Errands
from segstudio.desktop.train.form.recipe_form import RecipeForm
from segstudio.desktop.train.head_work import HeadWork
from segstudio.desktop.train.run_thread import RunNow
from segstudio.desktop.train.speeds import Speeds
from segstudio.runs.events import Event
from segstudio.runs.heads import HEADS, weights_folder
from segstudio.runs.recipe import load_recipe
from tests.desktop.conftest import WAIT_MS
from tests.desktop.train.conftest import TRAIN_MS, Written, finished, started, step
from tests.desktop.train.test_log import told

HEAD = "lraspp_mobilenet_v3_large"


class Shown:
    """The form with its work, and what that told."""

    def __init__(self, look: Look) -> None:
        self.form, self.errands = RecipeForm(look), Errands()
        self.work = HeadWork(self.form, self.errands)
        self.view = self.form.head_view
        self.problems: list[Problem] = []
        self.work.told.connect(self.problems.append)
        self.form.show()

    def press(self, button: QPushButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def shown(qtbot: QtBot, look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    made = Shown(look)
    yield made
    made.errands.shut_down()
    made.form.close()
    made.form.deleteLater()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A server of weights that sends half of a file, and the rest, which is not that file's, once the event is set."""
    go_on = threading.Event()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2000000")
            self.end_headers()
            self.wfile.write(bytes(1_000_000))
            go_on.wait(60)
            self.wfile.write(bytes(1_000_000))

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # the other side was cancelled

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("SEGSTUDIO_WEIGHTS_URL", f"http://127.0.0.1:{server.server_port}/models")
    yield go_on
    go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_weights_are_fetched_with_progress_and_cancel_and_a_wrong_file_is_refused(
    qtbot: QtBot, shown: Shown, site: threading.Event
) -> None:
    view = shown.view
    assert "No pretrained weights are here" in view.weights.text()
    for is_cancelled in (True, False):
        shown.press(view.fetch)
        qtbot.waitUntil(lambda: " of 2 MB" in view.doing.text(), timeout=TRAIN_MS)
        assert not view.fetch.isEnabled()
        shown.press(view.cancel) if is_cancelled else site.set()
        qtbot.waitUntil(lambda: view.fetch.isEnabled() and not view.cancel.isVisible(), timeout=TRAIN_MS)
        assert bool(shown.problems) is not is_cancelled
    assert "its hash is another" in shown.problems[0].text
    assert "on another machine" in shown.problems[0].text
    assert [way.text for way in shown.problems[0].actions] == ["Import a file…"]
    assert not list(weights_folder().glob("*.pth"))


def test_a_file_is_imported_and_used(
    qtbot: QtBot, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from segstudio.networks.build import build

    file = tmp_path / "carried.pth"
    torch.save(build(HEAD, 3).state_dict(), file)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    shown.press(shown.view.import_)
    qtbot.waitUntil(lambda: "tensors fit" in shown.view.doing.text(), timeout=TRAIN_MS)
    assert "whole backbone" in shown.view.doing.text()
    assert "imported weights" in shown.view.weights.text()
    assert not shown.view.import_.isVisible()
    weights = shown.form.changes()["weights"]
    assert (weights_folder() / weights).is_file()


def test_what_can_be_done_fits_beside_the_charts(shown: Shown) -> None:
    for head in HEADS:
        shown.form.change({"head": head})
        assert shown.view.fetch.isVisible() == bool(HEADS[head].weights)
        assert shown.form.minimumSizeHint().width() <= 304


def test_a_file_that_holds_no_weights_is_told(qtbot: QtBot, shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "text.pth").write_text("no weights", encoding="utf-8")
    shown.work.import_file(tmp_path / "text.pth")
    qtbot.waitUntil(lambda: bool(shown.problems), timeout=TRAIN_MS)
    assert "text.pth" in shown.problems[0].text
    assert shown.form.changes() == {}


def test_the_speed_is_measured_once_and_kept(
    qtbot: QtBot, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def answer(words: tuple[str, ...], _control: object) -> dict[str, object]:
        asked.append(words)
        return {"head": HEAD, "images_per_s": 12.34, "batch_size": 4, "crop_px": 224}

    monkeypatch.setattr("segstudio.desktop.train.head_work.ask_verb", answer)
    shown.form.change({"batch_size": 4, "crop_px": 224})
    shown.press(shown.view.speed)
    qtbot.waitUntil(lambda: "12.3 photos/s here" in shown.view.facts.text(), timeout=WAIT_MS)
    assert asked == [("heads", "--speed", HEAD, "--batch", "4", "--crop", "224")]
    assert not shown.view.speed.isVisible()
    assert Speeds().of(HEAD, batch_size=4, crop_px=224) == 12.34
    shown.form.change({"crop_px": 256})
    assert shown.view.speed.isVisible()


def test_a_training_of_this_machine_tells_the_speed(
    qtbot: QtBot, shown: Shown, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = written("r")
    recipe = load_recipe(str(run.path / "recipe.toml"))
    many: tuple[Event, ...] = (started(), *map(step, range(1, 21)), finished(4))
    size = {"batch_size": recipe.batch_size, "crop_px": recipe.crop_px}
    shown.work.note(RunNow(run.path, "finished", told(*many)))
    assert not shown.errands.is_running("note speed")  # its host is elsewhere
    shown.work._noted.clear()
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    shown.work.note(RunNow(run.path, "finished", told(*many)))
    qtbot.waitUntil(lambda: shown.form.speeds.of(recipe.head, **size) == 10.0, timeout=WAIT_MS)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": "b"}', '{"a": null}', '{"a": 1' + "0" * 400 + "}", "[" * 10_000], ids=range(6)
)
def test_damaged_speeds_count_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "speeds.json"
    path.write_text(text, encoding="utf-8")
    speeds = Speeds(path)
    assert speeds.of(HEAD, batch_size=1, crop_px=32) is None
    speeds.learn(HEAD, 2.0, batch_size=1, crop_px=32)
    assert Speeds(path).of(HEAD, batch_size=1, crop_px=32) == 2.0
