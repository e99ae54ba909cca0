"""HeldKey: knows when the key that triggered an action comes up again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication


class HeldKey(QObject):
    """`held` says that the action's key went down (true), and that it, or any other, came up (false).

    A key that repeats itself comes up and goes down many times a second; such events are told apart by Qt and left out.
    """

    held = Signal(bool)

    def __init__(self, action: QAction, parent: QObject) -> None:
        super().__init__(parent)
        self._is_held = False
        action.setAutoRepeat(False)
        action.triggered.connect(self._on_triggered)

    @Slot()
    def _on_triggered(self) -> None:
        app = QApplication.instance()
        if not self._is_held and app is not None:
            self._is_held = True
            app.installEventFilter(self)
            self.held.emit(True)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Watch all of the program while the key is down: it comes up wherever the focus is by then."""
        if isinstance(event, QKeyEvent):
            came_up = event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat()
        else:
            came_up = event.type() == QEvent.Type.ApplicationDeactivate
        if came_up:
            self.let_go()
        return False

    def let_go(self) -> None:
        """Whatever the key does, it counts as up."""
        app = QApplication.instance()
        if self._is_held and app is not None:
            self._is_held = False
            app.removeEventFilter(self)
            self.held.emit(False)
