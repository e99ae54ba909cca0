"""A sealed ZIP file: its last member tells the SHA-256 of each of the others, so that it can prove that it is whole.

It is read back before it takes its name. Unpacking goes into a folder beside the place wanted, which gets its name once
every file has proved to be what the seal says.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.errors import SegStudioError
from segstudio.files import replacing, sync_folder
from segstudio.project.archive import check_space, checked_members
from segstudio.project.change import FileStamp, file_stamp
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard
from segstudio.project.times import file_time

SEAL = "segstudio-seal.json"
_MOST_SEAL_BYTES = 256 << 20
_MOST_BYTES = 16 << 40
_CHUNK = 1 << 20
_PACKED = frozenset({".png", ".jpg", ".jpeg", ".pt", ".zip", ".webp", ".mp4", ".safetensors", ".undo"})
"""What is compressed already is stored as it is."""

_HIDDEN = ".trash/"
"""The only folder of a project with such a name that is worth keeping; others steer what is done to it."""

_DAMAGED = "the ZIP file is damaged or cut off"
_AGAIN = "Take another copy of it, or make it again"


class SealedFile(BaseModel):
    """What a file must be: its SHA-256, its length and when it was written (ns)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size_bytes: int = Field(ge=0)
    written_ns: int = Field(0, ge=0)


class Seal(BaseModel):
    """What a sealed ZIP file is: a `backup` or a `pack` of the project `name`, made by `who` and `when` (ISO 8601).

    `told` says in words what is not in it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1] = 1
    kind: Literal["backup", "pack"]
    name: str = ""
    when: str = ""
    who: str = ""
    told: str = ""
    files: dict[str, SealedFile] = {}

    @property
    def size_bytes(self) -> int:
        """What all files take."""
        return sum(file.size_bytes for file in self.files.values())


@dataclass(frozen=True, slots=True)
class Member:
    """A file that goes in: its `name` there, and where it lies or its bytes; of a file that grows only `most_bytes`.

    `watched` is a file, and its stamp, that must still be there when all is written.
    """

    name: str
    content: Path | bytes
    most_bytes: int | None = None
    watched: tuple[Path, FileStamp | None] | None = None


def write_sealed(
    target: Path,
    members: Sequence[Member],
    seal: Seal,
    *,
    replace: bool = False,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Seal:
    """Write a ZIP file of these members at `target`, whole or not at all, read it back and compare; returns its seal.

    With `replace` a file that is there goes once the new one is whole. `progress` gets bytes done and their total. Raises
    SegStudioError when something is there already, a file cannot be read or was changed meanwhile, the disk refuses or
    gives back something else than was written, and WorkStopped when `cancelled` says so.
    """
    if target.exists() and not replace:
        raise SegStudioError("there is a file of this name", where=str(target), fix="Choose another name")
    total = 2 * sum(_length(member) for member in members)
    done = _Counter(progress, cancelled, total)
    with replacing(target) as stream:
        files = {}
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as writing:
            for member in members:
                files[member.name] = _add(writing, member, done)
            seal = seal.model_copy(update={"files": files})
            writing.writestr(SEAL, seal.model_dump_json(indent=1))
        stream.flush()
        os.fsync(stream.fileno())
        stream.seek(0)
        with _reading(target), zipfile.ZipFile(stream) as reading:
            infos = {info.filename: info for info in reading.infolist()}
            for name, file in seal.files.items():
                _hash(reading, infos[name], name, file, done)
        _check_unchanged(members)
    return seal


def _check_unchanged(members: Sequence[Member]) -> None:
    for member in members:
        if member.watched is not None and file_stamp(member.watched[0]) != member.watched[1]:
            raise SegStudioError(
                "somebody has changed the project while it was read, and it is not known what belongs together",
                where=str(member.watched[0]),
                fix="Do it again in a moment, or on a computer that may write there: it waits for nobody then",
            )


def read_seal(archive: Path) -> Seal:
    """Return the seal of a ZIP file; raises SegStudioError when it has none or is damaged. The files are not looked at."""
    with _opened(archive) as (_, seal, _members):
        return seal


def verify(archive: Path, *, progress: Progress = unheard, cancelled: Cancelled = never) -> Seal:
    """Compare every file in a sealed ZIP file with its seal; raises SegStudioError at the first that is another."""
    with _opened(archive) as (reading, seal, members):
        done = _Counter(progress, cancelled, seal.size_bytes)
        for name, info in members.items():
            _hash(reading, info, name, seal.files[name], done)
    return seal


def unpack_sealed(
    archive: Path,
    folder: Path,
    *,
    check: Callable[[Path], object] = lambda _: None,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Seal:
    """Unpack a sealed ZIP file as `folder`, which must not be there or be empty, whole or not at all; returns its seal.

    `check` looks at what was unpacked before it gets its name, and raises when it is not what is wanted. Raises
    SegStudioError when the ZIP file is not safe or not what its seal says, and WorkStopped when `cancelled` says so.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SegStudioError("there is something already", where=str(folder), fix="Choose another folder")
    with _opened(archive) as (reading, seal, members):
        done = _Counter(progress, cancelled, seal.size_bytes)
        with _landing(folder) as landing:
            check_space(
                [(info, PurePosixPath(name)) for name, info in members.items()],
                archive,
                landing,
                most_bytes=_MOST_BYTES,
            )
            for name, info in members.items():
                _extract(reading, info, landing / name, seal.files[name], done)
            check(landing)
            for below, _, _ in os.walk(landing):
                sync_folder(Path(below))
            if folder.exists():
                folder.rmdir()  # empty, or it was filled meanwhile and this is refused
            landing.rename(folder)
            sync_folder(folder.parent)
    return seal


class _Counter:
    """Bytes done so far, told and stopped between two pieces."""

    def __init__(self, progress: Progress, cancelled: Cancelled, total: int) -> None:
        self._progress, self._cancelled, self._total, self._done = progress, cancelled, total, 0

    def add(self, size: int) -> None:
        check_cancelled(self._cancelled)
        self._done += size
        self._progress(self._done, max(self._total, self._done))


def _length(member: Member) -> int:
    if isinstance(member.content, bytes):
        return len(member.content)
    with suppress(OSError):
        return member.content.stat().st_size
    return 0


def _add(writing: zipfile.ZipFile, member: Member, done: _Counter) -> SealedFile:
    digest, size = hashlib.sha256(), 0
    try:
        with _source(member) as (source, written_ns):
            when = file_time(written_ns) if written_ns else datetime.now()
            year = min(
                max(when.year, 1980), 2107
            )  # a ZIP file tells no others; the seal tells the time itself
            info = zipfile.ZipInfo(member.name, (year, *when.timetuple()[1:6]))
            is_packed = PurePosixPath(member.name).suffix.lower() in _PACKED
            info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with writing.open(info, "w", force_zip64=True) as target:
                while chunk := source.read(_left(member, size)):
                    target.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                    done.add(len(chunk))
    except UnicodeEncodeError as error:
        raise SegStudioError(
            "the file has a name that a ZIP file cannot hold", where=ascii(member.name), fix="Rename it"
        ) from error
    except OSError as error:
        if isinstance(member.content, Path) and error.filename == str(member.content):
            raise SegStudioError(
                f"the file cannot be read ({error.strerror or error})", where=str(member.content)
            ) from error
        raise
    return SealedFile(sha256=digest.hexdigest(), size_bytes=size, written_ns=max(written_ns, 0))


def _left(member: Member, size: int) -> int:
    return _CHUNK if member.most_bytes is None else min(_CHUNK, member.most_bytes - size)


@contextmanager
def _source(member: Member) -> Iterator[tuple[BinaryIO, int]]:
    if isinstance(member.content, bytes):
        yield io.BytesIO(member.content), 0
        return
    with member.content.open("rb") as stream:
        yield stream, os.fstat(stream.fileno()).st_mtime_ns


@contextmanager
def _reading(archive: Path) -> Iterator[None]:
    """Say what is wrong with a ZIP file, instead of how the reading failed."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError) as error:
        raise SegStudioError(_DAMAGED, where=archive.name, fix=_AGAIN) from error
    except (NotImplementedError, RuntimeError) as error:
        raise SegStudioError(
            "the ZIP file is packed in an unusual way", where=archive.name, fix="Use it as it was made"
        ) from error
    except FileNotFoundError as error:
        raise SegStudioError("there is no such file", where=str(archive)) from error
    except OSError as error:
        raise SegStudioError(
            f"it cannot be read or unpacked ({error.strerror or error})", where=str(error.filename or archive)
        ) from error


@contextmanager
def _opened(archive: Path) -> Iterator[tuple[zipfile.ZipFile, Seal, Mapping[str, zipfile.ZipInfo]]]:
    """Open a sealed ZIP file whose members are safe, and are those of its seal."""
    with _reading(archive), zipfile.ZipFile(archive) as reading:
        found = {str(path): info for info, path in checked_members(reading.infolist(), archive)}
        seal = _read_seal(reading, found.pop(SEAL, None), archive)
        _check_names(found, seal, archive)
        yield reading, seal, found


def _read_seal(reading: zipfile.ZipFile, info: zipfile.ZipInfo | None, archive: Path) -> Seal:
    if info is None or info.file_size > _MOST_SEAL_BYTES:
        raise SegStudioError(
            "this ZIP file is no backup and no pack of SegStudio",
            where=archive.name,
            fix="Annotations and photos in a ZIP file come in with Import",
        )
    try:
        with reading.open(info) as stream:
            return Seal.model_validate_json(stream.read(_MOST_SEAL_BYTES))
    except (ValidationError, RecursionError) as error:
        raise SegStudioError(
            "the list of what the ZIP file holds cannot be read: it is damaged, or of a newer SegStudio",
            where=archive.name,
            fix=_AGAIN,
        ) from error


def _check_names(found: Mapping[str, zipfile.ZipInfo], seal: Seal, archive: Path) -> None:
    """Refuse what the seal does not name, or names and is not there; and a file where another one needs a folder."""
    hidden = {name for name in found if name.startswith(".") and not name.startswith(_HIDDEN)}
    missing = sorted(set(seal.files) - set(found))
    strange = sorted(hidden | (set(found) - set(seal.files)))
    if missing or strange:
        name = (missing or strange)[0]
        what = "is missing from" if missing else "does not belong in"
        raise SegStudioError(f'"{name[:120]}" {what} the ZIP file', where=archive.name, fix=_AGAIN)
    names = {name.casefold() for name in found}
    for name in found:
        above = next((str(p) for p in PurePosixPath(name).parents if str(p).casefold() in names), None)
        if above is not None:
            raise SegStudioError(
                f'the ZIP file holds "{above[:120]}" as a file and as a folder',
                where=archive.name,
                fix=_AGAIN,
            )


def _hash(
    reading: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, file: SealedFile, done: _Counter
) -> None:
    for _ in _checked(reading, info, name, file, done):
        pass


def _checked(
    reading: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, file: SealedFile, done: _Counter
) -> Iterator[bytes]:
    """Yield a member's bytes, and raise at their end when they are not those of the seal."""
    digest, size = hashlib.sha256(), 0
    with reading.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > file.size_bytes:
                break
            digest.update(chunk)
            done.add(len(chunk))
            yield chunk
    if size != file.size_bytes or digest.hexdigest() != file.sha256:
        raise SegStudioError(f'"{name}" in the ZIP file is not what was put into it', fix=_AGAIN)


def _extract(
    reading: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, file: SealedFile, done: _Counter
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as writing:
        for chunk in _checked(reading, info, str(info.filename), file, done):
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    if file.written_ns:
        with suppress(OSError, OverflowError):
            os.utime(target, ns=(file.written_ns, file.written_ns))


@contextmanager
def _landing(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder`, and remove it at the end where it still has its first name."""
    landing = folder.with_name(f".{folder.name[:40]}.{uuid.uuid4().hex[:12]}.part")
    try:
        landing.mkdir(parents=True)
    except OSError as error:
        raise SegStudioError(
            f"nothing can be written there ({error.strerror or error})",
            where=str(folder.parent),
            fix="Choose another place",
        ) from error
    try:
        yield landing
    finally:
        shutil.rmtree(landing, ignore_errors=True)
