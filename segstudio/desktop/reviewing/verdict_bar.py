"""VerdictBar: what the person thinks of the prediction, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout

from segstudio.desktop.actions import Actions
from segstudio.desktop.reviewing.items import Verdict
from segstudio.desktop.widgets.labels import label

_BUTTONS: tuple[tuple[Verdict, str], ...] = (
    ("accept", "review.accept"),
    ("correct", "review.correct"),
    ("reject", "review.reject"),
)


class VerdictBar(QFrame):
    """Buttons of the three verdicts, that of the chosen photo pressed, and two menus for its owner to fill."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions
        self._buttons: dict[Verdict, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(8)
        for verdict, name in _BUTTONS:
            button = QPushButton(actions[name].text())
            button.setObjectName(f"{name}.button")
            button.setProperty("place", "panel")
            button.setCheckable(True)
            button.clicked.connect(actions[name].trigger)
            self._buttons[verdict] = button
            button.setToolTip(actions[name].toolTip())
            actions[name].changed.connect(self._on_actions_changed)
            row.addWidget(button, 1)
        self.send_menu, self.export_menu = QMenu(self), QMenu(self)
        self.send = self._menu_button("review.send", "Send to Annotate", self.send_menu)
        self.export = self._menu_button("review.export", "Export", self.export_menu)
        self.send.setToolTip(
            "Send to Annotate\nThe prediction becomes the mask to correct; undo takes it back."
        )
        self.export.setToolTip(
            "Export\nMasks, overlays, class panels, a table or a report of the photos here."
        )
        self.again = QPushButton(actions["review.train_again"].text())
        self.again.setObjectName("review.train_again.button")
        self.again.setProperty("place", "panel")
        self.again.setToolTip(actions["review.train_again"].toolTip())
        self.again.clicked.connect(actions["review.train_again"].trigger)
        actions["review.train_again"].changed.connect(self._on_actions_changed)
        more = QHBoxLayout()
        more.setSpacing(8)
        more.addWidget(self.send, 1)
        more.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addWidget(label("Verdict", "caption"))
        column.addLayout(row)
        column.addLayout(more)
        column.addWidget(self.again)
        self._on_actions_changed()

    def show_verdict(self, verdict: Verdict, *, can_send: bool, can_export: bool) -> None:
        """Show what was thought of the chosen photo."""
        for each, button in self._buttons.items():
            button.setChecked(each == verdict)
        self.send.setEnabled(can_send)
        self.export.setEnabled(can_export)

    def _menu_button(self, name: str, text: str, menu: QMenu) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("place", "panel")
        button.setMenu(menu)
        return button

    @Slot()
    def _on_actions_changed(self) -> None:
        for verdict, name in _BUTTONS:
            self._buttons[verdict].setEnabled(self._actions[name].isEnabled())
        self.again.setEnabled(self._actions["review.train_again"].isEnabled())
