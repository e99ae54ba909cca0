"""Classes are merged and deleted in the real window while photos are open: here, elsewhere, and where a program died."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from segstudio.desktop.classes.editor import ClassEditor
from segstudio.desktop.window import Window
from segstudio.project.project import Project
from tests.desktop.annotating.hands import Hands, saved_mask
from tests.desktop.conftest import Drive

_LEFT = Qt.MouseButton.LeftButton


@contextmanager
def painting(folder: Path, key: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.project.painting_elsewhere", str(folder), key, "desk-3"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "paints\n"
        try:
            yield other
        finally:
            other.kill()


def editor_of(hands: Hands) -> ClassEditor:
    hands.click("class.edit")
    editor = hands.tab._editor
    assert editor is not None
    settle(hands, editor)
    return editor


def settle(hands: Hands, editor: ClassEditor) -> None:
    hands.wait(lambda: editor.doing.is_idle and editor.work._look is None and editor._looked is not None)


def delete(hands: Hands, editor: ClassEditor, name: str) -> None:
    editor.parts.list.choose(editor.classes.named(name).index)
    editor.parts.delete.click()
    hands.wait(editor.parts.question.agree.isVisible)
    editor.parts.question.agree.click()
    settle(hands, editor)


def test_own_photos_are_let_go_of_even_in_mid_stroke(qtbot: QtBot, drive: Drive, project: Project) -> None:
    """With one stroke that is not saved, and one that is not even finished."""

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_2)
        editor = editor_of(hands)
        hands.dab(5, 5)
        assert hands.tab._desk.unsaved
        QTest.mousePress(hands.canvas, _LEFT, pos=hands.place(5, 20))
        QTest.mouseMove(hands.canvas, hands.place(15, 20))
        delete(hands, editor, "ground")
        QTest.mouseRelease(hands.canvas, _LEFT, pos=hands.place(15, 20))
        assert list(editor.classes.names) == ["sky"]
        hands.wait(lambda: hands.tab._desk.can_paint and not (hands.mask == 1).any())
        assert hands.mask[5, 5] == hands.mask[20, 10] == 255
        editor.parts.undo.click()
        settle(hands, editor)
        hands.wait(lambda: hands.tab._desk.can_paint and hands.mask[5, 5] == hands.mask[20, 10] == 1)
        editor.close()
        assert window.notice.problem is None

    assert drive(steps, project.folder) == 0
    mask = saved_mask(project, "0.jpg")
    assert mask[5, 5] == mask[20, 10] == 1


def test_another_program_that_paints_is_named_and_one_that_died_is_not_minded(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        editor = editor_of(hands)
        with painting(project.folder, "3.jpg") as other:
            delete(hands, editor, "ground")
            assert list(editor.classes.names) == ["sky", "ground"]
            label = editor.findChild(QLabel, "classes.told")
            assert label is not None
            told = label.text()
            assert told.startswith(
                '"3.jpg" is open for painting in another SegStudio on the computer "desk-3"'
            )
            assert told.endswith("Close the project there, then try again.")
            hands.wait(lambda: hands.tab._desk.can_paint)
            other.kill()
            other.wait()
        assert project.paint_lock(project.photo("3.jpg")).exists()
        delete(hands, editor, "ground")
        assert list(editor.classes.names) == ["sky"]
        editor.close()

    assert drive(steps, project.folder) == 0
