"""Question: what an edit would do to masks, asked in its place: told, then done or left, with progress meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout

from segstudio.desktop.widgets.labels import label, shortened
from segstudio.desktop.work import JobStatus

_BUTTON_LETTERS = 36


class Question(QFrame):
    """Hidden while nothing is asked. `agreed`: the person wants it; `cancelled`: not, or no more."""

    agreed = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._text = label("", wraps=True)
        self._text.setObjectName("classes.question")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel = _Button("Cancel")
        self.cancel.setObjectName("classes.cancel")
        self.cancel.clicked.connect(self.cancelled)
        self.agree = _Button("")
        self.agree.setObjectName("classes.agree")
        self.agree.setProperty("kind", "primary")
        self.agree.clicked.connect(self.agreed)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.agree)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        column.addLayout(buttons)
        self.hide()

    def ask(self, told: str, agree: str) -> None:
        """Tell what would happen; the button that does it says `agree`."""
        self._text.setText(told)
        self.setAccessibleName(told)
        self.agree.setText(shortened(agree, _BUTTON_LETTERS).replace("&", "&&"))
        self.agree.show()
        self._bar.hide()
        self.show()
        self.agree.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow(self, status: JobStatus) -> None:
        """Show how far it has come."""
        what = f"{status.what}…"
        self._text.setText(f"{what} {status.done:,} of {status.total:,}" if status.total else what)
        self._bar.setRange(0, status.total)
        self._bar.setValue(status.done)
        self._bar.show()
        self.agree.hide()
        self.show()


class _Button(QPushButton):
    """Return presses it while it has the keyboard, and only then: no other field's Return may mean it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return is as good as Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
