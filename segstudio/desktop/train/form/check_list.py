"""CheckList: what would spoil the training, with a button where a click mends it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.form.findings import CheckResult, Found
from segstudio.desktop.widgets.labels import label

_ICON_PX = 16
_ICONS = {"error": ("error", "bad"), "warning": ("warning", "warn"), "hint": ("info", "accent")}
_MOST = 30


class CheckList(QWidget):
    """Shows findings, the worst first. `fix_asked` carries the Found to mend, `again_asked` that all be looked at anew."""

    fix_asked = Signal(object)
    again_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._result: CheckResult | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(12)
        self._again = QPushButton("Check again")
        self._again.setObjectName("check.again")
        self._again.setProperty("kind", "small")
        self._again.setToolTip("Read every photo and mask once more, and look what would spoil a training.")
        self._again.clicked.connect(self.again_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addLayout(self._rows)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        look.theme.changed.connect(self._show)

    def show_result(self, result: CheckResult | None) -> None:
        """Show what was found; None while it is being looked for."""
        if result != self._result or not self._rows.count():
            self._result = result
            self._show()

    def _show(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self._result is None:
            self._rows.addWidget(label("Looking at photos and masks …", "dim"))
            return
        if not self._result.found:
            self._rows.addWidget(label("Nothing would spoil this training.", "dim"))
        for found in self._result.found[:_MOST]:
            self._rows.addWidget(self._row(found))
        left = len(self._result.found) - _MOST
        if left > 0:
            self._rows.addWidget(label(f"And {left} more: segstudio check tells them all.", "dim"))

    def _row(self, found: Found) -> QWidget:
        row = QWidget()
        row.setAccessibleName(f"{found.severity}: {found.problem}")
        name, token = _ICONS[found.severity]
        icon = QLabel()
        icon.setPixmap(
            self._look.icon(name, token).pixmap(QSize(_ICON_PX, _ICON_PX), self.devicePixelRatio())
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(f"{found.problem[:1].upper()}{found.problem[1:]}.", wraps=True))
        if found.advice:
            words.addWidget(label(f"{found.advice}.", "caption", wraps=True))
        for way in found.ways:
            button = QPushButton(way.button)
            button.setObjectName(f"check.fix.{way.code}")
            button.setProperty("kind", "small")
            button.setToolTip(f"{way.button.rstrip('…')}\n{way.advice or way.problem}.")
            button.clicked.connect(lambda _=False, wanted=way: self.fix_asked.emit(wanted))
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        return row
