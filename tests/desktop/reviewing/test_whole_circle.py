"""The circle in one window with a model that was really trained: review, look closely, correct, train again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from segstudio.cli.main import main
from segstudio.desktop.reviewing.page import ReviewPage
from segstudio.desktop.tabs.annotate import AnnotateTab
from segstudio.desktop.tabs.train import TrainTab
from segstudio.desktop.window import Window
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from segstudio.resource_files import load_script
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.reviewing.conftest import MODEL_MS
from tests.desktop.reviewing.test_window import drop, page_of

DATA = os.environ.get("SEGSTUDIO_TEST_DATA")
CLASSES = ("sky", "ground", "airplane", "person")
TINY = (
    "epochs=2",
    "crop_px=96",
    "max_side_px=128",
    "weights=none",
    "workers=0",
    "previews=0",
    "batch_size=2",
)


@dataclass(frozen=True, slots=True)
class Trained:
    """A project with a short training, and two photos that are not in it."""

    project: Path
    new: tuple[Path, Path]


def trained(folder: Path, annotations: list[Path], photos: list[Path], new: list[Path]) -> Trained:
    project = Project.create(folder / "jumps", classes=ClassList.from_names(CLASSES))
    with gather(annotations, photos) as gathered:
        commit_import(prepare(gathered, project, ImportOptions(order=CLASSES, split="auto")), project)
    changes = [word for each in TINY for word in ("--set", each)]
    with pytest.raises(SystemExit) as end:
        main(["train", str(project.folder), "--recipe", "quick-cpu", "--name", "Tiny", *changes])
    assert not end.value.code
    (folder / "new").mkdir()
    copies = [shutil.copy(path, folder / "new" / f"new_{n}{path.suffix}") for n, path in enumerate(new[:2])]
    return Trained(project.folder, (Path(copies[0]), Path(copies[1])))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("sample")
    script = load_script("sample/skydiving.py")
    drawn = script.generate(folder / "drawn", photos=6, size=(96, 128))
    new = script.generate(folder / "more", photos=2, size=(96, 128), seed=5)
    assert len(drawn.photos) == 6
    return trained(
        folder, [folder / "drawn" / "annotations"], [folder / "drawn" / "photos"], list(new.photos)
    )


@pytest.fixture(scope="module")
def skydiving(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    source = Path(DATA or "") / "skydiving"
    val = sorted((source / "val" / "Images").iterdir())
    return trained(
        tmp_path_factory.mktemp("skydiving"),
        [source / "train" / "Annotations"],
        [source / "train" / "Images"],
        val,
    )


class Circle:
    """Goes round in the window as a person does."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window
        self.wait(lambda: window._session.opened is not None and not window._session.is_busy)
        window.show_tab("review")
        self.page: ReviewPage = page_of(qtbot, window)

    def wait(self, until: Callable[[], object], ms: int = WAIT_MS) -> None:
        self.qtbot.waitUntil(lambda: bool(until()), timeout=ms)

    def has_rows(self, count: int) -> bool:
        return len(self.page.board.rows) == count

    def wait_until_scored(self, count: int) -> None:
        rows = self.page.board
        self.wait(lambda: len(rows.rows) == count and all(row.sure for row in rows.rows), MODEL_MS)

    def wait_for_answer(self, item_id: str) -> None:
        def there() -> bool:
            shown = self.page.viewing.shown
            return shown is not None and shown.item.id == item_id and shown.mask is not None

        self.wait(there, MODEL_MS)

    def lies_over(self) -> Mask:
        buffer = self.page.stage.right._buffer
        assert buffer is not None
        return buffer

    def drop_photos(self, photos: tuple[Path, Path]) -> None:
        for number, photo in enumerate(photos):
            drop(self.window, photo)
            self.wait(partial(self.has_rows, number + 1))
        self.wait_for_answer(str(photos[1]))  # what was dropped last is looked at
        self.wait_until_scored(2)
        self.wait(lambda: self.page.under.panels.panels)

    def move_a_threshold(self) -> None:
        shown = self.page.viewing.shown
        assert shown is not None
        assert shown.mask is not None
        assert shown.confidence is not None
        value = int(np.bincount(shown.mask.ravel()).argmax())
        slider = self.page.findChild(QSlider, f"review.threshold.{value}")
        assert slider is not None
        sure = shown.confidence[shown.mask == value] / 255
        slider.setValue(min(round(100 * float(np.median(sure))), 99))
        self.wait(lambda: bool((self.lies_over() == VOID).any()))
        assert (self.lies_over() != VOID).any()
        QTest.mouseClick(self.page.classes._reset, Qt.MouseButton.LeftButton)
        self.wait(lambda: not (self.lies_over() == VOID).any())

    def look_at_mistakes(self) -> None:
        """Click the most frequent mistake: its very pixels are marked in the photo that has most of them."""
        page = self.page
        page.side.add._on_part("review.labelled")
        labelled = sum(row.item.has_truth for row in page.board.rows)
        self.wait_until_scored(labelled + 2)
        self.wait(lambda: len(page.board.matrices) == labelled)
        total = np.asarray(sum(page.board.matrices.values()))
        wrong = total - np.diag(np.diag(total))
        row, column = (int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape))
        QTest.mouseClick(page.under.buttons["confusion"], Qt.MouseButton.LeftButton)
        view = page.under.confusion
        place = view.visualRect(view.cells.index(row, column)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        first = page.side.listed[0]
        assert first.found == max(int(matrix[row, column]) for matrix in page.board.matrices.values())
        self.wait_for_answer(first.item.id)
        shown = page.viewing.shown
        assert shown is not None
        assert shown.truth is not None
        truth, predicted = view.cells.cell(view.cells.index(row, column))
        marked = (shown.truth == truth) & (shown.mask == predicted)
        assert marked.sum() == first.found
        self.wait(lambda: np.array_equal(self.lies_over() == 1, marked))
        self.wait(lambda: page.looking.walk.spots)
        self.key(Qt.Key.Key_S)
        assert page.looking.walk.place == 0

    def key(self, key: Qt.Key) -> None:
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        QTest.keyClick(self.window, key)

    def correct(self, item_id: str, value: int) -> str:
        """Send a photo to Annotate and let a part of it be of another class; returns its key."""
        page = self.page
        page.looking.look_at_everything()
        self.wait(lambda: any(row.item.id == item_id for row in page.side.listed))
        page.side.list.choose(item_id)
        self.wait_for_answer(item_id)
        self.key(Qt.Key.Key_C)
        tab = self.window.findChild(AnnotateTab)
        assert tab is not None
        desk = tab._desk
        self.wait(lambda: desk.shown is not None and desk.shown.photo.key.startswith("new_"))
        self.wait(lambda: self.window.shown_tab == "annotate" and desk.can_paint and desk.mask is not None)
        assert desk.shown is not None
        painted = np.array(desk.mask)
        painted[:8, :8] = value
        desk.replace_with(painted, "corrected")
        desk.save()
        return desk.shown.photo.key

    def train_again(self, model: Path) -> None:
        self.window.show_tab("review")
        self.window._actions["review.train_again"].trigger()
        train = self.window.findChild(TrainTab)
        assert train is not None
        assert self.window.shown_tab == "train"
        self.wait(lambda: train.page is not None and train.page.plan.form.value("weights") == str(model))


def go_round(qtbot: QtBot, drive: Drive, trained: Trained) -> None:
    keys: list[str] = []

    def steps(window: Window) -> None:
        circle = Circle(qtbot, window)
        circle.drop_photos(trained.new)
        circle.move_a_threshold()
        circle.look_at_mistakes()
        keys.append(circle.correct(str(trained.new[0]), 3))
        circle.train_again(trained.project / "runs" / "Tiny" / "best.pt")

    assert drive(steps, trained.project) == 0
    project = Project.open(trained.project)
    mask = project.read_mask(project.photo(keys[0]))
    assert mask is not None
    assert (mask[:8, :8] == 3).all()


@pytest.mark.slow
def test_the_sample_goes_round(qtbot: QtBot, drive: Drive, sample: Trained) -> None:
    go_round(qtbot, drive, sample)


@pytest.mark.slow
@pytest.mark.skipif(DATA is None, reason="SEGSTUDIO_TEST_DATA is not set")
def test_skydiving_photos_go_round(qtbot: QtBot, drive: Drive, skydiving: Trained) -> None:
    go_round(qtbot, drive, skydiving)
