"""What every file of a project must be, whatever happened: readable, by those who read it in earnest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.record import RECORD_NAME, read_record
from segstudio.painting.journal_records import decode
from segstudio.project.document import BACKUP_NAME, FILE_NAME, last_good_copy, load_document
from segstudio.project.images import read_photo
from segstudio.project.masks import read_mask
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.versions import Version
from segstudio.runs.events import decode_event
from segstudio.runs.recipe import load_recipe

_NOT_OF_THE_PROJECT = frozenset({".staging", ".people"})
"""What is not in place yet, and who is here."""


def unreadable(folder: Path) -> list[str]:
    """Return the files of a project that cannot be read, each with the reason. Nothing is mended before."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not path.is_file() or _NOT_OF_THE_PROJECT & set(name.parts):
            continue
        try:
            if (read := _reader(name)) is not None:
                read(path)
        except (SegStudioError, ValueError) as error:
            found.append(f"{name}: {error}")
    return found


def _reader(name: Path) -> Callable[[Path], object] | None:
    """Return what reads a file of this name; None for locks, what was imported, and what a dead process was writing."""
    if name.name == FILE_NAME:
        return lambda path: load_document(path.parent)
    if name.name == BACKUP_NAME:
        return _read_copy
    if name.parts[0] == "sources":
        return read_record if name.name == RECORD_NAME else None
    if name.suffix == ".json":
        return {"masks": PhotoState.read, "history": _read_version}.get(name.parts[0])
    return {
        ".png": read_mask,
        ".jpg": read_photo,
        ".undo": lambda path: decode(path.read_bytes()),
        ".jsonl": _read_log,
        ".toml": lambda path: load_recipe(str(path)),
        ".csv": _read_lines,
        ".pt": _read_model,
    }.get(name.suffix)


def _read_copy(path: Path) -> None:
    if last_good_copy(path.parent) is None:
        raise ValueError("it is damaged")


def _read_version(path: Path) -> None:
    Version.model_validate_json(path.read_bytes())


def _read_log(path: Path) -> None:
    """Only the last line may be cut off, and those that a resumed run has ended so."""
    *lines, _last = path.read_bytes().split(b"\n")
    broken = [line for line in lines if line and decode_event(line) is None]
    if len(broken) > path.read_bytes().count(b'"run_started"'):
        raise ValueError(f"{len(broken)} lines cannot be read: {broken[0][:80]!r}")


def _read_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        raise ValueError("it is cut off")


def _read_model(path: Path) -> None:
    from segstudio.networks.model_file import read_model  # takes seconds

    read_model(path)


def content_of(folder: Path) -> dict[str, object]:
    """Return what a project holds, but for times: classes, and of each photo its file, mask, status and use."""
    project = Project.open(folder)
    content: dict[str, object] = {"classes": project.classes}
    for photo in project.photos():
        mask = project.read_mask(photo)
        state = photo.state
        content[photo.key] = (
            hashlib.sha256(photo.path.read_bytes()).hexdigest(),
            None if mask is None else hashlib.sha256(mask.tobytes()).hexdigest(),
            (state.status, state.split, state.source, photo.size, photo.damage),
        )
    return content
