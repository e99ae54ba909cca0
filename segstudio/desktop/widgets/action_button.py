"""ActionButton: a tool button that shows and triggers an action."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QActionEvent
from PySide6.QtWidgets import QToolButton


class ActionButton(QToolButton):
    """Shows the icon of an action, is called as that, and follows it by itself: Qt 6.11 takes the default action anew at each of its changes, and each time connects
    to it once more, so that every change would take longer than the one before.
    """

    def __init__(self, action: QAction, *, icon_px: int) -> None:
        super().__init__()
        self.setObjectName(action.objectName())
        self.setDefaultAction(action)
        self.setIconSize(QSize(icon_px, icon_px))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def actionEvent(self, event: QActionEvent) -> None:
        """Show what has changed of the action."""
        action = event.action()
        if event.type() != QEvent.Type.ActionChanged or action is not self.defaultAction():
            super().actionEvent(event)
            return
        self.setText(action.iconText())
        self.setIcon(action.icon())
        self.setToolTip(action.toolTip())
        self.setStatusTip(action.statusTip())
        self.setCheckable(action.isCheckable())
        self.setChecked(action.isChecked())
        self.setEnabled(action.isEnabled())
