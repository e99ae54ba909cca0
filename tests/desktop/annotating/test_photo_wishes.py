"""Going through photos, marking them, and what there is to see when there is nothing to paint."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from segstudio.desktop.window import Window
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from tests.desktop.annotating.hands import CONTROL, SHIFT, Hands
from tests.desktop.conftest import WAIT_MS, Drive


def states(project: Project) -> list[tuple[str, str | None]]:
    return [(photo.status, photo.split) for photo in Project.open(project.folder).photos()]


def test_marking_by_key_and_button_and_going_on(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_N)
        hands.wait_for_photo("2.jpg")
        hands.key(Qt.Key.Key_Return, CONTROL)
        hands.wait(lambda: window.header.tabs["annotate"].badge == "1")
        assert hands.open_key == "2.jpg"
        window._actions["photo.advance"].trigger()
        hands.key(Qt.Key.Key_Return, CONTROL | SHIFT)
        hands.wait_for_photo("3.jpg")
        hands.wait(lambda: states(project)[2][0] == "checked")
        hands.click("photo.step")
        hands.wait(lambda: not window.header.tabs["annotate"].badge)
        hands.key(Qt.Key.Key_N)
        hands.wait_for_notice("done")
        assert hands.tab.list._told.text() == "4 / 4 done"

    assert drive(steps, project.folder) == 0
    assert [status for status, _ in states(project)] == ["done", "done", "checked", "done"]


def test_several_photos_are_marked_from_the_list(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        view = hands.photos
        last = view.visualRect(hands.tab.list.model.index(3)).center()
        view.setFocus()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, SHIFT, pos=last)
        assert len(hands.tab.list.selected) == 4
        view.customContextMenuRequested.emit(last)
        menu = hands.tab.list.findChild(QMenu, "photos.menu")
        assert menu is not None
        assert menu.actions()[0].text() == "4 photos"
        assert "photo.clear" not in [action.objectName() for action in menu.actions()]
        menu.close()
        window._actions["photo.checked"].trigger()
        hands.wait(lambda: [status for status, _ in states(project)] == ["checked"] * 4)
        window._actions["photo.hold_out"].trigger()
        hands.wait(lambda: [split for _, split in states(project)] == ["val"] * 4)
        hands.wait(lambda: not window._session.is_busy)
        assert len(hands.tab.list.selected) == 4
        hands.wait_for_photo("3.jpg")
        hands.dab(5, 5)
        assert [photo.key for photo in hands.tab.list.selected] == ["3.jpg"]

    assert drive(steps, project.folder) == 0


def test_use_is_chosen_in_the_panel(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        use = hands.find("photo.use")
        assert isinstance(use, QComboBox)
        use.setFocus()
        hands.key(Qt.Key.Key_Home)
        hands.wait(lambda: states(project)[0] == ("done", "train"))
        hands.wait(lambda: use.currentText() == "Training")

    assert drive(steps, project.folder) == 0


def test_filters_hide_rows_and_the_open_photo_stays_open(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        status = hands.find("photos.status")
        assert isinstance(status, QComboBox)
        status.setCurrentText("To do")
        assert [photo.key for photo in hands.tab.list.model.photos] == ["2.jpg", "3.jpg"]
        assert hands.open_key == "0.jpg"
        hands.key(Qt.Key.Key_PageDown)
        hands.wait_for_photo("2.jpg")
        hands.key(Qt.Key.Key_Return, CONTROL)
        hands.wait(lambda: [photo.key for photo in hands.tab.list.model.photos] == ["3.jpg"])
        assert hands.open_key == "2.jpg"
        hands.key(Qt.Key.Key_PageDown)
        hands.wait_for_photo("3.jpg")
        status.setCurrentText("Any status")
        assert hands.photos.currentIndex().data() == "3.jpg"
        hands.key(Qt.Key.Key_F, CONTROL)
        hands.type("1.j")
        assert hands.open_key == "3.jpg"
        hands.key(Qt.Key.Key_Return)
        hands.wait_for_photo("1.jpg")

    assert drive(steps, project.folder) == 0


def test_a_search_is_left_by_escape_and_one_that_finds_nothing_says_so(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_F, CONTROL)
        hands.type("2")
        hands.key(Qt.Key.Key_Down)
        assert QApplication.focusWidget() is hands.photos
        assert hands.tab.list.search.text() == "2"
        hands.key(Qt.Key.Key_F, CONTROL)
        hands.key(Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is hands.photos
        assert len(hands.tab.list.model.photos) == 4
        hands.key(Qt.Key.Key_F, CONTROL)
        hands.type("nowhere")
        assert not hands.photos.isVisible()
        hands.key(Qt.Key.Key_Down)
        assert QApplication.focusWidget() is hands.tab.list.search
        hands.click("photos.all")
        assert hands.photos.isVisible()
        assert QApplication.focusWidget() is hands.photos
        assert len(hands.tab.list.model.photos) == 4
        assert hands.open_key == "0.jpg"

    assert drive(steps, project.folder) == 0


def test_without_photos_one_button_leads_to_the_import(qtbot: QtBot, drive: Drive, tmp_path: Path) -> None:
    empty = Project.create(tmp_path / "empty", classes=ClassList.from_names(["sky"]))

    def steps(window: Window) -> None:
        qtbot.waitUntil(lambda: window.shown_tab == "import", timeout=WAIT_MS)
        window.show_tab("annotate")
        assert not window._actions["tool.brush"].isEnabled()
        assert window._actions["go.import"].isEnabled()

    assert drive(steps, empty.folder) == 0


def test_without_classes_the_first_is_named_where_it_will_stand(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    project.save_classes(ClassList())

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("2.jpg" if not hands.open_key else hands.open_key)
        assert not window._actions["tool.brush"].isEnabled()
        name = hands.find("class.name")
        assert isinstance(name, QLineEdit)
        assert name.isVisible()
        QTest.mouseClick(name, Qt.MouseButton.LeftButton)
        name.setFocus()
        hands.type("sea")
        hands.key(Qt.Key.Key_Return)
        hands.wait(window._actions["tool.brush"].isEnabled)
        assert hands.row_words()[0].startswith("sea, key 1")

    assert drive(steps, project.folder) == 0


def test_a_photo_that_cannot_be_read_is_told_in_its_place(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    (project.folder / "photos" / "1.jpg").write_bytes(b"\xff\xd8 torn")

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_PageDown)
        hands.wait(lambda: not hands.canvas.isVisible())
        assert not window._actions["tool.brush"].isEnabled()
        hands.key(Qt.Key.Key_PageDown)
        hands.wait_for_photo("2.jpg")
        hands.wait(hands.canvas.isVisible)

    assert drive(steps, project.folder) == 0


def test_everything_by_keyboard_alone(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        reached = set()
        for _ in range(80):
            focused = QApplication.focusWidget()
            assert focused is not None
            reached.add(focused.objectName())
            hands.key(Qt.Key.Key_Tab)
        wanted = {"photos", "photos.search", "photos.status", "canvas", "tool.brush", "rule", "palette"}
        assert wanted <= reached
        assert {"class.add", "opacity", "photo.use", "photo.step", "photo.more", "light.fold"} <= reached

    assert drive(steps, project.folder) == 0
