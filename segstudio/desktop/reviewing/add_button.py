"""AddButton: brings photos to review: files, a folder, a video, or photos of the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.reviewing.models import MODEL_SUFFIXES
from segstudio.desktop.reviewing.reading import VIDEO_SUFFIXES
from segstudio.project.images import PHOTO_SUFFIXES
from segstudio.project.photos import Photo

_PARTS: tuple[tuple[str, str, Callable[[Photo], bool]], ...] = (
    ("review.held_out", "Held-out photos", lambda photo: photo.split == "val" and photo.has_mask),
    ("review.labelled", "All labelled photos", lambda photo: photo.has_mask),
    ("review.open_photos", "Photos that are not done", lambda photo: photo.status in ("todo", "doing")),
)


class AddButton(QPushButton):
    """`given` carries paths, `photos_given` Photos of the project."""

    given = Signal(object)
    photos_given = Signal(object)

    def __init__(self, actions: Actions) -> None:
        super().__init__("Add")
        self.setObjectName("review.add")
        self.setToolTip("Add photos\nOr drop photos, folders or a video on the window.")
        self._opened: OpenedProject | None = None
        menu = QMenu(self)
        actions.fill(menu, "review.add_photos", "review.add_folder", "review.add_video", "")
        self._parts = {}
        for name, title, _ in _PARTS:
            self._parts[name] = menu.addAction(title)
            self._parts[name].setObjectName(name)
            self._parts[name].triggered.connect(lambda _=False, name=name: self._on_part(name))
        self.setMenu(menu)
        actions["review.add_photos"].triggered.connect(self.ask_for_photos)
        actions["review.add_folder"].triggered.connect(self.ask_for_folder)
        actions["review.add_video"].triggered.connect(self.ask_for_video)

    def show_project(self, opened: OpenedProject | None) -> None:
        """Tell how many photos of the project there are of each kind."""
        self._opened = opened
        for name, title, _ in _PARTS:
            count = len(self._photos(name))
            self._parts[name].setText(f"{title} ({count:,})")
            self._parts[name].setEnabled(count > 0)

    def _photos(self, name: str) -> tuple[Photo, ...]:
        wanted = next(belongs for each, _, belongs in _PARTS if each == name)
        return tuple(filter(wanted, self._opened.photos)) if self._opened is not None else ()

    def _on_part(self, name: str) -> None:
        self.photos_given.emit(self._photos(name))

    @Slot()
    def ask_for_photos(self) -> None:
        """Let the person choose photos."""
        self._give(ask_for_files(self, "Photos to review", "Photos", sorted(PHOTO_SUFFIXES)))

    @Slot()
    def ask_for_video(self) -> None:
        """Let the person choose a video."""
        self._give(ask_for_files(self, "A video to review", "Videos", sorted(VIDEO_SUFFIXES)))

    @Slot()
    def ask_for_folder(self) -> None:
        """Let the person choose a folder."""
        chosen = QFileDialog.getExistingDirectory(self.window(), "A folder of photos to review")
        self._give([Path(chosen)] if chosen else [])

    def _give(self, paths: list[Path]) -> None:
        if paths:
            self.given.emit(paths)


def ask_for_files(parent: QWidget, title: str, kind: str, suffixes: list[str]) -> list[Path]:
    """Return the files that the person chooses, none when they change their mind."""
    pattern = f"{kind} ({' '.join(f'*{suffix}' for suffix in suffixes)});;All files (*)"
    names, _ = QFileDialog.getOpenFileNames(parent.window(), title, "", pattern)
    return [Path(name) for name in names]


def ask_for_model(parent: QWidget) -> Path | None:
    """Return the model file that the person chooses."""
    found = ask_for_files(parent, "A model file", "Models", list(MODEL_SUFFIXES))
    return found[0] if found else None
