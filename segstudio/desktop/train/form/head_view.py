"""HeadView: what the chosen network suits and costs, how fast it is here, and its weights with what gets them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.train.form.head_words import HeadWords
from segstudio.desktop.widgets.labels import label, set_property

_BAR_PX = 4


class HeadView(QWidget):
    """Words below the list of networks. The signals are wishes about the chosen one."""

    fetch_asked = Signal()
    import_asked = Signal()
    speed_asked = Signal()
    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.suits, self.facts = label("", "caption", wraps=True), label("", "caption", wraps=True)
        self.weights, self.doing = label("", "caption", wraps=True), label("", "caption", wraps=True)
        self.doing.setObjectName("head.doing")
        self.speed = _link(
            "head.speed",
            "Measure speed",
            "A few real steps on this machine tell how fast this network trains here.",
        )
        self.fetch = _link("head.fetch", "Fetch", "")
        self.import_ = _link(
            "head.import",
            "Import…",
            "Take weights from a file that was carried here (.pth): it is looked over and kept.",
        )
        self.cancel = _link("head.cancel", "Cancel", "Nothing is kept of what came so far.")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_PX)
        for button, asked in (
            (self.speed, self.speed_asked),
            (self.fetch, self.fetch_asked),
            (self.import_, self.import_asked),
            (self.cancel, self.cancel_asked),
        ):
            button.clicked.connect(asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.suits, self.facts, self.weights):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self.fetch, self.import_, self.speed):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._bar)
        below = QHBoxLayout()
        below.addWidget(self.doing, 1)
        below.addWidget(self.cancel)
        column.addLayout(below)
        self.say("")

    def show_words(self, words: HeadWords) -> None:
        """Show what is told of a head."""
        self.suits.setText(words.suits)
        self.facts.setText(f"{words.facts} · {words.speed}" if words.speed else words.facts)
        self.weights.setText(words.weights)
        set_property(self.weights, "level", "error" if words.is_missing else "")
        self.fetch.setVisible(not words.is_here)
        self.fetch.setText(f"Fetch {words.fetch_size}")
        self.fetch.setToolTip(f"Fetch\nDownload {words.fetch_file} and keep it for every training.")
        self.import_.setVisible(not words.is_here)
        self.speed.setVisible(not words.speed)

    def say(self, text: str, *, done: int = 0, total: int = 0, is_busy: bool = False) -> None:
        """Say what is being done, with a bar and Cancel, or what came of it."""
        self.doing.setText(text)
        self.doing.setVisible(bool(text))
        self._bar.setRange(0, max(0, total))
        self._bar.setValue(done)
        self._bar.setVisible(is_busy)
        self.cancel.setVisible(is_busy)
        for button in (self.fetch, self.import_, self.speed):
            button.setEnabled(not is_busy)


def _link(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("kind", "small")
    button.setToolTip(f"{text.rstrip('…')}\n{tip}" if tip else text)
    return button
