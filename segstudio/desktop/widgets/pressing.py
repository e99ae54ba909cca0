"""PressingWindow: a main window in which Return presses the button that has the keyboard, as the space bar does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow


class PressingWindow(QMainWindow):
    """Qt's buttons leave Return to the window, which does nothing with it unless it is a dialog."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button, once for as long as the key is held."""
        button = QApplication.focusWidget()
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and isinstance(button, QAbstractButton) and self.isAncestorOf(button):
            if not event.isAutoRepeat():
                button.click()
        else:
            super().keyPressEvent(event)
