"""The whole way, as a newcomer goes it: start page, new project, drop, import, paint, close, open again."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.tabs.import_ import ImportTab
from segstudio.desktop.tabs.new_project import NewProjectDialog
from segstudio.desktop.window import Window
from segstudio.painting.polygon import polygon_region
from segstudio.project.masks import Mask, read_mask
from segstudio.project.project import Project
from segstudio.resource_files import load_script
from tests.desktop.annotating.hands import CONTROL, Hands, saved_mask
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.importing.driving import dropped, wait_until_looked_at

DATA = os.environ.get("SEGSTUDIO_TEST_DATA")
CLASSES = ("sky", "ground", "airplane", "person")


def make_project(qtbot: QtBot, window: Window, name: str, classes: tuple[str, ...]) -> None:
    """Press "New project" on the start page and fill the dialog with the keyboard."""
    QTest.mouseClick(button(window, "start.project.new"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(NewProjectDialog) is not None, timeout=WAIT_MS)
    dialog = window.findChild(NewProjectDialog)
    assert dialog is not None
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=WAIT_MS)
    type_on(f"{name}\t")
    for _ in range(20):
        focus = QApplication.focusWidget()
        if focus is not None and not focus.objectName() and type(focus).__name__ == "QLineEdit":
            break
        press(Qt.Key.Key_Tab)
    type_on(",".join(classes))
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.shown_tab == "import", timeout=WAIT_MS)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)


def type_on(text: str) -> None:
    for letter in text:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, letter)


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifiers)


def button(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None, name
    return found


def drop_and_order(qtbot: QtBot, window: Window, order: tuple[str, ...], *paths: Path) -> ImportTab:
    """Drop files anywhere on the window, and bring the classes into an order with the keyboard."""
    dropped(window, *paths)
    tab = window.page("import")
    assert isinstance(tab, ImportTab)
    wait_until_looked_at(qtbot, tab)
    rows = tab.bench.classes
    for place, name in enumerate(order):
        now = [row.label for row in tab.bench.classes.rows]
        for _ in range(now.index(name) - place):
            rows.line(name).choice.setFocus()
            press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
            now = [row.label for row in tab.bench.classes.rows]
    assert tuple(row.label for row in tab.bench.classes.rows) == order
    wait_until_looked_at(qtbot, tab)
    return tab


def bring_in(qtbot: QtBot, tab: ImportTab) -> None:
    start = button(tab, "button.import.start")
    assert start.isEnabled()
    QTest.mouseClick(start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.currentWidget() is tab.report, timeout=WAIT_MS)


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """The sample: photos/ and annotations/."""
    folder = tmp_path / "drawn"
    load_script("sample/skydiving.py").generate(folder, photos=6, size=(180, 240))
    return folder


def test_a_newcomer_goes_the_whole_way_and_finds_all_as_it_was(
    qtbot: QtBot, drive: Drive, drawn: Path, tmp_path: Path
) -> None:
    left: dict[str, Mask] = {}
    folders: list[Path] = []

    def first_day(window: Window) -> None:
        make_project(qtbot, window, "My jumps", CLASSES)
        opened = window._session.opened
        assert opened is not None
        folders.append(opened.folder)
        order = ("sky", "ground", "person", "airplane")
        tab = drop_and_order(qtbot, window, order, drawn / "photos", drawn / "annotations")
        bring_in(qtbot, tab)
        assert tuple(opened.project.open(opened.folder).classes.names) == CLASSES
        press(Qt.Key.Key_2, CONTROL)
        left.update(paint_two_photos(Hands(qtbot, window)))

    assert drive(first_day) == 0
    (folder,) = folders
    project = Project.open(folder)
    order = [project.classes.at(index) for index in project.classes.draw_order]
    assert [entry.name for entry in order if entry] == ["sky", "ground", "person", "airplane"]
    assert (saved_mask(project, "jump_0001.jpg") == left["jump_0001.jpg"]).all()
    assert project.photo("jump_0001.jpg").status == "done"

    def next_day(window: Window) -> None:
        hands = Hands(qtbot, window)
        opened = window._session.opened
        assert opened is not None
        assert opened.folder == folder
        look_again(hands, left)

    assert drive(next_day) == 0


def paint_two_photos(hands: Hands) -> dict[str, Mask]:
    """Brush, polygon, wand; undo; another photo, undo there; back, redo; done. Returns the masks that are left."""
    hands.wait_for_photo("jump_0001.jpg")
    first = hands.mask.copy()
    hands.key(Qt.Key.Key_B)
    hands.key(Qt.Key.Key_4)
    hands.drag((30, 40), (200, 150))
    brushed = hands.mask.copy()
    assert (brushed[[40, 95, 150], [30, 115, 200]] == 3).all()

    hands.key(Qt.Key.Key_P)
    hands.key(Qt.Key.Key_3)
    corners = [(20.0, 100.0), (80.0, 110.0), (50.0, 160.0)]
    for corner in corners:
        hands.dab(*corner)
    hands.key(Qt.Key.Key_Return)
    hands.key(Qt.Key.Key_Return)
    polygon = polygon_region(np.array(corners), hands.mask.shape).spread(hands.mask.shape)
    assert (hands.mask[polygon] == 2).mean() > 0.95  # corners lie where screen pixels do
    with_polygon = hands.mask.copy()

    hands.key(Qt.Key.Key_W)
    hands.key(Qt.Key.Key_2)
    row, column = inmost(hands.mask == 0)
    hands.dab(column + 0.5, row + 0.5)
    hands.key(Qt.Key.Key_Return)
    assert hands.mask[row, column] == 1
    with_wand = hands.mask.copy()
    hands.key(Qt.Key.Key_Z, CONTROL)
    assert (hands.mask == with_polygon).all()

    hands.key(Qt.Key.Key_PageDown)
    hands.wait_for_photo("jump_0002.jpg")
    second = hands.mask.copy()
    hands.key(Qt.Key.Key_B)
    hands.key(Qt.Key.Key_2)
    hands.drag((10, 10), (60, 60))
    assert (hands.mask != second).any()
    hands.key(Qt.Key.Key_Z, CONTROL)
    assert (hands.mask == second).all()

    hands.key(Qt.Key.Key_PageUp)
    hands.wait_for_photo("jump_0001.jpg")
    assert (hands.mask == with_polygon).all()
    hands.key(Qt.Key.Key_Y, CONTROL)
    assert (hands.mask == with_wand).all()
    hands.key(Qt.Key.Key_Z, CONTROL)
    hands.window._actions["photo.done"].trigger()
    hands.wait(lambda: status_of(hands, "jump_0001.jpg") == "done")
    assert (first != with_polygon).any()
    return {"jump_0001.jpg": with_polygon, "jump_0002.jpg": second, "wand": with_wand, "brush": brushed}


def inmost(bitmap: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return row and column of the pixel that is farthest from where the bitmap ends."""
    depth = cv2.distanceTransform(bitmap.astype(np.uint8), cv2.DIST_L2, 3)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return int(row), int(column)


def look_again(hands: Hands, left: dict[str, Mask]) -> None:
    """Everything is as it was, undo and redo included."""
    go_to(hands, "jump_0002.jpg")
    assert (hands.mask == left["jump_0002.jpg"]).all()
    hands.key(Qt.Key.Key_Y, CONTROL)
    assert (hands.mask != left["jump_0002.jpg"]).any()
    go_to(hands, "jump_0001.jpg")
    assert (hands.mask == left["jump_0001.jpg"]).all()
    assert status_of(hands, "jump_0001.jpg") == "done"
    hands.key(Qt.Key.Key_Y, CONTROL)
    assert (hands.mask == left["wand"]).all()
    hands.key(Qt.Key.Key_Z, CONTROL)
    hands.key(Qt.Key.Key_Z, CONTROL)
    assert (hands.mask == left["brush"]).all()


def go_to(hands: Hands, key: str) -> None:
    """Choose a photo of the list with a click."""
    model = hands.tab.list.model
    index = model.index(model.row_of(key))
    hands.photos.scrollTo(index)
    QTest.mouseClick(
        hands.photos.viewport(), Qt.MouseButton.LeftButton, pos=hands.photos.visualRect(index).center()
    )
    hands.wait_for_photo(key)


def status_of(hands: Hands, key: str) -> str:
    opened = hands.window._session.opened
    assert opened is not None
    return next(photo.status for photo in opened.photos if photo.key == key)


@pytest.mark.skipif(DATA is None, reason="SEGSTUDIO_TEST_DATA is not set")
def test_the_skydiving_photos_come_in_as_they_were_published(qtbot: QtBot, drive: Drive) -> None:
    source = Path(DATA or "") / "skydiving"
    folders: list[Path] = []

    def steps(window: Window) -> None:
        make_project(qtbot, window, "Real jumps", ("no-label", "person", "airplane", "ground", "sky"))
        parts = [source / split / part for split in ("train", "val") for part in ("Images", "Annotations")]
        bring_in(qtbot, drop_and_order(qtbot, window, CLASSES, *parts))
        opened = window._session.opened
        assert opened is not None
        folders.append(opened.folder)

    assert drive(steps) == 0
    project = Project.open(folders[0])
    assert len(project.photos()) == 12
    published = {path.stem: read_mask(path) for path in source.glob("*/Labels/*.png")}
    differing = {
        photo.key: int((saved_mask(project, photo.key) != published[Path(photo.key).stem]).sum())
        for photo in project.photos()
    }
    # As from the command line: of one photo the published label image itself is two pixels off its polygons.
    assert {key: count for key, count in differing.items() if count} == {"000077.jpg": 2}
