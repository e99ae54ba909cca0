"""Change: many files of a project put in place together, or not at all.

Everything is first written into a staging folder of its own. Committing writes the list of what is to be
moved (`commit.json`), moves each file to its place, and removes the folder. A process that dies before the
list is complete leaves nothing but a folder that is thrown away; one that dies after it is finished by
whoever opens or changes the project next.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import copy_file, make_below, write_new
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask, encode_mask
from segstudio.project.moving import FILES, move, not_written, write_list
from segstudio.project.photos import Photo, PhotoState, clean_key, clean_path

_LONGEST = 255
"""Bytes in the name of a file: no system has longer ones."""

FileStamp = tuple[int, int, int]
"""When a file was written (ns), its length and its number in the file system: another file has another one."""

StateUpdate = Callable[[PhotoState], PhotoState]


class Change:
    """The files of one change while they are being staged. Methods may be called from several threads."""

    def __init__(self, staging: Path, classes: ClassList) -> None:
        self._files = staging / FILES
        self._adding = threading.Lock()
        self._added: set[str] = set()
        self.old_classes = classes
        self.new_classes: ClassList | None = None
        self.references: dict[str, Path] = {}
        self.copied: set[str] = set()
        self.new_photos: set[str] = set()
        self.new_sources: set[str] = set()
        self.known: dict[str, Photo] = {}
        self.updates: dict[str, StateUpdate] = {}
        self.known_files: dict[str, FileStamp | None] = {}
        self.removed: set[str] = set()
        self.forgotten: set[str] = set()
        self.checks: list[Callable[[], None]] = []  # called with the project's lock held; may refuse
        self._labelled: set[str] = set()
        self.has_masks = False
        self.by_hand = False
        """Whether masks are replaced stroke by stroke, so that not each one that goes is kept as a version."""
        self.kept: set[str] = set()
        """Photos whose mask is kept as a version whatever else happens to it."""
        self.versions: int | None = None
        """How many versions of each mask are kept from now on; None: as before."""
        self.doing = ""
        """What this change is, in a few words, for the versions that it leaves."""

    @property
    def classes(self) -> ClassList:
        """The class list that holds once the change is committed."""
        return self.old_classes if self.new_classes is None else self.new_classes

    def add_photo(
        self,
        key: str,
        source: Path,
        *,
        copy: bool = True,
        size: tuple[int, int] | None = None,
        replace: bool = False,
    ) -> None:
        """Add the photo file `source` as `key`: copied into the project, or referenced where it lies.

        `size` (rows, columns) goes into the photo's state unless `put_state` tells another. With `replace` it
        may take the place of a photo of the project; otherwise committing is refused when there is one. Keys
        that differ in case alone count as equal. Raises SegStudioError when the change already adds the key.
        """
        key = clean_key(key)
        with self._adding:
            if key.casefold() in self._added:
                raise SegStudioError(
                    f'two photos would be called "{key}"', where=str(source), fix="Give each its own name"
                )
            self._added.add(key.casefold())
            if not replace:
                self.new_photos.add(key)
        if copy:
            copy_file(source, self._files / "photos" / key, settle=False)
            self.copied.add(key)
        else:
            self.references[key] = source.resolve()
        if size is not None and not (self._files / state_name(key)).exists():
            self.put_state(key, PhotoState(size=size))

    def put_mask(self, key: str, mask: Mask) -> str:
        """Add or replace the mask of the photo `key`; returns the SHA-256 of its file."""
        return self.put_mask_file(key, encode_mask(mask, self.classes))

    def put_mask_file(self, key: str, data: bytes) -> str:
        """Add or replace the mask of the photo `key` by its file's bytes, in the colours of `classes`; returns their
        SHA-256.
        """
        self.has_masks = True
        self._labelled.add(clean_key(key))
        self._stage(mask_name(clean_key(key)), data)
        return hashlib.sha256(data).hexdigest()

    def put_state(self, key: str, state: PhotoState) -> None:
        """Add or replace split, status and origin of the photo `key`."""
        self._labelled.add(clean_key(key))
        self._stage(state_name(clean_key(key)), state.model_dump_json(indent=1).encode())

    def update_state(self, key: str, update: StateUpdate) -> None:
        """Work the state of the photo `key` out when the change is committed, from what is on disk by then."""
        self.updates[clean_key(key)] = update

    def labelled(self) -> set[str]:
        """Return the photos that get a mask or a state, without those that the change brings itself."""
        keys = self._labelled | self.updates.keys()
        return {key for key in keys if key.casefold() not in self._added}

    def masks(self) -> set[str]:
        """Return the photos whose mask this change replaces or takes off; not those that it removes whole."""
        staged = (path.relative_to(self._files / "masks") for path in self._files.glob("masks/**/*.png"))
        gone = (name.removeprefix("masks/").removesuffix(".png") for name in self.removed if _is_mask(name))
        whole = self.forgotten | {
            name.removeprefix("photos/") for name in self.removed if name.startswith("photos/")
        }
        return {path.as_posix().removesuffix(".png") for path in staged} | (set(gone) - whole)

    def staged(self, name: str) -> Path | None:
        """Return where the new file `name` of the project lies until then, None when there is none."""
        path = self._files / name
        return path if path.is_file() else None

    def settle_states(self, project: Path) -> None:
        """Do what `update_state` was told; call it with the project's lock held."""
        for key, update in self.updates.items():
            self.put_state(key, update(read_state(project, key)))
        for key in (photo.key for photo in self.known.values() if photo.damage):
            if (
                self._files / state_name(key)
            ).exists():  # what cannot be read is kept beside what replaces it
                self.put_link(aside_name(state_name(key)), project / state_name(key))

    def rely_on(self, photo: Photo) -> None:
        """Refuse to commit when the state of `photo` has changed by then, or it has got or lost its mask."""
        self.known[photo.key] = photo

    def put_source(self, name: str, path: Path) -> None:
        """Keep an annotation file as it was imported, under `sources/<name>`, which must be free."""
        copy_file(path, self._files / "sources" / clean_path(name), settle=False)
        self.new_sources.add(clean_path(name))

    def set_classes(self, classes: ClassList) -> None:
        """Give the project another class list. Call it before `put_mask`: masks carry the colours."""
        self.new_classes = classes

    def put_file(self, name: str, data: bytes, *, settle: bool = True) -> None:
        """Add or replace any file of the project, by its path relative to the project; `settle` as in `write_new`."""
        self._stage(clean_path(name), data, settle=settle)

    def _stage(self, name: str, data: bytes, *, settle: bool = True) -> None:
        write_new(self._files / name, data, within=self._files, settle=settle)

    def put_link(self, name: str, path: Path) -> None:
        """Add a file of the project by another name, without copying it where the disk can do that.

        For files that are only ever replaced, never written into, or that this change removes. Raises SegStudioError
        when the disk refuses.
        """
        target = self._files / clean_path(name)
        try:
            make_below(target.parent, self._files)
        except OSError as error:
            raise not_written(target.parent, error) from error
        try:
            target.hardlink_to(path)
        except OSError:
            copy_file(path, target, settle=False)

    def remove_file(self, name: str) -> None:
        """Remove a file of the project, once all others are in place; that there is none is no error."""
        self.removed.add(clean_path(name))

    def forget_reference(self, key: str) -> None:
        """Let the project no longer refer to the photo `key`, which was not copied; its file stays where it lies."""
        self.forgotten.add(clean_key(key))

    def rely_on_file(self, name: str, stamp: FileStamp | None) -> None:
        """Refuse to commit when the file `name` is another by then than the one of `stamp` (None: there is none)."""
        self.known_files[clean_path(name)] = stamp


def file_stamp(path: Path) -> FileStamp | None:
    """Return what tells this file from one that takes its place, or None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def mask_name(key: str) -> str:
    """Return where the mask of the photo `key` lies, relative to the project.

    The photo's extension stays in the name, so that `a.jpg` and `a.png` do not share a mask.
    """
    return f"masks/{key}.png"


def state_name(key: str) -> str:
    """Return where the state of the photo `key` lies, relative to the project."""
    return f"masks/{key}.json"


def _is_mask(name: str) -> bool:
    return name.startswith("masks/") and name.endswith(".png")


def read_state(project: Path, key: str) -> PhotoState:
    """Return the state of the photo `key` as it is on disk; raises SegStudioError when it is damaged."""
    path = project / state_name(key)
    return PhotoState.read(path) if path.exists() else PhotoState()


def _known_state(project: Path, photo: Photo) -> PhotoState | None:
    """Return the state on disk; what was damaged when the photo was listed counts as unchanged while it still is."""
    try:
        state = read_state(project, photo.key)
    except SegStudioError:
        if not photo.damage:
            raise
        return photo.state
    return None if photo.damage else state


def aside_name(name: str) -> str:
    """Return a name that nobody reads, for a damaged file that is kept beside what takes its place."""
    mark = f".damaged-{datetime.now():%Y-%m-%d-%H%M%S-%f}"
    folder, slash, last = name.rpartition("/")
    kept = last.encode()[: _LONGEST - len(mark)].decode(errors="ignore")
    return f"{folder}{slash}{kept}{mark}"


def commit(project: Path, folder: Path, removed: Collection[str] = ()) -> None:
    """Move everything staged in `folder` into place and remove the files `removed`; from here on the change happens,
    even after a crash.

    Raises SegStudioError, with nothing moved, when a file would have to take the place of a folder.
    """
    write_list(project, folder, removed)
    move(project, folder)


def check_current(
    project: Path,
    change: Change,
    classes: ClassList,
    keys: Callable[[], Collection[str]],
    is_there: Callable[[str], bool],
) -> None:
    """Refuse a change that was worked out from what is no longer so; call it with the project's lock held.

    `classes` and `keys` are those of the project on disk by now; `is_there` tells of one key whether it is among
    them, without a look at all. Nothing is labelled that is not there: it would be in the way of what comes back. A
    class list may only replace the one that it was made from. Masks stand as long as each number they may hold still
    has its name: classes added meanwhile and other colours do not hurt. Raises SegStudioError that tells what has
    changed.
    """
    if change.new_classes is not None and classes != change.old_classes:
        raise _outdated(project, "somebody changed the class list")
    if change.has_masks and not _names_by_number(change.old_classes) <= _names_by_number(classes):
        raise _outdated(project, "somebody renamed or deleted a class")
    if change.new_photos:
        there = {key.casefold() for key in keys()}
        for key in sorted(change.new_photos):
            if key.casefold() in there:
                raise _outdated(project, f'there is a photo "{key}" now')
    gone = sorted(key for key in change.labelled() if not is_there(key))
    if gone:
        raise _outdated(project, f'there is no photo "{gone[0]}" any more')
    for photo in change.known.values():
        if (
            _known_state(project, photo) != photo.state
            or (project / mask_name(photo.key)).exists() != photo.has_mask
        ):
            raise _outdated(project, f'somebody worked on the photo "{photo.key}"')
    for name, stamp in change.known_files.items():
        if file_stamp(project / name) != stamp:
            raise _outdated(project, f"somebody worked on {name}")
    for name in sorted(change.new_sources):
        if (project / "sources" / name).exists():
            raise _outdated(project, f"there is a file sources/{name} now")


def _names_by_number(classes: ClassList) -> set[tuple[int, str]]:
    return {(entry.index, entry.name) for entry in classes.classes}


class ProjectChangedError(SegStudioError):
    """Somebody changed the project since it was read, in a way that does not go with the change to be written."""


def _outdated(project: Path, what: str) -> SegStudioError:
    return ProjectChangedError(
        f"the project was changed meanwhile ({what}) and nothing was written",
        where=str(project),
        fix="Do it again: it then starts from what is there now",
    )
