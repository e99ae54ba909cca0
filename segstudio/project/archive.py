"""ZIP files from strangers: everything is checked before anything is written, and nothing leaves its folder."""

from __future__ import annotations

import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError

MAX_MEMBERS = 200_000
MAX_BYTES = 64 << 30
MAX_RATIO = 200
"""An archive larger than `RATIO_FREE_BYTES` may not unpack to more than this many times its own size."""

RATIO_FREE_BYTES = 256 << 20

_ENCRYPTED = 0x1
_CHUNK = 1 << 20


def unpack(
    archive: Path,
    folder: Path,
    wanted: Callable[[PurePosixPath], bool],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write the members of a ZIP file whose path is `wanted` below `folder`; return where they lie.

    Raises SegStudioError, before anything is written, for a member that would leave the folder, is a link,
    encrypted or there twice, and for an archive with too many members or too much in it; later when a member
    is damaged or the disk is full. `progress` gets the members done and their number.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = checked_members(opened.infolist(), archive)
            check_space(members, archive, folder)
            chosen = [(info, path) for info, path in members if wanted(path)]
            found = []
            for done, (info, path) in enumerate(chosen, start=1):
                found.append(_extract(opened, info, folder / path))
                if progress is not None:
                    progress(done, len(chosen))
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise _refused(
            archive, "the ZIP file is damaged or cut off", "Download or export it again"
        ) from error
    except NotImplementedError as error:
        raise _refused(
            archive, "the ZIP file is packed in an unusual way", "Pack it again as ordinary ZIP"
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise _refused(
            archive, f"the ZIP file cannot be unpacked ({reason})", "Check the disk and the file"
        ) from error


def safe_member(name: str) -> PurePosixPath | None:
    """Return a member's name as a relative path, or None when it would leave the folder it is unpacked into."""
    text = name.replace("\\", "/")
    path = PurePosixPath(text)
    leaves = path.is_absolute() or ".." in path.parts or any(":" in part for part in path.parts[:1])
    return None if leaves or "\x00" in text or not path.parts else path


def folded(name: str) -> str:
    """Return what two names have in common that some file systems take for one."""
    return unicodedata.normalize("NFC", name).casefold()


def checked_members(
    infos: Sequence[zipfile.ZipInfo], archive: Path, *, sealed: bool = False
) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Return the files of a ZIP file and where they go; raises SegStudioError as `unpack` does before it writes.

    One that is `sealed` holds what a file system held: any number of files, and below its top names that differ in capitals
    alone.
    """
    if len(infos) > MAX_MEMBERS and not sealed:
        raise _refused(
            archive, f"the ZIP file holds {len(infos)} members, more than {MAX_MEMBERS}", "Split it"
        )
    seen: set[str] = set()
    members = []
    for info in infos:
        path = safe_member(info.orig_filename)
        if path is None:
            problem = f'the ZIP member "{info.orig_filename[:120]}" would be written outside its folder'
            raise _refused(archive, problem, "Do not trust this file; export it again")
        if info.is_dir() or info.orig_filename.endswith("\\"):
            continue
        _check_kind(info, archive)
        known_as = str(path) if sealed and len(path.parts) > 1 else folded(str(path))
        if known_as in seen:
            problem = f'the ZIP member "{path}" is there twice'
            raise _refused(archive, problem, "Pack it again with different names")
        seen.add(known_as)
        members.append((info, path))
    return members


def _check_kind(info: zipfile.ZipInfo, archive: Path) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise _refused(
            archive, f'the ZIP member "{info.filename}" is a link, not a file', "Pack the files themselves"
        )
    if info.flag_bits & _ENCRYPTED:
        raise _refused(archive, "the ZIP file is protected by a password", "Unpack it, and use the folder")


def check_space(
    members: Sequence[tuple[zipfile.ZipInfo, PurePosixPath]],
    archive: Path,
    folder: Path,
    *,
    most_bytes: int = MAX_BYTES,
    fix: str = "Make room there, or set TMPDIR to a larger disk",
) -> None:
    """Refuse a ZIP file that would unpack to more than it can mean, than `most_bytes`, or than the disk has left."""
    unpacked = sum(info.file_size for info, _ in members)
    packed = archive.stat().st_size
    if unpacked > most_bytes or is_too_tight(unpacked, packed):
        raise _refused(
            archive,
            f"the ZIP file of {packed / 1e6:.1f} MB would unpack to {unpacked / 1e6:,.0f} MB, which no photos do",
            "If you trust it, unpack it yourself and use the folder",
        )
    free = shutil.disk_usage(folder).free
    if unpacked > free:
        raise _refused(
            archive, f"unpacking takes {_size(unpacked)}, but {folder} has {_size(free)} free", fix
        )


def is_too_tight(unpacked: int, packed: int) -> bool:
    """Whether a ZIP file of `packed` bytes that unpacks to so many is refused as one that is made to fill a disk."""
    return unpacked > RATIO_FREE_BYTES and unpacked > MAX_RATIO * max(packed, 1)


def _size(count: int) -> str:
    return f"{count / 1e6:,.0f} MB" if count >= 10_000_000 else f"{count / 1e3:,.0f} kB"


def _extract(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    left = info.file_size
    with opened.open(info) as reading, target.open("xb") as writing:
        while chunk := reading.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile("a member is longer than it says")
            writing.write(chunk)
    return target


def _refused(archive: Path, problem: str, fix: str) -> SegStudioError:
    return SegStudioError(problem, where=archive.name, fix=fix)
