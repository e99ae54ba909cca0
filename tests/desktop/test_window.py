"""The real window through the real entry point, with mouse and keyboard."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from segstudio.desktop import sample
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.shortcuts import ShortcutsPage
from segstudio.desktop.tabs.new_project import NewProjectDialog
from segstudio.desktop.window import Window
from segstudio.project.project import Project
from segstudio.runs.events import encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.letting_go import wait_until_taken
from tests.desktop.test_state import epoch, started

_TABS_BY_KEY = (
    (Qt.Key.Key_2, "annotate"),
    (Qt.Key.Key_3, "train"),
    (Qt.Key.Key_4, "review"),
    (Qt.Key.Key_1, "import"),
)


def press(qtbot: QtBot, window: QWidget, name: str) -> None:
    button = window.findChild(QWidget, name)
    assert button is not None
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def wait_for_tab(qtbot: QtBot, window: Window, tab: str) -> None:
    qtbot.waitUntil(lambda: window.shown_tab == tab, timeout=WAIT_MS)


def wait_until_idle(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: not window._session.is_busy, timeout=WAIT_MS)


def activate(qtbot: QtBot, window: Window) -> None:
    """Shortcuts reach only the active window; no window manager makes it so without a screen."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)


def dialog() -> NewProjectDialog:
    return next(
        w for w in QApplication.topLevelWidgets() if isinstance(w, NewProjectDialog) and w.isVisible()
    )


def test_the_first_start_shows_the_start_page(qtbot: QtBot, drive: Drive) -> None:
    def steps(window: Window) -> None:
        assert window.shown_tab == ""
        assert not window.header.tabs.isVisible()
        assert window.windowTitle() == "SegStudio"
        device = window.findChild(QLabel, "device")
        assert device is not None
        qtbot.waitUntil(lambda: bool(device.text()), timeout=WAIT_MS)

    assert drive(steps) == 0


def test_a_new_project_by_keyboard_then_all_tabs_then_again(qtbot: QtBot, drive: Drive) -> None:
    places = Places.of_this_user()

    def make(window: Window) -> None:
        press(qtbot, window, "start.project.new")
        asking = dialog()
        name = asking.findChild(QLineEdit, "new.name")
        assert name is not None
        QTest.keyClicks(name, "My jumps")
        edits = [edit for edit in asking.findChildren(QLineEdit) if not edit.objectName()]
        QTest.keyClicks(edits[0], "sky,")
        QTest.keyClicks(asking.focusWidget(), "person")
        press(qtbot, asking, "new.make")
        wait_for_tab(qtbot, window, "import")
        activate(qtbot, window)
        for key, tab in _TABS_BY_KEY:
            QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
            assert window.shown_tab == tab
        press(qtbot, window, "tab.train")
        assert window.shown_tab == "train"

    assert drive(make) == 0
    made = Project.open(places.documents / "My jumps")
    assert made.classes.names == ("sky", "person")

    def again(window: Window) -> None:
        wait_for_tab(qtbot, window, "train")
        assert window.windowTitle() == "My jumps[*] – SegStudio"
        wait_until_idle(qtbot, window)
        activate(qtbot, window)
        QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
        assert window.shown_tab == ""
        assert window.start.recent.count() == 1
        window.start.recent.setFocus()
        QTest.keyClick(window.start.recent, Qt.Key.Key_Return)
        wait_for_tab(qtbot, window, "import")

    assert drive(again) == 0


def test_a_project_named_on_the_command_line_is_opened_and_remembered(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        wait_for_tab(qtbot, window, "annotate")
        assert window.header.tabs["annotate"].badge == "2"
        photos = window.findChild(QPushButton, "status.photos")
        assert photos is not None
        assert photos.text() == "4 photos, 2 done"

    assert drive(steps, project.folder) == 0
    settings = Settings(Places.of_this_user())
    assert settings.last_project == project.folder
    assert settings.recent() == (("jumps", project.folder),)
    assert Places.of_this_user().thumbnail(project.folder).exists()


def test_what_others_write_is_seen_after_looking_for_changes(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        wait_for_tab(qtbot, window, "annotate")
        wait_until_idle(qtbot, window)
        photo = project.photo("3.jpg")
        project.write_state(photo, photo.state.model_copy(update={"status": "done"}))
        project.save_classes(project.classes.added("person"))
        activate(qtbot, window)
        QTest.keyClick(window, Qt.Key.Key_F5)
        qtbot.waitUntil(lambda: window.header.tabs["annotate"].badge == "1", timeout=WAIT_MS)
        opened = window._session.opened
        assert opened is not None
        assert opened.classes.names == ("sky", "ground", "person")

    assert drive(steps, project.folder / "project.json") == 0


def test_closing_comes_before_looking_for_changes(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        wait_for_tab(qtbot, window, "annotate")
        wait_until_idle(qtbot, window)
        activate(qtbot, window)
        for _ in range(5):
            QTest.keyClick(window, Qt.Key.Key_F5)
        QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
        assert window.shown_tab == ""
        qtbot.waitUntil(lambda: not window._session._ending, timeout=WAIT_MS)
        assert window.shown_tab == ""
        assert window._session.opened is None

    assert drive(steps, project.folder) == 0


def test_a_project_that_vanishes_is_told_once(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        wait_for_tab(qtbot, window, "annotate")
        wait_until_idle(qtbot, window)
        project.folder.rename(project.folder.with_name("moved"))
        activate(qtbot, window)
        QTest.keyClick(window, Qt.Key.Key_F5)
        qtbot.waitUntil(window.notice.isVisible, timeout=WAIT_MS)
        assert window.shown_tab == "annotate"

    assert drive(steps, project.folder) == 0


def test_the_sample_is_made_through_the_importer(
    qtbot: QtBot, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "SAMPLE_PHOTOS", 3)

    def steps(window: Window) -> None:
        press(qtbot, window, "start.project.sample")
        new = window.findChild(QPushButton, "start.project.new")
        assert new is not None
        assert not new.isEnabled()
        wait_for_tab(qtbot, window, "annotate")

    assert drive(steps) == 0
    made = Project.open(Places.of_this_user().documents / "Sample jumps")
    assert len(made.photos()) == 3
    assert all(photo.has_mask and photo.status == "done" and photo.split for photo in made.photos())
    assert list((made.folder / "sources").rglob("*.xml"))
    assert [path.name for path in made.folder.parent.iterdir()] == ["Sample jumps"]


def test_cancelling_the_sample_leaves_nothing(qtbot: QtBot, drive: Drive) -> None:
    def steps(window: Window) -> None:
        press(qtbot, window, "start.project.sample")
        cancel = window.findChild(QPushButton, "start.cancel")
        assert cancel is not None
        qtbot.waitUntil(cancel.isVisible, timeout=WAIT_MS)
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
        wait_until_idle(qtbot, window)
        assert window.shown_tab == ""
        assert window.notice.problem is None

    assert drive(steps) == 0
    assert not list(Places.of_this_user().documents.iterdir())


def test_closing_the_window_while_the_sample_is_made_leaves_nothing(qtbot: QtBot, drive: Drive) -> None:
    assert drive(lambda window: press(qtbot, window, "start.project.sample")) == 0
    documents = Places.of_this_user().documents
    assert not documents.exists() or not list(documents.iterdir())


def test_a_damaged_project_is_told_in_one_bar(qtbot: QtBot, drive: Drive, project: Project) -> None:
    (project.folder / "project.json").write_text("{", encoding="utf-8")

    def steps(window: Window) -> None:
        qtbot.waitUntil(window.notice.isVisible, timeout=WAIT_MS)
        assert window.notice.problem is not None
        assert "project.json" in window.notice.problem.text
        assert "Traceback" not in window.notice.problem.text
        assert window.shown_tab == ""
        wait_until_idle(qtbot, window)
        window.open_project(project.folder)
        qtbot.waitUntil(lambda: window.notice.notices.waiting[0].times == 2, timeout=WAIT_MS)

    assert drive(steps, project.folder) == 0
    log = Places.of_this_user().logs / "segstudio.log"
    assert "project.json" in log.read_text(encoding="utf-8")


def test_a_mistake_in_a_slot_is_told_and_logged(
    qtbot: QtBot, drive: Drive, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def steps(window: Window) -> None:
        try:
            raise ZeroDivisionError("in a slot")
        except ZeroDivisionError as error:
            sys.excepthook(ZeroDivisionError, error, error.__traceback__)
        assert window.notice.isVisible()
        assert window.notice.problem is not None
        assert "in a slot" in window.notice.problem.details

    before = sys.excepthook
    assert drive(steps) == 0
    assert sys.excepthook is before
    assert "in a slot" in (Places.of_this_user().logs / "segstudio.log").read_text(encoding="utf-8")


def test_actions_are_found_and_done_from_the_shortcut_page(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        wait_for_tab(qtbot, window, "annotate")
        wait_until_idle(qtbot, window)
        activate(qtbot, window)
        QTest.keyClick(window, Qt.Key.Key_F1)
        page = window.findChild(ShortcutsPage)
        assert page is not None
        QTest.keyClicks(page.search, "zzz")
        assert page.nothing.isVisible()
        page.search.clear()
        QTest.keyClicks(page.search, "learning")
        assert not page.nothing.isVisible()
        assert page.table.rowCount() == 1
        QTest.keyClick(page.search, Qt.Key.Key_Return)
        assert window.shown_tab == "train"
        assert not page.isVisible()

    assert drive(steps, project.folder) == 0


def test_the_theme_is_remembered(qtbot: QtBot, drive: Drive) -> None:
    def choose(window: Window) -> None:
        theme = next(menu for menu in window.findChildren(QMenu) if menu.title() == "Theme")
        theme.actions()[2].trigger()

    assert drive(choose) == 0
    seen: list[str] = []
    assert drive(lambda window: seen.append(window._look.theme.choice)) == 0
    assert seen == ["dark"]


def test_runs_and_classes_of_a_model_are_shown(qtbot: QtBot, drive: Drive, project: Project) -> None:
    run = RunFolder.create(project.runs_folder, Recipe())
    run.log.write_bytes(encode_event(started()) + encode_event(epoch(1, 9)))
    run.best.touch()

    def steps(window: Window) -> None:
        wait_for_tab(qtbot, window, "annotate")
        assert window.header.tabs["train"].badge == "●"
        assert not window.header.tabs["review"].badge, "no photo waits, whatever models there are"
        window.show_tab("review")
        qtbot.waitUntil(lambda: window.findChild(QComboBox, "review.model") is not None, timeout=WAIT_MS)
        box = window.findChild(QComboBox, "review.model")
        assert box is not None
        qtbot.waitUntil(lambda: box.count() > 0, timeout=WAIT_MS)
        assert box.itemData(0, Qt.ItemDataRole.ToolTipRole) == str(run.best)
        assert box.currentIndex() == 0
        head = window.findChild(QLabel, "review.model.head")
        assert head is not None
        assert "LR-ASPP" in head.text()
        window.asks = False  # about the training that has no end

    with run.held():  # as the process that trains does
        assert drive(steps, project.folder) == 0


_PROBE = """
import sys, json
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
import segstudio.desktop.app as app
class Stubborn(QWidget):
    def closeEvent(self, event):
        event.ignore()
def loaded():
    return sorted({name.partition(".")[0] for name in list(sys.modules)})
class Probed(app.Desktop):
    def start(self, project):
        self.seen = {}
        self.window.painted.connect(self.on_first_paint)
        super().start(project)
    def on_first_paint(self):
        self.seen["at_first_paint"] = loaded()
        self.visits = iter(("import", "annotate", "train", "review", "import"))
        self.probe = QTimer(self, interval=100)
        self.probe.timeout.connect(self.visit)
        self.probe.start()
    def visit(self):
        if self.session.opened is None or self.session.is_busy or not self.warm_up.isFinished():
            return
        tab = next(self.visits, "")
        if tab:
            self.window.show_tab(tab)
            return
        self.probe.stop()
        self.seen["at_end"] = loaded()
        self.stubborn = Stubborn()  # the program ends all the same
        self.stubborn.show()
        print(json.dumps(self.seen))
        self.window.close()
app.Desktop = Probed
from segstudio.cli.main import main
main(sys.argv[1:])
"""


def test_the_window_is_there_before_what_is_heavy_and_torch_never_is(project: Project) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, str(project.folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert not {"cv2", "numpy", "PIL", "pydantic", "lxml", "torch"} & set(seen["at_first_paint"])
    assert "cv2" in seen["at_end"]
    assert not {"torch", "torchvision", "torchmetrics"} & set(seen["at_end"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_closes_the_window_well(project: Project, name: str) -> None:
    log = Places.of_this_user().logs / "segstudio.log"
    child = subprocess.Popen(
        [sys.executable, "-m", "segstudio", str(project.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        for _ in range(1200):
            if log.exists() and "opened a project" in log.read_text(encoding="utf-8"):
                break
            assert child.poll() is None, child.stderr
            time.sleep(0.05)
        child.send_signal(getattr(signal, name))
        _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")
    assert Settings(Places.of_this_user()).last_project == project.folder


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these always have a display")
def test_without_a_display_no_word_means_help(tmp_path: Path, project: Project) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "segstudio", *words],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            cwd=tmp_path,
            timeout=120,
        )

    told = call()
    assert "Usage: segstudio" in told.stdout + told.stderr
    told = call(str(project.folder))
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "no display" in told.stderr
    (tmp_path / "empty").mkdir()
    assert call("empty").returncode == 2


@pytest.mark.parametrize("tab", ["import", "review"])
def test_photos_dropped_on_annotate_are_labelled_or_segmented_as_wished(
    qtbot: QtBot, drive: Drive, project: Project, tmp_path: Path, tab: str
) -> None:
    run = RunFolder.create(project.runs_folder, Recipe())
    run.log.write_bytes(encode_event(started()) + encode_event(epoch(1, 9)))
    run.best.touch()

    def steps(window: Window) -> None:
        wait_for_tab(qtbot, window, "annotate")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / "p.jpg"))])
        place = QPointF(9 if tab == "import" else window.width() - 9, 300)
        args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, QDragEnterEvent(place.toPoint(), *args))
        QApplication.sendEvent(window, QDragMoveEvent(place.toPoint(), *args))
        assert window._veil.texts == ("Look at p.jpg in Import", "Segment p.jpg")
        assert window._veil.isVisible()
        QApplication.sendEvent(window, QDropEvent(place, *args))
        wait_until_taken(window)
        assert window.shown_tab == tab
        window.asks = False

    assert drive(steps, project.folder) == 0
