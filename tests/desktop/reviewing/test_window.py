"""Reviewing in the real window: dropped on it, looked at, corrected in Annotate, trained again."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSplitter
from pytestqt.qtbot import QtBot

from segstudio.desktop.reviewing.model_offer import ModelOffer
from segstudio.desktop.reviewing.page import ReviewPage
from segstudio.desktop.tabs.annotate import AnnotateTab
from segstudio.desktop.tabs.new_project import NewProjectDialog
from segstudio.desktop.tabs.review import ReviewTab
from segstudio.desktop.tabs.train import TrainTab
from segstudio.desktop.window import Window
from segstudio.project.project import Project
from segstudio.project.review_queue import ReviewQueue, ReviewRecord
from segstudio.runs import model_glance
from segstudio.runs.model_card import ModelCard
from segstudio.runs.model_glance import glance
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.letting_go import wait_until_taken
from tests.desktop.reviewing.conftest import MODEL_MS

_DROP = (Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)


def drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, button, modifier = _DROP
    enter = QDragEnterEvent(QPointF(9, 9).toPoint(), action, data, button, modifier)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), action, data, button, modifier))
    wait_until_taken(window)


def page_of(qtbot: QtBot, window: Window) -> ReviewPage:
    """Return what Review shows, which is made in steps when it is first seen."""
    tab = window.findChild(ReviewTab)
    assert tab is not None
    qtbot.waitUntil(lambda: tab.page is not None and tab.currentWidget() is tab.page, timeout=WAIT_MS)
    assert tab.page is not None
    return tab.page


@pytest.mark.usefixtures("quick")
def test_dropped_corrected_and_trained_again(
    qtbot: QtBot, drive: Drive, jumps: Project, photos: Path, model_file: Path
) -> None:
    def steps(window: Window) -> None:
        qtbot.waitUntil(
            lambda: window.shown_tab == "annotate" and not window._session.is_busy, timeout=WAIT_MS
        )
        drop(window, model_file)
        assert window.shown_tab == "review", "a model goes there from any tab"
        page = page_of(qtbot, window)
        qtbot.waitUntil(
            lambda: page.board.model is not None and page.board.model.path == model_file, timeout=WAIT_MS
        )
        tab = window.page("review")
        assert isinstance(tab, ReviewTab)
        assert tab.still_part() is page._middle, "notices lie where the photo will be"
        drop(window, photos / "new_0.png")
        assert window.shown_tab == "review"

        def is_there() -> bool:
            shown = page.viewing.shown
            return shown is not None and shown.mask is not None

        qtbot.waitUntil(is_there, timeout=MODEL_MS)
        assert tab.still_part() is page.stage
        shown = page.viewing.shown
        assert shown is not None
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        QTest.keyClick(window, Qt.Key.Key_C)
        annotate = window.findChild(AnnotateTab)
        assert annotate is not None

        def is_open() -> bool:
            opened = annotate._desk.shown
            return window.shown_tab == "annotate" and opened is not None and opened.photo.key == "new_0.png"

        qtbot.waitUntil(is_open, timeout=WAIT_MS)
        assert np.array_equal(annotate._desk.mask, np.where(shown.mask == 3, 1, 0))  # type: ignore[arg-type]
        assert annotate._desk.can_paint
        window.show_tab("review")
        assert page.board.rows[0].verdict == "correct"
        window._actions["review.train_again"].trigger()
        train = window.findChild(TrainTab)
        assert train is not None
        assert window.shown_tab == "train"
        qtbot.waitUntil(lambda: train.page is not None, timeout=WAIT_MS)
        qtbot.waitUntil(
            lambda: train.page is not None and train.page.plan.form.value("weights") == str(model_file),
            timeout=WAIT_MS,
        )

    assert drive(steps, jumps.folder) == 0


@pytest.mark.usefixtures("quick")
def test_photos_dropped_elsewhere_go_to_import(
    qtbot: QtBot, drive: Drive, jumps: Project, photos: Path
) -> None:
    def steps(window: Window) -> None:
        qtbot.waitUntil(
            lambda: window.shown_tab == "annotate" and not window._session.is_busy, timeout=WAIT_MS
        )
        drop(window, photos)
        assert window.shown_tab == "import"

    assert drive(steps, jumps.folder) == 0


@pytest.mark.usefixtures("quick")
def test_a_model_dropped_without_a_project_says_what_it_is_and_makes_one(
    qtbot: QtBot, drive: Drive, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_in: list[threading.Thread] = []

    def glanced(path: Path) -> ModelCard:
        looked_in.append(threading.current_thread())
        return glance(path)

    monkeypatch.setattr(model_glance, "glance", glanced)

    def offered(window: Window) -> ModelOffer:
        drop(window, model_file)
        qtbot.waitUntil(lambda: bool(window.findChildren(ModelOffer)), timeout=WAIT_MS)
        return window.findChildren(ModelOffer)[-1]

    def steps(window: Window) -> None:
        damaged = tmp_path / "damaged.pt"
        damaged.write_bytes(b"nothing of a model")
        drop(window, damaged)
        qtbot.waitUntil(lambda: window.notice.problem is not None, timeout=WAIT_MS)
        problem = window.notice.problem
        assert problem is not None
        assert "damaged.pt" in problem.text
        assert threading.main_thread() not in looked_in
        offer = offered(window)
        told = " ".join(text.text() for text in offer.findChildren(QLabel))
        for words in (
            "The model elsewhere",
            "LR-ASPP",
            "sky",
            "ground",
            "mIoU 0.750",
            "21 Nov 2026",
            "1 photo",
        ):
            assert words in told
        QTest.mouseClick(offer.new, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(window.findChildren(NewProjectDialog)), timeout=WAIT_MS)
        dialog = window.findChildren(NewProjectDialog)[-1]
        wanted = dialog.result_value
        assert wanted is not None
        assert wanted.classes == (("sky", "#3366FF"), ("ground", "#996633"))
        dialog.accept()
        qtbot.waitUntil(lambda: window.shown_tab == "review", timeout=WAIT_MS)
        page = page_of(qtbot, window)
        qtbot.waitUntil(
            lambda: page.board.model is not None and page.board.model.path == model_file, timeout=WAIT_MS
        )
        window._session.close()
        qtbot.waitUntil(lambda: window._session.opened is None, timeout=WAIT_MS)
        again = offered(window)
        menu = again.use.menu()
        assert menu is not None
        first = menu.actions()[0]
        assert first.text() == wanted.name
        first.trigger()
        qtbot.waitUntil(
            lambda: page.board.model is not None and page.board.model.path == model_file, timeout=WAIT_MS
        )
        assert window.shown_tab == "review"

    assert drive(steps) == 0


@pytest.mark.usefixtures("quick")
def test_columns_are_as_wide_as_they_were_left(qtbot: QtBot, drive: Drive, jumps: Project) -> None:
    widths: list[list[int]] = []

    def columns(window: Window) -> QSplitter:
        qtbot.waitUntil(lambda: window.shown_tab != "" and not window._session.is_busy, timeout=WAIT_MS)
        window.resize(1280, 800)
        window.show_tab("review")
        page_of(qtbot, window)
        found = window.findChild(QSplitter, "review.parts")
        assert found is not None
        return found

    def leave(window: Window) -> None:
        parts = columns(window)
        parts.setSizes([330, 620, 330])
        widths.append(parts.sizes())

    def come_back(window: Window) -> None:
        parts = columns(window)
        qtbot.waitUntil(lambda: parts.sizes() == widths[0], timeout=WAIT_MS)

    assert drive(leave, jumps.folder) == 0
    assert widths[0][0] == 330
    assert drive(come_back, jumps.folder) == 0


@pytest.mark.usefixtures("quick")
def test_the_badge_counts_photos_that_wait_for_a_verdict(
    qtbot: QtBot, drive: Drive, jumps: Project, photos: Path
) -> None:
    queue = ReviewQueue(jumps.folder)
    for number in range(3):
        queue.put(ReviewRecord(photo=queue.told(photos / f"new_{number}.png"), outside=True))
    rejected = queue.told(photos / "new_3.png")
    queue.decide(ReviewRecord(photo=rejected, outside=True, model="jump-1"), "reject")
    queue.put(ReviewRecord(photo=queue.told(photos / "gone.png"), outside=True))

    def steps(window: Window) -> None:
        def is_badge(text: str) -> bool:
            return window.header.tabs["review"].badge == text

        qtbot.waitUntil(lambda: is_badge("3"), timeout=WAIT_MS)
        window.show_tab("review")
        page = page_of(qtbot, window)
        qtbot.waitUntil(lambda: page.waiting == 3, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: all(row.state == "done" for row in page.board.rows), timeout=WAIT_MS)
        assert is_badge("3")
        page.side.list.choose(str(photos / "new_0.png"))
        qtbot.waitUntil(
            lambda: page.viewing.shown is not None and page.viewing.shown.item.name == "new_0.png",
            timeout=WAIT_MS,
        )
        window._actions["review.reject"].trigger()
        qtbot.waitUntil(lambda: is_badge("2"), timeout=WAIT_MS)
        window._actions["review.remove_all"].trigger()
        qtbot.waitUntil(lambda: is_badge(""), timeout=WAIT_MS)

    assert drive(steps, jumps.folder) == 0
