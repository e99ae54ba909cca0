"""Where an export goes: into the folder that was chosen, unless it would replace what is there without a word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

_MOST_NAMED = 3


def folder_for(folder: Path, suffixes: Sequence[str], stems: Sequence[str], parent: QWidget) -> Path | None:
    """Return where files of these names go: `folder`, or a new one in it if the person says so; None to write nothing."""
    there = replaced(folder, suffixes, stems)
    if not there:
        return folder
    asking = QMessageBox(parent)
    asking.setObjectName("review.export.replace")
    asking.setIcon(QMessageBox.Icon.Question)
    asking.setWindowTitle("Replace files?")
    asking.setText(told(there, folder))
    beside = free_folder(folder)
    asking.setInformativeText("What is replaced cannot be brought back.")
    new = asking.addButton(f"Write into {beside.name}", QMessageBox.ButtonRole.AcceptRole)
    replace = asking.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    stop = asking.addButton(QMessageBox.StandardButton.Cancel)
    asking.setDefaultButton(new)
    asking.setEscapeButton(stop)
    asking.exec()
    clicked = asking.clickedButton()
    asking.deleteLater()
    if clicked is new:
        return beside
    return folder if clicked is replace else None


def replaced(folder: Path, suffixes: Sequence[str], stems: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the files that would be replaced."""
    try:
        there = {path.name for path in folder.iterdir()}
    except OSError:
        return ()  # whoever writes says what is wrong with it
    names = (f"{stem}{suffix}" for stem in stems for suffix in suffixes)
    return tuple(name for name in names if name in there)


def free_folder(folder: Path) -> Path:
    """Return a folder in `folder` that is not there yet."""
    return next(place for number in count(1) if not (place := folder / f"export-{number}").exists())


def told(names: Sequence[str], folder: Path) -> str:
    """Return the question's sentence; pure."""
    some = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
    if len(names) == 1:
        return f"{some} is in {folder.name} already."
    return f"{len(names):,} of these files are in {folder.name} already: {some}"
