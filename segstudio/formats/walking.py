"""Going through a folder or an archive: what is hidden, and what programs leave for themselves, does not count."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath


def visible_files(root: Path, *, deep: bool = True) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield each visible file below `root` with its path relative to it, in a fixed order."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if deep and not _is_hidden(name))
        for name in sorted(names):
            if not _is_hidden(name):
                path = Path(folder) / name
                if path.is_file():  # not a pipe or a device
                    yield path, PurePosixPath(path.relative_to(root).as_posix())


def is_passed_over(path: PurePath) -> bool:
    """Tell whether a part of a path is hidden."""
    return any(_is_hidden(part) for part in path.parts)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"
