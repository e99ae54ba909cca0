"""Hands: what a person does in the Annotate tab of the real window, with mouse and keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QListView, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.tabs.annotate import AnnotateTab
from segstudio.desktop.tools.options import ToolOptions
from segstudio.desktop.window import Window
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_LEFT = Qt.MouseButton.LeftButton


class Hands:
    """Works in one window whose project has photos."""

    def __init__(self, qtbot: QtBot, window: Window) -> None:
        self.qtbot, self.window = qtbot, window
        self.wait(lambda: window.shown_tab == "annotate")
        self.wait(lambda: not window._session.is_busy)
        window.activateWindow()
        self.wait(window.isActiveWindow)
        tab = window.findChild(AnnotateTab)
        assert tab is not None
        self.tab = tab

    @property
    def canvas(self) -> Canvas:
        return self.tab.canvas

    @property
    def photos(self) -> QListView:
        return self.tab.list.view

    @property
    def mask(self) -> Mask:
        mask = self.tab._desk.mask
        assert mask is not None
        return mask

    @property
    def open_key(self) -> str:
        shown = self.tab._desk.shown
        return shown.photo.key if shown is not None else ""

    def wait(self, until: object) -> None:
        assert callable(until)
        self.qtbot.waitUntil(until, timeout=WAIT_MS)

    def wait_for_photo(self, key: str) -> None:
        self.wait(lambda: self.open_key == key)

    def wait_for_notice(self, words: str) -> None:
        def told() -> bool:
            problem = self.window.notice.problem
            return problem is not None and words in problem.text

        self.wait(told)

    def look(self) -> CanvasLook:
        return self.canvas.canvas_look

    def options(self) -> ToolOptions:
        return self.tab.box.options

    def find(self, name: str) -> QWidget:
        found = self.tab.findChild(QWidget, name)
        assert found is not None, name
        return found

    def words(self, name: str) -> str:
        found = self.find(name)
        assert isinstance(found, QLabel)
        return found.text()

    def click(self, name: str) -> None:
        button = self.find(name)
        assert isinstance(button, QAbstractButton)
        assert button.isEnabled(), name
        QTest.mouseClick(button, _LEFT)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)

    def type(self, words: str) -> None:
        QTest.keyClicks(self.window.focusWidget(), words)

    def place(self, x: float, y: float) -> QPoint:
        """The place in the canvas of a position in photo pixels."""
        return self.canvas.to_screen((x, y)).toPoint()

    def drag(self, *way: tuple[float, float]) -> None:
        """Press at the first position, move along, and let go at the last."""
        QTest.mouseMove(self.canvas, self.place(*way[0]))
        QTest.mousePress(self.canvas, _LEFT, pos=self.place(*way[0]))
        for position in way[1:]:
            QTest.mouseMove(self.canvas, self.place(*position))
        QTest.mouseRelease(self.canvas, _LEFT, pos=self.place(*way[-1]))

    def dab(self, x: float, y: float) -> None:
        """Click at a position of the photo."""
        self.drag((x, y))

    def row_words(self) -> Sequence[str]:
        """The palette's rows in words."""
        return [row.told() for row in self.tab.palette_of_classes.view.rows.rows]


def saved_mask(project: Project, key: str) -> Mask:
    again = Project.open(project.folder)
    mask = again.read_mask(again.photo(key))
    assert mask is not None
    return mask
