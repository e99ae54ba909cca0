"""Drawings: the outline SVGs of resources/icons, recoloured and kept as files for as long as the program runs.

As files, because Qt's own SVG icon engine and style sheets take nothing else, and draw them crisp at any size.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTemporaryDir

from segstudio.resource_files import resource_path


class Drawings:
    """Gives the path of a drawing in a colour."""

    def __init__(self) -> None:
        self._folder = QTemporaryDir()

    def path(self, name: str, colour: str) -> Path:
        """Return the drawing resources/icons/`name`.svg in `colour` (`#RRGGBB`)."""
        path = Path(self._folder.path()) / f"{name}-{colour[1:]}.svg"
        if not path.exists():
            drawing = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")
            path.write_text(drawing.replace("currentColor", colour), encoding="utf-8")
        return path
