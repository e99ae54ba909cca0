"""Moments of an import in the real window: a small window, nothing found, writing stopped, where the keyboard is."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.importing.mapping import Kind
from segstudio.desktop.importing.row_table import column_widths
from segstudio.desktop.tabs.import_ import ImportTab
from segstudio.desktop.widgets.labels import ElidedLabel
from segstudio.desktop.window import Window
from segstudio.formats import importing as formats_importing
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.importing.driving import SQUARE, dropped, labelme, states, tab_of, wait_until_looked_at


@pytest.fixture
def jumps(tmp_path: Path) -> Project:
    """A project that knows neither "person" nor "airplane"."""
    return Project.create(tmp_path / "jumps", classes=ClassList.from_names(["sky", "ground"]))


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Three photos with two classes."""
    folder = tmp_path / "given"
    folder.mkdir()
    for number in range(3):
        photo = folder / f"DSC_0{number}.jpg"
        photo.write_bytes(encode_jpeg(np.full((30, 40, 3), 80 + 40 * number, dtype=np.uint8)))
        labelme(folder / f"DSC_0{number}.xml", photo.name, ("airplane", SQUARE), ("person", SQUARE))
    return folder


def _look_at(qtbot: QtBot, window: Window, *paths: Path) -> ImportTab:
    tab = tab_of(qtbot, window)
    window.activateWindow()
    dropped(window, *paths)
    wait_until_looked_at(qtbot, tab)
    return tab


def _cut(labels: Sequence[ElidedLabel]) -> list[str]:
    return [each.text() for each in labels if "…" in each.text()]


def test_in_the_smallest_window_names_can_be_read_and_things_taken_out(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        for size in ((1280, 720), (960, 600)):
            window.resize(*size)
            qtbot.wait(50)  # layouts follow in turns of the event loop
            assert (window.width(), window.height()) == size
            view = tab.bench.table.view
            letters = QFontMetrics(view.font()).horizontalAdvance("DSC_00000.jpg")
            assert view.columnWidth(0) >= letters + 56 + 8 + 19
            shown = sum(view.columnWidth(n) for n in range(3) if not view.isColumnHidden(n))
            assert shown <= view.viewport().width()
            names = [tab.bench.classes.line(name) for name in ("airplane", "person")]
            assert not [cut for line in names for cut in _cut(line.findChildren(ElidedLabel))]
            told = tab.bench.findChild(QLabel, "import.told")
            assert told is not None
            assert told.text().startswith("0 ready · 3 need you")
            remove = tab.bench.given.findChild(QToolButton, "import.remove")
            assert remove is not None
            right = remove.mapTo(tab.bench.given, remove.rect().topRight()).x()
            assert right < tab.bench.given.width()

    assert drive(steps, jumps.folder) == 0


@pytest.mark.parametrize(("width", "shapes"), [(346, 0), (421, 0), (422, 72), (506, 72), (1200, 72)])
def test_columns_leave_room_for_names(width: int, shapes: int) -> None:
    found, state = column_widths(width)
    assert found == shapes
    assert 150 <= state <= 260
    assert width - found - state >= 196
    assert state == 150 or width - found - state >= 260, "a name that fits is told whole"


def test_an_empty_folder_and_an_empty_zip_are_told(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path, tmp_path: Path
) -> None:
    (tmp_path / "nothing").mkdir()
    zipfile.ZipFile(tmp_path / "none.zip", "w").close()
    zipfile.ZipFile(given / "inner.zip", "w").close()

    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, tmp_path / "nothing", tmp_path / "none.zip", given)
        told = states(tab)
        assert told["nothing"] == told["none.zip"] == "not taken"
        assert told["given/inner.zip".replace("given", "/".join(given.parts[-3:]))] == "not read"
        advice = {row.name: row.advice for row in tab.bench.table.rows}
        assert advice["nothing"].startswith("There are no photos and no annotation files in it.")

    assert drive(steps, jumps.folder) == 0


def test_a_path_that_is_gone_is_told_when_it_is_dropped(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path, tmp_path: Path
) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, tmp_path / "gone.jpg")
        assert window.notice.isVisible()
        assert "“gone.jpg” is not in" in window.notice.accessibleName()
        assert tab.currentWidget() is tab.welcome
        dropped(window, tmp_path / "gone.jpg", given)  # what is there is looked at all the same
        wait_until_looked_at(qtbot, tab)
        assert len(tab.bench.table.rows) == 3

    assert drive(steps, jumps.folder) == 0


def test_where_a_file_was_not_read_the_classes_do_not_speak_of_photos_alone(
    qtbot: QtBot, drive: Drive, jumps: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "via"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(encode_jpeg(np.zeros((30, 40, 3), dtype=np.uint8)))
    (folder / "a.csv").write_text("filename,region_shape_attributes\n", encoding="utf-8")

    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, folder)
        words = [each.text() for each in tab.bench.findChildren(QLabel) if each.isVisible()]
        assert "None: something could not be read. The table says what, and why." in words

    assert drive(steps, jumps.folder) == 0


def test_writing_is_stopped_with_the_button_beside_import_and_can_begin_again(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, go_on = threading.Event(), threading.Event()
    write = formats_importing._write_photo

    def waiting(*args: object, **words: object) -> object:
        told = write(*args, **words)  # type: ignore[arg-type]
        going.set()
        go_on.wait(WAIT_MS / 1000)
        return told

    monkeypatch.setattr(formats_importing, "_write_photo", waiting)

    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        QTest.mouseClick(tab.bench.add_all, Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)
        window._actions["import.start"].trigger()
        qtbot.waitUntil(going.is_set, timeout=WAIT_MS)
        assert not tab.bench.choices.isEnabled()  # what is written is what was chosen
        assert not tab.bench.classes.isEnabled()
        cancel = tab.findChild(QPushButton, "button.import.cancel")
        assert cancel is not None
        assert cancel.isEnabled()
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
        go_on.set()
        qtbot.waitUntil(lambda: not window._session.is_busy, timeout=WAIT_MS)
        assert not Project.open(jumps.folder).photos()
        assert tab.currentWidget() is tab.bench
        assert tab.bench.choices.isEnabled()
        assert window._actions["import.start"].isEnabled()
        window._actions["import.start"].trigger()
        qtbot.waitUntil(lambda: tab.currentWidget() is tab.report, timeout=WAIT_MS)
        assert len(Project.open(jumps.folder).photos()) == 3

    assert drive(steps, jumps.folder) == 0


def test_the_keyboard_stays_near_and_is_seen_in_the_table(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def picture(tab: ImportTab) -> QImage:
        view = tab.bench.table.view
        return view.viewport().grab(view.visualRect(view.currentIndex())).toImage()

    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        tab.bench.add_all.setFocus()
        QTest.keyClick(tab.bench.add_all, Qt.Key.Key_Space)
        assert window.focusWidget() is tab.bench.table.view  # nothing is open any more: on to the photos
        wait_until_looked_at(qtbot, tab)
        qtbot.waitUntil(tab.bench.table.view.hasFocus, timeout=WAIT_MS)
        with_keyboard = picture(tab)
        tab.bench.classes.line("person").setFocus()
        assert picture(tab) != with_keyboard

    assert drive(steps, jumps.folder) == 0


def test_the_tab_key_goes_through_everything_as_it_is_read(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        _look_at(qtbot, window, given)
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        names: list[str] = []
        first = window.focusWidget()
        for _ in range(60):
            focus = window.focusWidget()
            assert focus is not None
            names.append(focus.objectName() or focus.accessibleName())
            QTest.keyClick(focus, Qt.Key.Key_Tab)
            if window.focusWidget() is first:
                break
        wanted: tuple[str, ...] = (
            "button.import.files",
            "button.import.folder",
            "import.sources",
            "import.remove",
        )
        wanted += ("import.add_all", "airplane becomes", "person becomes", "import.split", "import.under")
        wanted += ("import.keep", "import.scale", "import.replace", "import.reference", "import.filter.all")
        assert first is not None
        start = names.index("button.import.files")
        seen = [name for name in (*names[start:], *names[:start]) if name in wanted]
        assert tuple(seen) == wanted

    assert drive(steps, jumps.folder) == 0


def test_two_new_classes_of_one_name_are_one_with_one_colour(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        QTest.mouseClick(tab.bench.add_all, Qt.MouseButton.LeftButton)
        edit = tab.bench.classes.line("person").choice.lineEdit()
        assert isinstance(edit, QLineEdit)
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, "AIRPLANE")
        QTest.keyClick(edit, Qt.Key.Key_Return)
        targets = {row.label: row.target for row in tab.bench.classes.rows}
        assert targets["person"] == targets["airplane"]
        assert targets["person"].kind is Kind.NEW
        assert edit.text() == "airplane"

    assert drive(steps, jumps.folder) == 0


def test_nothing_of_the_last_import_flashes_up_in_the_next(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        window._actions["import.cancel"].trigger()
        tab.take((given,))
        assert tab.bench.classes.rows == ()
        assert not tab.bench.add_all.isVisible()
        assert not tab.bench.classes.isVisible()
        wait_until_looked_at(qtbot, tab)
        assert len(tab.bench.classes.rows) == 2

    assert drive(steps, jumps.folder) == 0


def test_label_images_and_doubles_are_told_and_taken_when_asked(
    qtbot: QtBot, drive: Drive, jumps: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    (folder / "masks").mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(encode_jpeg(noise))
    Image.fromarray((noise[:, :, 0] > 128).astype(np.uint8)).save(folder / "masks" / "c.png")

    def press_fix(tab: ImportTab, window: Window, name: str) -> None:
        number = next(n for n, row in enumerate(tab.bench.table.model.rows) if row.name == name)
        tab.bench.table.view.setCurrentIndex(tab.bench.table.model.index(number, 0))
        fix = window.findChild(QPushButton, "import.fix")
        assert fix is not None
        QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        box = tab.findChild(QCheckBox, "import.labels")
        assert box is not None
        dropped(window, folder / "a.jpg")
        wait_until_looked_at(qtbot, tab)
        assert not box.isVisible()  # a choice that nothing asks for is not shown
        dropped(window, folder)
        wait_until_looked_at(qtbot, tab)
        assert states(tab) == {
            "a.jpg": "to be painted",
            "b.jpg": "same as a.jpg",
            "masks/c.png": "label image",
        }
        advice = {row.name: row.advice for row in tab.bench.table.rows}
        assert "it has few colours and lies in a folder “masks”" in advice["masks/c.png"]
        assert advice["b.jpg"] == "It is the same photo as “a.jpg”, under another name: it comes in once."
        assert box.isVisible()
        press_fix(tab, window, "masks/c.png")
        press_fix(tab, window, "b.jpg")
        assert set(states(tab).values()) == {"to be painted"}
        assert box.isChecked()

    assert drive(steps, jumps.folder) == 0


def test_label_images_become_masks_when_asked(
    qtbot: QtBot, drive: Drive, jumps: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    for name in ("photos", "x"):
        (folder / name).mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    (folder / "photos/a.jpg").write_bytes(encode_jpeg(noise))
    Image.fromarray((noise[:, :, 0] // 90).astype(np.uint8)).save(folder / "x/a.png")

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        box, photos = (tab.findChild(QCheckBox, name) for name in ("import.masks", "import.labels"))
        assert box is not None
        assert photos is not None
        dropped(window, folder)
        wait_until_looked_at(qtbot, tab)
        (label,) = (row for row in tab.bench.table.model.rows if row.state == "label image")
        assert box.isVisible()
        assert photos.isVisible()
        tab.bench.table.view.setCurrentIndex(
            tab.bench.table.model.index(tab.bench.table.model.rows.index(label), 0)
        )
        fix = window.findChild(QPushButton, "import.fix")
        assert fix is not None
        assert fix.text() == "Take label images as masks of their photos"
        QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)
        assert box.isChecked()
        assert box.isVisible()
        assert list(states(tab)) == ["a.jpg"]
        assert [row.label for row in tab.bench.classes.rows] == ["0", "1", "2"]
        QTest.mouseClick(box, Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)
        assert sorted(states(tab).values()) == ["label image", "to be painted"]

    assert drive(steps, jumps.folder) == 0
