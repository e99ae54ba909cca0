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

from segstudio.errors import SegStudioError, told_of
from segstudio.files import open_ordinary, replacing, sync_folder
from segstudio.project.archive import check_space, checked_members, is_too_tight
from segstudio.project.change import FileStamp, file_stamp
from segstudio.project.sealed_names import AGAIN, SEAL, belongs, check_names
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard
from segstudio.project.times import file_time

_MOST_SEAL_BYTES = 256 << 20
_MOST_SEAL_BYTES_A_FILE = 1 << 10
_MOST_BYTES = 16 << 40
_CHUNK = 1 << 20
_PACKED = frozenset({".png", ".jpg", ".jpeg", ".pt", ".zip", ".webp", ".mp4", ".safetensors", ".undo"})
"""What is compressed already is stored as it is."""

_DAMAGED = "the ZIP file is damaged or cut off"


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
    gives back something else than was written, or `unpack_sealed` would refuse it; WorkStopped when `cancelled` says so.
    """
    if target.exists() and not replace:
        raise SegStudioError("there is a file of this name", where=str(target), fix="Choose another name")
    total = 2 * sum(_length(member) for member in members)
    done = _Counter(progress, cancelled, total)
    with replacing(target) as stream:
        sealed = _write(stream, members, seal, done)
        if is_too_tight(sealed.size_bytes, stream.tell()):  # no bomb, but `restore` would take it for one
            stream.seek(0)
            stream.truncate()
            sealed = _write(stream, members, seal, done, packed=False)
        stream.flush()
        os.fsync(stream.fileno())
        stream.seek(0)
        with _reading(target), zipfile.ZipFile(stream) as reading:
            seen, infos = _contents(reading, target)
            if seen.files != sealed.files:
                name = min(set(sealed.files) ^ set(seen.files))
                raise SegStudioError(
                    f'"{name[:120]}" could not be taken out of the ZIP file again', fix="Rename it"
                )
            for name, file in sealed.files.items():
                _hash(reading, infos[name], name, file, done)
        _check_unchanged(members)
    return sealed


def _write(
    stream: BinaryIO, members: Sequence[Member], seal: Seal, done: _Counter, *, packed: bool = True
) -> Seal:
    files = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as writing:
        for member in members:
            files[member.name] = _add(writing, member, done, packed=packed)
        sealed = seal.model_copy(update={"files": files})
        writing.writestr(SEAL, sealed.model_dump_json(indent=1))
    return sealed


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
    landing = folder.with_name(f".{folder.name[:40]}.{uuid.uuid4().hex[:12]}.part")
    with (
        told_of(landing, folder),
        _opened(archive) as (reading, seal, members),
        _made(landing, folder.parent),
    ):
        done = _Counter(progress, cancelled, seal.size_bytes)
        check_space(
            [(info, PurePosixPath(name)) for name, info in members.items()],
            archive,
            landing,
            most_bytes=_MOST_BYTES,
            fix="Make room there, or choose another place",
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


def _add(writing: zipfile.ZipFile, member: Member, done: _Counter, *, packed: bool) -> SealedFile:
    digest, size = hashlib.sha256(), 0
    try:
        with _source(member) as (source, written_ns):
            when = file_time(written_ns) if written_ns else datetime.now()
            year = min(
                max(when.year, 1980), 2107
            )  # a ZIP file tells no others; the seal tells the time itself
            info = zipfile.ZipInfo(member.name, (year, *when.timetuple()[1:6]))
            is_packed = not packed or PurePosixPath(member.name).suffix.lower() in _PACKED
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
    with open_ordinary(member.content) as stream:
        yield stream, os.fstat(stream.fileno()).st_mtime_ns


@contextmanager
def _reading(archive: Path) -> Iterator[None]:
    """Say what is wrong with a ZIP file, instead of how the reading failed."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError) as error:
        raise SegStudioError(_DAMAGED, where=archive.name, fix=AGAIN) from error
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
        seal, found = _contents(reading, archive)
        yield reading, seal, found


def _contents(reading: zipfile.ZipFile, archive: Path) -> tuple[Seal, dict[str, zipfile.ZipInfo]]:
    """Return a seal and the members that it names, both without what would steer the program that unpacks them."""
    infos = reading.infolist()
    found = {str(path): info for info, path in checked_members(infos, archive, sealed=True)}
    most = _MOST_SEAL_BYTES + _MOST_SEAL_BYTES_A_FILE * len(infos)
    seal = _read_seal(reading, found.pop(SEAL, None), archive, most)
    check_names(found, seal.files, archive)
    files = {name: file for name, file in seal.files.items() if belongs(name)}
    return seal.model_copy(update={"files": files}), {name: found[name] for name in files}


def _read_seal(reading: zipfile.ZipFile, info: zipfile.ZipInfo | None, archive: Path, most: int) -> Seal:
    if info is None or info.file_size > most:
        raise SegStudioError(
            "this ZIP file is no backup and no pack of SegStudio",
            where=archive.name,
            fix="Annotations and photos in a ZIP file come in with Import",
        )
    try:
        with reading.open(info) as stream:
            return Seal.model_validate_json(stream.read(most))
    except (ValidationError, RecursionError) as error:
        raise SegStudioError(
            "the list of what the ZIP file holds cannot be read: it is damaged, or of a newer SegStudio",
            where=archive.name,
            fix=AGAIN,
        ) from error


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
        raise SegStudioError(f'"{name}" in the ZIP file is not what was put into it', fix=AGAIN)


def _extract(
    reading: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, file: SealedFile, done: _Counter
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise SegStudioError(
            f'"{info.filename}" and another file differ in capitals or accents alone, which this disk cannot tell apart',
            where=str(target.parent),
            fix="Restore it to a disk that can, as on Linux, and rename one of them there",
        )
    with target.open("xb") as writing:
        for chunk in _checked(reading, info, str(info.filename), file, done):
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    if file.written_ns:
        with suppress(OSError, OverflowError):
            os.utime(target, ns=(file.written_ns, file.written_ns))


@contextmanager
def _made(landing: Path, place: Path) -> Iterator[None]:
    """Make a new folder in `place`, and remove it at the end where it still has its first name."""
    try:
        landing.mkdir(parents=True)
    except OSError as error:
        raise SegStudioError(
            f"nothing can be written there ({error.strerror or error})",
            where=str(place),
            fix="Choose another place",
        ) from error
    try:
        yield
    finally:
        shutil.rmtree(landing, ignore_errors=True)
