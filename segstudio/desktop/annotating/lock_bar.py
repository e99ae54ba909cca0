"""LockBar: over a photo on which somebody else paints: who, where, since when, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import ElidedLabel, label
from segstudio.project.photo_locks import Painted, told_painted

_ICON_PX, _HEIGHT_PX = 20, 36

FREE = "Nobody else paints on this photo any more."


class LockBar(QFrame):
    """Lies over the upper edge of the canvas, which stays where it is. `paint_asked`: the person wants the photo."""

    paint_asked = Signal()

    def __init__(self, look: Look, desk: PhotoDesk) -> None:
        super().__init__()
        self.setObjectName("lock_bar")
        self.setMinimumHeight(_HEIGHT_PX)
        self._look = look
        self._icon = label("")
        self._text = ElidedLabel()
        self._text.setObjectName("lock_bar.text")
        self._button = QPushButton()
        self._button.setObjectName("lock_bar.paint")
        self._button.setProperty("kind", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        self._button.clicked.connect(self.paint_asked)
        self.paint_asked.connect(desk.paint_here)
        desk.opened.connect(self.show_photo)
        desk.painted_changed.connect(self.show_photo)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @Slot(object)
    def show_photo(self, opened: OpenPhoto | None) -> None:
        """Tell who paints on the photo that is shown; nothing where it can be painted on here."""
        if opened is None or not opened.locked:
            self.hide()
            return
        text, button, tip = lock_words(opened.painted)
        self._text.set_whole(text)
        self._text.setAccessibleName(text)
        self._button.setText(button)
        self._button.setToolTip(tip)
        self._button.setVisible(bool(button))
        self.show()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._icon.setPixmap(self._look.icon("eye-off", "warn").pixmap(QSize(_ICON_PX, _ICON_PX)))


def lock_words(painted: Painted | None) -> tuple[str, str, str]:
    """Return what is told, and the button's text and tooltip, empty where there is nothing to be done; pure."""
    if painted is None:
        return FREE, "Paint on it", "Paint on this photo\nOthers can only look at it then."
    told = told_painted(painted)
    if painted.is_stale:
        return (
            f"{told}, but nothing was heard from that window for a minute.",
            "Take over",
            "Go on with what was painted there\nShould that window wake up, what it has not saved is kept apart.",
        )
    return f"{told}. You see what is saved there.", "", ""
