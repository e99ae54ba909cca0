"""BrokenPage: stands in the place of a photo that cannot be read, and says why and what can be done."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.widgets.empty import EmptyPage

_WAYS = ("photo.show_file", "photo.remove")
_BROKEN = "This photo cannot be read"
_AWAY, _COMES = "The project is away", "The photo is opened as soon as it is there again."


class BrokenPage(EmptyPage):
    """The ways out are buttons of their actions. All other photos go on as they were.

    While the project's folder is away nothing is wrong with the photo, and nothing can be done here.
    """

    def __init__(self, look: Look, actions: Actions) -> None:
        super().__init__(look, "warning", _BROKEN, "")
        self.setObjectName("canvas.broken")
        self._ways = QWidget()
        row = QHBoxLayout(self._ways)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        for name in _WAYS:
            row.addWidget(_button(actions, name))
        row.addStretch(1)
        self.add(self._ways)

    def tell(self, problem: Problem) -> None:
        """Say why; what a helper wants to know is in the tooltip."""
        self.set_words(
            _AWAY if problem.is_away else _BROKEN,
            f"{problem.text} {_COMES}" if problem.is_away else problem.text,
        )
        self._ways.setVisible(not problem.is_away)
        self.setToolTip(problem.details.splitlines()[-1] if problem.details else "")


def _button(actions: Actions, name: str) -> QPushButton:
    action = actions[name]
    button = QPushButton(action.text())
    button.setObjectName(f"broken.{name}")
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
