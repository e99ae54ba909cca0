"""The Review tab with a real process and a real model, used as a person uses it."""

from __future__ import annotations

import os
import pickle
import random
import shutil
import signal
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QSlider,
    QWidget,
)

from segstudio.desktop.problems import Problem
from segstudio.desktop.reviewing.faces import Focus
from segstudio.desktop.reviewing.models import model_of_file
from segstudio.desktop.reviewing.panel_strip import UNSURE
from segstudio.desktop.reviewing.video_panel import VideoFacts, video_facts
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask, read_mask
from segstudio.project.project import Project
from segstudio.project.review_queue import ReviewQueue
from segstudio.runs.predictions import load_map
from tests.desktop.reviewing.conftest import MODEL_MS, Show, Shown, card, let_answer, photo_bytes
from tests.desktop.watchdog import told, watching
from tests.inference.videos import write_video


def part_photos(shown: Shown, name: str) -> None:
    shown.page.side.add._on_part(name)


def seen(shown: Shown) -> Mask:
    """What lies over the photo."""
    buffer = shown.page.stage.right._buffer
    assert buffer is not None
    return buffer


def looked_at(shown: Shown, name: str) -> tuple[Mask, Mask]:
    """Mask and confidence of the photo that is shown."""
    shown.wait_for_photo(name)
    opened = shown.page.viewing.shown
    assert opened is not None
    assert opened.mask is not None
    assert opened.confidence is not None
    return opened.mask, opened.confidence


def on_desk(shown: Shown) -> Mask:
    """The mask that is painted on, empty for none."""
    return shown.desk.mask if shown.desk.mask is not None else np.zeros((0, 0), dtype=np.uint8)


def panel_values(shown: Shown) -> list[int]:
    return [panel.caption.value for panel in shown.page.under.panels.panels if panel.caption]


def is_way(shown: Shown, way: str) -> bool:
    return shown.page.stage.way == way


def has_answered(shown: Shown, count: int) -> bool:
    return sum(row.state in ("done", "failed") for row in shown.page.board.rows) >= count


def is_another_process(shown: Shown, before: int) -> bool:
    return shown.page.board.segmenter.process_id not in (0, before)


def test_dropped_photos_are_segmented_and_shown(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    page = shown.page
    assert page._middle.currentIndex() == 0
    (photos / "notes.txt").touch()
    shown.tab.take([photos, photos / "notes.txt"])
    shown.wait(lambda: len(page.board.rows) == 5)
    assert page._middle.currentIndex() == 1
    assert shown.told("notes.txt is no photo")
    shown.wait_for_photo("new_0.png")
    shown.wait_for_answers(5)
    assert set(shown.states().values()) == {"done"}
    shown.wait(lambda: all(row.sure is not None for row in page.board.rows))
    assert page.viewing.faces == ("photo", "prediction", "confidence")
    row = page.board.rows[0]
    assert row.answer is not None
    mask, _ = looked_at(shown, "new_0.png")
    assert np.array_equal(load_map(row.answer.mask), mask)
    assert np.array_equal(seen(shown), mask)
    head = shown.tab.findChild(QLabel, "review.model.head")
    assert head is not None
    assert head.text().startswith("LR-ASPP")


@pytest.mark.usefixtures("quick")
def test_a_threshold_hides_what_is_less_sure_at_once(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    mask, confidence = looked_at(shown, "new_0.png")
    slider = shown.tab.findChild(QSlider, "review.threshold.3")
    assert slider is not None
    slider.setValue(80)
    hidden = (mask == 3) & (confidence < 204)
    assert hidden.any()
    assert not hidden.all()
    shown.wait(lambda: np.array_equal(seen(shown) == VOID, hidden))
    shown.wait(lambda: panel_values(shown)[-1:] == [UNSURE])
    unsure = shown.tab.findChild(QLabel, "review.unsure")
    assert unsure is not None
    assert "%" in unsure.text()
    QTest.mouseClick(page.classes._reset, Qt.MouseButton.LeftButton)
    shown.wait(lambda: not (seen(shown) == VOID).any())
    assert slider.value() == 0


@pytest.mark.usefixtures("quick")
def test_a_panel_lights_its_class_and_escape_goes_back(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    mask, _ = looked_at(shown, "new_0.png")
    shown.wait(lambda: panel_values(shown))
    panel = page.under.panels.panels[0]
    assert panel.caption is not None
    value = panel.caption.value
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton)
    shown.wait(lambda: page.viewing.state.focus.value == value and panel.isChecked())
    shown.wait(lambda: np.array_equal(seen(shown) == VOID, mask == value))
    assert page.bar.focus.text() == f"{panel.caption.title} alone"
    whole = page.stage.right.zoom
    shown.actions["view.in"].trigger()
    assert page.stage.right.zoom > whole
    QTest.keyClick(page.side.list, Qt.Key.Key_Escape)
    assert page.stage.right.zoom == whole, "one step back, and one more"
    QApplication.processEvents()
    assert page.viewing.state.focus.value == value
    QTest.keyClick(page.side.list, Qt.Key.Key_Escape)
    shown.wait(lambda: not page.viewing.state.focus.is_on and not panel.isChecked())
    shown.wait(lambda: np.array_equal(seen(shown), mask))


@pytest.mark.usefixtures("quick")
def test_every_way_to_look_shows_the_same_place(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_photo("new_0.png")
    for way in ("side", "wipe"):
        QTest.mouseClick(page.bar.buttons[way], Qt.MouseButton.LeftButton)
        shown.wait(partial(is_way, shown, way))
        assert page.stage.left.isVisible()
        page.stage.right.zoom_by(3.0)
        page.stage.left.pan(5, 7)
        assert page.stage.left.to_photo(page.stage.left.rect().center().toPointF()) == pytest.approx(
            page.stage.right.to_photo(page.stage.right.rect().center().toPointF())
        )
        assert page.stage.left.zoom == page.stage.right.zoom
    QTest.keyClick(page.stage._handle, Qt.Key.Key_Left)
    assert page.stage.share < 0.5
    QTest.mouseClick(page.bar.buttons["photo"], Qt.MouseButton.LeftButton)
    shown.wait(lambda: page.stage.way == "photo")
    assert page.stage.right.canvas_look.alone
    assert not page.stage.left.isVisible()


@pytest.mark.usefixtures("quick")
def test_nothing_is_cut_in_a_small_window(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([jumps.photo("1.png").path])
    shown.wait_for_photo("1.png")
    rows = []
    for width in (1280, 1000, 960, 1280):
        shown.tab.resize(width, 540)
        for way in ("overlay", "side"):
            page.bar.buttons[way].click()
            shown.wait(lambda: page.stage.way == page.viewing.state.way)
            QApplication.processEvents()
            widgets = [
                widget
                for part in (page.bar, page.verdict_bar, page.under)
                for widget in part.findChildren(QWidget)
                if isinstance(widget, QPushButton | QComboBox | QSlider) and widget.isVisible()
            ]
            assert len(widgets) > 12
            icons = [each for each in page.bar.buttons.values() if not each.text()]
            assert all(icon.width() >= 28 and icon.toolTip() for icon in icons)
            wordy = [w for w in widgets if w not in icons]
            cut = [w.objectName() for w in wordy if w.width() < w.minimumSizeHint().width()]
            assert not cut, (width, way)
        rows.append((page.bar.level, page.bar.height()))
        assert page.bar.mapTo(shown.tab, page.bar.rect().topRight()).x() < width
    shown.tab.resize(1000, 540)
    page.side.video.ask(VideoFacts(Path("jump.mp4"), 1800, 25.0, (1080, 1920)))
    page.viewing.focus_on(Focus(cell=(0, 3)))
    shown.wait(page.bar.steps.isVisible)
    QApplication.processEvents()
    assert page.bar.focus.text() == "sky taken for ground", "there is room for it"
    field = page.side.video.every.lineEdit()
    assert field.text() == "one in 12 frames"
    assert field.fontMetrics().horizontalAdvance(field.text()) + field.textMargins().left() < field.width()
    shown.tab.resize(960, 540)
    QApplication.processEvents()
    for part in (page.bar.focus, page.bar.steps, page.bar.steps.told):
        assert part.width() >= part.minimumSizeHint().width(), part.objectName()
    assert [level for level, _ in rows] == [0, 2, 2, 0]
    assert len({height for _, height in rows}) == 1, "one row, however narrow"
    assert rows[0][1] < 60


def tab_stops(shown: Shown) -> list[str]:
    """Return where Tab comes to, from the list of photos on."""
    shown.tab.activateWindow()
    shown.page.side.list.setFocus()
    shown.wait(shown.page.side.list.hasFocus)
    stops: list[str] = []
    while (focused := QApplication.focusWidget()) is not None and focused.objectName() not in stops:
        stops.append(focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    return stops


def test_tab_goes_through_everything_in_the_order_in_which_it_is_seen(
    show: Show, jumps: Project, quick_card: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([jumps.photo("1.png").path])
    shown.wait_for_photo("1.png")
    shown.wait(lambda: len(panel_values(shown)) == 2 and not page.side._stop.isVisible())
    photo = ["review.photos", "review.way.overlay", "review.face", "review.opacity", "review.canvas"]
    panels = ["review.under.panels", "review.panel.0", "review.panel.3"]
    rows = [f"review.{part}.{value}" for value in (0, 3) for part in ("eye", "threshold")]
    assert tab_stops(shown)[:12] == [*photo, *panels, *rows]
    assert tab_stops(shown)[12] == "review.accept.button"
    assert tab_stops(shown)[-4:] == ["review.model", "review.model.more", "review.add", "review.order"]
    shown.actions["review.way"].trigger()
    shown.wait(lambda: "review.way.side" in tab_stops(shown))
    assert "review.way.overlay" not in tab_stops(shown), "the arrow keys go there"
    page.bar.buttons["side"].setFocus()
    QTest.keyClick(page.bar.buttons["side"], Qt.Key.Key_Right)
    shown.wait(partial(is_way, shown, "wipe"))


@pytest.mark.usefixtures("quick")
def test_truth_gives_scores_and_cells_open_the_photos_with_their_pixels(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    page = shown.page
    part_photos(shown, "review.labelled")
    shown.wait_for_answers(3)
    shown.wait(lambda: len(page.board.matrices) == 3)
    shown.wait_for_photo("0.png")
    assert page.viewing.faces == ("photo", "prediction", "confidence", "truth", "errors")
    scores = shown.tab.findChild(QLabel, "review.scores")
    assert scores is not None
    shown.wait(lambda: "3 photos with truth, 1 trained on · mIoU" in scores.text())
    order = shown.tab.findChild(QComboBox, "review.order")
    assert order is not None
    order.setCurrentIndex(order.findText("Worst first"))
    page.side.refresh()
    listed = [row.score or 0.0 for row in page.side.listed]
    assert listed == sorted(listed)
    total = sum(page.board.matrices.values())
    row, column = np.argwhere(total > 0)[0]
    cells = page.under.confusion.cells
    QTest.mouseClick(page.under.buttons["confusion"], Qt.MouseButton.LeftButton)
    index = cells.index(int(row), int(column))
    place = page.under.confusion.visualRect(index).center()
    QTest.mouseClick(page.under.confusion.viewport(), Qt.MouseButton.LeftButton, pos=place)
    cell = cells.cell(index)
    shown.wait(lambda: page.viewing.state.focus.cell == cell)
    assert all(each.found for each in page.side.listed)
    chosen = page.side.listed[0]
    page.side.list.choose(chosen.item.id)
    shown.wait_for_photo(chosen.item.name)
    opened = page.viewing.shown
    assert opened is not None
    assert opened.truth is not None
    marked = (opened.truth == cell[0]) & (opened.mask == cell[1])
    assert marked.sum() == chosen.found
    shown.wait(lambda: np.array_equal(seen(shown) == 1, marked))
    assert [each.found for each in page.side.listed] == sorted(
        (each.found for each in page.side.listed), reverse=True
    ), "most such pixels first"
    walk_through_spots(shown)
    QTest.mouseClick(page.bar.focus, Qt.MouseButton.LeftButton)
    shown.wait(lambda: len(page.side.listed) == 3)
    shown.wait(lambda: not shown.actions["review.next_spot"].isEnabled())


def walk_through_spots(shown: Shown) -> None:
    """By key from spot to spot, past the last of a photo into the next photo."""
    page = shown.page
    walk, canvas = page.looking.walk, page.stage.right
    shown.wait(lambda: walk.spots and shown.actions["review.next_spot"].isEnabled())
    whole = canvas.zoom
    shown.actions["review.next_spot"].trigger()
    spot = walk.spots[0]
    assert canvas.zoom >= whole
    corner = canvas.to_screen((spot.x, spot.y)).toPoint()
    assert canvas.rect().contains(corner)
    assert not page.bar.opacity.isVisible()
    assert page.bar.steps.told.text().startswith("1 of ")
    first, count = page.side.list.chosen_id, len(walk.spots)
    for _ in range(count):
        shown.actions["review.next_spot"].trigger()
    shown.wait(lambda: page.side.list.chosen_id != first and walk.place == 0)
    QTest.mouseClick(page.bar.steps._buttons[0][0], Qt.MouseButton.LeftButton)
    shown.wait(lambda: page.side.list.chosen_id == first and walk.place == count - 1)


@pytest.mark.usefixtures("quick")
def test_an_accepted_photo_comes_into_the_project_and_is_no_truth(
    show: Show, jumps: Project, photos: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png", photos / "new_1.png"])
    shown.wait_for_answers(2)
    shown.wait_for_photo("new_0.png")
    expected = page.viewing.shown
    assert expected is not None
    shown.actions["review.accept"].trigger()
    shown.wait(lambda: shown.session.opened is not None and shown.session.opened.photo("new_0.png"))
    project = Project.open(jumps.folder)
    photo = project.photo("new_0.png")
    mask = project.read_mask(photo)
    assert mask is not None
    assert np.array_equal(mask, np.where(expected.mask == 3, 1, 0))
    assert photo.status == "done"
    assert photo.state.source == "prediction of jump-1"
    assert page.board.rows[0].verdict == "accept"
    assert page.side.list.chosen_id == page.board.rows[1].item.id, "the next without a verdict"
    assert not page.board.matrices, "what the model drew is no truth"


@pytest.mark.usefixtures("quick")
def test_verdicts_are_remembered(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    shown.tab.take([photos / "new_0.png", photos / "new_1.png"])
    shown.wait(lambda: len(shown.page.board.rows) == 2)
    part_photos(shown, "review.held_out")
    shown.wait_for_answers(4)
    shown.wait_for_photo("1.png")  # what was given last is looked at
    shown.page.side.list.choose(shown.page.board.rows[0].item.id)
    shown.wait_for_photo("new_0.png")
    shown.actions["review.reject"].trigger()
    shown.wait_for_photo("new_1.png")
    shown.actions["review.accept"].trigger()
    shown.wait(lambda: shown.session.opened is not None and shown.session.opened.photo("new_1.png"))
    shown.page.memory.shut_down()
    records = {
        (record.photo.rpartition("/")[2], record.outside): record.decision
        for record in ReviewQueue(jumps.folder).read().records
    }
    assert records == {
        ("new_0.png", True): "reject",
        ("new_1.png", False): "accept",
        ("1.png", False): "waiting",
        ("2.png", False): "waiting",
    }
    again = show(Project.open(jumps.folder))
    again.wait_for_answers(4)
    verdicts = {row.item.name: row.verdict for row in again.page.board.rows}
    assert verdicts == {"new_0.png": "reject", "new_1.png": "accept", "1.png": "", "2.png": ""}
    twice = [row.item.name for row in again.page.board.rows if row.answer and row.answer.seconds > 0]
    assert twice == ["new_1.png"], "the file in the project is another one; all else is done already"


@pytest.mark.usefixtures("quick")
def test_what_was_thought_of_one_model_outlives_looking_with_another(
    show: Show, jumps: Project, photos: Path, sibling: Path
) -> None:
    shown = show(jumps)
    shown.tab.take([photos / "new_1.png"])
    shown.wait_for_answers(1)
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(2)
    shown.wait_for_photo("new_0.png")
    shown.page.side.list.choose(shown.page.board.rows[0].item.id)
    shown.wait_for_photo("new_1.png")
    shown.actions["review.reject"].trigger()
    shown.page.use_model(model_of_file(sibling))
    shown.wait_for_answers(2)
    assert [row.verdict for row in shown.page.board.rows] == ["", ""]
    shown.page.memory.shut_down()
    again = show(Project.open(jumps.folder))
    again.wait_for_answers(2)
    rows = [(row.item.name, row.verdict) for row in again.page.board.rows]
    assert rows == [("new_1.png", "reject"), ("new_0.png", "")], "in the order in which they were added"


def test_another_model_can_be_chosen_while_a_photo_with_truth_is_shown(
    show: Show, jumps: Project, quick_card: Path, sibling: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    part_photos(shown, "review.held_out")
    looked_at(shown, "1.png")
    shown.wait(lambda: page.viewing.shown is not None and page.viewing.shown.matrix is not None)
    quick_card.write_text(card(("sky", "ground", "car")).model_dump_json(), encoding="utf-8")
    page.use_model(model_of_file(sibling))
    shown_before = page.viewing.shown
    assert shown_before is not None, "the photo stays"
    assert shown_before.matrix is None
    assert not shown.actions["review.accept"].isEnabled()
    shown.wait(lambda: page.board.classes.names == ("sky", "ground", "car"))
    shown.wait(lambda: page.viewing.shown is not None and page.viewing.shown.matrix is not None)
    shown_after = page.viewing.shown
    assert shown_after is not None
    assert shown_after.matrix is not None
    assert shown_after.matrix.shape == (3, 3)
    assert not shown.problems


@pytest.mark.usefixtures("quick")
def test_a_prediction_goes_to_annotate_as_one_edit(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    page = shown.page
    part_photos(shown, "review.held_out")
    mask, _ = looked_at(shown, "1.png")
    shown.actions["review.correct"].trigger()
    assert shown.annotated == ["1.png"]
    expected = np.where(mask == 3, 1, 0)
    shown.wait(lambda: shown.desk.can_undo and np.array_equal(on_desk(shown), expected))
    shown.desk.undo()
    before = jumps.read_mask(jumps.photo("1.png"))
    assert before is not None
    shown.wait(lambda: np.array_equal(on_desk(shown), before))
    assert page.board.rows[0].verdict == "correct"


@pytest.mark.usefixtures("quick")
def test_one_class_is_sent_over_what_was_there(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    page = shown.page
    part_photos(shown, "review.held_out")
    mask, _ = looked_at(shown, "1.png")
    page.judging.send(frozenset((3,)))
    before = jumps.read_mask(jumps.photo("1.png"))
    assert before is not None
    expected = np.where(mask == 3, 1, before)
    shown.wait(lambda: np.array_equal(on_desk(shown), expected) and shown.desk.shown is not None)


@pytest.mark.usefixtures("quick")
def test_a_model_file_says_what_it_is_and_other_classes_are_told(
    show: Show, jumps: Project, photos: Path, model_file: Path, stranger: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(1)
    shown.tab.take([model_file])
    shown.wait(lambda: page.board.model is not None and page.board.model.path == model_file)
    shown.wait_for_answers(1)
    assert page.side.picker.box.currentText() == "elsewhere"
    assert page.board.classes.names == ("sky", "ground")
    assert page.board.classes.classes[0].colour == "#112233", "the project's colour"
    shown.tab.take([stranger])
    shown.wait(lambda: page.board.card is not None and page.board.classes.names == ("road", "car"), MODEL_MS)
    shown.wait_for_photo("new_0.png")
    assert "Not in this project: road, car" in [line.toolTip() for line in page.side.picker._lines]
    shown.actions["review.accept"].trigger()
    assert shown.told("None of this model's classes (road, car)")
    assert page.board.rows[0].verdict == ""


def test_a_model_of_other_classes_is_asked_about_once_and_then_used_as_said(
    show: Show, jumps: Project, quick_card: Path
) -> None:
    quick_card.write_text(card(("road", "car")).model_dump_json(), encoding="utf-8")
    shown = show(jumps)
    page, match = shown.page, shown.page.side.match
    part_photos(shown, "review.held_out")
    looked_at(shown, "1.png")
    shown.wait(match.isVisible)
    assert page.board.classes.names == ("road", "car")
    shown.wait(lambda: len(page.board.matrices) == 2)
    assert not page.board.matrices[page.board.rows[0].item.id].any()
    stops = tab_stops(shown)
    at = stops.index("review.match.road")
    assert stops[at : at + 3] == ["review.match.road", "review.match.car", "review.match.use"]
    for name, meant in (("road", "sky"), ("car", "ground")):
        choice = match.choices[name]
        choice.setCurrentIndex(choice.findText(meant))
    QTest.mouseClick(match._use, Qt.MouseButton.LeftButton)
    assert not match.isVisible()
    assert page.board.classes.names == ("sky", "ground")
    assert page.board.classes.classes[0].colour == "#112233"
    shown.wait(lambda: page.board.rows[0].score is not None and page.board.rows[0].score > 0.5)
    mask, _ = looked_at(shown, "1.png")
    shown.actions["review.correct"].trigger()
    shown.wait(lambda: np.array_equal(on_desk(shown), np.where(mask == 3, 1, 0)))
    page.asking.shut_down()
    again = show(Project.open(jumps.folder))
    again.wait(lambda: again.page.board.classes.names == ("sky", "ground"))
    assert not again.page.side.match.isVisible()
    again.page.side.picker.match_asked.emit()
    assert again.page.side.match.choices["car"].currentText() == "ground"


@pytest.mark.usefixtures("quick")
def test_a_damaged_model_is_told_in_its_place_and_another_can_be_chosen(
    show: Show, jumps: Project, photos: Path, tmp_path: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    damaged = jumps.runs_folder / "jump-1" / "best.pt"
    whole = damaged.read_bytes()
    damaged.write_bytes(b"nothing of a model")
    page.board.use_model(None)
    page.use_model(model_of_file(damaged))
    shown.tab.take([photos / "new_0.png"])
    shown.wait(lambda: page.board.model_problem, MODEL_MS)
    problem = shown.tab.findChild(QLabel, "review.model.problem")
    assert problem is not None
    assert problem.isVisible()
    assert "best.pt" in problem.text()
    (tmp_path / "sound.pt").write_bytes(whole)
    shown.tab.take([tmp_path / "sound.pt"])
    shown.wait_for_answers(1)
    assert shown.states() == {"new_0.png": "done"}
    assert not problem.isVisible()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", ["damaged", "foreign", "found out late"])
def test_a_model_file_that_is_none_is_told_and_the_one_before_stays(
    show: Show, jumps: Project, photos: Path, sibling: Path, kind: str
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(1)
    dropped = photos / "dropped.pt"
    dropped.write_bytes(b"nothing of a model")
    if kind == "foreign":
        with zipfile.ZipFile(dropped, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"weight": 1}))
    if kind == "found out late":  # as where its card can be read: the process that loads it says no
        page.use_model(model_of_file(dropped))
    else:
        shown.tab.take([dropped])
    shown.wait(lambda: shown.told("jump-1 is still the model that is asked"))
    over: list[Problem] = []
    shown.session.problem_over.connect(over.append)
    assert sum("dropped.pt" in problem.text for problem in shown.problems) == 1
    assert shown.told("damaged or not a PyTorch file" if kind != "foreign" else "no SegStudio model")
    assert not shown.told("--set"), "the command line's words"
    assert page.board.model is not None
    assert page.board.model.name == "jump-1"
    assert page.side.picker.box.currentText() == "jump-1"
    shown.wait_for_answers(1)
    assert shown.states() == {"new_0.png": "done"}
    page.use_model(model_of_file(sibling))
    assert [problem.text for problem in over] == [shown.problems[-1].text], "it is no longer so"


@pytest.mark.usefixtures("quick")
def test_a_damaged_copy_of_the_model_in_use_leaves_it_in_use(
    show: Show, jumps: Project, photos: Path
) -> None:
    """Its description is sound, so that it seems to be the same model elsewhere."""
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(1)
    good = page.board.model
    assert good is not None
    copy = photos / "copy.pt"
    copy.write_bytes(b"nothing of a model")
    page.use_model(replace(good, path=copy, name="copy", of_run=False))
    shown.tab.take([photos / "new_1.png"])
    shown.wait(lambda: shown.told("jump-1 is still the model that is asked"))
    assert shown.told("copy.pt: the file is damaged")
    shown.wait_for_answers(2)
    assert set(shown.states().values()) == {"done"}
    assert page.board.model == good
    assert not page.board.model_problem
    assert page.side.picker.box.currentText() == "jump-1"
    assert [page.side.picker.box.findText(name) for name in ("jump-1", "copy")] == [0, -1]


@pytest.mark.usefixtures("quick")
def test_a_photo_that_cannot_be_read_stops_none_of_forty_nine(
    show: Show, jumps: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "fifty"
    folder.mkdir()
    for number in range(50):
        whole = photo_bytes(number)
        (folder / f"{number:02}.png").write_bytes(whole[:200] if number == 23 else whole)
    shown = show(jumps)
    shown.tab.take([folder])
    shown.wait_for_answers(50)
    states = shown.states()
    assert states.pop("23.png") == "failed"
    assert set(states.values()) == {"done"}
    assert not shown.told("it is started again")
    page = shown.page
    page.side.list.choose(str(folder / "23.png"))
    trouble = shown.tab.findChild(QWidget, "review.trouble")
    assert trouble is not None
    shown.wait(trouble.isVisible)
    assert trouble.accessibleName().startswith("23.png cannot be shown: ")
    (folder / "23.png").write_bytes(photo_bytes(23))
    again = trouble.findChild(QPushButton, "review.trouble.again")
    assert again is not None
    again.click()
    shown.wait_for_photo("23.png")
    assert not trouble.isVisible()
    assert page.stage.isVisible()


@pytest.mark.usefixtures("quick")
def test_what_is_looked_at_first_is_a_photo_that_can_be_shown(
    show: Show, jumps: Project, photos: Path
) -> None:
    for number in (0, 1):
        whole = (photos / f"new_{number}.png").read_bytes()
        (photos / f"new_{number}.png").write_bytes(whole[:200])
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos])
    shown.wait_for_photo("new_2.png")
    shown.wait_for_answers(5)
    assert page.side.list.chosen_id == str(photos / "new_2.png")
    assert page.stage.isVisible()
    assert shown.told("new_0.png: the photo is damaged")
    assert shown.told("2 photos cannot be segmented: new_0.png, new_1.png")
    assert [row.state for row in page.board.rows] == ["failed"] * 2 + ["done"] * 3
    page.side.list.choose(str(photos / "new_1.png"))
    shown.wait(lambda: page._middle.currentIndex() == 2)
    assert page.side.list.chosen_id == str(photos / "new_1.png"), "who wants to see it does"
    shown.tab.take([photos / "new_0.png"])
    shown.wait(lambda: page.side.list.chosen_id == str(photos / "new_0.png"))


@pytest.mark.usefixtures("quick")
def test_frames_of_a_video_come_as_photos_so_many_and_so_large_as_wished(
    show: Show, jumps: Project, tmp_path: Path
) -> None:
    shown = show(jumps)
    asks = shown.page.side.video
    video = write_video(tmp_path / "jump.avi", frames=31)
    shown.tab.take([video])
    shown.wait(asks.isVisible)
    outcome = asks.findChild(QLabel, "review.video.outcome")
    assert outcome is not None
    assert asks.every.value() == 5, "about two a second"
    assert outcome.text() == "7 frames, 2 a second"
    asks.every.setValue(15)
    asks.scale.setCurrentIndex(1)
    assert outcome.text().startswith("3 frames, one each 1.5 s")
    QTest.mouseClick(asks.start, Qt.MouseButton.LeftButton)
    assert not asks.isVisible()
    shown.wait_for_answers(3)
    whole = video_facts(video).size
    sizes = {row.answer.size for row in shown.page.board.rows if row.answer is not None}
    assert sizes == {(whole[0] // 2, whole[1] // 2)}
    assert list(shown.states()) == ["jump 0:00.0", "jump 0:01.5", "jump 0:03.0"]
    shown.wait_for_photo("jump 0:00.0")
    shown.wait(lambda: shown.page.board.segmenter.is_idle)
    shown.actions["review.accept"].trigger()
    shown.wait(
        lambda: shown.session.opened is not None and shown.session.opened.photo("jump-000000.jpg") is not None
    )
    accepted = next(row for row in shown.page.board.rows if row.verdict == "accept")
    shown.tab.take([video])  # and once more: what was thought of its frames stays
    shown.wait(asks.isVisible)
    asks.every.setValue(15)
    asks.scale.setCurrentIndex(1)
    came: list[str] = []
    shown.page.board.answer_came.connect(came.append)
    QTest.mouseClick(asks.start, Qt.MouseButton.LeftButton)
    shown.wait(lambda: len(came) >= 3)
    again = next(row for row in shown.page.board.rows if row.item.id == accepted.item.id)
    assert (again.verdict, again.item.key) == ("accept", "jump-000000.jpg")


@pytest.mark.usefixtures("quick")
def test_a_prediction_that_is_gone_or_damaged_is_made_anew(
    show: Show, jumps: Project, photos: Path, tmp_path: Path
) -> None:
    shown = show(jumps)
    shown.tab.take([photos / "new_0.png", photos / "new_1.png", photos / "new_2.png"])
    shown.wait_for_answers(3)
    answers = [row.answer for row in shown.page.board.rows]
    assert answers[1] is not None
    assert answers[2] is not None
    answers[1].mask.unlink()
    answers[2].mask.write_bytes(b"damaged")
    for number in (1, 2):
        shown.page.side.list.choose(shown.page.board.rows[number].item.id)
        shown.wait_for_photo(f"new_{number}.png")
    assert shown.problems == []


@pytest.mark.usefixtures("quick")
def test_an_export_replaces_nothing_without_a_word(
    show: Show, jumps: Project, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(jumps)
    exporting = shown.page.exporting
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(1)
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(out))
    asked: list[str] = []

    def answering(button: str) -> Callable[[QMessageBox], int]:
        def exec_(box: QMessageBox) -> int:
            asked.append(box.text())
            next(each for each in box.buttons() if each.text().replace("&", "") == button).click()
            return 0

        return exec_

    def export() -> None:
        exporting.ask("mask")
        shown.wait(lambda: not exporting.is_running)

    export()
    assert (out / "new_0.mask.png").exists()
    assert asked == []
    (out / "new_0.mask.png").write_bytes(b"another's")
    for button in ("Cancel", "Write into export-1"):
        monkeypatch.setattr(QMessageBox, "exec", answering(button))
        export()
        assert (out / "new_0.mask.png").read_bytes() == b"another's"
    assert asked == ["new_0.mask.png is in out already."] * 2
    assert [path.name for path in (out / "export-1").iterdir()] == ["new_0.mask.png"]
    monkeypatch.setattr(QMessageBox, "exec", answering("Replace"))
    export()
    assert (out / "new_0.mask.png").read_bytes() != b"another's"
    shown.problems.clear()
    exporting.export("mask", out / "new_0.mask.png")
    shown.wait(lambda: not exporting.is_running)
    os.mkfifo(out / "pipe.csv")
    exporting.export("table", out / "pipe.csv")
    shown.wait(lambda: not exporting.is_running)
    assert [problem.text.partition(": ")[2].partition(".")[0] for problem in shown.problems] == [
        "this is a file, not a folder",
        "this is no file that could be replaced",
    ]


@pytest.mark.slow
def test_a_process_that_is_killed_is_started_again_and_told_once(
    show: Show, jumps: Project, photos: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(1)
    before = page.board.segmenter.process_id
    shown.tab.take([photos / "new_1.png"])
    os.kill(before, signal.SIGKILL)
    shown.wait_for_answers(2)
    assert is_another_process(shown, before)
    assert set(shown.states().values()) == {"done"}
    assert len([problem for problem in shown.problems if "(signal SIGKILL)" in problem.text]) == 1


def test_ten_deaths_at_random_moments_lose_nothing(
    show: Show, jumps: Project, tmp_path: Path, quick_card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_answer(monkeypatch, quick_card, seconds=0.02)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number:02}.png").write_bytes(photo_bytes(number))
    (folder / "07.png").write_bytes(b"no photo")
    shown = show(jumps)
    board, chance = shown.page.board, random.Random(7)
    shown.tab.take([folder])
    before = 0
    for _ in range(10):
        shown.wait(partial(is_another_process, shown, before))
        before = board.segmenter.process_id
        done = sum(row.state in ("done", "failed") for row in board.rows)
        shown.wait(partial(has_answered, shown, min(done + 1, 19)))
        shown.qtbot.wait(chance.randrange(60))
        os.kill(before, signal.SIGKILL)
        if all(row.state in ("done", "failed") for row in board.rows):
            board.segmenter.warm_up()
    shown.wait_for_answers(20)
    states = shown.states()
    assert states.pop("07.png") == "failed"
    assert set(states.values()) == {"done"}
    told = [problem.text for problem in shown.problems if "(signal SIGKILL)" in problem.text]
    assert 1 <= len(told) <= 10
    assert all("nothing is lost" in text for text in told)
    for row in board.rows:
        assert row.answer is None or load_map(row.answer.mask).shape == (48, 64)


@pytest.mark.usefixtures("quick")
def test_a_mask_painted_meanwhile_counts_as_truth_at_once(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    page = shown.page
    part_photos(shown, "review.held_out")
    looked_at(shown, "1.png")
    shown.wait(lambda: len(page.board.matrices) == 2)
    mask = np.full((48, 64), VOID, dtype=np.uint8)
    mask[:4] = 1
    jumps.write_mask(jumps.photo("1.png"), mask)
    shown.session.refresh()
    row = page.board.rows[0].item.id
    shown.wait(lambda: page.board.matrices[row].sum() == 4 * 64)
    shown.wait(
        lambda: (
            page.viewing.shown is not None
            and page.viewing.shown.truth is not None
            and (page.viewing.shown.truth == 3).sum() == 4 * 64
        )
    )


@pytest.mark.usefixtures("quick")
def test_another_project_has_its_own_models_and_photos(
    show: Show, jumps: Project, photos: Path, tmp_path: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png"])
    looked_at(shown, "new_0.png")
    other = tmp_path / "other"
    shutil.copytree(jumps.folder, other, ignore=shutil.ignore_patterns("review"))
    (other / "runs" / "jump-1").rename(other / "runs" / "jump-2")
    shown.session.open(other)
    shown.wait(lambda: page.board.model is not None and page.board.model.name == "jump-2")
    assert not page.board.rows
    assert page._middle.currentIndex() == 0
    shown.tab.take([photos / "new_1.png"])
    looked_at(shown, "new_1.png")
    shown.session.close()
    assert page.board.model is None
    assert not page.board.rows


@pytest.mark.usefixtures("quick")
def test_training_goes_on_from_the_model(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    (photos / "new_0.png").write_bytes(b"no photo")
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(1)
    shown.wait(shown.actions["review.train_again"].isEnabled)  # it has nothing to do with the photo
    shown.actions["review.train_again"].trigger()
    best = jumps.runs_folder / "jump-1" / "best.pt"
    assert shown.planned == {"head": "lraspp_mobilenet_v3_large", "weights": str(best)}


@pytest.mark.usefixtures("quick")
def test_cancelled_photos_wait_until_the_person_goes_on(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos])
    shown.wait(lambda: not page.board.segmenter.is_idle)
    shown.tab.cancel_work()
    assert page.board.segmenter.is_idle
    states = [row.state for row in page.board.rows]
    assert "working" not in states
    assert "waiting" in states
    shown.wait(page.side._go_on.isVisible)
    QTest.mouseClick(page.side._go_on, Qt.MouseButton.LeftButton)
    shown.wait_for_answers(5)


@pytest.mark.usefixtures("quick")
def test_what_is_exported_is_what_is_shown(
    show: Show, jumps: Project, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([photos / "new_0.png", photos / "new_1.png"])
    shown.wait_for_answers(2)
    shown.wait_for_photo("new_0.png")
    out = tmp_path / "out"
    out.mkdir()
    for kind in ("mask", "overlay", "panels", "confidence"):
        page.exporting.export(kind, out)
        shown.wait(lambda: not page.exporting.is_running)
    page.exporting.export("table", out / "all.csv")
    shown.wait(lambda: not page.exporting.is_running)
    page.exporting.export("report", out / "all.html")
    shown.wait(lambda: not page.exporting.is_running)
    mask, _ = looked_at(shown, "new_0.png")
    assert np.array_equal(read_mask(out / "new_0.mask.png"), mask)
    assert {path.name for path in out.iterdir()} >= {
        "new_1.overlay.jpg",
        "new_1.panels.png",
        "new_1.confidence.png",
    }
    assert len((out / "all.csv").read_text().splitlines()) == 1 + 2 * 2
    assert "new_1.png" in (out / "all.html").read_text()
    assert shown.told("Exported 2 photos to all.html")
    monkeypatch.setattr("segstudio.desktop.reviewing.exporting.MOST_PHOTOS", 1)
    page.exporting.export("report", out / "all.html")
    shown.wait(lambda: not page.exporting.is_running)
    assert shown.told("Exported 1 photo to all.html. A page holds 1 photos: 1 more are left out.")
    shown.problems.clear()
    page.exporting.export("mask", out / "all.csv" / "masks")
    shown.wait(lambda: not page.exporting.is_running)
    assert [problem.text.partition(". ")[0] for problem in shown.problems] == [
        f"{out / 'all.csv'}: this is a file, not a folder"
    ], "once, and not for each photo"


@pytest.mark.slow
def test_the_window_answers_while_twenty_photos_are_segmented(
    show: Show, jumps: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number:02}.png").write_bytes(photo_bytes(number, (540, 960)))
    shown = show(jumps)
    with watching() as gaps:
        shown.tab.take([folder])
        shown.wait_for_answers(20)
        shown.wait(lambda: len([row for row in shown.page.board.rows if row.sure is not None]) == 20)
        shown.wait_for_photo("00.png")
    told(segmenting_20_photos=gaps.longest_ms)


@pytest.mark.usefixtures("quick")
def test_processes_that_are_left_are_gone_with_the_tab(
    show: Show, jumps: Project, photos: Path, model_file: Path
) -> None:
    shown = show(jumps)
    segmenter = shown.page.board.segmenter
    shown.tab.take([photos / "new_0.png"])
    shown.wait(lambda: segmenter.process_id)
    ids = [segmenter.process_id]
    for _ in range(3):
        shown.page.use_model(model_of_file(model_file))
        segmenter.warm_up()
        shown.wait(lambda: segmenter.process_id not in (0, *ids))
        ids.append(segmenter.process_id)
    shown.tab.shut_down()
    assert not [each for each in ids if psutil.pid_exists(each)]
