"""Trouble: what stands in the middle of the Review tab where the photo would be, when it cannot be shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.empty import EmptyPage

_OF_PHOTO = "Once a sound file is in its place, try again."
_OF_ANSWER = "Try again to segment it anew."


class Trouble(EmptyPage):
    """Says why, and what can be done; `again_asked` or `remove_asked` when a button is pressed."""

    again_asked = Signal()
    remove_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "warning", "", "")
        self.setObjectName("review.trouble")
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addStretch(1)
        for name, text, asked in (
            ("review.trouble.again", "Try again", self.again_asked),
            ("review.trouble.remove", "Remove from the list", self.remove_asked),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.clicked.connect(asked)
            line.addWidget(button)
        line.addStretch(1)
        self.add(row)

    def show_problem(self, name: str, reason: str, *, of_answer: bool = False) -> None:
        """Say why the photo of this name, or with `of_answer` what was found in it, cannot be shown."""
        self.set_words(
            f"{name} cannot be shown",
            f"{reason[:1].upper()}{reason[1:]} {_OF_ANSWER if of_answer else _OF_PHOTO}",
        )
        self.setAccessibleName(f"{name} cannot be shown: {reason}")
