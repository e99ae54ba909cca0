"""A monkey at the window: `python -m tests.desktop.monkey PROJECT SEED SECONDS` clicks, types and drags at random.

Ends with 0 when the window answered all the while and closed. The log of the window tells what was not caught.
"""

from __future__ import annotations

import faulthandler
import random
import sys
import time
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget

from segstudio.cli.main import main
from segstudio.desktop import app

_PAUSE_MS = 6
_HANGS_S = 30
_TABS = ("import", "annotate", "annotate", "train", "review")
_KEYS = (*(Qt.Key(ord(letter)) for letter in "BEFPLWNASD0123+-[]"), Qt.Key.Key_F5, Qt.Key.Key_Delete)
_MORE_KEYS = (
    *(Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Space),
)
_WITH_CONTROL = tuple(Qt.Key(ord(letter)) for letter in "ZZZYSFA1234CV")
_NOT_TO_BE_DONE = frozenset({"app.quit", "train.start"})
_CONTROL = Qt.KeyboardModifier.ControlModifier
_PLAIN = Qt.KeyboardModifier.NoModifier
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Monkey(app.Desktop):
    """The program with somebody before it who does not know what they do."""

    chance = random.Random(0)
    seconds = 3.0

    def start(self, project: Path | None) -> None:
        """Begin to play once the window is there."""
        super().start(project)
        self.project, self.acts, self.until = project, 0, time.monotonic() + self.seconds
        QTimer.singleShot(200, self._play)

    def _play(self) -> None:
        faulthandler.dump_traceback_later(_HANGS_S, exit=True)
        if time.monotonic() > self.until:
            self._end()
            return
        QTimer.singleShot(_PAUSE_MS, self._play)  # before the act, which may open a menu and wait there
        self.acts += 1
        for action in self.actions.all():
            if action.objectName() in _NOT_TO_BE_DONE:
                action.setEnabled(False)
        try:
            self._act(QApplication.activePopupWidget() or QApplication.activeModalWidget() or self.window)
        except RuntimeError as error:
            if "already deleted" not in str(error):  # a widget went with what was just done to it
                raise

    def _end(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog | QMenu):
                widget.close()
        sys.stdout.write(f"{self.acts}\n")
        sys.stdout.flush()
        self.window.asks = False
        QTimer.singleShot(200, self.window.close)

    def _act(self, top: QWidget) -> None:
        chance = self.chance
        if isinstance(top, QMenu):
            keys = (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return)
            QTest.keyClick(top, chance.choice(keys))
            return
        if self.session.opened is None and not self.session.is_busy and self.project is not None:
            self.window.open_as_left(self.project)
        act = chance.choices(
            (self._tab, self._key, self._shortcut, self._click, self._drag), (2, 5, 3, 6, 4)
        )[0]
        act(top)

    def _tab(self, _top: QWidget) -> None:
        if self.session.opened is not None:
            self.window.show_tab(self.chance.choice(_TABS))

    def _key(self, top: QWidget) -> None:
        QTest.keyClick(QApplication.focusWidget() or top, self.chance.choice(_KEYS + _MORE_KEYS))

    def _shortcut(self, top: QWidget) -> None:
        QTest.keyClick(QApplication.focusWidget() or top, self.chance.choice(_WITH_CONTROL), _CONTROL)

    def _click(self, top: QWidget) -> None:
        widget = self._somewhere(top)
        QTest.mouseClick(widget, self.chance.choices((_LEFT, _RIGHT), (9, 1))[0], _PLAIN, self._at(widget))

    def _drag(self, top: QWidget) -> None:
        widget = top.findChild(QWidget, "canvas") or self._somewhere(top)
        QTest.mousePress(widget, _LEFT, _PLAIN, self._at(widget))
        for _ in range(4):
            QTest.mouseMove(widget, self._at(widget))
        QTest.mouseRelease(widget, _LEFT, _PLAIN, self._at(widget))

    def _somewhere(self, top: QWidget) -> QWidget:
        inside = [part for part in top.findChildren(QWidget) if part.isVisible() and part.isEnabled()]
        return self.chance.choice(inside or [top])

    def _at(self, widget: QWidget) -> QPoint:
        return QPoint(
            self.chance.randrange(max(1, widget.width())), self.chance.randrange(max(1, widget.height()))
        )


def _nothing_chosen() -> None:
    """Let the system's own dialogs, which no test can answer, be cancelled at once."""
    for name, answer in (
        ("getOpenFileName", ("", "")),
        ("getOpenFileNames", ([], "")),
        ("getSaveFileName", ("", "")),
        ("getExistingDirectory", ""),
    ):
        setattr(QFileDialog, name, staticmethod(lambda *_, answer=answer, **__: answer))
    QDesktopServices.openUrl = staticmethod(lambda *_: True)  # type: ignore[method-assign]


if __name__ == "__main__":
    faulthandler.enable()
    Monkey.chance, Monkey.seconds = random.Random(int(sys.argv[2])), float(sys.argv[3])
    _nothing_chosen()
    app.Desktop = Monkey  # type: ignore[misc]
    main([sys.argv[1]])
