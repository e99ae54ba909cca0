"""Overlay: how photo and mask are looked at. The person's choices in one place, as one CanvasLook."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.editing.light import Light
from segstudio.project.classes import ClassList

_STEPS = 10
"""Keys change the opacity by a tenth."""


class Overlay(QObject):
    """Keeps the look of the canvas; it stays while photos and projects come and go. `changed` tells of another."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = CanvasLook()
        self._mask_shown = True
        self._alone_held = False
        self._auto: bool | None = None
        self._light = Light()

    @property
    def look(self) -> CanvasLook:
        """What the canvas shows."""
        look = replace(self._look, alone=self._alone_held or not self._mask_shown)
        return replace(look, black=self._light.black, white=self._light.white) if self.auto else look

    @property
    def auto(self) -> bool:
        """Whether the values of each photo are stretched to be seen well; unless it was chosen, a dim photo asks for it."""
        return self._light.is_dim if self._auto is None else self._auto

    @property
    def mask_shown(self) -> bool:
        """Whether the mask is laid over the photo, unless a key is held."""
        return self._mask_shown

    @property
    def light_changed(self) -> bool:
        """Whether the photo is shown in another light than it was taken in."""
        return self.auto or self._look.brightness != 0 or self._look.contrast != 0 or self._look.gamma != 1

    def why_unseen(self, value: int, name: str) -> str:
        """Return why the class of this mask value is not seen where it is painted; empty when it is."""
        if not self._mask_shown:
            return "The mask is not shown: what you paint is not seen · M shows it"
        if self._look.opacity == 0:
            return "The labels are see-through: what you paint is not seen · . makes them stronger"
        if value in self._look.hidden:
            return f"{name} is hidden: what you paint is not seen · its eye in the list shows it"
        return ""

    def change(self, **fields: object) -> None:
        """Change fields of the CanvasLook."""
        self._put(replace(self._look, **fields))  # type: ignore[arg-type]

    def show_mask(self, shown: bool) -> None:
        """Lay the mask over the photo, or leave it out."""
        self._mask_shown = shown
        self.changed.emit()

    def hold_alone(self, held: bool) -> None:
        """Show the photo alone for as long as a key is held."""
        if held != self._alone_held:
            self._alone_held = held
            self.changed.emit()

    def step_opacity(self, by: int) -> None:
        """Make the labels stronger (1) or fainter (-1)."""
        opacity = round(self._look.opacity * _STEPS + by) / _STEPS
        self.change(opacity=min(max(opacity, 0.0), 1.0))

    def reset_light(self) -> None:
        """Show this photo, and those that follow, as they were taken."""
        self.set_auto(False)
        self.change(brightness=0.0, contrast=0.0, gamma=1.0)

    def follow_photo(self, light: Light) -> None:
        """Another photo is shown."""
        before, self._light = self.look, light
        if self.look != before:
            self.changed.emit()

    def set_auto(self, on: bool) -> None:
        """Stretch the values of this photo and of those that follow, or do not."""
        if on != self.auto:
            self._auto = on
            self.changed.emit()
        self._auto = on

    def keep_known(self, classes: ClassList) -> None:
        """Forget that classes are hidden which are no longer there."""
        self.change(hidden=self._look.hidden & frozenset(classes.indices))

    def _put(self, look: CanvasLook) -> None:
        if look != self._look:
            self._look = look
            self.changed.emit()
