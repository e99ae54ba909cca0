"""Closing: asked about only where something would be lost that nothing brings back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QMessageBox, QWidget


def may_close(parent: QWidget, unfinished: Sequence[str], *, saved: bool) -> bool:
    """Tell whether the window may close; `unfinished` says what that would cut short, a sentence each.

    `saved`: whether everything that was painted is on disk.
    """
    if not unfinished:
        return True
    asking = QMessageBox(parent)
    asking.setObjectName("closing")
    asking.setIcon(QMessageBox.Icon.Question)
    asking.setWindowTitle("Close SegStudio?")
    asking.setText("\n".join(unfinished))
    asking.setInformativeText("Close all the same?" + (" Everything painted is saved." if saved else ""))
    leave = asking.addButton("Close", QMessageBox.ButtonRole.DestructiveRole)
    stay = asking.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
    asking.setDefaultButton(stay)
    asking.setEscapeButton(stay)
    asking.exec()
    clicked = asking.clickedButton()
    asking.deleteLater()
    return clicked is leave
