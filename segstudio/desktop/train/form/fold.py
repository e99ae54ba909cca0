"""Fold: a heading that opens what lies below it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import ElidedLabel


class Fold(QWidget):
    """Shows title and a short summary; its content is made when it is first opened."""

    def __init__(self, look: Look, name: str, title: str, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self._look, self._make = look, make
        self._content: QWidget | None = None
        self.button = QToolButton()
        self.button.setObjectName(f"fold.{name}")
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setProperty("kind", "fold")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.toggled.connect(self._on_toggled)
        self._summary = ElidedLabel("", "dim")
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.button)
        row.addWidget(self._summary, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(row)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def summary(self) -> str:
        """The words beside the title."""
        return self._summary.toolTip()

    def say(self, summary: str, *, level: str = "") -> None:
        """Show a few words beside the title; `level` warning or error colours them."""
        self._summary.set_whole(summary)
        if self._summary.property("level") != level:
            self._summary.setProperty("level", level)
            self._summary.style().unpolish(self._summary)
            self._summary.style().polish(self._summary)

    def open(self) -> None:
        """Show the content."""
        self.button.setChecked(True)

    @Slot(bool)
    def _on_toggled(self, on: bool) -> None:
        if self._content is None:
            self._content = self._make()
            self._column.addWidget(self._content)
        self._content.setVisible(on)
        self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.button.setIcon(
            self._look.icon("chevron-down" if self.button.isChecked() else "chevron-right", "text_dim")
        )
