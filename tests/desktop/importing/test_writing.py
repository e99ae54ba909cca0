"""Imports are written and taken back in the real window; what others do meanwhile is told in plain words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.importing.history import past_imports
from segstudio.desktop.importing.mapping import Kind, Target
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.tabs.import_ import ImportTab
from segstudio.desktop.window import Window
from segstudio.formats import importing as formats_importing
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS, Drive
from tests.desktop.importing.driving import (
    SQUARE,
    dropped,
    import_all,
    labelme,
    states,
    tab_of,
    wait_until_looked_at,
)


@pytest.fixture
def jumps(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "jumps", classes=ClassList.from_names(["sky", "ground", "person"]))


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Two photos with a sky and a rope, which the project does not know."""
    folder = tmp_path / "given"
    folder.mkdir()
    for number in range(2):
        pixels = np.random.default_rng(number).integers(0, 256, (30, 40, 3), dtype=np.uint8)
        (folder / f"{number}.jpg").write_bytes(encode_jpeg(pixels))
        labelme(folder / f"{number}.xml", f"{number}.jpg", ("sky", SQUARE), ("rope", SQUARE))
    return folder


def _look_at(qtbot: QtBot, window: Window, *paths: Path) -> ImportTab:
    tab = tab_of(qtbot, window)
    dropped(window, *paths)
    wait_until_looked_at(qtbot, tab)
    return tab


def _add_all(qtbot: QtBot, tab: ImportTab) -> None:
    QTest.mouseClick(tab.bench.add_all, Qt.MouseButton.LeftButton)
    wait_until_looked_at(qtbot, tab)


def _button(window: Window, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None
    return found


def test_an_import_that_ends_elsewhere_is_told_there_with_the_way_back(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        _add_all(qtbot, tab)
        window._actions["import.start"].trigger()
        window.show_tab("annotate")
        qtbot.waitUntil(lambda: window.notice.problem is not None, timeout=WAIT_MS)
        assert window.notice.accessibleName() == "Note: 2 photos imported with mask."
        undo = next(b for b in window.notice.findChildren(QPushButton) if b.text() == "Undo this import")
        QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "taken back" in window.notice.accessibleName(), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not window._session.is_busy, timeout=WAIT_MS)

    assert drive(steps, jumps.folder) == 0
    assert Project.open(jumps.folder).keys() == ()


def test_an_import_is_undone_from_its_report_and_can_come_in_again(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        _add_all(qtbot, tab)
        import_all(qtbot, window, tab)
        assert "rope" in Project.open(jumps.folder).classes.names
        window.show_tab("annotate")  # a photo is open for painting by then
        qtbot.waitUntil(lambda: bool(list((jumps.folder / "masks").glob("*.lock"))), timeout=WAIT_MS)
        window.show_tab("import")
        QTest.mouseClick(_button(window, "import.report.undo"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "taken back" in window.notice.accessibleName(), timeout=WAIT_MS)
        assert (
            "2 photos are in the project's trash folder, the class rope is gone."
            in window.notice.accessibleName()
        )
        qtbot.waitUntil(lambda: not window._session.is_busy, timeout=WAIT_MS)
        opened = Project.open(jumps.folder)
        assert opened.keys() == ()
        assert opened.classes.names == ("sky", "ground", "person")
        assert not _button(window, "import.report.undo").isVisible()
        title = window.findChild(QLabel, "import.report.title")
        assert title is not None
        assert title.text() == "Taken back: 2 photos imported with mask"
        dropped(window, given)
        wait_until_looked_at(qtbot, tab)
        _add_all(qtbot, tab)
        import_all(qtbot, window, tab)
        assert len(Project.open(jumps.folder).keys()) == 2

    assert drive(steps, jumps.folder) == 0


def test_the_report_undoes_it_and_names_what_was_painted_since(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        _add_all(qtbot, tab)
        import_all(qtbot, window, tab)
        colleague = Project.open(jumps.folder)
        colleague.write_mask(colleague.photo("0.jpg"), np.zeros((30, 40), dtype=np.uint8))
        QApplication.processEvents()  # photos are opened again a turn after the import
        QTest.mouseClick(_button(window, "import.report.undo"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "taken back" in window.notice.accessibleName(), timeout=WAIT_MS)
        assert "Painted since, and therefore kept: 0.jpg." in window.notice.accessibleName()
        assert Project.open(jumps.folder).keys() == ("0.jpg",)
        assert tab.report.folds[0].section.title == "Kept when it was taken back"

    assert drive(steps, jumps.folder) == 0


def test_a_class_list_changed_by_another_window_keeps_the_choices(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        tab.bench.classes.aimed_at.emit("rope", Target(Kind.CLASS, "person"))
        wait_until_looked_at(qtbot, tab)
        colleague = Project.open(jumps.folder)
        colleague.save_classes(colleague.classes.renamed("person", "skydiver"))
        window._actions["import.start"].trigger()  # this window does not know of it yet
        heard: list[str] = []
        window._session.problem_met.connect(lambda problem: heard.append(problem.text))
        qtbot.waitUntil(lambda: not tab.writer.is_busy and len(heard) >= 2, timeout=WAIT_MS)
        wait_until_looked_at(qtbot, tab)
        assert heard[0].startswith("Nothing was written yet. Somebody changed the project meanwhile")
        assert heard[1].startswith("Nothing was written yet. The class list was changed: the import goes on")
        assert heard[1].endswith("press Import again.")
        assert tab.currentWidget() is tab.bench
        assert {row.label: row.target.name for row in tab.bench.classes.rows} == {
            "sky": "sky",
            "rope": "skydiver",
        }
        assert all("matched" in state for state in states(tab).values()), states(tab)
        assert tab.bench.choices.isEnabled()
        import_all(qtbot, window, tab)

    assert drive(steps, jumps.folder) == 0
    assert len(Project.open(jumps.folder).keys()) == 2


def test_mapping_by_hand_shows_what_it_does_to_the_draw_order(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        tab.bench.classes.moved_to.emit(1, 0)
        told = window.findChild(QLabel, "import.order_change")
        assert told is not None
        tab.bench.classes.aimed_at.emit("rope", Target(Kind.CLASS, "person"))
        assert [row.label for row in tab.bench.classes.rows] == ["sky", "rope"]
        assert not told.isVisible()
        tab.bench.classes.moved_to.emit(0, 1)
        assert told.isVisible()
        assert told.text() == "The project's draw order becomes: person, ground, sky"

    assert drive(steps, jumps.folder) == 0


def test_another_project_finds_the_bench_unlocked(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def steps(window: Window) -> None:
        tab = _look_at(qtbot, window, given)
        locked: list[bool] = []
        tab.writer.busy_changed.connect(locked.append)
        tab.writer._under_way = tab.inquiry.commit()
        tab.writer.busy_changed.emit(True)
        assert not tab.bench.choices.isEnabled()
        tab._folder = Path("another")
        tab._on_session_changed(Changed.PROJECT)
        assert locked == [True, False]
        assert tab.bench.choices.isEnabled()
        assert tab.currentWidget() is tab.welcome

    assert drive(steps, jumps.folder) == 0


def test_two_imports_of_one_second_are_told_apart(
    jumps: Project, given: Path, monkeypatch: pytest.MonkeyPatch, import_files: Callable[..., Path]
) -> None:
    monkeypatch.setattr(formats_importing, "stamp", lambda: ("me", "2026-11-20T14:32:05+01:00"))
    first = import_files(jumps, given / "0.jpg")
    second = import_files(jumps, given / "1.jpg")
    assert first != second
    assert [past.told for past in past_imports(jumps.folder)] == [
        "20 November 2026, 14:32:05 (2) · 1 photo",
        "20 November 2026, 14:32:05 · 1 photo",
    ]


@pytest.fixture
def import_files() -> Callable[..., Path]:
    """Return a function that imports files as the command line does."""

    def run(project: Project, *paths: Path) -> Path:
        with gather(paths) as gathered:
            return formats_importing.commit_import(
                formats_importing.prepare(gathered, project, ImportOptions()), project
            )

    return run


@pytest.mark.parametrize("width_px", [1000, 1500])
def test_a_notice_hides_nothing_that_is_needed(
    qtbot: QtBot, drive: Drive, jumps: Project, given: Path, width_px: int
) -> None:
    def steps(window: Window) -> None:
        window.resize(width_px, 700)
        tab = _look_at(qtbot, window, given)
        undo = Remedy("Undo this import", do=lambda: None)
        text = "What you paint cannot be kept: there is no room left on the disk."
        window.notice.tell(Problem(text, level="warning", actions=(undo,)))
        qtbot.waitUntil(lambda: window.notice.geometry().height() > 0, timeout=WAIT_MS)
        bench = tab.bench
        needed = (bench.given, bench.classes, bench.table, _button(window, "button.import.start"))
        assert not [part for part in needed if _overlap(window, part)]
        assert window.notice.height() >= window.notice.minimumSizeHint().height()
        _add_all(qtbot, tab)
        import_all(qtbot, window, tab)
        assert window.notice.isVisible()
        names = ("title", "show", "more", "undo")
        found = [window.findChild(QWidget, f"import.report.{name}") for name in names]
        assert all(found)
        qtbot.waitUntil(lambda: not any(_overlap(window, part) for part in found), timeout=WAIT_MS)
        window.notice.clear()

    assert drive(steps, jumps.folder) == 0


def _overlap(window: Window, part: QWidget | None) -> bool:
    notice = window.notice
    assert part is not None
    seen = part.rect().translated(part.mapTo(window, QPoint()))
    return notice.rect().translated(notice.mapTo(window, QPoint())).intersects(seen)
