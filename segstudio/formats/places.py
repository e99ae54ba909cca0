"""SourceFile and PhotoFile: the files of an import, and how they are told to a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One annotation file.

    `root` is the folder (or unpacked archive) that it came with: files it points to must lie below. `shown`
    is how to tell it: its last folders and name, or the archive and the name in it.
    """

    path: Path
    root: Path
    shown: str

    @property
    def folders(self) -> PurePosixPath:
        """The folders between `root` and the file."""
        return PurePosixPath(self.path.relative_to(self.root).parent.as_posix())


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One photo on offer.

    `name` is its path below the folder it was found in. `offered` tells whether the person named that folder,
    so that a photo without annotation is worth telling; `staged` whether it lies in an unpacked archive.
    """

    path: Path
    name: PurePosixPath
    shown: str
    offered: bool = True
    staged: bool = False
