"""OverlayMemory: the overlay looks as it did when the window was closed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from segstudio.desktop.annotating.overlay import Overlay
from segstudio.desktop.settings import OverlayChoice, Settings


class OverlayMemory(QObject):
    """Keeps opacity, outlines and pixel grid in the settings.

    Not kept is what belongs to one photo or moment: its light; and what would make labels seem lost on the next day:
    that the mask, or a class, is hidden.
    """

    def __init__(self, overlay: Overlay, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._overlay, self._settings = overlay, settings
        kept = settings.overlay
        overlay.change(opacity=kept.opacity, outlines=kept.outlines, pixel_grid=kept.pixel_grid)
        overlay.changed.connect(self._on_changed)

    @Slot()
    def _on_changed(self) -> None:
        look = self._overlay.look
        self._settings.overlay = OverlayChoice(look.opacity, look.outlines, look.pixel_grid)
