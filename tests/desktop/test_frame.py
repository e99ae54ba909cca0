"""The frame around pages that it knows nothing of: files, saving, work, closing, and coming back as it was left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QPushButton, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop import dropping
from segstudio.desktop.actions import Actions
from segstudio.desktop.dropping import Dropped, what_is_dropped
from segstudio.desktop.look import Look
from segstudio.desktop.pages import at_once
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.tabs.new_project import NewProjectDialog
from segstudio.desktop.tabs.tab import TabSpec
from segstudio.desktop.window import Window
from segstudio.desktop.work import JobStatus
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS
from tests.desktop.letting_go import wait_until_taken


class Page(QSplitter):
    """A page of two parts that does everything the frame asks of pages."""

    saved_changed = Signal(str)
    work_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page.parts")
        self.addWidget(QPushButton("left"))
        self.addWidget(QPushButton("right"))
        self.taken: list[Path] = []
        self.unsaved = False
        self.told = ""
        self.cancelled = False
        self.can_save = True

    def take(self, paths: Sequence[Path]) -> None:
        self.taken += paths

    def unfinished(self) -> str:
        return self.told

    def save_first(self, _window: QWidget) -> bool:
        self.unsaved = self.unsaved and not self.can_save
        return self.can_save

    def cancel_work(self) -> None:
        self.cancelled = True


Make = Callable[[], Window]


@pytest.fixture
def make(qtbot: QtBot, look: Look) -> Iterator[Make]:
    """Return a function that makes a window with such a page in Import and plain ones elsewhere."""
    made: list[tuple[Window, ProjectSession]] = []
    places = Places.of_this_user()

    def window() -> Window:
        settings = Settings(places)
        session = ProjectSession(places)
        actions = Actions(look.icons, session, with_icons=False)
        others = [TabSpec(tab, lambda: at_once(QPushButton())) for tab in ("annotate", "train", "review")]
        tabs = [TabSpec("import", lambda: at_once(Page())), *others]
        new = Window(look=look, actions=actions, session=session, settings=settings, places=places, tabs=tabs)
        made.append((new, session))
        qtbot.addWidget(new)
        new.show()
        new.activateWindow()
        qtbot.waitUntil(new.isActiveWindow, timeout=WAIT_MS)
        return new

    yield window
    for each, session in made:
        each.asks = False
        each.close()
        each.start.shut_down()
        session.shut_down()


@pytest.fixture
def window(make: Make, qtbot: QtBot, project: Project) -> Window:
    """A window with a project open."""
    made = make()
    made.open_project(project.folder)
    qtbot.waitUntil(lambda: made.shown_tab == "annotate", timeout=WAIT_MS)
    return made


def page(window: Window) -> Page:
    found = window.page("import")
    assert isinstance(found, Page)
    return found


def drop(window: Window, *paths: Path) -> None:
    """Drag paths into the window and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPointF(9, 9).toPoint(), *args)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), *args))
    wait_until_taken(window)


def link(window: Window, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None
    return found


def test_who_goes_elsewhere_while_a_project_comes_up_stays_there(
    make: Make, qtbot: QtBot, project: Project
) -> None:
    window = make()
    window._session.project_opened.connect(lambda: window.show_tab("review"))
    window.open_project(project.folder)
    qtbot.waitUntil(lambda: window.shown_tab == "review", timeout=WAIT_MS)
    with qtbot.waitSignal(window._pages.ready, timeout=WAIT_MS):
        pass
    assert window.shown_tab == "review"


@pytest.mark.parametrize("tab", ["import", "annotate"])
def test_a_notice_moves_nothing_on_any_tab(window: Window, qtbot: QtBot, tab: str) -> None:
    window.show_tab(tab)
    shown, pages = window.page(tab), window._stack
    assert shown is not None
    QApplication.processEvents()
    before = shown.geometry(), pages.geometry()
    window.notice.tell(Problem("The disk is full: make room, then save again.", "Errno 28"))
    qtbot.waitUntil(window.notice.isVisible, timeout=WAIT_MS)
    QApplication.processEvents()
    assert (shown.geometry(), pages.geometry()) == before
    assert pages.geometry().contains(window.notice.geometry()), "it lies over the page"
    assert abs(window.notice.geometry().center().x() - pages.geometry().center().x()) <= 1
    QTest.mouseClick(window.notice._close, Qt.MouseButton.LeftButton)
    assert window.notice.isHidden()


def test_files_dropped_on_any_tab_go_to_import(window: Window, tmp_path: Path) -> None:
    window.show_tab("review")
    drop(window, tmp_path / "p.jpg")
    assert window.shown_tab == "import"
    assert page(window).taken == [tmp_path / "p.jpg"]
    drop(window, tmp_path / "not there")
    assert page(window).taken == [tmp_path / "p.jpg"]


def test_files_dropped_on_the_start_page_make_a_project_and_go_there(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    window = make()
    (tmp_path / "Tandems").mkdir()
    photo = tmp_path / "Tandems" / "a.jpg"
    photo.touch()
    drop(window, photo)
    dialog = window.findChild(NewProjectDialog)
    assert dialog is not None
    name = dialog.findChild(QLineEdit, "new.name")
    assert name is not None
    assert name.text() == "Tandems"
    QTest.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.shown_tab == "import", timeout=WAIT_MS)
    assert page(window).taken == [photo]
    assert Project.open(Places.of_this_user().documents / "Tandems").classes.names == ()


def test_a_project_dropped_on_another_opens(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    Project.create(tmp_path / "other")
    drop(window, tmp_path / "other")
    qtbot.waitUntil(lambda: window.windowTitle().startswith("other"), timeout=WAIT_MS)
    assert page(window).taken == []


def test_what_is_dragged_is_not_looked_at_in_the_thread_of_the_window(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost network drive answers late, and thousands of files take long."""
    looked, go_on = [], threading.Event()

    def slow(paths: Sequence[Path]) -> Dropped:
        looked.append(threading.current_thread() is threading.main_thread())
        go_on.wait(WAIT_MS / 1000)
        return what_is_dropped(paths)

    monkeypatch.setattr(dropping, "what_is_dropped", slow)
    Project.create(tmp_path / "other")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "other"))])
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPointF(9, 9).toPoint(), *args))
    assert window._veil.texts == ("Look at other in Import",)
    go_on.set()
    qtbot.waitUntil(lambda: window._veil.texts == ("Open the project “other”",), timeout=WAIT_MS)
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert looked == [False]


def test_the_title_and_the_status_line_tell_what_is_not_saved(window: Window) -> None:
    saved = link(window, "status.saved")
    assert not saved.isVisible()
    page(window).unsaved = True
    page(window).saved_changed.emit("saving …")
    assert (window.isWindowModified(), saved.text(), saved.isVisible()) == (True, "saving …", True)
    page(window).unsaved = False
    page(window).saved_changed.emit("saved")
    assert not window.isWindowModified()
    assert window.windowTitle() == "jumps[*] – SegStudio"


def test_what_a_page_does_is_seen_pressed_and_cancelled(window: Window) -> None:
    page(window).work_changed.emit(JobStatus("Writing masks", 3, 1200, can_cancel=True))
    job, cancel = link(window, "status.job"), link(window, "status.cancel")
    assert job.text() == "Writing masks 3 of 1,200"
    QTest.mouseClick(job, Qt.MouseButton.LeftButton)
    assert window.shown_tab == "import"
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert page(window).cancelled
    page(window).work_changed.emit(None)
    assert not job.isVisible()


@pytest.mark.parametrize(("answer", "closes"), [("Stay", False), ("Close", True)])
def test_closing_asks_before_unfinished_work_is_lost(
    window: Window, monkeypatch: pytest.MonkeyPatch, answer: str, closes: bool
) -> None:
    asked: list[str] = []

    def execute(box: QMessageBox) -> int:
        asked.append(box.text())
        next(button for button in box.buttons() if button.text() == answer).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", execute)
    page(window).told = "3 photos are not imported yet."
    assert window.close() is closes
    assert asked == ["3 photos are not imported yet."]


def test_closing_does_not_ask_without_need(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda _: pytest.fail("it asked"))
    assert window.close()


def test_closing_saves_first_and_says_so(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.informativeText()))
    page(window).unsaved, page(window).can_save, page(window).told = True, False, "3 photos are not imported."
    assert not window.close()
    assert not asked
    page(window).can_save = True
    window.close()
    assert "Everything painted is saved." in asked[0]


def test_tab_parts_and_size_come_back(make: Make, qtbot: QtBot, project: Project) -> None:
    first = make()
    first.open_project(project.folder)
    qtbot.waitUntil(lambda: first.shown_tab == "annotate", timeout=WAIT_MS)
    first.show_tab("import")
    first.setGeometry(20, 30, 970, 610)
    page(first).setSizes([200, 700])
    left, right = page(first).sizes()
    first.close()
    again = make()
    again.open_as_left(project.folder)
    qtbot.waitUntil(lambda: again.shown_tab == "import", timeout=WAIT_MS)
    assert page(again).sizes()[0] / sum(page(again).sizes()) == pytest.approx(left / (left + right), abs=0.01)
    assert again.size().height() == 610
    again.open_project(project.folder)
    again.close()


def test_another_project_does_not_come_up_at_the_tab_of_the_last(
    make: Make, qtbot: QtBot, project: Project, tmp_path: Path
) -> None:
    settings = Settings(Places.of_this_user())
    settings.last_project, settings.last_tab = tmp_path / "other", "review"
    settings.save()
    window = make()
    window.open_as_left(project.folder)
    qtbot.waitUntil(lambda: window.shown_tab == "annotate", timeout=WAIT_MS)


def test_a_window_left_on_a_screen_that_is_gone_comes_back_to_be_seen(make: Make) -> None:
    first = make()
    first.setGeometry(QRect(9000, 9000, 1000, 640))
    first.close()
    again = make()
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    assert any(screen.contains(again.geometry().topLeft()) for screen in screens)


def test_f6_goes_round_the_parts_of_the_window(window: Window) -> None:
    window.notice.tell(Problem("a"))
    order = (window.notice, window.centralWidget(), window.status, window.header, window.notice)
    found: list[bool] = []
    window.header.take_focus()
    for part in order:
        QTest.keyClick(window, Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        found.append(focus is not None and part is not None and part.isAncestorOf(focus))
    assert found == [True] * len(order)


def test_the_keyboard_goes_back_to_the_page_when_a_problem_is_dismissed(window: Window) -> None:
    window.notice.tell(Problem("a"))
    window.notice.take_focus()
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is window.page("annotate")


def test_coming_back_to_the_window_looks_for_changes_now_and_then(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    monkeypatch.setattr(window._session, "refresh", lambda: looks.append(1))
    for _ in range(5):
        QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    assert looks == [], "it was read a moment ago"
    monkeypatch.setattr(window._session, "_looked_at", -1000.0)
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    assert looks == [1]


def test_recent_projects_that_are_gone_say_so_and_can_be_removed(
    make: Make, qtbot: QtBot, project: Project, tmp_path: Path
) -> None:
    settings = Settings(Places.of_this_user())
    settings.remember("jumps", project.folder)
    settings.remember("Lost", tmp_path / "Lost")
    settings.save()
    window = make()
    recent = window.start.recent
    window.start.look_for_gone()
    name = Qt.ItemDataRole.AccessibleTextRole

    def gone() -> list[bool]:
        return ["not there" in str(recent.item(row).data(name)) for row in range(recent.count())]

    qtbot.waitUntil(lambda: gone() == [True, False], timeout=WAIT_MS)
    place = recent.visualItemRect(recent.item(0))
    QTest.mouseClick(recent.viewport(), Qt.MouseButton.LeftButton, pos=place.center() - place.center() / 4)
    qtbot.waitUntil(window.notice.isVisible, timeout=WAIT_MS)
    right = place.center()
    right.setX(place.right() - 30)
    QTest.mouseClick(recent.viewport(), Qt.MouseButton.LeftButton, pos=right)
    assert recent.count() == 1
    assert window._settings.recent() == (("jumps", project.folder),)


def test_nothing_of_the_frame_is_cut_at_the_smallest_size(window: Window) -> None:
    window.resize(window.minimumSize())
    window.header.show_device("NVIDIA RTX 6000 Ada Generation (+3) · 48 GB")
    page(window).work_changed.emit(JobStatus("Writing masks", 1200, 12000, can_cancel=True))
    QApplication.processEvents()
    for part in (window.header, window.status):
        for shown in part.findChildren(QWidget):
            if shown.isVisible() and isinstance(shown, QPushButton | QLabel):
                assert shown.width() >= shown.minimumSizeHint().width(), shown.objectName()
                assert part.rect().contains(shown.geometry()) or shown.parent() is not part
