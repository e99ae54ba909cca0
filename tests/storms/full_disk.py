"""A small disk of its own that can be filled, and that can become one which may only be read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_FILLER = "filler"


class Disk:
    """A file system in memory. `folder` is where it is mounted."""

    def __init__(self, folder: Path, beside: Path) -> None:
        self.folder, self._beside = folder, beside

    @property
    def left_bytes(self) -> int:
        """How much can still be written."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, left_bytes: int) -> None:
        """Leave room for so much, and no more."""
        self.make_room()
        with (self.folder / _FILLER).open("wb") as stream:
            filled = 0
            while (more := self.left_bytes - left_bytes) > 0:
                with suppress(OSError):  # somebody has written meanwhile
                    os.posix_fallocate(stream.fileno(), filled, more)
                    filled += more

    def make_room(self) -> None:
        """Take away what fills it."""
        (self.folder / _FILLER).unlink(missing_ok=True)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let it be one that may only be read while the block runs; files that are open stay so.

        Nobody may have a file open for writing where that is done: so it is done beside it.
        """
        self._beside.mkdir(exist_ok=True)
        _do("mount", "--bind", self.folder, self._beside)
        _do("mount", "-o", "remount,ro,bind", self._beside)
        _do("mount", "--bind", self._beside, self.folder)
        try:
            yield
        finally:
            _do("umount", "-l", self.folder)
            _do("umount", "-l", self._beside)


@contextmanager
def small_disk(place: Path, *, megabytes: int) -> Iterator[Disk]:
    """Give a disk of that size; the test is skipped where nobody may mount one."""
    folder = place / "disk"
    folder.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(words, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("nobody may mount a disk here")
    try:
        yield Disk(folder, place / "beside")
    finally:
        _do("umount", "-l", folder)


def _do(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True)
