"""Damaged files in the real window: what is wrong is told once, with a way out."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.problems import Problem
from segstudio.desktop.tabs.photo_model import PHOTO_ROLE
from segstudio.desktop.window import Window
from segstudio.project.change import state_name
from segstudio.project.classes import VOID
from segstudio.project.document import FILE_NAME
from segstudio.project.masks import write_mask
from segstudio.project.project import Project
from tests.desktop.annotating.hands import Hands, saved_mask
from tests.desktop.conftest import WAIT_MS, Drive


def _way_out(window: Window, text: str) -> QPushButton:
    found = [b for b in window.notice.findChildren(QPushButton) if b.text() == text and b.isVisible()]
    assert len(found) == 1, [b.text() for b in window.notice.findChildren(QPushButton)]
    return found[0]


@pytest.mark.parametrize("damage", ["another size", "cut off"])
def test_a_damaged_mask_is_moved_aside_and_the_photo_painted_on(
    qtbot: QtBot, drive: Drive, project: Project, damage: str
) -> None:
    path = project.mask_path(project.photo("0.jpg"))
    if damage == "another size":
        write_mask(path, np.zeros((10, 10), dtype=np.uint8), project.classes)
    else:
        path.write_bytes(path.read_bytes()[:40])
    content = path.read_bytes()

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait_for_notice("the mask is")
        assert not hands.tab._desk.can_paint
        QTest.mouseClick(_way_out(window, "Start with an empty mask"), Qt.MouseButton.LeftButton)
        hands.wait(lambda: hands.tab._desk.can_paint)
        hands.wait_for_notice("starts empty")
        assert (hands.mask == VOID).all()
        hands.key(Qt.Key.Key_2)
        hands.dab(20, 20)
        assert hands.mask[20, 20] == 1

    assert drive(steps, project.folder) == 0
    assert saved_mask(project, "0.jpg")[20, 20] == 1
    aside = list(path.parent.glob("0.jpg.png.damaged-*"))
    assert [old.read_bytes() for old in aside] == [content]


def test_a_damaged_mask_goes_back_to_its_last_version_that_can_be_read(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    photo = project.photo("0.jpg")
    project.save_photo(photo, mask=np.ones(photo.size, dtype=np.uint8), by_hand=False)
    for _ in range(2):  # the newest version cannot be read, either
        project.save_photo(photo, mask=np.zeros(photo.size, dtype=np.uint8), by_hand=False)
        path = project.mask_path(photo)
        path.write_bytes(path.read_bytes()[:40])

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait_for_notice("the mask is")
        QTest.mouseClick(_way_out(window, "Go back to its last version"), Qt.MouseButton.LeftButton)
        hands.wait(lambda: hands.tab._desk.can_paint)
        hands.wait_for_notice("its damaged mask is kept among its versions")
        assert (hands.mask == 1).all()
        hands.key(Qt.Key.Key_1)
        hands.dab(20, 20)

    assert drive(steps, project.folder) == 0
    mask = saved_mask(project, "0.jpg")
    assert (mask[20, 20], mask[0, 0]) == (0, 1)


def test_a_way_out_that_waited_is_for_its_photo_and_keeps_no_pixels(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    path = project.mask_path(project.photo("0.jpg"))
    path.write_bytes(path.read_bytes()[:40])

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait_for_notice("the mask is")
        shown = weakref.ref(hands.tab._desk.shown.pyramid.levels[0])  # type: ignore[union-attr]
        hands.tab.list.show_photo("3.jpg")
        hands.wait_for_photo("3.jpg")
        hands.tab._desk._opener._shelf.clear()
        gc.collect()
        assert shown() is None
        hands.tab.list.show_photo("0.jpg")
        hands.wait_for_photo("0.jpg")
        QTest.mouseClick(_way_out(window, "Start with an empty mask"), Qt.MouseButton.LeftButton)
        hands.wait(lambda: hands.tab._desk.can_paint)
        hands.wait_for_notice("starts empty")

    assert drive(steps, project.folder) == 0
    assert list(path.parent.glob("0.jpg.png.damaged-*"))


def test_values_that_are_no_class_are_told_and_made_void(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    photo = project.photo("0.jpg")
    mask = project.read_mask(photo)
    assert mask is not None
    mask[:10, :10] = 77
    write_mask(project.mask_path(photo), mask, project.classes)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait_for_notice("100 pixels of the value 77")
        QTest.mouseClick(_way_out(window, "Make these pixels void"), Qt.MouseButton.LeftButton)
        hands.wait(lambda: bool((hands.mask[:10, :10] == VOID).all()))
        assert (hands.mask[10:, :30] == 0).all()
        assert window.notice.problem is None
        hands.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        hands.wait(lambda: bool((hands.mask[:10, :10] == 77).all()))
        hands.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        hands.wait(lambda: hands.tab._desk.can_undo)

    assert drive(steps, project.folder) == 0
    assert (saved_mask(project, "0.jpg")[:10, :10] == VOID).all()


def test_a_notice_about_a_photo_leaves_with_it(qtbot: QtBot, drive: Drive, project: Project) -> None:
    for key in ("0.jpg", "1.jpg"):
        write_mask(project.mask_path(project.photo(key)), np.zeros((10, 10), dtype=np.uint8), project.classes)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        for key, other in (("1.jpg", "0.jpg"), ("0.jpg", "1.jpg")):
            hands.tab.list.show_photo(key)
            hands.wait_for_photo(key)
            told = [notice.problem.text for notice in window.notice.notices.waiting]
            assert len(told) == 1
            assert key in told[0]
            assert other not in told[0]
        hands.tab.list.show_photo("2.jpg")
        hands.wait_for_photo("2.jpg")
        assert window.notice.problem is None

    assert drive(steps, project.folder) == 0


def test_a_notice_moves_nothing_of_what_is_painted_on(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        before = hands.canvas.mapToGlobal(hands.place(5, 5)), hands.canvas.size()
        window.notice.tell(Problem("What you paint cannot be kept.", level="warning"))
        qtbot.wait(50)
        assert (hands.canvas.mapToGlobal(hands.place(5, 5)), hands.canvas.size()) == before
        notice = window.notice
        assert notice.isVisible()
        assert notice.height() >= notice.minimumSizeHint().height()
        on_canvas = hands.canvas.mapFromGlobal(notice.mapToGlobal(notice.rect().center()))
        assert hands.canvas.rect().contains(on_canvas)
        window.show_tab("import")
        qtbot.wait(50)
        page = window.page("import")
        assert page is not None
        top = page.mapTo(window, page.rect().topLeft()).y()
        assert notice.mapTo(window, notice.rect().topLeft()).y() >= top, "it lies over other pages, too"
        notice.dismiss()
        qtbot.wait(50)
        assert page.mapTo(window, page.rect().topLeft()).y() == top
        window.show_tab("annotate")

    assert drive(steps, project.folder) == 0


def test_a_damaged_record_locks_nobody_out_and_is_begun_anew(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    path = project.folder / state_name("0.jpg")
    path.write_bytes(b'{"siz')
    before = saved_mask(project, "0.jpg").copy()

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait_for_notice("The record of 0.jpg")
        assert not hands.tab._desk.can_paint
        assert not window._actions["photo.done"].isEnabled()
        row = hands.tab.list.model.index(0, 0)
        assert "record cannot be read" in hands.tab.list.model._spoken(row.data(PHOTO_ROLE))
        assert (hands.mask == before).all()
        hands.tab.list.show_photo("3.jpg")
        hands.wait_for_photo("3.jpg")
        hands.wait(lambda: hands.tab._desk.can_paint)
        hands.tab.list.show_photo("0.jpg")
        hands.wait_for_photo("0.jpg")
        QTest.mouseClick(_way_out(window, "Begin its record anew"), Qt.MouseButton.LeftButton)
        hands.wait(lambda: hands.tab._desk.can_paint)
        hands.wait_for_notice("has a new record")
        assert window._actions["photo.done"].isEnabled()
        assert "record" not in hands.tab.list.model._spoken(row.data(PHOTO_ROLE))
        assert (hands.mask == before).all()

    assert drive(steps, project.folder) == 0
    photo = Project.open(project.folder).photo("0.jpg")
    assert (photo.status, photo.split, photo.damage) == ("doing", None, "")
    assert [old.read_bytes() for old in path.parent.glob("0.jpg.json.damaged-*")] == [b'{"siz']


def test_a_record_that_is_put_right_meanwhile_needs_no_way_out(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    path = project.folder / state_name("0.jpg")
    sound = path.read_bytes()
    path.write_bytes(sound[:5])

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait_for_notice("The record of 0.jpg")
        path.write_bytes(sound)
        window._session.refresh()
        hands.wait(lambda: hands.tab._desk.can_paint)

    assert drive(steps, project.folder) == 0


def test_a_damaged_project_document_is_told_plainly_and_the_last_good_copy_used(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    path = project.folder / FILE_NAME
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    def steps(window: Window) -> None:
        qtbot.waitUntil(lambda: window.notice.problem is not None, timeout=WAIT_MS)
        problem = window.notice.problem
        assert problem is not None
        assert "it is cut off or damaged" in problem.text
        assert "xpecting" not in problem.text
        assert "xpecting" in problem.details or "Unterminated" in problem.details
        QTest.mouseClick(_way_out(window, "Use the last good copy"), Qt.MouseButton.LeftButton)
        hands = Hands(qtbot, window)
        hands.wait_for_notice("The last good copy of the project is in use")

    assert drive(steps, project.folder) == 0
    assert path.read_bytes() == content
