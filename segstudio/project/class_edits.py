"""Editing the class list of a project: told beforehand, done whole or not at all, and undone, also after a restart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from segstudio.errors import SegStudioError
from segstudio.project.change import Change, file_stamp, mask_name
from segstudio.project.class_edit import ClassEdit, Repaint, edited, label_of, repaint_of, taken_back
from segstudio.project.class_history import ClassHistory, Entry, KeptJournal, KeptMask
from segstudio.project.class_telling import Back, EditPreview, told_of_doing, told_of_undo
from segstudio.project.class_uses import ClassUses, MaskCounter
from segstudio.project.classes import VOID, ClassList
from segstudio.project.digests import digest_if_there
from segstudio.project.masks import encode_mask, read_mask
from segstudio.project.painted_photos import Journals, held, nobody_begins, not_painted
from segstudio.project.photos import Photo
from segstudio.project.project import Project, stamp
from segstudio.project.statistics import Counts, count_values
from segstudio.project.threads import Cancelled, check_cancelled, for_each, never

Progress = Callable[[str, int, int], None]
"""Called with what is being done, the number of steps done and their total."""

_Out = TypeVar("_Out")

_WORKERS = 4
_LARGE_PIXELS = 64_000_000
"""Masks larger than this are rewritten one at a time, for the memory that they take."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: `label` in a few words, `told` in sentences; `masks` were rewritten."""

    label: str
    told: str
    masks: int


class ClassEditing:
    """Previews, does and undoes edits of one project's class list. In one thread; it may take seconds.

    Merge, delete, and their undo and redo are refused while somebody has a photo of the project open for painting.
    Every method raises SegStudioError when it cannot be done and WorkStopped when `cancelled` says so; the project is
    unchanged then.
    """

    def __init__(
        self,
        project: Project,
        journals: Journals,
        *,
        counter: MaskCounter | None = None,
        progress: Progress = lambda _what, _done, _total: None,
        cancelled: Cancelled = never,
    ) -> None:
        self._project = project
        self._journals = journals
        self._counter = counter or MaskCounter()
        self._progress = progress
        self._cancelled = cancelled

    # -- what can be asked

    def uses(self) -> ClassUses:
        """Count all masks."""
        photos = self._project.photos()
        progress = self._stage("Looking at the masks")
        return self._counter.count(self._project.folder, photos, progress=progress, cancelled=self._cancelled)

    def preview(self, edit: ClassEdit, uses: ClassUses | None = None) -> EditPreview:
        """Say what `edit` would do; nothing is written. `uses` saves the counting when they are known."""
        before = self._project.classes
        after = edited(before, edit)
        repaint = repaint_of(edit)
        if repaint is None:
            return EditPreview(edit, before, after, uses)
        uses = self._sound_uses() if uses is None else uses
        ends = self._journals_ending(repaint.old, {mask.key for mask in uses.holding(repaint.old)})
        return EditPreview(edit, before, after, uses, tuple(photo.key for photo in ends))

    # -- what can be done

    def commit(self, edit: ClassEdit) -> Done:
        """Do `edit`."""
        self._project.refresh()
        before = self._project.classes
        after = edited(before, edit)
        if after == before:
            return Done(label_of(before, edit), "Nothing differs.", 0)
        entry = self._entry(label_of(before, edit), before, after, repaint_of(edit))
        return self._do(entry, ClassHistory(self._project.folder).outdated())

    def undo(self, wanted: Entry | None = None) -> Done:
        """Take the last edit back, or an earlier one that is `wanted`. What was painted or changed since stays."""
        self._project.refresh()
        history, where = ClassHistory(self._project.folder), str(self._project.folder)
        entry, problem = history.undoable, history.problem
        if wanted is not None:
            entry = next((each for each in history.entries if each == wanted and each.state == "done"), None)
            problem = None
        if entry is None:
            raise problem or SegStudioError("no change of the class list can be undone", where=where)
        return self._undo(entry)

    def redo(self) -> Done:
        """Do again what was undone last."""
        self._project.refresh()
        history, where = ClassHistory(self._project.folder), str(self._project.folder)
        entry = history.redoable
        if entry is None:
            raise history.problem or SegStudioError("no change of the class list can be redone", where=where)
        return self._do(entry, (), taken_back(entry.after, entry.before, self._project.classes))

    # -- doing

    def _entry(self, label: str, before: ClassList, after: ClassList, repaint: Repaint | None) -> Entry:
        who, when = stamp()
        return Entry(
            number=ClassHistory(self._project.folder).next_number,
            label=label,
            who=who,
            when=when,
            before=before,
            after=after,
            old=repaint.old if repaint is not None else None,
            new=repaint.new if repaint is not None else None,
        )

    def _do(self, entry: Entry, outdated: Sequence[Entry], classes: ClassList | None = None) -> Done:
        """Do `entry` and keep what it replaces; `classes` is the list then, by default the one of the entry."""
        classes = entry.after if classes is None else classes
        history = ClassHistory(self._project.folder)
        with ExitStack() as closing:
            if entry.old is not None:
                with nobody_begins(self._project), not_painted(self._project, self._project.photos()):
                    pass  # who is refused need not wait for what follows
                self._sound_uses()  # what takes long is done while others can begin to paint
                closing.enter_context(nobody_begins(self._project))
                self._settle(self._project.photos())
                closing.enter_context(not_painted(self._project, self._project.photos()))
            counts: dict[str, Counts] = {}
            closing.push(partial(self._note, counts))  # after the change, before anybody paints
            touched, ends = self._touched(entry)
            change = closing.enter_context(self._project.change())
            change.set_classes(classes)
            change.doing = entry.label
            written = dict(
                self._each(
                    "Writing masks", touched, lambda photo: self._repaint(change, entry, photo, counts)
                )
            )
            journals = [self._end_journal(change, entry, photo, written) for photo in ends]
            done = entry.model_copy(
                update={
                    "state": "done",
                    "masks": tuple(KeptMask(key=key, written=digest) for key, digest in written.items()),
                    "journals": tuple(journals),
                }
            )
            for gone in (name for each in outdated for name in history.files_of(each)):
                change.remove_file(gone)
            change.rely_on_file(entry.file, file_stamp(self._project.folder / entry.file))
            change.put_file(entry.file, done.encoded())
            check_cancelled(self._cancelled)
        return Done(entry.label, told_of_doing(entry, len(written), len(journals)), len(written))

    def _touched(self, entry: Entry) -> tuple[list[Photo], list[Photo]]:
        """Return the photos whose mask is rewritten, and those whose stroke journal ends."""
        if entry.old is None:
            return [], []
        keys = {mask.key for mask in self._sound_uses().holding(entry.old)}
        touched = [photo for photo in self._project.photos() if photo.key in keys]
        return touched, self._journals_ending(entry.old, keys)

    def _note(self, counts: Mapping[str, Counts], failure: type[BaseException] | None, *_: object) -> None:
        if failure is None:
            self._counter.note(self._project.folder, counts)

    def _repaint(
        self, change: Change, entry: Entry, photo: Photo, counts: dict[str, Counts]
    ) -> tuple[str, str]:
        """Stage the photo's mask as `entry` leaves it, keep the file there is, and add to `counts` what it holds then;
        returns key and digest.
        """
        path = self._project.mask_path(photo)
        change.rely_on_file(mask_name(photo.key), file_stamp(path))
        mask = read_mask(path, size=_size(photo))
        mask[mask == entry.old] = VOID if entry.new is None else entry.new
        counts[photo.key] = count_values(mask)
        data = encode_mask(mask, change.classes)
        change.put_link(entry.kept_mask(photo.key), path)
        change.put_file(mask_name(photo.key), data)
        return photo.key, hashlib.sha256(data).hexdigest()

    def _end_journal(
        self, change: Change, entry: Entry, photo: Photo, written: dict[str, str]
    ) -> KeptJournal:
        self._move(change, self._project.journal_path(photo), entry.kept_journal(photo.key))
        digest = written.get(photo.key) or digest_if_there(self._project.mask_path(photo))
        return KeptJournal(key=photo.key, mask=digest)

    # -- undoing

    def _undo(self, entry: Entry) -> Done:
        folder, project = self._project.folder, self._project
        keys = {kept.key for kept in entry.masks} | {kept.key for kept in entry.journals}
        classes = taken_back(entry.before, entry.after, project.classes)
        written = {kept.key: kept.written for kept in entry.masks}
        photos = self._photos_named(written)
        with ExitStack() as closing:
            closing.enter_context(nobody_begins(project))
            self._settle(self._photos_named(keys))
            ends = self._unused(project.classes, classes)
            closing.enter_context(
                not_painted(
                    project,
                    project.photos() if entry.old is not None else [*self._photos_named(keys), *ends],
                )
            )
            change = closing.enter_context(project.change())
            change.set_classes(classes)
            for photo in ends:
                self._move(change, project.journal_path(photo), entry.later_journal(photo.key))
            states = self._each(
                "Bringing masks back",
                photos,
                lambda photo: self._bring_back(change, entry, photo, written[photo.key]),
            )
            for kept in entry.journals:
                self._bring_journal_back(change, entry, kept)
            for name in ClassHistory(folder).files_of(entry):
                change.remove_file(name)
            change.rely_on_file(entry.file, file_stamp(folder / entry.file))
            change.put_file(
                entry.file,
                entry.model_copy(update={"state": "undone", "masks": (), "journals": ()}).encoded(),
            )
            check_cancelled(self._cancelled)
        return Done(entry.label, told_of_undo(entry, states), states.count("back") + states.count("joined"))

    def _bring_back(self, change: Change, entry: Entry, photo: Photo, written: str) -> Back:
        """Stage the former mask, or the present one with the former class where nobody painted since."""
        project = self._project
        path, former = project.mask_path(photo), project.folder / entry.kept_mask(photo.key)
        change.rely_on_file(mask_name(photo.key), file_stamp(path))
        if not path.exists() or not former.exists():
            return "left"
        if digest_if_there(path) == written:
            change.put_link(mask_name(photo.key), former)
            return "back"
        mask, old = read_mask(path, size=_size(photo)), read_mask(former)
        if mask.shape != old.shape:
            return "left"
        mask[(old == entry.old) & (mask == entry.new)] = VOID if entry.old is None else entry.old
        change.put_file(mask_name(photo.key), encode_mask(mask, change.classes))
        self._move(change, project.journal_path(photo), entry.later_journal(photo.key))
        return "joined"

    def _bring_journal_back(self, change: Change, entry: Entry, kept: KeptJournal) -> None:
        """The former journal comes back where the mask is as the edit has left it; one begun since makes room."""
        project = self._project
        path, former = (
            project.folder / f"masks/{kept.key}.undo",
            project.folder / entry.kept_journal(kept.key),
        )
        rewritten = any(mask.key == kept.key for mask in entry.masks)
        if not former.exists() or digest_if_there(project.folder / mask_name(kept.key)) != kept.mask:
            return
        if path.exists():
            if not rewritten:
                return  # it goes on from the same mask, and is newer
            self._move(change, path, entry.later_journal(kept.key))
        change.put_link(f"masks/{kept.key}.undo", former)

    # -- what all need

    def _stage(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self._progress(what, done, total)

    def _each(self, what: str, photos: Sequence[Photo], function: Callable[[Photo], _Out]) -> list[_Out]:
        large = any(photo.size[0] * photo.size[1] > _LARGE_PIXELS for photo in photos)
        return for_each(
            function,
            photos,
            progress=self._stage(what),
            cancelled=self._cancelled,
            workers=1 if large else _WORKERS,
        )

    def _sound_uses(self) -> ClassUses:
        """Count all masks; raises SegStudioError when one cannot be read: it might hold the class."""
        uses = self.uses()
        if uses.unread:
            raise uses.unread[0]
        return uses

    def _settle(self, photos: Sequence[Photo]) -> None:
        """Save what a program that died has left unsaved in a journal, so that it is not lost with it."""
        with_journal = [photo for photo in photos if self._project.journal_path(photo).exists()]

        def settle(photo: Photo) -> None:
            with held(self._project.paint_lock(photo)) as is_ours:
                if is_ours:
                    self._journals.settle(self._project, photo)

        self._each("Reading undo histories", with_journal, settle)
        self._project.refresh()

    def _journals_ending(self, value: int, rewritten: set[str]) -> list[Photo]:
        """Return the photos whose journal cannot be used any more when `value` is no class: their mask is rewritten,
        or an undo could bring the value back.
        """
        project = self._project
        photos = [photo for photo in project.photos() if project.journal_path(photo).exists()]

        def ends(photo: Photo) -> bool:
            return photo.key in rewritten or value in self._journals.values(project.journal_path(photo))

        found = self._each("Reading undo histories", photos, ends)
        return [photo for photo, is_ending in zip(photos, found, strict=True) if is_ending]

    def _unused(self, now: ClassList, then: ClassList) -> list[Photo]:
        """Refuse to drop a class that pixels have by now; returns the photos whose undo could bring it back."""
        ends: dict[str, Photo] = {}
        for entry in now.classes:
            if then.at(entry.index) is not None:
                continue
            count = self._sound_uses().photos_with(entry.index)
            if count:
                photos = "1 photo has" if count == 1 else f"{count:,} photos have"
                raise SegStudioError(
                    f'{photos} pixels of "{entry.name}" by now',
                    fix="Delete the class instead; that can be undone",
                )
            ends.update((photo.key, photo) for photo in self._journals_ending(entry.index, set()))
        return list(ends.values())

    def _photos_named(self, keys: Collection[str]) -> list[Photo]:
        return [photo for photo in self._project.photos() if photo.key in keys]

    def _move(self, change: Change, path: Path, name: str) -> None:
        if path.exists():
            change.put_link(name, path)
            change.remove_file(path.relative_to(self._project.folder).as_posix())


def _size(photo: Photo) -> tuple[int, int] | None:
    return photo.size if all(photo.size) else None
