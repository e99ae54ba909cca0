"""Where an export goes: a folder or a ZIP file, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from segstudio.errors import SegStudioError

_TEXTS = frozenset({".xml", ".json", ".txt", ".yaml"})
_AT_ONCE = 1 << 20


class Target(Protocol):
    """What an export is written to; names have forward slashes. All of it may be called from several threads."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file."""
        ...

    def copy(self, name: str, path: Path) -> None:
        """Copy a file."""
        ...

    def gather(self, name: str, parts: list[IO[bytes]]) -> None:
        """Write a file of what was written to `scratch` files, one after the other."""
        ...

    def scratch(self) -> IO[bytes]:
        """Return a file for what goes into another one later; it is gone when it is closed, or the target ends."""
        ...


@contextmanager
def target_at(path: Path) -> Iterator[Target]:
    """Give a target that becomes `path` when the block ends well: a ZIP file if it is called so, else a folder.

    Raises SegStudioError when something is there already, or the file system refuses. On any error nothing is left.
    """
    check_free(path)
    path = path.resolve()
    made = _missing_above(path)
    # What goes into a folder that is there waits in it: it may be the root of another disk, or somebody's working folder.
    beside = path if path.is_dir() else path.parent
    waiting = beside / f".{path.name[:40]}.{secrets.token_hex(4)}.part"
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with ExitStack() as still_open:
            if is_zip(path):
                archive = still_open.enter_context(zipfile.ZipFile(waiting, "x", zipfile.ZIP_STORED))
                yield _ZipTarget(archive, beside, still_open)
            else:
                waiting.mkdir()
                yield _FolderTarget(waiting, still_open)
        check_free(path, but=waiting)
        if beside == path:
            _move_up(waiting)
        else:
            waiting.replace(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            _remove_tree(waiting)
        if not path.exists():
            for folder in made:
                with contextlib.suppress(OSError):
                    folder.rmdir()


@contextmanager
def nowhere() -> Iterator[Target]:
    """Give a target of which nothing stays."""
    with ExitStack() as still_open:
        yield _Nowhere(still_open)


def is_zip(path: Path) -> bool:
    """Tell whether a ZIP file is meant."""
    return path.suffix.lower() == ".zip"


def check_free(path: Path, *, but: Path | None = None) -> None:
    """Raise SegStudioError unless `path` is new, or a folder with nothing in it `but` one thing, where a folder is meant."""
    try:
        if not path.exists():
            return
        if path.is_file() or is_zip(path):
            raise SegStudioError(
                "there is already a file of that name", where=str(path), fix="Choose another name"
            )
        taken = any(one != but for one in path.iterdir())
    except OSError as error:
        raise _refused(path, error) from error
    if taken:
        raise SegStudioError(
            "the folder is not empty", where=str(path), fix="Choose a new or an empty folder"
        )


def _move_up(folder: Path) -> None:
    """Move all that is in a folder to beside it, or nothing."""
    moved: list[Path] = []
    try:
        for one in sorted(folder.iterdir()):
            place = folder.parent / one.name
            one.replace(place)
            moved.append(place)
    except OSError:
        for one in moved:
            _remove_tree(one)
        raise


def _remove_tree(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class _FolderTarget:
    def __init__(self, folder: Path, still_open: ExitStack) -> None:
        self._folder = folder
        self._still_open = still_open

    def put(self, name: str, content: bytes) -> None:
        self._place(name).write_bytes(content)

    def copy(self, name: str, path: Path) -> None:
        shutil.copyfile(path, self._place(name))

    def gather(self, name: str, parts: list[IO[bytes]]) -> None:
        with self._place(name).open("wb") as stream:
            _pour(parts, stream)

    def scratch(self) -> IO[bytes]:
        return self._still_open.enter_context(tempfile.TemporaryFile(dir=self._folder))

    def _place(self, name: str) -> Path:
        place = self._folder / PurePosixPath(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


class _ZipTarget:
    """Texts are compressed; photos and masks are already. One thread writes at a time."""

    def __init__(self, archive: zipfile.ZipFile, beside: Path, still_open: ExitStack) -> None:
        self._archive = archive
        self._beside = beside
        self._still_open = still_open
        self._lock = threading.Lock()

    def put(self, name: str, content: bytes) -> None:
        with self._lock:
            self._archive.writestr(name, content, compress_type=_compression(name))

    def copy(self, name: str, path: Path) -> None:
        with self._lock:
            self._archive.write(path, name, compress_type=_compression(name))

    def gather(self, name: str, parts: list[IO[bytes]]) -> None:
        told = zipfile.ZipInfo(name, time.localtime()[:6])
        told.compress_type, told.external_attr = _compression(name), 0o644 << 16
        with self._lock, self._archive.open(told, "w", force_zip64=True) as stream:
            _pour(parts, stream)

    def scratch(self) -> IO[bytes]:
        return self._still_open.enter_context(tempfile.TemporaryFile(dir=self._beside))


class _Nowhere:
    def __init__(self, still_open: ExitStack) -> None:
        self._still_open = still_open

    def put(self, name: str, content: bytes) -> None:
        """Keep nothing."""

    def copy(self, name: str, path: Path) -> None:
        """Keep nothing."""

    def gather(self, name: str, parts: list[IO[bytes]]) -> None:
        """Keep nothing."""

    def scratch(self) -> IO[bytes]:
        return self._still_open.enter_context(Path(os.devnull).open("wb"))


def _compression(name: str) -> int:
    return zipfile.ZIP_DEFLATED if PurePosixPath(name).suffix.lower() in _TEXTS else zipfile.ZIP_STORED


def _pour(parts: list[IO[bytes]], stream: IO[bytes]) -> None:
    for part in parts:
        part.seek(0)
        shutil.copyfileobj(part, stream, _AT_ONCE)


def _missing_above(path: Path) -> list[Path]:
    """Return the folders above `path` that do not exist, the innermost first."""
    missing = []
    for above in path.parents:
        if above.exists():
            break
        missing.append(above)
    return missing


def _refused(path: Path, error: OSError) -> SegStudioError:
    return SegStudioError(
        f"the export could not be written ({error.strerror or error})",
        where=str(path),
        fix="Check that the folder is writable and has space left; nothing was written",
    )
