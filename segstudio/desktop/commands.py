"""Commands for a terminal, as text."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def quoted(path: Path) -> str:
    """Return a path as a word that the system's shell takes whole."""
    if sys.platform == "win32":
        return f'"{path}"'
    return shlex.quote(str(path))
