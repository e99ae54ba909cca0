"""EmptyPage: one sentence and one button, where there is nothing to show yet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label

_WIDTH_PX = 560
_ICON_PX = 40


class EmptyPage(QWidget):
    """Centred: icon, sentence, and below it what was added."""

    def __init__(self, look: Look, icon: str, title: str, sentence: str) -> None:
        super().__init__()
        self._look = look
        self._icon_name = icon
        self._icon = label("")
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = label(title, "title")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence = label(sentence, "dim", wraps=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH_PX)
        middle.setMinimumWidth(min(_WIDTH_PX, 360))
        self._column = QVBoxLayout(middle)
        self._column.setSpacing(12)
        for widget in (self._icon, self._title, self._sentence):
            self._column.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(middle, 4)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_sentence(self, sentence: str) -> None:
        """Say something else."""
        self._sentence.setText(sentence)

    def set_words(self, title: str, sentence: str) -> None:
        """Say something else under another title."""
        self._title.setText(title)
        self._sentence.setText(sentence)

    def add(self, widget: QWidget) -> None:
        """Put a widget below the sentence."""
        self._column.addSpacing(4)
        self._column.addWidget(widget)

    def add_button(self, action: QAction) -> None:
        """Put the button of an action below the sentence."""
        button = QPushButton(action.text())
        button.setProperty("kind", "primary")
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        self._column.addSpacing(4)
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    @Slot()
    def _on_theme_changed(self) -> None:
        icon = self._look.icon(self._icon_name, "text_dim")
        self._icon.setPixmap(icon.pixmap(QSize(_ICON_PX, _ICON_PX), self.devicePixelRatio()))
