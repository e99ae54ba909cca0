"""Files that lie beside others and tell about them, looked for once for each folder and not once for each file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


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
