"""Change: many files of a project put in place together, or not at all.

Everything is first written into a staging folder of its own. Committing writes the list of what is to be
moved (`commit.json`), moves each file to its place, and removes the folder. A process that dies before the
list is complete leaves nothing but a folder that is thrown away; one that dies after it is finished by
whoever opens or changes the project next.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import copy_file, locked, write_bytes, write_text
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask, encode_mask
from segstudio.project.photos import PhotoState, clean_key

STAGING = ".staging"
_LIST = "commit.json"
_FILES = "files"
_LOCKED = ".lock"


class Change:
    """The files of one change while they are being staged. Methods may be called from several threads."""

    def __init__(self, staging: Path, classes: ClassList) -> None:
        self._files = staging / _FILES
        self._classes = classes
        self.new_classes: ClassList | None = None
        self.references: dict[str, Path] = {}
        self.copied: set[str] = set()

    @property
    def classes(self) -> ClassList:
        """The class list that holds once the change is committed."""
        return self._classes if self.new_classes is None else self.new_classes

    def add_photo(
        self, key: str, source: Path, *, copy: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Add the photo file `source` as `key`: copied into the project, or referenced where it lies.

        `size` (rows, columns) goes into the photo's state unless `put_state` tells another.
        """
        key = clean_key(key)
        if copy:
            copy_file(source, self._files / "photos" / key)
            self.copied.add(key)
        else:
            self.references[key] = source.resolve()
        if size is not None and not (self._files / state_name(key)).exists():
            self.put_state(key, PhotoState(size=size))

    def put_mask(self, key: str, mask: Mask) -> None:
        """Add or replace the mask of the photo `key`."""
        write_bytes(self._files / mask_name(clean_key(key)), encode_mask(mask, self.classes))

    def put_state(self, key: str, state: PhotoState) -> None:
        """Add or replace split, status and origin of the photo `key`."""
        write_text(self._files / state_name(clean_key(key)), state.model_dump_json(indent=1))

    def put_source(self, name: str, path: Path) -> None:
        """Keep an annotation file as it was imported, under `sources/<name>`."""
        copy_file(path, self._files / "sources" / clean_key(name))

    def set_classes(self, classes: ClassList) -> None:
        """Give the project another class list. Call it before `put_mask`: masks carry the colours."""
        self.new_classes = classes

    def put_file(self, name: str, data: bytes) -> None:
        """Add or replace any file of the project, by its path relative to the project."""
        write_bytes(self._files / clean_key(name), data)


def mask_name(key: str) -> str:
    """Return where the mask of the photo `key` lies, relative to the project.

    The photo's extension stays in the name, so that `a.jpg` and `a.png` do not share a mask.
    """
    return f"masks/{key}.png"


def state_name(key: str) -> str:
    """Return where the state of the photo `key` lies, relative to the project."""
    return f"masks/{key}.json"


@contextmanager
def staging_folder(project: Path) -> Iterator[Path]:
    """Give a new staging folder that is removed at the end, whatever happened; a lock marks it as alive.

    Raises SegStudioError when the project may not be written.
    """
    root = project / STAGING
    folder = root / uuid.uuid4().hex
    _make(root, project)
    try:
        with locked(_lock_of(folder)):  # before the folder, so that nobody takes it for a dead one
            try:
                _make(folder / _FILES, project)
                yield folder
            finally:
                if not (folder / _LIST).exists():
                    shutil.rmtree(folder, ignore_errors=True)
    finally:
        _tidy(folder)


def commit(project: Path, folder: Path) -> None:
    """Move everything staged in `folder` into place; from here on the change happens, even after a crash.

    Raises SegStudioError, with nothing moved, when a file would have to take the place of a folder.
    """
    files = folder / _FILES
    names = sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())
    for name in names:
        _check_free(project, name)
    write_text(folder / _LIST, json.dumps(names, ensure_ascii=False))
    _move(project, folder)


def has_staged(project: Path) -> bool:
    """Tell whether changes are under way, or were left by a process that died."""
    return (project / STAGING).is_dir()


def recover(project: Path, *, but: Path | None = None) -> None:
    """Finish committed changes whose process died, and throw away uncommitted ones (not the one staged in `but`).

    Call it while no other change is being put in place. Raises SegStudioError when one cannot be finished.
    """
    root = project / STAGING
    if not root.is_dir():
        return
    found = {path.with_suffix("") for path in root.iterdir() if path.is_dir() or path.suffix == _LOCKED}
    for folder in sorted(found - {but}):
        with ExitStack() as held:
            try:
                held.enter_context(locked(_lock_of(folder), timeout_s=0))
            except SegStudioError:
                continue  # its process is alive, or the project is read-only: not ours to touch
            if (folder / _LIST).exists():
                _move(project, folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        _tidy(folder)


def _make(folder: Path, project: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SegStudioError(
            f"the project may not be written ({error.strerror})",
            where=str(project),
            fix="Check its permissions",
        ) from error


def _check_free(project: Path, name: str) -> None:
    target = project / clean_key(name)
    if target.is_dir():
        raise SegStudioError("a folder stands where a file must go", where=str(target), fix="Move it away")
    for parent in target.relative_to(project).parents:
        if (project / parent).exists() and not (project / parent).is_dir():
            raise SegStudioError(
                "a file stands where a folder must go", where=str(project / parent), fix="Move it away"
            )


def _move(project: Path, folder: Path) -> None:
    names = json.loads((folder / _LIST).read_text(encoding="utf-8"))
    try:
        for name in names:
            staged, target = folder / _FILES / name, project / clean_key(name)
            if staged.exists():  # otherwise an earlier attempt has moved it
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
    except OSError as error:
        raise SegStudioError(
            f"a file of the project could not be replaced ({error.strerror})",
            where=str(error.filename or project),
            fix="Make it writable and open the project again: the change is kept and will be finished",
        ) from error
    shutil.rmtree(folder, ignore_errors=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(_LOCKED)


def _tidy(folder: Path) -> None:
    """Remove the lock of a folder that is gone, and the staging root when nothing is left in it."""
    if not folder.exists():
        _lock_of(folder).unlink(missing_ok=True)
    try:
        folder.parent.rmdir()
    except OSError:
        return  # another change is under way
