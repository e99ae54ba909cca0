"""A copy that a synchronising program left beside a mask: told, compared, and one of the two taken, in the real window."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.conflict_window import ConflictWindow
from segstudio.desktop.window import Window
from segstudio.project.conflict_copies import conflict_copies
from segstudio.project.document_copies import document_copies
from segstudio.project.masks import write_mask
from segstudio.project.project import Project
from tests.desktop.annotating.hands import Hands
from tests.desktop.conftest import Drive
from tests.desktop.pictures import shot


def copy_of(project: Project, key: str, value: int) -> None:
    path = project.folder / f"masks/{key} (Anna's conflicted copy 2026-01-01).png"
    write_mask(path, np.full((40, 60), value, dtype=np.uint8), project.classes)


def test_a_copy_is_compared_taken_and_taken_back(qtbot: QtBot, drive: Drive, project: Project) -> None:
    copy_of(project, "0.jpg", 1)
    copy_of(project, "1.jpg", 0)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        before = hands.mask.copy()
        hands.wait_for_notice("2 photos have masks that two machines wrote at the same time")
        click(window, "Compare…")
        conflicts = window.findChild(ConflictWindow)
        assert conflicts is not None
        hands.wait(conflicts.take.isEnabled)
        assert "50.0 % of the pixels differ" in conflicts.panes.left.accessibleName()
        assert "0.jpg was written on two machines" in conflicts.told.text()
        assert "1 more after this one" in conflicts.told.text()
        qtbot.wait(50)
        shot(conflicts, "conflicts")
        conflicts.take.click()
        hands.wait(lambda: hands.tab._desk.can_paint and bool((hands.mask == 1).all()))
        hands.wait(lambda: "1.jpg was written" in conflicts.told.text() and conflicts.keep.isEnabled())
        hands.tab._desk.undo()
        hands.wait(lambda: np.array_equal(hands.mask, before))
        conflicts.keep.click()
        hands.wait(lambda: not conflicts.isVisible())
        assert conflict_copies(project) == ()
        hands.wait_for_notice("The mask of 1.jpg stays")
        hands.wait(lambda: hands.tab._desk.can_paint)
        click(window, "Bring the copy back")
        hands.wait(lambda: [copy.key for copy in conflict_copies(project)] == ["1.jpg"])
        hands.wait(lambda: not window._session.is_busy and hands.tab._desk.can_paint)
        hands.wait_for_notice("1.jpg has a mask that two machines")
        qtbot.wait(300)
        shot(window, "conflict-told")

    assert drive(steps, project.folder) == 0
    saved = Project.open(project.folder)
    mask = saved.read_mask(saved.photo("1.jpg"))
    assert mask is not None
    assert set(np.unique(mask)) == {0, 1}


def test_what_only_a_copy_of_the_project_file_knows_is_brought_in(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    document, names = project.folder / "project.json", project.classes.names
    before = document.read_bytes()
    project.save_classes(project.classes.added("rope"))
    (project.folder / "project-STUDIO-PC.json").write_bytes(document.read_bytes())
    document.write_bytes(before)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.wait_for_notice("Only the copy knows the class rope")
        qtbot.wait(50)
        shot(window, "document-copy-told")
        click(window, "Bring it in")
        hands.wait_for_notice("Brought in from the copy: the class rope")
        hands.wait(lambda: hands.tab._desk.can_paint and not window._session.is_busy)
        assert Project.open(project.folder).classes.names == (*names, "rope")
        assert document_copies(project.folder) == ()
        click(window, "Bring the copy back")
        hands.wait_for_notice("Both say the same")
        hands.wait(lambda: not window._session.is_busy)
        click(window, "Put the copy away")
        hands.wait_for_notice("project.json stays as it is")
        hands.wait(lambda: not window._session.is_busy)

    assert drive(steps, project.folder) == 0
    assert document_copies(project.folder) == ()


def click(window: Window, text: str) -> None:
    (button,) = (each for each in window.notice.findChildren(QPushButton) if each.text() == text)
    button.click()
