"""What an export is written to: a folder, a ZIP file, or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

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
    """Give a target at a new `path`: a ZIP file if it is called so, else a folder; raises OSError.

    What an error leaves there is for the caller to remove.
    """
    with ExitStack() as still_open:
        if is_zip(path):
            archive = still_open.enter_context(zipfile.ZipFile(path, "x", zipfile.ZIP_STORED))
            yield _ZipTarget(archive, path.parent, still_open)
        else:
            path.mkdir()
            yield _FolderTarget(path, still_open)


@contextmanager
def nowhere() -> Iterator[Target]:
    """Give a target of which nothing stays."""
    with ExitStack() as still_open:
        yield _Nowhere(still_open)


def is_zip(path: Path) -> bool:
    """Tell whether a ZIP file is meant."""
    return path.suffix.lower() == ".zip"


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
