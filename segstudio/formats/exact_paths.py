"""Which photo lies exactly where an annotation says: its whole path below its folder, not its name alone.

An annotation tells several paths at times (with its subset before it, beside its file), so that several photos may lie
where it says. Photos that another annotation means, and that one alone, are none of those.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from segstudio.formats.places import PhotoFile, below_photo_folder, telling_folders
from segstudio.formats.shapes import Annotation
from segstudio.project.images import PHOTO_SUFFIXES

_ANY = ".*"
"""The extension of names that have none."""

_ByPath = Mapping[Hashable, Sequence[PhotoFile]]


def exact_photos(annotations: Sequence[Annotation], photos: Sequence[PhotoFile]) -> list[Sequence[PhotoFile]]:
    """Return for each annotation the photos that lie where it says, in no order; none when it must be sought by name.

    Folders that say no more than "photos" or "annotations" count for nothing. What is called the same with its
    extension goes before what is called the same without.
    """
    by_name, by_stem = _by_path(photos, whole=True), _by_path(photos, whole=False)
    roots = {photo.path.parents[len(photo.name.parts) - 1] for photo in photos}
    options = [_options(_names(annotation, roots), by_name, by_stem) for annotation in annotations]
    taken: set[Path] = set()
    waiting = list(range(len(options)))
    while True:
        settled = {options[number][0].path for number in waiting if len(options[number]) == 1} - taken
        waiting = [number for number in waiting if len(options[number]) > 1]
        if not settled or not waiting:
            return options
        taken |= settled
        for number in waiting:
            options[number] = [one for one in options[number] if one.path not in taken] or options[number]


def literal_photos(photos: Sequence[PhotoFile], names: Iterable[PurePosixPath]) -> Sequence[PhotoFile]:
    """Return the photos of which a name is the path to the letter, else those of which it is that below one folder such
    as `images`; all when neither tells.
    """
    told = {name if name.suffix else name.with_suffix(_ANY) for name in names if name.name}
    for own_path in (lambda photo: photo.name, lambda photo: below_photo_folder(photo.name)):
        found = [photo for photo in photos if {own_path(photo), own_path(photo).with_suffix(_ANY)} & told]
        if found:
            return found
    return photos


def _options(names: Sequence[PurePosixPath], by_name: _ByPath, by_stem: _ByPath) -> Sequence[PhotoFile]:
    for known, whole in ((by_name, True), (by_stem, False)):
        found = {photo.path: photo for name in names for photo in known.get(_path_of(name, whole=whole), ())}
        if found:
            return list(found.values())
    return ()


def _names(annotation: Annotation, roots: Collection[Path]) -> list[PurePosixPath]:
    """Return the paths that an annotation may mean: what it says, and that seen from where its file lies."""
    names = [PurePosixPath(name) for name in annotation.names]
    folder = annotation.file.parent
    if (
        names and annotation.file.suffix.lower() not in PHOTO_SUFFIXES
    ):  # masks lie in folders that photos do not
        names += [
            PurePosixPath(folder.relative_to(root), names[-1])
            for root in roots
            if folder != root and folder.is_relative_to(root)
        ]
    return names


def _by_path(photos: Sequence[PhotoFile], *, whole: bool) -> _ByPath:
    found: dict[Hashable, list[PhotoFile]] = defaultdict(list)
    for photo in photos:
        found[_path_of(photo.name, whole=whole)].append(photo)
    return found


def _path_of(name: PurePosixPath, *, whole: bool) -> Hashable:
    folders = tuple(_composed(folder).casefold() for folder in telling_folders(name))
    return folders, _composed(name.name if whole else name.stem)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)
