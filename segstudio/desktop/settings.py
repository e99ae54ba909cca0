"""Settings: what the window remembers between two starts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from segstudio.desktop.theme import THEME_CHOICES, ThemeChoice

_RECENT = 8


@dataclass(frozen=True, slots=True)
class Places:
    """Where the window keeps its own files: settings, thumbnails of recent projects, the log; and where a new
    project goes unless the person says otherwise.
    """

    settings: Path
    thumbnails: Path
    logs: Path
    documents: Path

    @classmethod
    def of_this_user(cls) -> Places:
        """Return the places that the operating system has for such files."""
        where = QStandardPaths.StandardLocation
        folder = Path(QStandardPaths.writableLocation(where.GenericConfigLocation)) / "SegStudio"
        cache = Path(QStandardPaths.writableLocation(where.GenericCacheLocation)) / "SegStudio"
        documents = Path(QStandardPaths.writableLocation(where.DocumentsLocation))
        return cls(folder / "window.ini", cache / "recent", cache / "log", documents / "SegStudio")

    @property
    def rescued(self) -> Path:
        """Where what was painted and could not be saved waits for the next start."""
        return self.settings.parent / "unsaved"

    def thumbnail(self, project: Path) -> Path:
        """Return where the thumbnail of a recent project lies."""
        import hashlib  # links a large library; wanted once a project is known

        return self.thumbnails / f"{hashlib.sha256(os.fsencode(project)).hexdigest()[:24]}.png"


@dataclass(frozen=True, slots=True)
class OverlayChoice:
    """How labels are laid over photos: `opacity` 0–1, borders instead of areas, lines between large pixels."""

    opacity: float = 0.5
    outlines: bool = False
    pixel_grid: bool = True


@dataclass(frozen=True, slots=True)
class ExportMemory:
    """How it was exported last: `outlines` as they were wanted, `folder` in which the target lay."""

    format: str = ""
    outlines: str = ""
    tolerance_px: float = 0.0
    with_photos: bool = True
    as_zip: bool = False
    folder: Path | None = None


class Settings:
    """Typed access to the settings file; a value that is damaged counts as not there."""

    def __init__(self, places: Places) -> None:
        self._store = QSettings(str(places.settings), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeChoice:
        """Which theme the person chose."""
        value = self._store.value("theme")
        return cast("ThemeChoice", value) if value in THEME_CHOICES else "system"

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._store.setValue("theme", choice)

    @property
    def geometry(self) -> QByteArray | None:
        """Place and size of the window."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def last_project(self) -> Path | None:
        """The project that was open when the window was closed."""
        value = self._store.value("last_project")
        return Path(value) if isinstance(value, str) and value else None

    @last_project.setter
    def last_project(self, folder: Path | None) -> None:
        self._store.setValue("last_project", str(folder) if folder else "")

    @property
    def last_tab(self) -> str:
        """The tab that was shown then; empty for the start page."""
        value = self._store.value("last_tab")
        return value if isinstance(value, str) else ""

    @last_tab.setter
    def last_tab(self, tab_id: str) -> None:
        self._store.setValue("last_tab", tab_id)

    @property
    def overlay(self) -> OverlayChoice:
        """How labels were laid over photos."""
        usual = OverlayChoice()
        try:
            opacity = float(str(self._store.value("overlay/opacity", usual.opacity)))
        except ValueError:
            opacity = usual.opacity
        return OverlayChoice(
            opacity if 0 <= opacity <= 1 else usual.opacity,
            self._flag("overlay/outlines", usual.outlines),
            self._flag("overlay/pixel_grid", usual.pixel_grid),
        )

    @overlay.setter
    def overlay(self, choice: OverlayChoice) -> None:
        self._store.setValue("overlay/opacity", choice.opacity)
        self._store.setValue("overlay/outlines", choice.outlines)
        self._store.setValue("overlay/pixel_grid", choice.pixel_grid)

    @property
    def export(self) -> ExportMemory:
        """How it was exported last."""
        usual = ExportMemory()
        try:
            tolerance = float(str(self._store.value("export/tolerance_px", usual.tolerance_px)))
        except ValueError:
            tolerance = usual.tolerance_px
        folder = self._store.value("export/folder")
        return ExportMemory(
            str(self._store.value("export/format", usual.format)),
            str(self._store.value("export/outlines", usual.outlines)),
            tolerance if 0 <= tolerance < 1000 else usual.tolerance_px,
            self._flag("export/with_photos", usual.with_photos),
            self._flag("export/as_zip", usual.as_zip),
            Path(folder) if isinstance(folder, str) and folder else None,
        )

    @export.setter
    def export(self, memory: ExportMemory) -> None:
        for name in ("format", "outlines", "tolerance_px", "with_photos", "as_zip"):
            self._store.setValue(f"export/{name}", getattr(memory, name))
        self._store.setValue("export/folder", str(memory.folder) if memory.folder else "")

    def parts(self, splitter: str) -> QByteArray | None:
        """How a splitter, given by its object name, was set."""
        value = self._store.value(f"parts/{splitter}")
        return value if isinstance(value, QByteArray) else None

    def set_parts(self, splitter: str, state: QByteArray) -> None:
        """Remember how a splitter is set."""
        self._store.setValue(f"parts/{splitter}", state)

    def recent(self) -> tuple[tuple[str, Path], ...]:
        """Return name and folder of the projects opened lately, newest first."""
        names, folders = self._list("recent/names"), self._list("recent/folders")
        return tuple((name, Path(folder)) for name, folder in zip(names, folders, strict=False))

    def remember(self, name: str, folder: Path) -> None:
        """Put a project at the head of the recent ones."""
        others = [entry for entry in self.recent() if entry[1] != folder]
        self._write_recent([(name, folder), *others][:_RECENT])

    def forget(self, folder: Path) -> None:
        """Take a project off the recent ones; the project itself stays."""
        self._write_recent([entry for entry in self.recent() if entry[1] != folder])

    def save(self) -> None:
        """Write what was set to the disk."""
        self._store.sync()

    def _write_recent(self, entries: list[tuple[str, Path]]) -> None:
        self._store.setValue("recent/names", [name for name, _ in entries])
        self._store.setValue("recent/folders", [str(folder) for _, folder in entries])

    def _flag(self, key: str, usual: bool) -> bool:
        told = str(self._store.value(key, usual)).lower()
        return told == "true" if told in ("true", "false") else usual

    def _list(self, key: str) -> list[str]:
        value = self._store.value(key)
        if isinstance(value, str):  # Qt writes a list of one as a plain text
            return [value] if value else []
        return [str(entry) for entry in value] if isinstance(value, list) else []
