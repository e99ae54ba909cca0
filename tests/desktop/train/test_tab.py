"""The Train tab, clicked as a person clicks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.desktop.tabs.train import TrainTab
from segstudio.desktop.train.form.class_row import bar_px
from segstudio.desktop.train.launch import Order
from segstudio.desktop.train.page import TrainPage, free_name
from segstudio.desktop.widgets.status_line import StatusLine
from segstudio.project.masks import write_mask
from segstudio.project.project import Project
from segstudio.runs.events import PreviewSaved, RunFailed, RunStopped, encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe, load_recipe, recipe_to_toml
from tests.desktop.conftest import WAIT_MS
from tests.desktop.train.conftest import TINY, TRAIN_MS, Written, epoch, finished, started, step
from tests.desktop.watchdog import told, watching


class Shown:
    """The tab on an open project, and what it told."""

    def __init__(self, tab: TrainTab, session: ProjectSession, actions: Actions) -> None:
        assert tab.page is not None
        self.tab, self.session, self.actions = tab, session, actions
        self.page: TrainPage = tab.page
        self.problems: list[Problem] = []
        session.problem_met.connect(self.problems.append)

    def press(self, name: str) -> None:
        button = self.page.findChild(QPushButton, name)
        assert button is not None
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, field: str, text: str) -> None:
        line = self.page.findChild(QLineEdit, f"field.{field}")
        assert line is not None
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)


Show = Callable[[Project], Shown]


@pytest.fixture
def show(qtbot: QtBot, look: Look) -> Iterator[Show]:
    made: list[tuple[TrainTab, ProjectSession]] = []

    def open_(project: Project) -> Shown:
        session = ProjectSession(Places.of_this_user())
        actions = Actions(look.icons, session)
        session.open(project.folder)
        qtbot.waitUntil(lambda: session.opened is not None and not session.is_busy, timeout=WAIT_MS)
        tab = TrainTab(look, actions, session)
        made.append((tab, session))
        actions.know(is_open=True, tab="train")
        tab.resize(1200, 800)
        tab.show()
        qtbot.waitUntil(lambda: tab.page is not None and tab.page.view.plots.is_built, timeout=WAIT_MS)
        return Shown(tab, session, actions)

    yield open_
    for tab, session in made:
        tab.shut_down()
        session.shut_down()
        tab.close()
        tab.deleteLater()
    QApplication.processEvents()


def checked(qtbot: QtBot, shown: Shown) -> None:
    qtbot.waitUntil(lambda: shown.page.plan._result is not None, timeout=TRAIN_MS)


@pytest.mark.slow
def test_quick_recipe_points_while_it_runs_stop_resume_finished(
    qtbot: QtBot, show: Show, tiny: Project, trainers: list[int]
) -> None:
    shown = show(tiny)
    page = shown.page
    checked(qtbot, shown)
    page.plan.form.change({**TINY, "epochs": 16})
    shown.press("train.start.button")
    assert not page.plan.start.isEnabled()
    assert "just being started" in page.plan.why.text()
    name = page.view.first.name if page.view.first else ""

    def has_points() -> bool:
        charts = page.view.plots.charts.values()
        return all(any(len(line.x) for line in chart.series) for chart in charts)

    qtbot.waitUntil(has_points, timeout=TRAIN_MS)
    assert page.view.first is not None
    assert page.view.first.phase == "running"
    assert "photos/s" in page.view.facts.text()
    assert page.plan.start.isEnabled()
    qtbot.waitUntil(lambda: len(page.view.previews.pictures.pairs) == 2, timeout=TRAIN_MS)
    shown.press("run.stop")
    assert page.view.stop.text() == "Stopping …"
    qtbot.waitUntil(
        lambda: page.view.first is not None and page.view.first.phase == "stopped", timeout=TRAIN_MS
    )
    steps = page.view.first.told.step
    shown.press("run.resume")
    qtbot.waitUntil(
        lambda: page.view.first is not None and page.view.first.phase == "running", timeout=TRAIN_MS
    )
    qtbot.waitUntil(
        lambda: page.view.first is not None and page.view.first.phase == "finished", timeout=TRAIN_MS
    )
    assert page.view.first is not None
    assert page.view.first.name == name
    assert page.view.first.told.step == 32 > steps
    qtbot.waitUntil(lambda: bool(shown.session.opened and shown.session.opened.models), timeout=WAIT_MS)
    assert load_recipe(str(tiny.runs_folder / name / "recipe.toml")).epochs == 16
    assert not shown.problems


def test_invalid_values_are_explained_in_place_and_keep_start_closed(
    qtbot: QtBot, show: Show, tiny: Project
) -> None:
    shown = show(tiny)
    plan = shown.page.plan
    shown.type("epochs", "0")
    assert not plan.start.isEnabled()
    assert plan.why.text() == "Epochs is to be put right first."
    said = plan.findChild(QLabel, "problem.epochs")
    assert said is not None
    assert said.toolTip() == "Must be at least 1."
    assert not shown.actions["train.start"].isEnabled()
    shown.type("epochs", "7")
    assert plan.start.isEnabled()
    assert plan.form.changes() == {"epochs": 7}
    plan.form.recipe.setCurrentIndex(plan.form.recipe.findData("balanced"))
    plan.form.recipe.activated.emit(plan.form.recipe.currentIndex())
    assert plan.form.value("head") == "deeplabv3_resnet50"
    assert plan.form.changes() == {}


def test_the_rest_of_the_choices_is_folded_away_and_works(show: Show, tiny: Project) -> None:
    form = show(tiny).page.plan.form
    assert form.findChild(QLineEdit, "field.warmup_steps") is None
    form.more.open()
    page = form.window()
    line = page.findChild(QLineEdit, "field.warmup_steps")
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, "7")
    assert form.changes() == {"warmup_steps": 7}


def test_the_check_finds_and_mends(qtbot: QtBot, show: Show, tiny: Project) -> None:
    classes = tiny.classes.model_validate(
        {
            "classes": [
                *tiny.classes.model_dump()["classes"],
                {"index": 2, "name": "rope", "colour": "#111111"},
            ]
        }
    )
    tiny.save_classes(classes)
    shown = show(tiny)
    plan = shown.page.plan
    checked(qtbot, shown)
    plan.check_fold.open()
    plan.class_fold.open()
    shown.press("check.fix.empty-class")
    assert plan.form.changes() == {"ignore_classes": ["rope"]}
    assert plan.classes.row("rope").fate.currentText() == "leave out"
    choose(plan.classes.row("rope").fate, "learn")
    assert plan.form.changes() == {}


def choose(combo: QComboBox, words: str) -> None:
    """Choose from a list as the keyboard does."""
    combo.setFocus()
    position = combo.findText(words)
    assert position >= 0, [combo.itemText(each) for each in range(combo.count())]
    QTest.keyClick(combo, Qt.Key.Key_F4)
    assert combo.view().isVisible()
    QTest.keyClick(combo.view(), Qt.Key.Key_Home)
    for _ in range(position):
        QTest.keyClick(combo.view(), Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    assert combo.currentText() == words


@pytest.fixture
def with_rope(tiny: Project) -> Project:
    tiny.save_classes(tiny.classes.added("rope").added("strap"))
    return tiny


def test_a_class_is_learnt_as_another(qtbot: QtBot, show: Show, with_rope: Project) -> None:
    shown = show(with_rope)
    plan = shown.page.plan
    checked(qtbot, shown)

    def empty() -> int:
        found = plan._result.found if plan._result is not None else ()
        return sum(each.code == "empty-class" for each in found)

    assert empty() == 2
    plan.class_fold.open()
    choose(plan.classes.row("strap").fate, "as rope")
    QTest.keyClick(plan.classes.row("rope").fate, Qt.Key.Key_Down)  # opens the list, and frees nothing
    assert plan.form.changes() == {"merge": {"strap": "rope"}}
    plan.classes.row("rope").fate.hidePopup()
    choose(plan.classes.row("rope").fate, "as ground")
    assert plan.form.changes() == {"merge": {"strap": "ground", "rope": "ground"}}
    assert plan.class_fold.summary == "2 of 4"
    assert plan.start.isEnabled()
    qtbot.waitUntil(lambda: not empty(), timeout=TRAIN_MS)
    choose(plan.classes.row("ground").fate, "leave out")
    assert plan.form.changes() == {"ignore_classes": ["ground"]}
    choose(plan.classes.row("rope").fate, "leave out")
    choose(plan.classes.row("strap").fate, "leave out")
    assert "two classes at least" in plan.why.text()
    with_rope.save_classes(with_rope.classes.removed("strap"))
    shown.session.refresh()
    qtbot.waitUntil(lambda: plan.form.value("ignore_classes") == ["ground", "rope"], timeout=WAIT_MS)


def test_every_class_has_a_weight_of_its_own(show: Show, with_rope: Project) -> None:
    plan = show(with_rope).page.plan
    plan.class_fold.open()
    choose(plan.classes.weights, "As I say for each class")
    edit = plan.classes.row("rope").weight
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "x")
    assert plan.why.text() == "The weight of rope is to be a number of at least 0."
    assert edit.property("wrong") == "true"
    assert plan.classes.row("rope").problem.isVisible()
    assert plan.classes.row("rope").problem.text() == "Must be a number of at least 0."
    assert plan.classes.row("sky").problem.isHidden()
    assert plan.class_fold.summary == "something is wrong here"
    assert plan.form.more.summary == "", "it is not there"
    edit.selectAll()
    QTest.keyClicks(edit, "2.50")
    assert edit.text() == "2.50"
    assert plan.classes.row("rope").problem.isHidden()
    assert plan.class_fold.summary == "4 of 4"
    assert plan.start.isEnabled()
    assert plan.form.changes()["class_weights"] == {"sky": 1.0, "ground": 1.0, "rope": 2.5, "strap": 1.0}
    choose(plan.classes.row("strap").fate, "as rope")
    assert not plan.classes.row("strap").weight.isVisible()
    assert plan.form.changes()["class_weights"] == {"sky": 1.0, "ground": 1.0, "rope": 2.5}
    for name in ("sky", "ground", "rope"):
        edit = plan.classes.row(name).weight
        edit.selectAll()
        QTest.keyClicks(edit, "0")
    assert plan.classes.whole.text() == plan.why.text() == "One class at least needs a weight above 0."
    choose(plan.classes.weights, "All pixels count alike")
    assert plan.classes.whole.isHidden()
    assert plan.form.changes() == {"merge": {"strap": "rope"}}


def test_what_augmentation_does_can_be_looked_at(qtbot: QtBot, show: Show, tiny: Project) -> None:
    plan = show(tiny).page.plan
    plan.form.change({"crop_px": 32})
    plan.augmentation_fold.open()
    qtbot.waitUntil(lambda: plan.augmentation._grid.count() == 12, timeout=TRAIN_MS)
    assert plan.augmentation.again.isEnabled()


def test_photos_are_split_anew_and_back(qtbot: QtBot, show: Show, tiny: Project) -> None:
    shown = show(tiny)
    plan = shown.page.plan
    plan.split_fold.open()
    plan.split.share.setValue(50)
    plan.split.grouping.setCurrentIndex(plan.split.grouping.findData("none"))
    before = {photo.key: photo.split for photo in tiny.photos()}

    def now() -> dict[str, str | None]:
        return {photo.key: photo.split for photo in Project.open(tiny.folder).photos()}

    shown.press("split.go")
    qtbot.waitUntil(lambda: list(now().values()).count("val") == 3, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: plan.split_fold.summary == "3 train · 3 validate", timeout=WAIT_MS)
    shown.press("split.undo")
    qtbot.waitUntil(lambda: now() == before, timeout=WAIT_MS)
    assert not plan.split.undo.isEnabled()


def test_every_split_is_taken_back_in_turn(qtbot: QtBot, show: Show, tiny: Project) -> None:
    shown = show(tiny)
    plan = shown.page.plan
    plan.split_fold.open()

    def now() -> dict[str, str | None]:
        return {photo.key: photo.split for photo in Project.open(tiny.folder).photos()}

    passed = [now()]
    for share in (17, 50):
        plan.split.share.setValue(share)
        shown.press("split.go")
        qtbot.waitUntil(lambda: now() != passed[-1] and plan.split.go.isEnabled(), timeout=WAIT_MS)
        passed.append(now())
    assert shown.problems[-1].text == (
        "The photos are split anew. All photos are of one burst, which therefore had to be divided."
    )
    passed.pop()
    while passed:
        qtbot.waitUntil(plan.split.undo.isEnabled, timeout=WAIT_MS)
        shown.press("split.undo")
        qtbot.waitUntil(lambda: now() == passed[-1], timeout=WAIT_MS)
        passed.pop()
    qtbot.waitUntil(lambda: not plan.split.undo.isEnabled(), timeout=WAIT_MS)


def test_runs_are_laid_over_each_other_renamed_thrown_away_and_taken_back(
    qtbot: QtBot, show: Show, tiny: Project, written: Written
) -> None:
    for name in ("one", "two"):
        written(name, started(), *map(step, range(1, 11)), epoch(1), epoch(2, hits=7), finished(2))
    other = Recipe(head="fcn_resnet50", epochs=9)
    (tiny.runs_folder / "one" / "recipe.toml").write_text(recipe_to_toml(other), encoding="utf-8")
    shown = show(tiny)
    page = shown.page
    page.choose("one", "two")
    chart = page.view.plots.charts["miou"]
    qtbot.waitUntil(lambda: {line.run for line in chart.series} == {"one", "two"}, timeout=WAIT_MS)
    qtbot.waitUntil(page.view.differences.isVisible, timeout=WAIT_MS)
    assert (
        page.view.differences.toolTip()
        == "Network LR-ASPP, MobileNetV3-Large | FCN, ResNet-50 · Epochs 60 | 9"
    )
    page.choose("one")
    assert page.view.differences.isHidden()
    shown.actions["run.command"].trigger()
    assert "recipe.toml" in QGuiApplication.clipboard().text()
    page.choose("one", "two")
    one = [row.name for row in page.runs.list.runs.rows].index("one")
    page.runs.list.runs.setData(page.runs.list.runs.index(one), "with flips")
    assert (tiny.runs_folder / "with flips" / "recipe.toml").exists()
    look = shown.session.opened
    qtbot.waitUntil(lambda: shown.session.opened is not look, timeout=WAIT_MS)
    assert set(page.runs.list.selected()) == {"with flips", "two"}
    qtbot.waitUntil(lambda: {line.run for line in chart.series} == {"with flips", "two"}, timeout=WAIT_MS)
    page.choose("with flips")
    qtbot.waitUntil(
        lambda: page.view.first is not None and page.view.first.name == "with flips", timeout=WAIT_MS
    )
    page.runs.list.setFocus()
    QTest.keyClick(page.runs.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: [row.name for row in page.runs.list.runs.rows] == ["two"], timeout=WAIT_MS)
    assert (tiny.runs_folder / ".trash" / "with flips" / "recipe.toml").exists()
    undo = shown.problems[-1].actions[0].do
    assert undo is not None
    undo()
    qtbot.waitUntil(lambda: len(page.runs.list.runs.rows) == 2, timeout=WAIT_MS)
    page.runs.list.runs.rename_asked.emit("two", "with flips")
    assert 'there is a run "with flips" already' in shown.problems[-1].text


def test_a_run_under_way_is_not_thrown_away_which_is_told_until_it_has_ended(
    qtbot: QtBot, show: Show, tiny: Project, written: Written
) -> None:
    run = written("r", started(), step(1))
    shown = show(tiny)
    over: list[Problem] = []
    shown.session.problem_over.connect(over.append)
    with run.held():
        qtbot.waitUntil(lambda: shown.tab.is_training, timeout=WAIT_MS)
        shown.page.choose("r")
        shown.actions["run.delete"].trigger()
        assert shown.problems[-1].text == "The run r is under way. Stop it first."
        stop = shown.problems[-1].actions[0]
        assert stop.text == "Stop it"
        assert stop.do is not None
        stop.do()
        qtbot.waitUntil(run.is_asked_to_stop, timeout=WAIT_MS)
        assert not over
        with run.log.open("ab") as log:
            log.write(encode_event(RunStopped(epoch=0, step=1)))
        qtbot.waitUntil(lambda: over == shown.problems, timeout=WAIT_MS)


def test_why_a_run_failed_stands_below_how_far_it_came(
    qtbot: QtBot, show: Show, tiny: Project, written: Written
) -> None:
    failed = RunFailed(problem="runs/bad: training ran out of memory. Train with fewer crops (batch_size).")
    written("bad", started(), step(1), epoch(1), failed)
    written("good", started(), step(1), epoch(1), finished(1))
    page = show(tiny).page
    page.choose("bad")
    qtbot.waitUntil(page.view.trouble.isVisible, timeout=WAIT_MS)
    assert page.view.told.toolTip() == "failed · epoch 1 of 10 · best mIoU 0.333 in epoch 1"
    assert page.view.trouble.text().endswith('Train with fewer crops ("Batch").')
    page.choose("good")
    qtbot.waitUntil(lambda: page.view.told.toolTip().startswith("finished"), timeout=WAIT_MS)
    assert page.view.trouble.isHidden()


def test_tab_goes_through_the_right_side_as_it_is_read(show: Show, tiny: Project) -> None:
    view = show(tiny).page.view
    wanted = {"plots.csv", *(chart.objectName() for chart in view.plots.charts.values())}
    chain: list[QWidget] = [view.plots.smoothing]
    while chain[-1] is not view.previews.slider and len(chain) < 200:
        after = chain[-1].nextInFocusChain()
        assert after is not None
        chain.append(after)
    names = [widget.objectName() for widget in chain if widget.objectName() in wanted]
    assert names == ["plots.csv", "chart.loss", "chart.miou", "chart.classes", "chart.rate"]


def test_the_slider_goes_through_the_epochs(
    qtbot: QtBot, show: Show, tiny: Project, written: Written
) -> None:
    previews = [PreviewSaved(epoch=number, photo="4.png", name=f"previews/{number}.png") for number in (1, 2)]
    run = written("r", started(), epoch(1), previews[0], epoch(2), previews[1], finished(2))
    for number in (1, 2):
        mask = np.full((32, 32), number - 1, dtype=np.uint8)
        write_mask(run.path / "previews" / f"{number}.png", mask, tiny.classes)
    strip = show(tiny).page.view.previews
    qtbot.waitUntil(lambda: bool(strip.pictures.pairs) and strip.epoch == 2, timeout=WAIT_MS)
    shown = strip.pictures.pairs[0].now
    assert shown is not None
    strip.slider.setValue(0)
    qtbot.waitUntil(lambda: strip.pictures.pairs[0].now != shown, timeout=WAIT_MS)
    assert strip.epoch == 1


def test_a_class_that_is_recoloured_has_its_new_colour_in_truth_and_charts(
    qtbot: QtBot, show: Show, tiny: Project, written: Written
) -> None:
    preview = PreviewSaved(epoch=1, photo="4.png", name="previews/1.png")
    run = written("r", started(), epoch(1), preview, finished(1))
    write_mask(run.path / "previews" / "1.png", np.zeros((64, 64), dtype=np.uint8), tiny.classes)
    shown = show(tiny)
    view = shown.page.view
    chart = view.plots.charts["classes"]
    pictures = view.previews.pictures

    def left_of_truth() -> QColor:
        truth = pictures.pairs[0].truth if pictures.pairs else None
        return truth.pixelColor(truth.width() // 4, 0) if truth is not None else QColor()

    qtbot.waitUntil(lambda: left_of_truth().blue() > 150, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "#3366FF" in {line.colour for line in chart.series}, timeout=WAIT_MS)
    tiny.save_classes(tiny.classes.recoloured("sky", "#FF3300"))
    shown.session.refresh()
    qtbot.waitUntil(lambda: "#FF3300" in {line.colour for line in chart.series}, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: left_of_truth().red() > 150 > left_of_truth().blue(), timeout=WAIT_MS)


def test_values_are_saved_as_tables_and_charts_as_a_picture(
    qtbot: QtBot, show: Show, tiny: Project, written: Written, tmp_path: Path
) -> None:
    written("r", started(), step(1), epoch(1), finished(1))
    page = show(tiny).page
    qtbot.waitUntil(
        lambda: page.view.first is not None and bool(page.view.first.told.epochs), timeout=WAIT_MS
    )
    (tmp_path / "r-steps.csv").write_text("somebody's own", encoding="utf-8")
    page.export("csv", tmp_path / "r.csv")
    page.export("png", tmp_path / "r.png")
    qtbot.waitUntil((tmp_path / "r-steps-2.csv").exists, timeout=WAIT_MS)
    assert (tmp_path / "r-steps.csv").read_text(
        encoding="utf-8"
    ) == "somebody's own"  # nobody was asked about it
    assert (tmp_path / "r.csv").read_text().startswith("run,epoch,")
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")


def test_notices_lie_over_the_charts_and_leave_the_plan_in_reach(show: Show, tiny: Project) -> None:
    shown = show(tiny)
    room = shown.page.view.plots.room
    assert shown.tab.still_part() is room
    assert all(room.isAncestorOf(chart) for chart in shown.page.view.plots.charts.values())
    assert not room.isAncestorOf(shown.page.view.plots.log)


@pytest.mark.parametrize(
    "outcome", [("Leave it going", True, False), ("Stop it", True, True), ("Cancel", False, False)]
)
def test_closing_asks_what_becomes_of_a_training(
    qtbot: QtBot,
    show: Show,
    written: Written,
    tiny: Project,
    monkeypatch: pytest.MonkeyPatch,
    *,
    outcome: tuple[str, bool, bool],
) -> None:
    answer, leaves, asked = outcome
    run = written("r", started(), step(1))
    shown = show(tiny)
    with run.held():
        qtbot.waitUntil(lambda: bool(shown.tab.board.live()), timeout=WAIT_MS)

        def click(box: QMessageBox) -> int:
            assert "The run r is under way" in box.text()
            next(button for button in box.buttons() if button.text().replace("&", "") == answer).click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", click)
        assert shown.tab.may_leave(shown.tab) is leaves
        assert run.is_asked_to_stop() is asked


def test_a_long_log_is_opened_and_followed(qtbot: QtBot, show: Show, tiny: Project, written: Written) -> None:
    many = 100_000
    run = written("long", started(epochs=60, steps_per_epoch=2000))
    line = (
        b'{"time":1.0,"kind":"step_done","step":%d,"epoch":%d,"loss":%f,"learning_rate":0.001,'
        b'"images_per_s":9.0,"memory_mb":500.0}\n'
    )
    with run.log.open("ab") as log:
        log.writelines(
            line % (number, number // 2000 + 1, 1 / (1 + number % 97)) for number in range(1, many + 1)
        )
    shown = show(tiny)
    view = shown.page.view

    def has_come_to(number: int) -> bool:
        charts = view.plots.charts["loss"].series
        return bool(charts) and charts[0].x[-1] == number / 2000

    with run.held(), watching() as gaps:
        qtbot.waitUntil(lambda: has_come_to(many), timeout=WAIT_MS)
        for number in range(many + 1, many + 6):
            with run.log.open("ab") as log:
                log.write(line % (number, 51, 0.5))
            qtbot.waitUntil(partial(has_come_to, number), timeout=WAIT_MS)
    told(following_100000_points=gaps.longest_ms)


def test_a_tab_that_came_up_before_there_was_a_project_makes_its_page(
    qtbot: QtBot, look: Look, tiny: Project
) -> None:
    session = ProjectSession(Places.of_this_user())
    tab = TrainTab(look, Actions(look.icons, session), session)
    tab.show()
    qtbot.waitUntil(lambda: not tab.errands.is_running("page"), timeout=WAIT_MS)
    session.open(tiny.folder)
    qtbot.waitUntil(lambda: tab.page is not None and tab.page.view.plots.is_built, timeout=WAIT_MS)
    tab.shut_down()
    session.shut_down()
    tab.close()
    tab.deleteLater()


def test_a_hidden_tab_draws_nothing_until_it_is_seen(
    qtbot: QtBot, show: Show, tiny: Project, written: Written
) -> None:
    run = written("r", started(), step(1))
    shown = show(tiny)
    view, board = shown.page.view, shown.tab.board
    loss = view.plots.charts["loss"]
    qtbot.waitUntil(lambda: bool(loss.series) and len(loss.series[0].x) == 1, timeout=WAIT_MS)
    with run.held():
        shown.tab.hide()
        with run.log.open("ab") as log:
            log.write(encode_event(step(2)))

        def has_come() -> bool:
            now = board.now("r")
            return now is not None and now.told.step == 2

        qtbot.waitUntil(has_come, timeout=WAIT_MS)
        assert view.first is not None
        assert view.first.told.step == 1
        shown.tab.show()
        assert view.first.told.step == 2
        qtbot.waitUntil(lambda: len(loss.series[0].x) == 2, timeout=WAIT_MS)


def test_the_status_line_says_what_the_tab_says(
    qtbot: QtBot, look: Look, show: Show, tiny: Project, written: Written
) -> None:
    """And not what was true when the project was read last."""
    run = written("r", started(), step(1))
    shown = show(tiny)
    status = StatusLine(QAction())
    status.follow(shown.tab)
    with run.held():
        qtbot.waitUntil(lambda: shown.tab.is_training, timeout=WAIT_MS)
        with run.log.open("ab") as log:
            log.write(encode_event(epoch(1, hits=5)))
        qtbot.waitUntil(lambda: "epoch 1 of 10" in shown.page.view.told.text(), timeout=WAIT_MS)
        status.show_project("6 photos", "lraspp_mobilenet_v3_large: running · epoch 0 of 10")
        link = status.findChild(QPushButton, "status.run")
        assert link is not None
        assert "running · epoch 1 of 10 · mIoU 0.33" in link.text()
    status.show_project("", "")
    assert not link.text()
    status.deleteLater()


def test_several_gpus_are_used_as_chosen_and_again_when_a_run_goes_on(
    qtbot: QtBot, show: Show, tiny: Project, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_three = started().model_copy(update={"processes": 3})
    written("r", of_three, step(1), RunStopped(epoch=0, step=1))
    shown = show(tiny)
    page = shown.page
    orders: list[Order] = []
    monkeypatch.setattr(shown.tab.board, "start", orders.append)
    qtbot.waitUntil(lambda: page.view.first is not None and page.view.resume.isVisible(), timeout=WAIT_MS)
    shown.press("run.resume")
    qtbot.waitUntil(lambda: not shown.tab.errands.is_running("count gpus"), timeout=WAIT_MS)
    page.plan.form.gpus.offer(2)
    choose(page.plan.form.gpus.choice, "2 of 2")
    shown.press("train.start.button")
    assert [order.words[-2:] for order in orders] == [("--gpus", "3"), ("--gpus", "2")]


def test_a_run_is_planned_again_and_choices_are_kept_in_a_file(
    show: Show, tiny: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = load_recipe(
        "balanced", ["epochs=7", 'ignore_classes=["rope"]', "class_weights={sky = 2.0, rope = 3.0}"]
    )
    RunFolder.create(tiny.runs_folder, recipe, name="r")
    shown = show(tiny)
    form = shown.page.plan.form
    shown.page.choose("r")
    shown.actions["run.choices"].trigger()
    assert form.recipe.currentText() == "balanced"
    assert form.changes() == {"epochs": 7, "class_weights": {"sky": 2.0}}, "there is no class rope here"
    form.more.open()
    kept = tmp_path / "kept.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(kept.with_suffix("")), ""))
    shown.press("recipe.save")
    assert "kept.toml" in shown.problems[-1].text
    form.change({"epochs": 9, "seed": 5})
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(kept), ""))
    shown.press("recipe.open")
    assert form.changes() == {"epochs": 7, "class_weights": {"sky": 2.0}}
    kept.write_text("epochs = 0", encoding="utf-8")
    shown.press("recipe.open")
    assert "epochs" in shown.problems[-1].text
    assert form.value("epochs") == 7
    shown.type("epochs", "x")
    shown.press("recipe.save")
    assert "put right" in shown.problems[-1].text
    assert kept.read_text(encoding="utf-8") == "epochs = 0"


def test_a_run_to_begin_from_is_followed_when_it_is_renamed_and_told_when_it_is_gone(
    qtbot: QtBot, show: Show, tiny: Project, written: Written
) -> None:
    run = written("r", started(), epoch(1), finished(1))
    run.best.write_bytes(b"a model")
    shown = show(tiny)
    page, plan = shown.page, shown.page.plan
    shown.tab.plan_with({"weights": str(run.best)})
    assert plan.start.isEnabled()
    page.runs.list.runs.rename_asked.emit("r", "jump-1")
    assert plan.form.value("weights") == str(tiny.runs_folder / "jump-1" / "best.pt")
    assert plan.form.head_view.weights.text() == "Starts from the weights in jump-1/best.pt."
    page.choose("jump-1")
    shown.actions["run.delete"].trigger()
    qtbot.waitUntil(lambda: not plan.start.isEnabled(), timeout=WAIT_MS)
    assert "are gone: jump-1/best.pt" in plan.form.head_view.weights.text()
    assert "are gone: jump-1/best.pt" in plan.why.text()
    checked(qtbot, shown)
    plan.check_fold.open()
    shown.press("check.fix.weights-none")
    assert plan.start.isEnabled()


def test_a_free_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a-2").mkdir()
    assert (free_name(tmp_path, "a"), free_name(tmp_path, "b")) == ("a-3", "b")


def test_the_left_side_is_in_line_and_nothing_can_be_saved_of_no_run(
    qtbot: QtBot, show: Show, tiny: Project
) -> None:
    shown = show(tiny)
    plan, plots = shown.page.plan, shown.page.view.plots
    for name in ("plots.reset", "plots.png", "plots.csv"):
        button = plots.findChild(QPushButton, name)
        assert button is not None
        assert not button.isEnabled()
    for fold in (plan.class_fold, plan.split_fold, plan.form.more):
        fold.open()
    scroll = plan.findChild(QScrollArea)
    assert scroll is not None
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0, timeout=WAIT_MS)
    assert scroll.horizontalScrollBar().maximum() == 0
    assert plan.form.width() < scroll.viewport().width()
    qtbot.waitUntil(lambda: plan.start.x() + plan.start.width() == right_of(plan.form, plan), timeout=WAIT_MS)
    assert plan.start.x() == plan.form.mapTo(plan, plan.form.rect().topLeft()).x() == 16


def right_of(widget: QWidget, within: QWidget) -> int:
    return widget.mapTo(within, widget.rect().topRight()).x() + 1


@pytest.mark.parametrize(("share", "wanted"), [(0.0, 0.0), (0.001, 2.0), (0.25, 25.0), (1.0, 100.0)])
def test_the_bar_of_a_class_is_as_long_as_its_share(share: float, wanted: float) -> None:
    assert bar_px(share, 100.0) == wanted
