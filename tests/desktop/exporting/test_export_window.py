"""Export in the real window: opened with its key, looked at, written, and imported again."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from segstudio.desktop.exporting import previewing, writing
from segstudio.desktop.exporting.dialog import ExportDialog
from segstudio.desktop.window import Window
from segstudio.errors import SegStudioError, WorkStopped
from segstudio.formats.exporting import (
    EXPORTS,
    ExportOptions,
    ExportPreview,
    ExportReport,
    export_project,
    preview_export,
)
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.project import Project
from tests.desktop.annotating.hands import CONTROL, SHIFT, Hands
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.watchdog import told, watching

Wait = Callable[[Callable[[], bool]], None]


class Exporter:
    """The export window, and a hand in it."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window
        self.wait(lambda: window.shown_tab != "" and not window._session.is_busy)
        window.activateWindow()
        self.wait(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_E, CONTROL | SHIFT)
        found = window.findChild(ExportDialog)
        assert found is not None
        self.dialog = found
        self.wait(found.isActiveWindow)

    @property
    def told(self) -> str:
        """What stands beside the swatch."""
        return self.label("export.differing")

    def label(self, name: str) -> str:
        found = self.dialog.findChild(QLabel, name)
        assert found is not None
        return found.text()

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=WAIT_MS)

    def look(self) -> ExportPreview:
        """Wait for the preview of what is chosen."""
        self.wait(lambda: not self.dialog.previewer.is_busy)
        shown = self.dialog.parts.preview.shown
        assert shown is not None, self.label("export.told")
        return shown.preview

    def choose(self, name: str) -> None:
        """Go to a format with the arrow keys."""
        formats = self.dialog.parts.form.formats
        formats.setFocus()
        QTest.keyClick(formats, Qt.Key.Key_Home)
        for _ in range([row.id for row in EXPORTS].index(name)):
            QTest.keyClick(formats, Qt.Key.Key_Down)
        assert self.dialog.choices.format == name

    def go_to(self, place: Path) -> None:
        """Type where it goes."""
        field = self.dialog.findChild(QLineEdit, "export.path")
        assert field is not None
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, str(place))

    def export(self) -> None:
        """Press Export and wait for the page that says what was written."""
        parts = self.dialog.parts
        assert parts.start.isEnabled(), parts.start.toolTip()
        QTest.mouseClick(parts.start, Qt.MouseButton.LeftButton)
        self.wait(lambda: parts.stack.currentWidget() is parts.done or parts.told.property("wrong") == "true")
        assert parts.stack.currentWidget() is parts.done, parts.told.text()


@pytest.fixture
def jumps(project: Project) -> Project:
    """The project, each of its photos unlike the others."""
    for number, photo in enumerate(project.photos()):
        photo.path.write_bytes(encode_jpeg(np.full((40, 60, 3), 40 * number, dtype=np.uint8)))
    return Project.open(project.folder)


def masks_of(project: Project) -> dict[str, np.ndarray]:
    found = {photo.key: project.read_mask(photo) for photo in project.photos()}
    return {key: mask for key, mask in found.items() if mask is not None}


def imported(sources: Path, folder: Path, classes: tuple[str, ...]) -> Project:
    project = Project.create(folder, classes=ClassList.from_names(classes))
    with gather([sources], []) as gathered:
        commit_import(prepare(gathered, project, ImportOptions()), project)
    return Project.open(folder)


def test_what_goes_out_comes_back_pixel_for_pixel(
    qtbot: QtBot, drive: Drive, jumps: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, opened = tmp_path / "out" / "for a friend", list[str]()

    def show(url: QUrl) -> bool:
        opened.append(Path(url.toLocalFile()).name)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", show)

    def export(window: Window) -> None:
        hand = Exporter(qtbot, window)
        assert hand.look().text
        hand.choose("coco")
        preview = hand.look()
        assert (preview.mask == masks_of(jumps)["0.jpg"]).all()
        assert hand.told == "Every pixel comes back the same"
        assert "colours" in hand.label("export.loses")
        assert hand.dialog.parts.start.text() == "Export 2"
        hand.go_to(target)
        hand.export()
        assert hand.label("export.done.title") == "2 photos exported to for a friend"
        assert "Every pixel" in hand.label("export.done.told")
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Space)
        assert opened == ["for a friend"]

    assert drive(export, jumps.folder) == 0
    before, after = masks_of(jumps), masks_of(imported(target, tmp_path / "fresh", ("sky", "ground")))
    assert len(before) == len(after) == 2
    for mask, other in zip(before.values(), after.values(), strict=True):
        assert (mask == other).all()


def test_what_was_just_painted_goes_along(qtbot: QtBot, drive: Drive, jumps: Project, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_B)
        hands.key(Qt.Key.Key_2)
        hands.drag((4, 4), (20, 30))
        hand = Exporter(qtbot, window)
        hand.choose("index-png")
        hand.go_to(target)
        assert hand.dialog.choices.as_zip
        hand.export()
        hand.dialog.close()
        window.activateWindow()
        hands.wait(lambda: hands.tab._desk.can_paint and hands.tab._desk.can_undo)
        hands.drag((4, 34), (20, 34))  # and painting goes on

    assert drive(steps, jumps.folder) == 0
    assert zipfile.is_zipfile(target)
    painted = masks_of(imported(target, tmp_path / "fresh", ("sky", "ground")))["0.jpg"]
    assert (painted[4:30, 4:20] == 1).any()
    assert (masks_of(Project.open(jumps.folder))["0.jpg"] == 1).sum() > (painted == 1).sum()


def test_the_slider_shows_at_once_what_it_costs(qtbot: QtBot, drive: Drive, project: Project) -> None:
    round_ = np.full((40, 60), 255, dtype=np.uint8)
    rows, columns = np.ogrid[:40, :60]
    round_[(rows - 20) ** 2 + (columns - 30) ** 2 < 200] = 1
    project.write_mask(project.photo("1.jpg"), round_)

    def steps(window: Window) -> None:
        hand = Exporter(qtbot, window)
        parts = hand.dialog.parts
        assert hand.look().key == "0.jpg"
        QTest.keyClick(hand.dialog, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        hand.wait(lambda: parts.preview.shown is not None and parts.preview.shown.preview.key == "1.jpg")
        exact = hand.look()
        assert not exact.differs.any()
        parts.form.slider.setFocus()
        with watching() as gaps:
            for _ in range(4):
                QTest.keyClick(parts.form.slider, Qt.Key.Key_PageUp)
            loose = hand.look()
        told(while_sliding=gaps.longest_ms)
        assert hand.dialog.choices.tolerance_px == 4.0
        spin = parts.form.spin
        spin.setFocus()
        spin.selectAll()
        QTest.keyClicks(spin, "2.5")
        QTest.keyClick(spin, Qt.Key.Key_Return)
        assert hand.dialog.choices.tolerance_px == 2.5
        assert not hand.dialog.writer.is_busy, "Return takes the number alone"
        parts.form.slider.setValue(40)
        loose = hand.look()
        assert loose.points < exact.points
        assert loose.differs.any()
        assert parts.preview.canvas.marks[0].sum() == loose.differs.sum()
        assert f"{loose.differs.sum():,} pixels differ" in hand.told
        hand.choose("voc")
        assert not parts.form.slider.isEnabled()
        assert not hand.look().differs.any()
        assert not parts.preview.text.isVisible()

    assert drive(steps, project.folder) == 0


def reached_by_tab() -> list[str]:
    """Press Tab until the first field is reached again; return the names of all on the way."""
    names: list[str] = []
    while (focus := QApplication.focusWidget()) is not None and focus.objectName() not in names:
        names.append(focus.objectName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    return names


def test_which_photos(qtbot: QtBot, drive: Drive, project: Project) -> None:
    first = project.photo("0.jpg")
    project.write_state(first, first.state.model_copy(update={"status": "doing"}))

    def steps(window: Window) -> None:
        hand = Exporter(qtbot, window)
        hand.look()
        parts, box = hand.dialog.parts, hand.dialog.parts.form.wanted
        assert [box.itemText(n) for n in range(4)] == [
            "All with labels (2)",
            "Done and checked (1)",
            "Checked (0)",
            "Selected in Annotate (1)",
        ]
        assert [name.removeprefix("export.") for name in reached_by_tab()] == [
            "formats",
            "outlines",
            "tolerance.slider",
            "tolerance",
            "wanted",
            "with_photos",
            "kind",
            "path",
            "browse",
            "next",
            "canvas",
            "text",
            "cancel",
            "start",
        ]
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert parts.start.text() == "Export 1"
        assert hand.look().key == "1.jpg"
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert not parts.start.isEnabled()
        assert "checked" in hand.label("export.told")
        Hands(qtbot, window).photos.selectAll()
        hand.dialog.activateWindow()
        hand.wait(lambda: box.itemText(3) == "Selected in Annotate (2)")

    assert drive(steps, project.folder) == 0


def test_a_cancelled_export_leaves_nothing(
    qtbot: QtBot, drive: Drive, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slow(_project: Project, _options: ExportOptions, **told: Callable[..., bool]) -> ExportReport:
        begun.set()
        told["progress"](1, 5)
        while not told["cancelled"]():
            begun.wait(0.01)
        raise WorkStopped("stopped")

    monkeypatch.setattr(writing, "export_project", slow)
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        next(b for b in box.buttons() if b.text() == "Stay").click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)

    def steps(window: Window) -> None:
        hand = Exporter(qtbot, window)
        parts = hand.dialog.parts
        hand.go_to(tmp_path / "out")
        parts.start.click()
        hand.wait(begun.is_set)
        hand.wait(lambda: "1 of 5" in parts.told.text())
        assert not parts.form.isEnabled()
        window.close()
        assert asked == ["An export is under way; nothing of it is kept."]
        assert window.isVisible()
        parts.cancel.click()
        hand.wait(lambda: not hand.dialog.writer.is_busy)
        assert "nothing was written" in parts.told.text()
        assert parts.form.isEnabled()

    assert drive(steps, project.folder) == 0
    assert not (tmp_path / "out").exists()


def test_an_export_goes_on_without_its_window_and_is_told(
    qtbot: QtBot, drive: Drive, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, real = threading.Event(), export_project

    def held(*given: object, **told: object) -> ExportReport:
        may_end.wait(WAIT_MS / 1000)
        return real(*given, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "export_project", held)

    def steps(window: Window) -> None:
        hand = Exporter(qtbot, window)
        hand.go_to(tmp_path / "out")
        hand.dialog.parts.start.click()
        hand.wait(lambda: window._session.is_busy)
        QTest.keyClick(hand.dialog, Qt.Key.Key_Escape)
        assert not hand.dialog.isVisible()
        may_end.set()
        Hands(qtbot, window).wait_for_notice("2 photos exported to out")
        problem = window.notice.problem
        assert problem is not None
        assert [remedy.text for remedy in problem.actions] == ["Open folder", "Details"]
        details = problem.actions[1].do
        assert details is not None
        details()
        assert hand.dialog.parts.done.isVisible()

    assert drive(steps, project.folder) == 0
    assert (tmp_path / "out").is_dir()


def test_problems_are_told_where_they_are_met(
    qtbot: QtBot, drive: Drive, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> ExportReport:
        raise SegStudioError("the disk is full", where=str(tmp_path), fix="Make room")

    monkeypatch.setattr(writing, "export_project", full)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "a").touch()
    project.mask_path(project.photo("1.jpg")).write_bytes(b"damaged")

    def steps(window: Window) -> None:
        hand = Exporter(qtbot, window)
        parts = hand.dialog.parts
        hand.look()
        hand.go_to(tmp_path / "used")
        assert "not empty" in hand.label("export.hint")
        assert not parts.start.isEnabled()
        hand.go_to(tmp_path / "out")
        parts.start.click()
        hand.wait(lambda: "disk is full" in parts.told.text())
        assert window.notice.problem is None
        assert parts.start.isEnabled()
        parts.preview.on.click()
        hand.wait(lambda: not hand.dialog.previewer.is_busy)
        assert "1.jpg" in hand.label("export.told")
        parts.preview.back.click()
        assert hand.look().key == "0.jpg"

    assert drive(steps, project.folder) == 0


def test_places_are_asked_for_suggested_and_remembered(
    qtbot: QtBot, drive: Drive, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, empty = project.folder.parent, tmp_path / "empty"
    empty.mkdir()
    answers = [str(used), str(empty), str(tmp_path / "sent.zip")]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (answers.pop(0), ""))

    def first(window: Window) -> None:
        hand = Exporter(qtbot, window)
        place, form = hand.dialog.parts.place, hand.dialog.parts.form
        hand.choose("coco")
        place.browse.click()
        assert place.target == used / "jumps coco"
        hand.choose("voc")
        assert place.target == used / "jumps voc"
        place.browse.click()
        assert place.target == empty
        hand.choose("coco")
        assert place.target == empty, "the person named it"
        place.kind.setFocus()
        QTest.keyClick(place.kind, Qt.Key.Key_Down)
        assert place.target == tmp_path / "empty.zip"
        place.browse.click()
        assert place.target == tmp_path / "sent.zip"
        form.slider.setValue(15)
        hand.export()
        QTest.keyClick(hand.dialog, Qt.Key.Key_Escape)

    def again(window: Window) -> None:
        hand = Exporter(qtbot, window)
        choices, place = hand.dialog.choices, hand.dialog.parts.place
        assert (choices.format, choices.tolerance_px, choices.as_zip) == ("coco", 1.5, True)
        assert place.target == tmp_path / "jumps coco.zip"

    assert drive(first, project.folder) == 0
    assert drive(again, project.folder) == 0


def test_only_the_newest_wish_is_worked_out(
    qtbot: QtBot, drive: Drive, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, worked = threading.Event(), list[str]()
    real = preview_export

    def held(project: Project, key: str, options: ExportOptions, **others: Any) -> ExportPreview:
        worked.append(f"{options.format} {options.tolerance_px:g}")
        if len(worked) == 1:
            may_end.wait(WAIT_MS / 1000)
        return real(project, key, options, **others)

    monkeypatch.setattr(previewing, "preview_export", held)

    def steps(window: Window) -> None:
        hand = Exporter(qtbot, window)
        hand.wait(lambda: len(worked) == 1)
        slider = hand.dialog.parts.form.slider
        for tolerance in (10, 20, 30, 0):  # there and back again
            slider.setValue(tolerance)
        qtbot.waitUntil(lambda: not hand.dialog.previewer._soon.isActive(), timeout=WAIT_MS)
        may_end.set()
        assert hand.look().key == "0.jpg"
        assert worked in (["cvat 0"], ["cvat 0", "cvat 0"])
        slider.setValue(10)
        hand.look()
        assert worked[-1] == "cvat 1"

    assert drive(steps, project.folder) == 0


def test_a_preview_that_takes_long_says_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, drive: Drive, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = preview_export, list[str]()

    def slow(project: Project, key: str, options: ExportOptions, **others: Any) -> ExportPreview:
        asked.append(key)
        if len(asked) == 1:
            others["progress"](43, 100)
            while not others["cancelled"]():
                threading.Event().wait(0.005)
            raise WorkStopped("it was stopped")
        return real(project, key, options, **others)

    monkeypatch.setattr(previewing, "preview_export", slow)

    def steps(window: Window) -> None:
        hand = Exporter(qtbot, window)
        side = hand.dialog.parts.preview
        hand.wait(lambda: "43 %" in hand.label("export.told"))
        assert (side.stop.isVisible(), side.stop.text()) == (True, "Stop")
        QTest.mouseClick(side.stop, Qt.MouseButton.LeftButton)
        assert not hand.dialog.previewer.is_busy
        assert hand.label("export.told").startswith("Stopped: ")
        assert side.stop.text() == "Look"
        QTest.mouseClick(side.stop, Qt.MouseButton.LeftButton)
        assert hand.look().key == "0.jpg"
        assert not side.stop.isVisible()
        assert "%" not in hand.label("export.told").replace("100 %", "")

    assert drive(steps, project.folder) == 0
