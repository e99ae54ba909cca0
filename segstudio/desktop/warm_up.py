"""WarmUp: after the window is on screen, load what the first click will need, and ask for the device."""

from __future__ import annotations

import importlib
import logging
import sys
import threading

from PySide6.QtCore import QThread, Signal

from segstudio.desktop.garbage import no_collection

_NEEDED_SOON = (
    "segstudio.desktop.opened_reading",
    "segstudio.desktop.tabs.annotate",
    "segstudio.desktop.tabs.new_project",
    "segstudio.desktop.tabs.import_",
    "segstudio.desktop.tabs.train",
    "segstudio.desktop.tabs.review",
    "segstudio.desktop.reviewing.page",
    "segstudio.desktop.exporting.dialog",
)

_loading = threading.Lock()
_log = logging.getLogger(__name__)


def load_what_comes_soon() -> None:
    """Load what the first click will need: by now, or waiting for whoever is at it. In any thread but the window's."""
    with _loading, no_collection(of_many=any(name not in sys.modules for name in _NEEDED_SOON)):
        for name in _NEEDED_SOON:
            importlib.import_module(name)


class WarmUp(QThread):
    """Runs once. `loaded`: tabs can be made without waiting; `found_device` carries the text for the header."""

    loaded = Signal()
    found_device = Signal(str)

    def run(self) -> None:
        """Import and ask (in the new thread)."""
        try:
            load_what_comes_soon()
        except Exception as error:  # noqa: BLE001 (the edge of a thread)
            _log.error("a part of the program cannot be loaded", exc_info=error)
        else:
            self.loaded.emit()
        from segstudio.desktop.device import device_text

        self.found_device.emit(device_text())
