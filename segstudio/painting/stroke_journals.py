"""What the stroke journals of a project hold, asked before masks are changed by something other than painting."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.painting.edit import values_of
from segstudio.painting.editor import MaskEditor
from segstudio.painting.journal_records import EARLIER, Contents, Kind, decode, read_journal_file
from segstudio.project.change import FileStamp, file_stamp
from segstudio.project.classes import VOID
from segstudio.project.photos import Photo
from segstudio.project.project import Project

_MOST = 20_000
"""So many journals are remembered: a fact is a set of a few numbers."""

_ANY = frozenset(range(256))
_CHANGES = frozenset({Kind.EDIT, Kind.PART, Kind.ABORT, Kind.UNDO, Kind.REDO})


@dataclass(frozen=True, slots=True)
class _Facts:
    values: frozenset[int]
    unsaved: bool


class StrokeJournals:
    """Reads journals; one that was not written since is not read again. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[FileStamp, _Facts]] = {}
        self._lock = threading.Lock()

    def values(self, path: Path) -> frozenset[int]:
        """Return every mask value that undo or redo could bring back; all of them where that cannot be told."""
        return self._facts(path).values

    def settle(self, project: Project, photo: Photo) -> None:
        """Save strokes that a journal holds and the mask does not, as opening the photo would.

        Nobody may have it open for painting. Raises SegStudioError when the mask can be neither read nor written.
        """
        path = project.journal_path(photo)
        if not self._facts(path).unsaved or not all(photo.size):
            return
        mask = project.read_mask(photo)
        editor, recovered = MaskEditor.open(
            np.full(photo.size, VOID, dtype=np.uint8) if mask is None else mask, path
        )
        if recovered.outcome == "recovered":
            editor.save(editor.snapshot(), lambda pixels: project.write_mask(photo, pixels))

    def _facts(self, path: Path) -> _Facts:
        stamp = file_stamp(path)
        if stamp is None:
            return _Facts(frozenset(), unsaved=False)
        with self._lock:
            known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        facts = _read(path)
        with self._lock:
            self._known.pop(path, None)
            self._known[path] = stamp, facts
            if len(self._known) > _MOST:
                del self._known[next(iter(self._known))]  # the one that was read first
        return facts


def _read(path: Path) -> _Facts:
    try:
        contents = decode(read_journal_file(path))
        edits = [record.edit for record in contents.records if record.edit is not None]
        packed = {data for edit in edits for tile in edit.tiles for data in (tile.before, tile.after)}
        values = frozenset(value for data in packed for value in values_of(data))
    except (OSError, ValueError):
        return _Facts(_ANY, unsaved=False)  # whoever opens the photo learns more
    return _Facts(values, _is_unsaved(contents))


def _is_unsaved(contents: Contents) -> bool:
    """Tell whether anything happened behind the last mask that was saved."""
    happened = changed = saved = contents.header.position
    for record in contents.records:
        if record.kind is Kind.OPEN:
            changed = happened + 1
        if record.kind in EARLIER:
            continue
        happened += 1
        if record.kind in _CHANGES:
            changed = happened
        elif record.kind is Kind.SAVED:
            saved = max(saved, record.position)
    return changed > saved
