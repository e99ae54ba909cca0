"""SpotSteps: two small buttons that go from spot to spot, and which one is looked at."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label

_ICON_PX = 16
_STEPS = (
    (-1, "chevron-left", "review.spot.previous", "Spot before (Shift+S)\nGo back to a larger one."),
    (1, "chevron-right", "review.spot.next", "Next spot (S)\nThe largest first, photo by photo."),
)


class SpotSteps(QWidget):
    """`asked` carries 1 for the next spot, -1 for the one before."""

    asked = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.told = label("", "dim")
        self.told.setObjectName("review.spot")
        self.told.setMinimumWidth(self.told.fontMetrics().horizontalAdvance("99 of 99+"))
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons: list[tuple[QToolButton, str]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for by, icon, name, tip in _STEPS:
            button = QToolButton()
            button.setObjectName(name)
            button.setIconSize(QSize(_ICON_PX, _ICON_PX))
            button.setToolTip(tip)
            button.setAccessibleName(tip.partition(" (")[0])
            button.clicked.connect(lambda _=False, by=by: self.asked.emit(by))
            self._buttons.append((button, icon))
        row.addWidget(self._buttons[0][0])
        row.addWidget(self.told)
        row.addWidget(self._buttons[1][0])
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_place(self, told: str, *, is_any: bool) -> None:
        """Show which spot is looked at; with `is_any` there are some, here or in other photos."""
        self.told.setText(told)
        for button, _ in self._buttons:
            button.setEnabled(is_any)

    @Slot()
    def _on_theme_changed(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(self._look.icon(icon))
