"""NothingYet: what stands in the middle of the Review tab while there is nothing to review."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.empty import EmptyPage

_WITH_MODEL = (
    "Drop photos, folders or a video",
    "The model marks its classes in each of them. Photos of this project that have masks show how right it is.",
    "Choose photos…",
)
_WITHOUT = (
    "No models yet",
    "Each run leaves its best model here. A model file can be dropped on the window, too.",
    "Choose a model file…",
)


class NothingYet(EmptyPage):
    """Says what to do first; `photos_asked` or `model_asked` when its button is pressed."""

    photos_asked = Signal()
    model_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, "review", "", "")
        self._has_model = False
        self._button = QPushButton()
        self._button.setObjectName("review.empty.add")
        self._button.setProperty("kind", "primary")
        self._button.clicked.connect(self._on_clicked)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addStretch(1)
        line.addWidget(self._button)
        line.addStretch(1)
        self.add(row)
        self.show_model(has_model=False)

    def show_model(self, *, has_model: bool) -> None:
        """Say what is missing."""
        self._has_model = has_model
        title, sentence, button = _WITH_MODEL if has_model else _WITHOUT
        self.set_words(title, sentence)
        self._button.setText(button)

    def _on_clicked(self) -> None:
        (self.photos_asked if self._has_model else self.model_asked).emit()
