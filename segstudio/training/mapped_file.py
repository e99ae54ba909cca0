"""A temporary file that several processes map into memory, and those that dead trainings have left."""

from __future__ import annotations

import contextlib
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import hold

_PREFIX, _SUFFIX = "segstudio-photos-", ".bytes"
_MEGABYTE = 1_000_000
_BLOCK = 1 << 24


class MappedFile:
    """A temporary file of `size` bytes, held by this process until it is removed; whoever has mapped it keeps its memory.

    What was left by trainings that were killed is removed first: gigabytes each. Raises SegStudioError where the disk
    has no room.
    """

    def __init__(self, size: int) -> None:
        folder = Path(tempfile.gettempdir())
        _remove_left_over(folder)
        self.path, self._let_go = _place(folder)
        try:
            with self.path.open("xb") as stream:
                # Bytes that are really there: a hole in a full disk would end the process when it is written through a mapping.
                for start in range(0, size, _BLOCK):
                    stream.write(bytes(min(_BLOCK, size - start)))
        except OSError as error:
            self.remove()
            raise SegStudioError(
                f"there is no room for {-(-size // _MEGABYTE)} MB of decoded photos ({error.strerror})",
                where=str(folder),
                fix="Lower cache_mb, set TMPDIR to a roomier folder, or use --set workers=0",
            ) from error

    def remove(self) -> None:
        """Remove it; where another process maps it, Windows leaves that to the next training."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._let_go()


def _place(folder: Path) -> tuple[Path, Callable[[], None]]:
    """Return a name that nobody has, and what lets go of its lock."""
    while True:
        path = folder / f"{_PREFIX}{uuid.uuid4().hex}{_SUFFIX}"
        if let_go := hold(_lock_of(path)):  # before the file is there: one that nobody holds is left over
            return path, let_go


def _remove_left_over(folder: Path) -> None:
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(SegStudioError):  # such as another person's
            if let_go := hold(_lock_of(path)):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
                let_go()


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")
