"""ZoomKeys: the actions that zoom, which every tab with a photo shares; they move the photo that is seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from segstudio.desktop.actions import Actions
from segstudio.desktop.canvas.viewer import Viewer

_STEP = 1.25


class ZoomKeys(QObject):
    """Lets the actions act on one viewer, while that is seen. It lives as long as the viewer does."""

    def __init__(self, actions: Actions, viewer: Viewer) -> None:
        super().__init__(viewer)
        self._viewer = viewer
        actions["view.fit"].triggered.connect(self._on_fit)
        actions["view.actual"].triggered.connect(self._on_actual)
        actions["view.in"].triggered.connect(self._on_in)
        actions["view.out"].triggered.connect(self._on_out)

    @Slot()
    def _on_fit(self) -> None:
        if self._viewer.isVisible():
            self._viewer.fit()

    @Slot()
    def _on_actual(self) -> None:
        if self._viewer.isVisible():
            self._viewer.one_to_one()

    @Slot()
    def _on_in(self) -> None:
        if self._viewer.isVisible():
            self._viewer.zoom_by(_STEP)

    @Slot()
    def _on_out(self) -> None:
        if self._viewer.isVisible():
            self._viewer.zoom_by(1 / _STEP)
