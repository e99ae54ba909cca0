"""The Import tab in the real window: dropped, looked at, mapped, ordered, imported."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from segstudio.cli.main import main
from segstudio.desktop.importing.again import mask_again
from segstudio.desktop.importing.mapping import Kind
from segstudio.desktop.importing.rows import Fix
from segstudio.desktop.tabs.import_ import ImportTab
from segstudio.desktop.window import Window
from segstudio.formats import importing as formats_importing
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.masks import read_mask
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.importing.driving import (
    dropped,
    import_all,
    labelme,
    states,
    tab_of,
    wait_until_looked_at,
)

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent"))
real_data = pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")

LEFT = ((0, 0), (20, 0), (20, 29), (0, 29))
ALL = ((0, 0), (39, 0), (39, 29), (0, 29))


def _photo(path: Path, seed: int = 0, size: tuple[int, int] = (30, 40)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(seed)
    path.write_bytes(encode_jpeg(dice.integers(0, 256, (*size, 3), dtype=np.uint8)))
    return path


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    """A project without classes."""
    return Project.create(tmp_path / "jumps")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Two photos, each wholly sky with a person on its left."""
    folder = tmp_path / "given"
    for number, name in enumerate(("a", "b")):
        _photo(folder / f"{name}.jpg", number)
        labelme(folder / f"{name}.xml", f"{name}.jpg", ("person", LEFT), ("sky", ALL))
    return folder


def _row(window: Window, tab: ImportTab, name: str) -> None:
    """Choose a row of the table."""
    number = next(n for n, row in enumerate(tab.bench.table.model.rows) if row.name == name)
    tab.bench.table.view.setCurrentIndex(tab.bench.table.model.index(number, 0))


def _choice(tab: ImportTab, name: str) -> QComboBox:
    return tab.bench.classes.line(name).choice


def _pick(tab: ImportTab, name: str, text: str) -> None:
    """Choose what a label becomes, as a click in the list does."""
    box = _choice(tab, name)
    number = box.findText(text)
    assert number >= 0, [box.itemText(n) for n in range(box.count())]
    box.setCurrentIndex(number)
    box.activated.emit(number)


def _tick(tab: ImportTab, name: str) -> None:
    box = tab.findChild(QCheckBox, name)
    assert box is not None
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


def test_a_newcomer_drops_a_folder_and_presses_import(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        assert tab.currentWidget() is tab.welcome
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        assert states(tab) == {"a.jpg": "matched", "b.jpg": "matched"}
        rows = tab.bench.classes.rows
        assert [(row.label, row.target.kind) for row in rows] == [("sky", Kind.NEW), ("person", Kind.NEW)]
        button = window.findChild(QPushButton, "button.import.start")
        assert button is not None
        assert button.text() == "Import 2"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: tab.currentWidget() is tab.report, timeout=WAIT_MS)
        title = window.findChild(QLabel, "import.report.title")
        assert title is not None
        assert title.text() == "2 photos imported with mask"
        assert window.notice.problem is None, "the report says it all"
        show = window.findChild(QPushButton, "import.report.show")
        assert show is not None
        QTest.mouseClick(show, Qt.MouseButton.LeftButton)
        assert window.shown_tab == "annotate"

    assert drive(steps, empty.folder) == 0
    made = Project.open(empty.folder)
    assert made.classes.names == ("sky", "person")
    for photo in made.photos():
        mask = made.read_mask(photo)
        assert mask is not None
        assert (mask[:, :21] == 1).all()
        assert (mask[:, 21:] == 0).all()
        assert (mask_again(made, photo, lambda: False) == mask).all()


def test_order_by_keys_shows_at_once_and_counts(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        view = tab.bench.preview.picture
        qtbot.waitUntil(lambda: view.shown is not None and view.shown.mask is not None, timeout=WAIT_MS)
        before = view.shown
        tab.bench.classes.line("sky").setFocus()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        QTest.keyClick(tab.bench.classes.line("sky"), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        assert [row.label for row in tab.bench.classes.rows] == ["person", "sky"]
        qtbot.waitUntil(lambda: view.shown is not before, timeout=WAIT_MS)
        assert before is not None
        assert view.shown is not None
        assert before.mask != view.shown.mask
        wait_until_looked_at(qtbot, tab)
        assert states(tab)["a.jpg"] == "person hidden · matched"
        needs = window.findChild(QPushButton, "import.filter.needs")
        fix = window.findChild(QPushButton, "import.fix")
        assert needs is not None
        assert fix is not None
        assert (needs.text(), needs.isEnabled()) == ("Need you 2", True)
        assert tab.bench.table.rows[0].fix_text == fix.text() == "Put person on top"
        QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)
        assert [row.label for row in tab.bench.classes.rows] == ["sky", "person"]
        assert states(tab)["a.jpg"] == "matched"
        assert needs.text() == "Need you 0"

    assert drive(steps, empty.folder) == 0


def test_a_line_is_dragged_with_the_mouse(qtbot: QtBot, drive: Drive, empty: Project, given: Path) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        line = tab.bench.classes.line("person")
        QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(10, 18))
        QTest.mouseMove(line, QPoint(10, -20))
        QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(10, -30))
        assert [row.label for row in tab.bench.classes.rows] == ["person", "sky"]
        wait_until_looked_at(qtbot, tab)

    assert drive(steps, empty.folder) == 0


def test_what_the_project_does_not_know_needs_the_person(
    qtbot: QtBot, drive: Drive, tmp_path: Path, given: Path
) -> None:
    project = Project.create(tmp_path / "jumps", classes=ClassList.from_names(["Sky", "persons"]))

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        assert states(tab)["a.jpg"] == "1 class unknown: person"
        assert not window._actions["import.start"].isEnabled()
        assert _choice(tab, "person").placeholderText() == "persons?"
        _pick(tab, "person", "persons")
        wait_until_looked_at(qtbot, tab)
        assert states(tab)["a.jpg"] == "matched"
        _pick(tab, "person", "Not labelled (void)")
        wait_until_looked_at(qtbot, tab)
        _pick(tab, "sky", "Leave out")
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)

    assert drive(steps, project.folder) == 0
    made = Project.open(project.folder)
    assert made.classes.names == ("Sky", "persons")
    mask = made.read_mask(made.photos()[0])
    assert mask is not None
    assert (mask == 255).all()


def test_a_new_class_is_named_where_it_stands(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        edit = _choice(tab, "person").lineEdit()
        assert edit is not None
        edit.selectAll()
        QTest.keyClicks(edit, "skydiver")
        QTest.keyClick(edit, Qt.Key.Key_Return)
        target = next(row.target for row in tab.bench.classes.rows if row.label == "person")
        assert (target.kind, target.name) == (Kind.NEW, "skydiver")
        edit = _choice(tab, "person").lineEdit()
        assert edit is not None
        edit.clear()
        QTest.keyClick(edit, Qt.Key.Key_Return)
        wait_until_looked_at(qtbot, tab)
        assert not window._actions["import.start"].isEnabled()
        tab.bench.classes.aimed_at.emit("person", target)
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    assert Project.open(empty.folder).classes.names == ("sky", "skydiver")


def test_odd_things_are_told_and_the_rest_comes_in(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path, tmp_path: Path
) -> None:
    data = (given / "b.jpg").read_bytes()
    (given / "b.jpg").write_bytes(data[: len(data) // 2])
    (given / "cut.xml").write_text("<annotation><fil", encoding="utf-8")
    (given / "via.csv").write_text("filename,region_shape_attributes\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("to do", encoding="utf-8")
    (tmp_path / "nothing").mkdir()
    labelme(given / "gone.xml", "gone.jpg", ("sky", ALL))
    labelme(given / "small.xml", "small.jpg", ("sky", ALL), size="60x80")
    _photo(given / "small.jpg", 5)
    _photo(given / "spare.jpg", 6)
    for sub in ("one", "two"):
        _photo(given / sub / "c.jpg", 7)
    labelme(given / "c.xml", "c.jpg", ("sky", ALL))

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given, tmp_path / "notes.txt", tmp_path / "nothing")
        wait_until_looked_at(qtbot, tab)
        told = {name.rpartition("/")[2]: state for name, state in states(tab).items()}
        assert told == {
            "a.jpg": "matched",
            "b.jpg": "damaged",
            "cut.xml": "damaged",
            "via.csv": "not read",
            "notes.txt": "not taken",
            "nothing": "not taken",
            "gone.xml": "no photo: gone.jpg",
            "small.jpg": "other size",
            "spare.jpg": "no annotation",
            "c.xml": "doubtful",
        }
        assert all("--" not in f"{row.state}{row.advice}{row.notes}" for row in tab.bench.table.rows)
        assert "1 ready · 8 need you · 1 stays out" in _told(window)
        needs = window.findChild(QPushButton, "import.filter.needs")
        assert needs is not None
        QTest.mouseClick(needs, Qt.MouseButton.LeftButton)
        assert len(tab.bench.table.model.rows) == 8
        _row(window, tab, "small.jpg")
        fix = window.findChild(QPushButton, "import.fix")
        assert fix is not None
        QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)
        assert states(tab)["small.jpg"] == "matched"
        _tick(tab, "import.keep")
        wait_until_looked_at(qtbot, tab)
        assert states(tab)["spare.jpg"] == "to be painted"
        import_all(qtbot, window, tab)
        titles = {fold.section.title: fold.section.count for fold in tab.report.folds}
        assert titles["Damaged"] == 2
        assert titles["Doubtful"] == titles["Not read"] == titles["Without photo"] == 1
        lines = "\n".join(line for fold in tab.report.folds for line in fold.section.lines)
        assert "--" not in lines

    assert drive(steps, empty.folder) == 0
    assert Project.open(empty.folder).keys() == ("a.jpg", "small.jpg", "spare.jpg")


def _told(window: Window) -> str:
    label = window.findChild(QLabel, "import.told")
    assert label is not None
    return label.toolTip()


def test_photos_alone_come_in_to_be_painted(
    qtbot: QtBot, drive: Drive, empty: Project, tmp_path: Path
) -> None:
    photos = [_photo(tmp_path / "photos" / f"{number}.jpg", number) for number in range(3)]

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, *photos[:2])
        wait_until_looked_at(qtbot, tab)
        dropped(window, photos[2])  # several drops add up
        wait_until_looked_at(qtbot, tab)
        assert set(states(tab).values()) == {"to be painted"}
        remove = window.findChildren(QToolButton, "import.remove")
        QTest.mouseClick(remove[0], Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)
        assert set(states(tab)) == {"1.jpg", "2.jpg"}
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    made = Project.open(empty.folder)
    assert made.keys() == ("1.jpg", "2.jpg")
    assert {photo.status for photo in made.photos()} == {"todo"}


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where ZIPs are unpacked."""
    folder = tmp_path / "unpacked"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_a_zip_comes_in_and_what_was_unpacked_goes(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path, unpacked: Path
) -> None:
    with zipfile.ZipFile(unpacked.parent / "a.zip", "w") as archive:
        for path in given.iterdir():
            archive.write(path, path.name)

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, unpacked.parent / "a.zip")
        wait_until_looked_at(qtbot, tab)
        assert len(list(unpacked.iterdir())) == 1
        reference = tab.findChild(QCheckBox, "import.reference")
        assert reference is not None
        assert not reference.isEnabled()
        window._actions["import.cancel"].trigger()
        qtbot.waitUntil(lambda: not list(unpacked.iterdir()), timeout=WAIT_MS)
        assert tab.currentWidget() is tab.welcome
        dropped(window, unpacked.parent / "a.zip")
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)
        qtbot.waitUntil(lambda: not list(unpacked.iterdir()), timeout=WAIT_MS)
        dropped(window, unpacked.parent / "a.zip")  # and left open when the window closes

    assert drive(steps, empty.folder) == 0
    assert not list(unpacked.iterdir())
    assert Project.open(empty.folder).keys() == ("a.jpg", "b.jpg")


def test_cancel_in_the_middle_leaves_the_project_as_it_was(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _fingerprint(empty.folder)
    written: list[str] = []
    original = formats_importing._write_photo

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)

        def write_one(*args: object, **kwargs: object) -> object:
            told = original(*args, **kwargs)  # type: ignore[arg-type]
            written.append("one")
            window._session.cancel()
            return told

        monkeypatch.setattr(formats_importing, "_write_photo", write_one)
        window._actions["import.start"].trigger()
        qtbot.waitUntil(lambda: bool(written) and not window._session.is_busy, timeout=WAIT_MS)
        assert tab.currentWidget() is tab.bench
        assert not window.notice.isVisible()
        assert _fingerprint(empty.folder) == before
        monkeypatch.setattr(formats_importing, "_write_photo", original)
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    assert len(Project.open(empty.folder).photos()) == 2


def test_a_project_changed_meanwhile_is_told_and_looked_at_anew(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        Project.open(empty.folder).save_classes(ClassList.from_names(["rope", "sky", "person"]))
        window._actions["import.start"].trigger()
        qtbot.waitUntil(window.notice.isVisible, timeout=WAIT_MS)
        qtbot.waitUntil(
            lambda: [row.target.kind for row in tab.bench.classes.rows] == [Kind.CLASS] * 2, timeout=WAIT_MS
        )
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    assert Project.open(empty.folder).classes.names == ("rope", "sky", "person")


def test_masks_that_are_there_stay_unless_they_are_to_be_replaced(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)
        labelme(given / "a.xml", "a.jpg", ("sky", LEFT))
        more = window.findChild(QPushButton, "import.report.more")
        assert more is not None
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(tab.findChildren(QPushButton, "import.earlier")), timeout=WAIT_MS)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        assert set(states(tab).values()) == {"already there"}
        assert not window._actions["import.start"].isEnabled()
        _tick(tab, "import.replace")
        wait_until_looked_at(qtbot, tab)
        assert set(states(tab).values()) == {"matched, replaces its mask"}
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    made = Project.open(empty.folder)
    mask = made.read_mask(made.photo("a.jpg"))
    assert mask is not None
    assert (mask[:, 25:] == 255).all()
    kept = list(made.folder.glob("sources/*/replaced/a.jpg.png"))
    assert len(kept) == 1
    assert (read_mask(kept[0])[:, 25:] == 0).all()


def test_masks_of_0_and_255_say_so_and_come_in_as_an_object(
    qtbot: QtBot, drive: Drive, empty: Project, tmp_path: Path
) -> None:
    mask = np.zeros((30, 40), dtype=np.uint8)
    mask[5:20, 8:30] = 255
    for number, name in enumerate(("a", "b")):
        _photo(tmp_path / f"set/images/{name}.jpg", number)
        (tmp_path / "set/masks").mkdir(exist_ok=True)
        Image.fromarray(mask).save(tmp_path / f"set/masks/{name}.png")

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, tmp_path / "set")
        wait_until_looked_at(qtbot, tab)
        told = tab.bench.findChild(QLabel, "import.greys")
        assert told is not None
        assert told.isVisible()
        assert "0 and 255 alone" in told.text()
        targets = {row.label: row.target.name for row in tab.bench.classes.rows}
        assert targets == {"0": "background", "255": "object"}
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    made = Project.open(empty.folder)
    values = [made.classes.named(name).index for name in ("background", "object")]
    painted = made.read_mask(made.photo("a.jpg"))
    assert painted is not None
    assert (painted == np.where(mask, values[1], values[0])).all()


def test_boxes_are_left_out_or_taken_as_they_are_wanted(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    (given / "b.xml").write_text(
        "<annotation><filename>b.jpg</filename><size><width>40</width><height>30</height></size><object>"
        "<name>person</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>",
        encoding="utf-8",
    )

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        box = tab.findChild(QComboBox, "import.boxes")
        assert box is not None
        assert (box.isVisible(), box.currentText()) == (True, "Leave out")
        (unread,) = (row for row in tab.bench.table.rows if row.state == "not read")
        assert unread.fix is Fix.BOXES
        tab.bench.preview.fix_asked.emit(unread.fix)
        wait_until_looked_at(qtbot, tab)
        assert states(tab) == {"a.jpg": "matched", "b.jpg": "matched"}
        assert (box.isVisible(), box.currentData()) == (True, "areas")
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    assert all(photo.has_mask for photo in Project.open(empty.folder).photos())


def test_only_a_photo_that_was_given_is_looked_at_anew_when_it_is_saved(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)
        qtbot.waitUntil(lambda: not window._session.is_busy, timeout=WAIT_MS)
        opened = window._session.opened
        assert opened is not None
        one, other = opened.photos
        tab.take([given / one.key])
        wait_until_looked_at(qtbot, tab)
        window._session.note_photo(replace(other, has_mask=True), 1000)
        after_other = tab.is_settled
        window._session.note_photo(replace(one, has_mask=True), 1000)
        assert (after_other, tab.is_settled) == (True, False)
        wait_until_looked_at(qtbot, tab)

    assert drive(steps, empty.folder) == 0


def test_another_photo_of_the_same_name_goes_into_a_folder_of_its_own(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path, tmp_path: Path
) -> None:
    with empty.change() as change:
        change.add_photo("a.jpg", _photo(tmp_path / "other.jpg", 9), size=(30, 40))

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        assert states(tab)["a.jpg"] == "name taken"
        _row(window, tab, "a.jpg")
        fix = window.findChild(QPushButton, "import.fix")
        assert fix is not None
        QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
        wait_until_looked_at(qtbot, tab)
        under = tab.findChild(QLineEdit, "import.under")
        assert under is not None
        assert under.text() == "given"
        assert states(tab) == {"given/a.jpg": "matched", "given/b.jpg": "matched"}
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    assert Project.open(empty.folder).keys() == ("a.jpg", "given/a.jpg", "given/b.jpg")


def test_files_and_folders_can_be_chosen_by_key(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(given / "a.xml")], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(given))

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        window._actions["import.files"].trigger()
        wait_until_looked_at(qtbot, tab)
        assert states(tab) == {"a.jpg": "matched"}  # the photo beside it is found, the others were not given
        window._actions["import.folder"].trigger()
        wait_until_looked_at(qtbot, tab)
        assert states(tab) == {"a.jpg": "matched", "b.jpg": "matched"}
        assert tab.unfinished() == ""

    assert drive(steps, empty.folder) == 0


def test_open_photos_are_released_before_masks_are_written(
    qtbot: QtBot, drive: Drive, empty: Project, given: Path
) -> None:
    order: list[str] = []

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)

        def release(then: Callable[[], None]) -> None:
            order.append("released")
            then()

        tab.writer.release = release
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        assert not list((empty.folder / "masks").rglob("*.png"))
        import_all(qtbot, window, tab)

    assert drive(steps, empty.folder) == 0
    assert order == ["released"]


@real_data
def test_the_skydiving_photos_give_the_masks_of_the_command_line(
    qtbot: QtBot, drive: Drive, tmp_path: Path
) -> None:
    names = ["no-label", "person", "airplane", "ground", "sky"]
    by_words = Project.create(tmp_path / "words", classes=ClassList.from_names(names))
    by_hand = Project.create(tmp_path / "hand", classes=ClassList.from_names(names))
    data = DATA / "skydiving" / "train"
    words = ["import", data / "Annotations", "--photos", data / "Images", "--project", by_words.folder]
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in (*words, "--order", "sky,ground,airplane,person")])
    assert not ended.value.code

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, data / "Annotations", data / "Images")
        wait_until_looked_at(qtbot, tab)
        for end, name in enumerate(("sky", "ground", "airplane", "person")):
            found = [row.label for row in tab.bench.classes.rows]
            if found.index(name) != end:
                tab.bench.classes.moved_to.emit(found.index(name), end)
        assert [row.label for row in tab.bench.classes.rows] == ["sky", "ground", "airplane", "person"]
        wait_until_looked_at(qtbot, tab)
        import_all(qtbot, window, tab)

    assert drive(steps, by_hand.folder) == 0
    first, second = Project.open(by_words.folder), Project.open(by_hand.folder)
    assert first.keys() == second.keys()
    assert len(first.keys()) == 10
    assert first.classes == second.classes
    for one, other in zip(first.photos(), second.photos(), strict=True):
        mask, same = first.read_mask(one), second.read_mask(other)
        assert mask is not None
        assert same is not None
        assert np.array_equal(mask, same), one.key
        assert np.array_equal(mask_again(second, other, lambda: False), mask)


def test_small_shapes_lie_on_large_ones_while_nothing_is_painted_in_the_project(
    qtbot: QtBot, drive: Drive, tmp_path: Path, given: Path
) -> None:
    made = Project.create(tmp_path / "named", classes=ClassList.from_names(["person", "sky"]))

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        assert [row.label for row in tab.bench.classes.rows] == ["sky", "person"]
        order = window.findChild(QLabel, "import.order")
        assert order is not None
        assert "Small shapes were put over large ones" in order.text()
        assert states(tab) == {"a.jpg": "matched", "b.jpg": "matched"}
        tab.inquiry._on_moved(0, 1)
        assert "Small shapes" not in order.text()
        wait_until_looked_at(qtbot, tab)
        assert states(tab) == {"a.jpg": "person hidden · matched", "b.jpg": "person hidden · matched"}

    assert drive(steps, made.folder) == 0


def test_of_an_animation_the_first_frame_comes_in_and_that_is_said(
    qtbot: QtBot, drive: Drive, empty: Project, tmp_path: Path
) -> None:
    frames = [Image.fromarray(np.full((30, 40), value, dtype=np.uint8)) for value in (0, 90, 200)]
    frames[0].save(tmp_path / "jump.gif", save_all=True, append_images=frames[1:])

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        dropped(window, tmp_path / "jump.gif")
        wait_until_looked_at(qtbot, tab)
        assert states(tab) == {"jump.gif": "first of 3 frames · to be painted"}

    assert drive(steps, empty.folder) == 0
