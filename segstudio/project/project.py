"""Project: a folder with classes, photos, masks and runs."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.files import copy_file, locked, write_bytes
from segstudio.project.change import (
    Change,
    StateUpdate,
    aside_name,
    check_current,
    commit,
    file_stamp,
    mask_name,
    state_name,
)
from segstudio.project.classes import ClassList
from segstudio.project.document import (
    BACKUP_NAME,
    FILE_NAME,
    ProjectDocument,
    encode_document,
    last_good_copy,
    load_document,
)
from segstudio.project.images import RgbImage, read_photo
from segstudio.project.inside import check_inside
from segstudio.project.listing import Listed, list_photos, photo_files, without_file
from segstudio.project.making import LOCK, make_files
from segstudio.project.masks import Mask, read_mask
from segstudio.project.person import person
from segstudio.project.photos import Photo, PhotoState, Split
from segstudio.project.staging import finish_left, recover, staging_folder
from segstudio.project.versions import keep_versions


def _as_it_is(state: PhotoState) -> PhotoState:
    return state


class Project:
    """An open project. It keeps the document and the list of photos in memory; files are written at once. `unfinished` is
    a sentence where a change was in place in part when it was opened, and could not be finished; mostly nothing.

    One object belongs to one thread, but `change()`'s staging methods may be called from several.
    """

    def __init__(self, folder: Path, document: ProjectDocument, unfinished: str = "") -> None:
        self.folder, self.unfinished = folder, unfinished
        self._document = document
        self._listed: dict[str, Listed] | None = None
        self._known: dict[str, Listed] = {}

    @classmethod
    def create(cls, folder: Path, *, name: str | None = None, classes: ClassList | None = None) -> Project:
        """Make an empty project in `folder`, which may exist but must be empty.

        Raises SegStudioError when something is already there or the folder cannot be made.
        """
        folder = folder.resolve()  # so that the last part is a name, and references are told from here
        taken = _what_is_there(folder)
        if taken:
            raise SegStudioError(taken, where=str(folder), fix="Choose another folder")
        document = ProjectDocument(
            name=name or folder.name, classes=ClassList() if classes is None else classes
        )
        make_files(folder, document)
        return cls(folder, document)

    @classmethod
    def open(cls, folder: Path, *, before: Project | None = None) -> Project:
        """Open the project in `folder`; a change that a dead process had committed is finished first (see `unfinished`).

        What `before`, an earlier look at the same project, has read and nobody has written since is not read again.
        Raises SegStudioError when there is none, or it is damaged or newer than this program.
        """
        folder = folder.resolve()
        if folder.name == FILE_NAME:
            folder = folder.parent
        unfinished = finish_left(folder)
        project = cls(folder, load_document(folder), unfinished)
        if before is not None and before.folder == folder:
            project._known = before._known
        return project

    @classmethod
    def restore(cls, folder: Path) -> Path | None:
        """Put the last good copy of project.json in its place; returns where the damaged one is kept, if there was one.

        Raises SegStudioError when there is no good copy, or the folder cannot be written.
        """
        folder = folder.resolve()
        with locked(folder / LOCK):
            content = last_good_copy(folder)
            if content is None:
                raise SegStudioError(f"there is no good copy of {FILE_NAME}", where=str(folder))
            damaged, aside = folder / FILE_NAME, folder / aside_name(FILE_NAME)
            kept = damaged.exists()
            if kept:
                copy_file(damaged, aside)
            write_bytes(damaged, content)
        return aside if kept else None

    @property
    def name(self) -> str:
        """What the person called it."""
        return self._document.name

    @property
    def created(self) -> str:
        """When it was made (ISO 8601 with offset): what was handed out of it knows it by that."""
        return self._document.created

    @property
    def classes(self) -> ClassList:
        """The project's classes."""
        return self._document.classes

    @property
    def document(self) -> ProjectDocument:
        """What project.json holds, as it was read last."""
        return self._document

    @property
    def kept_versions(self) -> int:
        """How many versions of a mask are kept."""
        return self._document.versions

    @property
    def runs_folder(self) -> Path:
        """Where the runs lie."""
        return self.folder / "runs"

    # -- photos

    def photos(self) -> tuple[Photo, ...]:
        """Return all photos, ordered by key."""
        return tuple(listed.photo for listed in self._by_key().values())

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all photos, in order."""
        return tuple(self._by_key())

    def missing(self) -> tuple[str, ...]:
        """Return the keys of photos whose file is gone while their mask or state is still here, in order."""
        return without_file(self.folder, self._by_key())

    def mask_times(self) -> dict[str, int]:
        """Return when each mask was last written (ns), by key."""
        return {key: listed.mask[0] for key, listed in self._by_key().items() if listed.mask is not None}

    def photo(self, key: str) -> Photo:
        """Return the photo `key`; raises SegStudioError with the closest key when there is none."""
        try:
            return self._by_key()[key].photo
        except KeyError:
            hint = did_you_mean(key, self.keys())
            raise SegStudioError(f'there is no photo "{key}"{hint}', where=str(self.folder)) from None

    def reference(self, key: str) -> str:
        """Return the path that project.json tells of a photo that was not copied; empty for all others."""
        return self._document.references.get(key, "")

    def refresh(self) -> None:
        """Forget the list of photos and the document, so that both are read from disk again."""
        self._listed = None
        self._document = load_document(self.folder)

    def read_photo(self, photo: Photo) -> RgbImage:
        """Return the photo's pixels: uint8 (rows, columns, 3), RGB, upright."""
        return read_photo(photo.path)

    def mask_path(self, photo: Photo) -> Path:
        """Return where the photo's mask lies or would lie."""
        return self.folder / mask_name(photo.key)

    def read_mask(self, photo: Photo) -> Mask | None:
        """Return the photo's mask, or None when it has none; raises SegStudioError when it does not fit."""
        return read_mask(self.mask_path(photo), size=photo.size) if photo.has_mask else None

    def journal_path(self, photo: Photo) -> Path:
        """Return where the photo's stroke journal lies or would lie."""
        return self.folder / f"masks/{photo.key}.undo"

    def paint_lock(self, photo: Photo) -> Path:
        """Return the lock file (see `files.hold`) that is held while the photo is open for painting.

        Raises SegStudioError where a link would lead out of the project.
        """
        lock = self.folder / f"masks/{photo.key}.lock"
        check_inside(self.folder, [lock.parent])
        return lock

    def write_mask(self, photo: Photo, mask: Mask) -> None:
        """Replace the photo's mask; its size must be the photo's. Raises SegStudioError as `change` does."""
        self.save_photo(photo, mask=mask)

    def write_state(self, photo: Photo, state: PhotoState) -> None:
        """Replace split, status and origin of one photo. Raises SegStudioError as `change` does."""
        self.save_photo(photo, update=lambda _: state)

    def save_photo(
        self,
        photo: Photo,
        *,
        mask: Mask | None = None,
        update: StateUpdate = _as_it_is,
        made_from: ClassList | None = None,
        by_hand: bool = True,
        doing: str = "",
        check: Callable[[], None] | None = None,
    ) -> Photo:
        """Replace the photo's mask, when one is given, and its state, together; returns the photo as it is then.

        `update` turns the state that is on disk by then into the new one. The mask that goes is kept as a version; of
        those painted `by_hand`, one now and then; `doing` says in it what came. `made_from` and errors are as in `change`.
        Nothing is written when `check`, called with the project's lock held, raises.
        """
        if mask is not None and all(photo.size) and mask.shape != photo.size:
            raise ValueError(f"a mask of {mask.shape} does not fit a photo of {photo.size}")
        size = photo.size if mask is None else (mask.shape[0], mask.shape[1])
        written: list[PhotoState] = []

        def settle(there: PhotoState) -> PhotoState:
            written.append(_with_size(update(there), size))
            return written[-1]

        with self.change(made_from=made_from) as change:
            change.by_hand, change.doing = by_hand, doing
            if check is not None:
                change.checks.append(check)
            if mask is not None:
                change.put_mask(photo.key, mask)
            change.update_state(photo.key, settle)
        has_mask = mask is not None or self.mask_path(photo).exists()
        return replace(photo, size=size, has_mask=has_mask, state=written[-1])

    def set_split(self, splits: dict[str, Split]) -> None:
        """Give each photo named in `splits` its split, all together."""
        self.refresh()  # what others have written meanwhile stays
        with self.change() as change:
            for key, split in splits.items():
                photo = self.photo(key)
                if photo.damage:
                    continue  # whoever begins its record anew decides
                change.rely_on(photo)
                change.put_state(key, _with_size(photo.state, photo.size).model_copy(update={"split": split}))

    def begin_state_anew(self, photo: Photo) -> Photo:
        """Give a photo whose state file is damaged a new one, and return the photo as it is then.

        The mask stays and counts as begun; the damaged file is kept beside the new one, under another name.
        Raises SegStudioError as `change` does, and when somebody has put the file right meanwhile.
        """
        state = _with_size(PhotoState(status="doing" if photo.has_mask else "todo"), photo.size)
        with self.change() as change:
            change.rely_on(photo)
            change.put_state(photo.key, state)
        return replace(photo, state=state, damage="")

    # -- changes

    def save_classes(self, classes: ClassList) -> None:
        """Replace the class list (masks keep their numbers).

        Raises SegStudioError when it was changed on disk since it was read; `refresh` reads it again.
        """
        with self.change() as change:
            change.set_classes(classes)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody put a change in place meanwhile. Raises SegStudioError when another holds it for long."""
        with locked(self.folder / LOCK):
            yield

    @contextmanager
    def change(self, *, made_from: ClassList | None = None) -> Iterator[Change]:
        """Stage any number of new files; they are put in place together when the block ends well.

        `made_from` is the class list that masks and new classes were worked out from, by default the project's
        as this object knows it. When the block or this raises, nothing in the project has changed. Raises
        SegStudioError when the disk refuses, or when somebody else changed the project meanwhile so that the
        two do not go together (see `check_current`).
        """
        with staging_folder(self.folder) as staging:
            change = Change(staging, self.classes if made_from is None else made_from)
            yield change
            with locked(self.folder / LOCK):
                recover(
                    self.folder, but=staging
                )  # a committed change whose process died comes before this one
                for check in change.checks:
                    check()
                there = load_document(self.folder)
                check_current(
                    self.folder,
                    change,
                    there.classes,
                    lambda: self._files(there),
                    lambda key: self._lists(key, there),
                )
                most = there.versions if change.versions is None else change.versions
                keep_versions(self.folder, change, there.classes, most)
                change.settle_states(self.folder)
                document = self._changed_document(there, change)
                if document != there:
                    change.put_file(FILE_NAME, encode_document(document))
                if document != there or self._has_old_backup():
                    change.put_file(BACKUP_NAME, encode_document(document))
                commit(self.folder, staging, change.removed)
                self._document = document
                self._listed = None

    def _has_old_backup(self) -> bool:
        """Tell whether project.json was written, by hand perhaps, since it was copied last."""
        document, backup = (file_stamp(self.folder / name) for name in (FILE_NAME, BACKUP_NAME))
        # By their lengths too: where the clock was set back, what is written later may bear an earlier time.
        return document is not None and (
            backup is None or backup[0] < document[0] or backup[1] != document[1]
        )

    def _changed_document(self, document: ProjectDocument, change: Change) -> ProjectDocument:
        update: dict[str, object] = {}
        if change.new_classes is not None:
            update["classes"] = change.new_classes
        if change.versions is not None:
            update["versions"] = change.versions
        told = {key: self._told_path(path) for key, path in change.references.items()}
        gone = change.copied | change.forgotten
        kept = {key: path for key, path in document.references.items() if key not in gone}
        update["references"] = {**kept, **told}
        return document.model_copy(update=update)

    def _told_path(self, path: Path) -> str:
        """A path below the project's parent is told relative, so that both can be moved together."""
        if path.is_relative_to(self.folder.parent):
            return Path(os.path.relpath(path, self.folder)).as_posix()
        return str(path)

    # -- listing

    def has_photo(self, key: str) -> bool:
        """Tell whether there is a photo `key` now, without a look at all the others.

        One whose file was moved away counts as long as it has a state or a mask: it may come back. Of one that was
        removed on purpose nothing is left. Raises OSError where nobody can look, as on a share that went away.
        """
        try:
            return self._lists(key, self._document)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:  # no photo can be called so
                return False
            raise

    def _lists(self, key: str, document: ProjectDocument) -> bool:
        names = (f"photos/{key}", state_name(key), mask_name(key))
        return key in document.references or any((self.folder / name).is_file() for name in names)

    def _by_key(self) -> dict[str, Listed]:
        if self._listed is None:
            self._listed = self._known = list_photos(self.folder, self._files(self._document), self._known)
        return self._listed

    def _files(self, document: ProjectDocument) -> dict[str, Path]:
        """Return where each photo lies, by key: those in the project, and those that `document` refers to."""
        files = photo_files(self.folder / "photos")
        files.update({key: self.folder / path for key, path in document.references.items()})
        return files


def stamp() -> tuple[str, str]:
    """Return who is working and when (ISO 8601 with offset), for `PhotoState`."""
    return person(), datetime.now().astimezone().isoformat(timespec="seconds")


def _what_is_there(folder: Path) -> str:
    """Say what keeps a new project from being made in `folder`; nothing when it may be."""
    if not folder.exists():
        return ""
    if not folder.is_dir():
        return "this is a file"
    if (folder / FILE_NAME).exists():
        return "there is already a project"
    return "the folder is not empty" if any(folder.iterdir()) else ""


def _with_size(state: PhotoState, size: tuple[int, int]) -> PhotoState:
    """Remember the photo's size, unless it is not known."""
    if state.size is not None or not all(size):
        return state
    return state.model_copy(update={"size": size})
