"""WarmUp: after the window is on screen, load what the first click will need, and ask for the device."""

from __future__ import annotations

import importlib

from PySide6.QtCore import QThread, Signal

from segstudio.desktop.device import device_text

_NEEDED_SOON = (
    "segstudio.desktop.opened_reading",
    "segstudio.desktop.tabs.annotate",
    "segstudio.desktop.tabs.new_project",
)


class WarmUp(QThread):
    """Runs once; `found_device` carries the text for the header."""

    found_device = Signal(str)

    def run(self) -> None:
        """Import and ask (in the new thread)."""
        for name in _NEEDED_SOON:
            importlib.import_module(name)
        self.found_device.emit(device_text())
