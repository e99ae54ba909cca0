"""Files that lie beside others and tell about them, looked for once for each folder and not once for each file."""

from __future__ import annotations

import codecs
from functools import lru_cache
from pathlib import Path

from segstudio.errors import SegStudioError

_MAX_LIST_BYTES = 64 << 20


def files_called(folder: Path, names: tuple[str, ...], extensions: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """Return the files in a folder that have one of these names, in that order and whatever their case, then those
    with one of these extensions.
    """
    return _files_called(folder, stamp_of(folder)[0], names, extensions)


def stamp_of(path: Path) -> tuple[int, int]:
    """Return when a file or folder was last changed (ns), and its size in bytes; zeros when it is not there."""
    try:
        told = path.stat()
    except OSError:
        return 0, 0
    return told.st_mtime_ns, told.st_size


def text_in(path: Path, most_bytes: int) -> str | None:
    """Return the text in a file, of UTF-8 or, where its first bytes say so, UTF-16; None when it cannot be read, is larger
    or no text. Raises SegStudioError for text that is written otherwise: names in it would be guessed.
    """
    try:
        if not path.is_file() or path.stat().st_size > most_bytes:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        if is_wide or b"\0" in content:
            return None
        raise SegStudioError(
            f'the names in "{path.name}" are not written as UTF-8', fix="Save that file as UTF-8"
        ) from error


def lines_of_list(path: Path) -> list[str]:
    """Return the lines of a list of photos, of UTF-8 or, where its first bytes say so, UTF-16. Raises SegStudioError for
    one that cannot be read: what it says must not be passed over.
    """
    text = text_in(path, _MAX_LIST_BYTES)
    if text is None:
        raise SegStudioError(f'the list "{path.name}" is no text of names', fix="Save that file as UTF-8")
    return text.splitlines()


@lru_cache(maxsize=256)
def _files_called(
    folder: Path, _modified_ns: int, names: tuple[str, ...], extensions: tuple[str, ...]
) -> tuple[Path, ...]:
    try:
        there = {path.name.lower(): path for path in sorted(folder.iterdir(), reverse=True)}
    except OSError:
        return ()
    wanted = [name for name in names if name in there]
    wanted += (
        sorted(name for name in there if name not in names and name.endswith(extensions))
        if extensions
        else []
    )
    return tuple(there[name] for name in wanted)
