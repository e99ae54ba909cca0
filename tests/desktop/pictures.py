"""Pictures of what a test has on the screen, for whoever wants to look: SEGSTUDIO_TEST_PICTURES names their folder."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QWidget


def shot(window: QWidget, name: str) -> None:
    """Keep a picture of the window, where there is a folder for it."""
    folder = os.environ.get("SEGSTUDIO_TEST_PICTURES")
    if folder:
        window.grab().save(str(Path(folder) / f"{name}.png"))
