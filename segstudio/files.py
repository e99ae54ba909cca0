"""The only code that replaces a user's file, and the only locks."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from segstudio.errors import SegStudioError

RECORD_BYTES = 128 << 20
"""No record of a project is larger: a merge of 200,000 photos takes 90 MB."""

_MOST_VALUES = 4_000_000
"""No record holds more. Each takes a hundred bytes of memory, though two suffice to tell one."""

_NAME_LENGTH = 20
_PART = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.part", re.DOTALL)
"""What `replacing` calls a temporary file: the random part is of `tempfile`."""


@contextmanager
def replacing(path: Path, *, settle: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path` for writing; when the block ends well it takes `path`'s place.

    The bytes are flushed to the disk before the replacement, the old file's permissions are kept, and when
    anything fails the old file stays as it was and the temporary file is removed. Parent folders are made.
    Without `settle` a power cut may take the replacement back until `sync_folder` is called: for many files at once.
    Raises SegStudioError when the file system refuses, and for what is neither missing nor a file, such as a device.
    """
    _refuse_special(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(
            prefix=f".{path.name[:_NAME_LENGTH]}.", suffix=".part", dir=path.parent
        )
    except OSError as error:
        raise _refused(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as stream:  # who wants to be sure reads it back
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _copy_permissions(path, temporary)
        temporary.replace(path)
        if settle:
            sync_folder(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def to_be_replaced(part: str) -> str | None:
    """Return which file, of the first twenty characters of its name, a temporary file of `replacing` is for; None for the
    name of any other file.
    """
    found = _PART.fullmatch(part)
    return found[1] if found and len(found[1]) <= _NAME_LENGTH else None


def sync_file(path: Path) -> None:
    """Let the bytes of a file outlive a power cut; raises OSError when the file system refuses."""
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Let what was made, replaced and removed in a folder outlive a power cut, where the system can do that."""
    if os.name == "nt":
        return  # Windows opens no folder for that; NTFS keeps such changes in order by itself
    with contextlib.suppress(OSError):  # some network drives know no such thing
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_bytes(path: Path, data: bytes, *, settle: bool = True) -> None:
    """Replace `path` with `data`, whole or not at all; `settle` as in `replacing`."""
    with replacing(path, settle=settle) as stream:
        stream.write(data)


def make_below(folder: Path, within: Path) -> None:
    """Make a folder and its parents below `within`, which must be there: never that one itself.

    Raises OSError when the file system refuses.
    """
    for part in reversed((folder, *folder.parents)):
        if part != within and part.is_relative_to(within):
            part.mkdir(exist_ok=True)


def write_new(path: Path, data: bytes, *, within: Path, settle: bool = True) -> None:
    """Write a file that nobody reads before all is written, such as one that is staged; what bore the name is gone.

    The bytes are flushed to the disk, unless without `settle`: for what can be done without after a power cut. It may
    take the name back until `sync_folder` is called. Parent folders are made below `within`. Raises SegStudioError when the file system refuses.
    """
    try:
        try:
            stream = _opened_anew(path)  # never written into: it may be another name of a file that stays
        except FileNotFoundError:
            make_below(path.parent, within)
            stream = path.open("xb")
        with stream:
            stream.write(data)
            stream.flush()
            if settle:
                os.fsync(stream.fileno())
    except OSError as error:
        raise _refused(path, error) from error


def note_part(path: Path) -> Path:
    """Return what `write_note` writes before it takes the place of `path`: a folder that goes away may keep it."""
    return path.with_name(f"{path.name}.part")


def write_note(path: Path, data: bytes) -> None:
    """Replace a small file that has one writer, without waiting for the disk: for what says who is here, and is worth
    nothing after a power cut. Whoever reads it finds the old one or the new one. Its folder must be there.

    Raises OSError when the file system refuses.
    """
    temporary = note_part(path)
    try:
        with _opened_anew(temporary) as stream:
            stream.write(data)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _opened_anew(path: Path) -> BinaryIO:
    """Open a file that nobody else has for writing: what bore the name, perhaps a link, is gone and not written into."""
    try:
        return path.open("xb")
    except FileExistsError:
        path.unlink()
        return path.open("xb")


def write_text(path: Path, text: str, *, settle: bool = True) -> None:
    """Replace `path` with `text` in UTF-8, whole or not at all; `settle` as in `replacing`."""
    write_bytes(path, text.encode("utf-8"), settle=settle)


def copy_file(source: Path, target: Path, *, settle: bool = True) -> None:
    """Copy `source` over `target`, whole or not at all; raises SegStudioError when either refuses.

    `settle` as in `replacing`.
    """
    try:
        reading = open_ordinary(source)
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror or error})", where=str(source)
        ) from error
    with reading, replacing(target, settle=settle) as writing:
        shutil.copyfileobj(reading, writing, length=1 << 20)


@contextmanager
def locked(path: Path, *, timeout_s: float = 10.0) -> Iterator[None]:
    """Hold the advisory lock file `path` (made when missing) while the block runs.

    Raises SegStudioError when another process holds it for longer than `timeout_s` seconds.
    """
    lock = FileLock(path, timeout=timeout_s, mode=_new_mode())
    try:
        lock.acquire()
    except Timeout as error:
        raise SegStudioError(
            "another SegStudio is writing here",
            where=str(path.parent),
            fix="Wait for it to end, then try again",
        ) from error
    except OSError as error:
        raise _refused(path, error) from error
    try:
        yield
    finally:
        lock.release()


def hold(path: Path) -> Callable[[], None] | None:
    """Take the lock file `path` (made when missing) and keep it; None when somebody else has it.

    The function returned lets go of it, in any thread, and removes the file, unless it holds something: then it is
    somebody's, and only called like a lock. The lock of a dead process does not hold. Raises SegStudioError when the
    file system refuses, or its folder is not there.
    """
    lock = FileLock(path, timeout=0, thread_local=False, mode=_new_mode())
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise _refused(path, error) from error
    held = _identity(path)

    def let_go() -> None:
        if lock.is_locked:
            with contextlib.suppress(OSError):  # Windows removes no file that is open
                # and not that of somebody who has taken the name
                if _identity(path) == held and not path.stat().st_size:
                    path.unlink(missing_ok=True)  # while it is held: who takes it notices that it is gone
            lock.release()

    return let_go


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _refuse_special(path: Path) -> None:
    """Leave devices and pipes alone: a file in their place would break what others do with them."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise SegStudioError(
            "this is no ordinary file, and is left as it is", where=str(path), fix="Name another file"
        )


def _copy_permissions(old: Path, new: Path) -> None:
    try:
        mode = old.stat().st_mode & 0o7777
    except FileNotFoundError:
        mode = _new_mode()
    new.chmod(mode)


def _new_mode() -> int:
    """Return the permissions of a new file: where a group shares a folder, all of it may take a lock that was left."""
    return 0o666 & ~_UMASK


def _read_umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


# Read once at import: the only way to read it is to set it, which is not safe beside other threads.
_UMASK = _read_umask()


def _refused(path: Path, error: OSError) -> SegStudioError:
    if error.errno == errno.ELOOP:
        return SegStudioError(
            "a link stands where a file must go, and is not followed", where=str(path), fix="Remove the link"
        )
    reason = error.strerror or str(error)
    return SegStudioError(
        f"could not be written ({reason})",
        where=str(path),
        fix="Check that the folder is writable and has space left; what was there before is unchanged",
    )


def open_ordinary(path: Path) -> BufferedReader:
    """Open a file for reading that somebody else may have put there: whatever it is, nobody waits for it.

    Raises OSError as `open` does, and for a pipe, a device or a socket, which is not even touched: to open one can
    have effects of its own.
    """
    _check_ordinary(path, path.stat())
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check_ordinary(path, os.fstat(descriptor))  # another may have taken its place
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_small(path: Path, *, most_bytes: int = RECORD_BYTES) -> bytes:
    """Return what a file holds that somebody else may have put there.

    Raises OSError as `open_ordinary` does, and for a file of more than `most_bytes`, before any of it is read.
    """
    with open_ordinary(path) as stream:
        if os.fstat(stream.fileno()).st_size > most_bytes:
            raise _too_large(path)
        return stream.read()


def read_json(path: Path, *, most_bytes: int = RECORD_BYTES) -> bytes:
    """Return the JSON in a file that somebody else may have put there.

    Raises OSError as `read_small` does, and for what holds so many values that reading it would take the memory.
    """
    data = read_small(path, most_bytes=most_bytes)
    if sum(map(data.count, (b",", b"[", b"{"))) > _MOST_VALUES:
        raise _too_large(path)
    return data


def _check_ordinary(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))


def _too_large(path: Path) -> OSError:
    return OSError(errno.EFBIG, "it is far too large", str(path))


def is_file(path: Path) -> bool:
    """Tell whether a file is there: none is where no file can be called so, or nobody may look."""
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file raises then)


def is_link(path: Path) -> bool:
    """Tell whether a path is a link, or a junction of Windows; what is not there, or cannot be looked at, is none."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return False
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(found.st_mode) or (
        junction is not None and getattr(found, "st_reparse_tag", 0) == junction
    )
