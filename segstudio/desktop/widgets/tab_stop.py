"""Where Tab stops, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget


def stop_at_checked(buttons: Iterable[QAbstractButton]) -> None:
    """Let Tab come to the button that is checked; arrow keys go on to the others.

    Qt itself sees to that only when a person has pressed one of them.
    """
    for button in buttons:
        strong, click = Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.ClickFocus
        button.setFocusPolicy(strong if button.isChecked() else click)


def in_turn(before: QWidget, widgets: Iterable[QWidget]) -> None:
    """Let Tab go from `before`, which takes keys itself, to these, one after the other: what is made late would be last
    in the window.
    """
    for widget in widgets:
        QWidget.setTabOrder(before, widget)
        before = widget
