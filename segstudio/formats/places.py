"""SourceFile and PhotoFile: the files of an import, and how they are told to a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from segstudio.project.images import is_photo

ANNOTATION_FOLDERS = frozenset({"annotations", "annotation", "xml", "labels"})
"""Folders that say no more than what lies in them, in lower case."""

PHOTO_FOLDERS = frozenset({"images", "image", "jpegimages", "photos", "imgs", "img"})
"""The same for photos."""

_TELLING_NOTHING = ANNOTATION_FOLDERS | PHOTO_FOLDERS | {"", ".", "..", "/", "default"}
"""`default` is how CVAT calls the subset of what is in no subset."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One annotation file.

    `root` is the folder (or unpacked archive) that it came with: files it points to must lie below. `shown`
    is how to tell it: its last folders and name, or the archive and the name in it. `table` is the table of labels that
    the person gave along. `photo` is the name of its photo, where the folders around tell it (empty: they do not).
    """

    path: Path
    root: Path
    shown: str
    table: Path | None = None
    photo: str = ""

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


_SUBSETS = frozenset({"train", "training", "val", "valid", "validation", "test", "testing"})


def subset_of(path: PurePath) -> str:
    """Return the innermost folder of a path that is called like a subset (`train`, `val` …); empty when none is."""
    return next((part for part in reversed(path.parts[:-1]) if is_subset(part)), "")


def is_subset(folder: str) -> bool:
    """Tell whether a folder is called like a subset."""
    return folder.casefold() in _SUBSETS


def telling_folders(path: PurePath) -> tuple[str, ...]:
    """Return the folders of a photo's name that tell which photos it belongs to, outermost first."""
    return tuple(part for part in path.parts[:-1] if part.lower() not in _TELLING_NOTHING)


def below_photo_folder(name: PurePosixPath) -> PurePosixPath:
    """Return a photo's name without its outermost folder, when that only says that photos lie in it."""
    return (
        PurePosixPath(*name.parts[1:])
        if name.parts[0].lower() in PHOTO_FOLDERS and len(name.parts) > 1
        else name
    )


def photo_after(name: PurePosixPath) -> PurePosixPath | None:
    """Return the photo after which a file is called, extension and all: `a.jpg` of `a.jpg.png`; None for other names."""
    inner = name.with_suffix("")
    return inner if is_photo(Path(inner)) else None
