"""Drawings: the outline SVGs of resources/icons, recoloured and kept as files in the user's cache.

As files, because Qt's own SVG icon engine and style sheets take nothing else, and draw them crisp at any size. In the
cache, because a window that is killed removes nothing that it wrote elsewhere, and the next one starts sooner.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QTemporaryDir

from segstudio.resource_files import resource_path


class Drawings:
    """Gives the path of a drawing in a colour."""

    def __init__(self) -> None:
        cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
        self._folder = Path(cache) / "SegStudio" / "drawings"
        self._instead: QTemporaryDir | None = None
        self._paths: dict[tuple[str, str], Path] = {}

    def path(self, name: str, colour: str) -> Path:
        """Return the drawing resources/icons/`name`.svg in `colour` (`#RRGGBB`)."""
        known = self._paths.get((name, colour))
        if known is None:
            drawing = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")
            known = self._kept(f"{name}-{colour[1:]}.svg", drawing.replace("currentColor", colour))
            self._paths[name, colour] = known
        return known

    def _kept(self, file: str, drawing: str) -> Path:
        if self._instead is None:
            try:
                return _holding(self._folder / file, drawing)
            except OSError:  # a cache that is full, or not the user's own
                self._instead = QTemporaryDir()
        return _holding(Path(self._instead.path()) / file, drawing)


def _holding(path: Path, drawing: str) -> Path:
    """Return `path`, a file that holds the drawing: what another version left, or half of it, is replaced."""
    try:
        if path.read_text(encoding="utf-8") == drawing:
            return path
    except (FileNotFoundError, UnicodeDecodeError):
        path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")  # another window may write the same
    part.write_text(drawing, encoding="utf-8")
    part.replace(path)
    return path
