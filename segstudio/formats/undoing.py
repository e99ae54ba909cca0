"""Taking an import back: what came in goes to the trash folder, what was replaced comes back; what was painted since stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.formats.options import Cancelled, Progress, check_cancelled, never, unheard
from segstudio.formats.record import RECORD_NAME, BroughtIn, ImportRecord, read_record, records_of
from segstudio.formats.report import told_some
from segstudio.project.change import Change, FileStamp, file_stamp, mask_name
from segstudio.project.class_edit import taken_back
from segstudio.project.class_uses import MaskCounter
from segstudio.project.classes import VOID, ClassList
from segstudio.project.digests import digest_if_there
from segstudio.project.masks import read_mask
from segstudio.project.painted_photos import Journals, held, kept_from_painting
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project, stamp
from segstudio.project.removal import stage_removal

_TAKEN_OFF = ".trash/imports"
"""Where masks go that an import gave to photos that were there without one, by the import's folder."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: photos `gone` to the trash, those whose mask is `back` as it was, those `left` because they
    were painted since, and the `classes` that went.
    """

    gone: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def told(self) -> str:
        """Return it in a sentence or two."""
        parts = []
        if self.gone:
            parts.append(f"{counted(len(self.gone), 'photo')} {_is(self.gone)} in the project's trash folder")
        if self.back:
            parts.append(f"{counted(len(self.back), 'mask')} {_is(self.back)} as before")
        if self.classes:
            which = "the class" if len(self.classes) == 1 else "the classes"
            parts.append(f"{which} {told_some(self.classes)} {_is(self.classes)} gone")
        told = f"The import is taken back: {', '.join(parts)}." if parts else "Nothing was taken back."
        if self.left:
            told += f" Painted since, and therefore kept: {told_some(self.left)}."
        return told


def last_import(project: Path) -> Path:
    """Return the record of the newest import that can be taken back; raises SegStudioError when there is none."""
    for path in records_of(project):
        if read_record(path).can_be_undone:
            return path
    raise SegStudioError("there is no import to take back", where=str(project))


def undo_import(
    project: Project,
    path: Path,
    journals: Journals,
    *,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Undone:
    """Take back the import whose record is `path`, whole or not at all.

    Nobody may have its photos open for painting. Raises SegStudioError when it cannot be done and WorkStopped when
    `cancelled` says so; the project is unchanged then.
    """
    record = _undoable(path)
    project.refresh()
    _settle(project, record, journals)
    photos = {photo.key: photo for photo in project.photos() if photo.key in record.brought}
    with kept_from_painting(project, list(photos.values())):
        undoing = _Undoing(project, path.parent.name, record, journals)
        for done, photo in enumerate(photos.values()):
            check_cancelled(cancelled)
            undoing.judge(photo)
            progress(done + 1, len(photos))
        with project.change() as change:
            undone = undoing.stage(change)
            check_cancelled(cancelled)
    return undone


def _undoable(path: Path) -> ImportRecord:
    record = read_record(path)
    if record.undone:
        raise SegStudioError("this import was taken back already", where=path.parent.name)
    if not record.can_be_undone:
        raise SegStudioError(
            "this import cannot be taken back: too little was noted of it",
            where=path.parent.name,
            fix="Remove its photos by hand",
        )
    return record


def _settle(project: Project, record: ImportRecord, journals: Journals) -> None:
    """Save strokes that a program that died has left in a journal: they count as painted."""
    for photo in project.photos():
        if photo.key in record.brought and project.journal_path(photo).exists():
            with held(project.paint_lock(photo)) as is_ours:
                if is_ours:
                    journals.settle(project, photo)
    project.refresh()


class _Undoing:
    """One import while it is taken back: what becomes of each photo, and of the classes."""

    def __init__(self, project: Project, folder: str, record: ImportRecord, journals: Journals) -> None:
        self._project, self._folder, self._record, self._journals = project, folder, record, journals
        self._former = project.folder / "sources" / folder / "replaced"
        self._gone: list[Photo] = []
        self._back: list[Photo] = []
        self._left: list[Photo] = []
        self._relied: dict[str, FileStamp | None] = {}

    def judge(self, photo: Photo) -> None:
        """Decide what becomes of a photo that the import brought in or gave a mask."""
        brought, path = self._record.brought[photo.key], self._project.mask_path(photo)
        self._relied[mask_name(photo.key)] = file_stamp(path)
        if digest_if_there(path) != brought.mask or not self._may_come_back(photo, brought):
            self._left.append(photo)
        elif brought.is_new:
            self._gone.append(photo)
        else:
            self._back.append(photo)

    def stage(self, change: Change) -> Undone:
        """Stage it all."""
        classes = self._classes_back()
        if classes != self._project.classes:
            change.set_classes(classes)
        for name, told in self._relied.items():
            change.rely_on_file(name, told)
        if self._gone:
            stage_removal(self._project, change, self._gone, taken_back="an import")
        for photo in self._back:
            self._bring_back(change, photo, self._record.brought[photo.key])
        left = tuple(photo.key for photo in self._left)
        name = f"sources/{self._folder}/{RECORD_NAME}"
        change.rely_on_file(name, file_stamp(self._project.folder / name))
        noted = self._record.model_copy(update={"undone": stamp()[1], "left": left})
        change.put_file(name, noted.model_dump_json(indent=1).encode())
        return Undone(
            tuple(photo.key for photo in self._gone),
            tuple(photo.key for photo in self._back),
            left,
            tuple(entry.name for entry in self._project.classes.classes if classes.at(entry.index) is None),
        )

    def _may_come_back(self, photo: Photo, brought: BroughtIn) -> bool:
        """Whether the mask that was replaced, if there was one, is there and holds classes of today only."""
        if brought.is_new or photo.key not in self._record.replaced:
            return True
        try:
            held_values = set(np.unique(read_mask(self._former / f"{photo.key}.png")).tolist())
        except SegStudioError:
            return False
        return held_values <= {*self._project.classes.indices, VOID}

    def _bring_back(self, change: Change, photo: Photo, brought: BroughtIn) -> None:
        former = self._former / f"{photo.key}.png"
        if photo.key in self._record.replaced:
            change.put_link(mask_name(photo.key), former)
        else:
            self._move(change, mask_name(photo.key))
        was = brought.before or PhotoState()
        told = {"status": was.status, "source": was.source, "who": was.who, "when": was.when}
        change.update_state(photo.key, lambda state: state.model_copy(update=told))

    def _move(self, change: Change, name: str) -> None:
        path = self._project.folder / name
        if path.exists():
            change.put_link(f"{_TAKEN_OFF}/{self._folder}/{name}", path)
            change.remove_file(name)

    def _classes_back(self) -> ClassList:
        """Return the class list without what the import did to it, as far as nobody needs or has changed that since."""
        before, after = self._record.classes_before, self._record.classes_after
        now = self._project.classes
        if before is None or after is None or before == after:
            return now
        added = [entry for entry in after.classes if before.at(entry.index) is None]
        used = self._used() if added else frozenset[int]()
        if not any(entry.index in used for entry in added):
            try:
                return taken_back(before, after, now)
            except (SegStudioError, ValueError):  # the same class was changed since, or the record is damaged
                pass
        for entry in added:
            if entry.index not in used and now.at(entry.index) == entry:
                now = now.removed(entry.name)
        return now

    def _used(self) -> frozenset[int]:
        """Return every class number that a mask or an undo of the photos that stay could hold."""
        changing = {photo.key for photo in (*self._gone, *self._back)}
        staying = [photo for photo in self._project.photos() if photo.key not in changing]
        uses = MaskCounter().count(self._project.folder, staying)
        if uses.unread:
            return frozenset(range(VOID))
        found = {value for mask in uses.masks for value in mask.pixels}
        for photo in (*staying, *self._back):
            found |= self._journals.values(self._project.journal_path(photo))
        for photo in self._back:
            if photo.key in self._record.replaced:
                found.update(np.unique(read_mask(self._former / f"{photo.key}.png")).tolist())
        return frozenset(found)


def _is(things: tuple[str, ...]) -> str:
    return "is" if len(things) == 1 else "are"
