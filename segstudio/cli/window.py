"""The window as the command line opens it: where there is a display, here or in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from segstudio.errors import SegStudioError

_UNSEEN = frozenset({"offscreen", "minimal", "vnc"})
"""Platforms of Qt that show nothing to whoever sits before the machine."""

_OPENING = "import sys, pathlib, segstudio.cli.window as w; sys.exit(w.open_window(pathlib.Path(sys.argv[1]), sys.argv[2]))"


def has_display() -> bool:
    """Tell whether a window can be opened, be it seen or not."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def can_be_seen() -> bool:
    """Tell whether somebody would see a window."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    return has_display() and platform not in _UNSEEN


def open_window(project: Path | None, tab: str = "") -> int:
    """Open the window, with `project` on `tab` when they are given, and return the exit status once it is closed.

    Raises SegStudioError where that cannot be.
    """
    if not has_display():
        raise SegStudioError(
            "there is no display to open a window on",
            fix="Use the verbs (segstudio --help), or start it on a desktop",
        )
    try:
        from segstudio.desktop.app import run
    except ImportError as error:  # Qt is there, but not what it needs of the system
        raise SegStudioError(f"the window cannot be opened ({error})", fix="Run: segstudio doctor") from error
    return run(project, tab)


def open_window_apart(project: Path, tab: str) -> bool:
    """Open the window in a process of its own, which has none of this one's memory, and wait until it is closed.

    Returns False where it could not be opened, or ended badly.
    """
    return subprocess.run([sys.executable, "-c", _OPENING, str(project), tab], check=False).returncode == 0
