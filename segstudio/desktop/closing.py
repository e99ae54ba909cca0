"""Closing: asked about only where something would be lost that nothing brings back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMessageBox, QWidget

from segstudio.desktop.tabs.tab import MayBeUnfinished, MayGoOn, SavesFirst


def may_close(
    window: QWidget, pages: Sequence[QWidget], beside: Sequence[MayBeUnfinished], is_saved: Callable[[], bool]
) -> bool:
    """Ask, one after the other, all that would lose something with the window; False as soon as the person stays.

    `beside` has windows of its own; `is_saved` tells whether everything that was painted is on disk.
    """
    if not all(page.save_first(window) for page in pages if isinstance(page, SavesFirst)):
        return False
    parts = (*pages, *beside)
    unfinished = [part.unfinished() for part in parts if isinstance(part, MayBeUnfinished)]
    unfinished = [told for told in unfinished if told]
    if unfinished and not _is_sure(window, unfinished, saved=is_saved()):
        return False
    return all(page.may_leave(window) for page in pages if isinstance(page, MayGoOn))


def _is_sure(parent: QWidget, unfinished: Sequence[str], *, saved: bool) -> bool:
    """Ask about what would be cut short, a sentence each."""
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
