"""What photos are called in the project: their keys, made from the names under which they were found."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path, PurePosixPath

from segstudio.file_names import portable_name
from segstudio.formats.places import PhotoFile, below_photo_folder
from segstudio.formats.sources import photo_key
from segstudio.project.photos import clean_key

_LONGEST_BYTES = 180
"""File systems take 255; masks, journals and files in the making are called like the photo and a little more."""


def keys_of(photos: Sequence[PhotoFile], under: str) -> dict[Path, str]:
    """Give each photo a key of its own: short where that is unique, else its path below the outermost folder that
    only says "images", else its whole path below its folder, else
    with the name of that folder before it, else with a number. Keys that differ in case alone count as equal.
    What no file of the project could be called on every system (see `portable_name`), or leaves no room for endings, is
    changed.
    """
    makers = (
        lambda photo: photo_key(photo.name),
        lambda photo: str(below_photo_folder(photo.name)),
        lambda photo: str(photo.name),
        lambda photo: photo.shown,
    )
    before = PurePosixPath(under.replace("\\", "/")) if under else PurePosixPath()
    keys: dict[Path, str] = {}
    waiting = list(photos)
    for maker in makers:
        made = {photo.path: _usable(before / maker(photo).lstrip("/")) for photo in waiting}
        counts = Counter(key.casefold() for key in [*keys.values(), *made.values()])
        unique = {path: key for path, key in made.items() if counts[key.casefold()] == 1}
        keys.update(unique)
        waiting = [photo for photo in waiting if photo.path not in unique]
    taken = {key.casefold() for key in keys.values()}
    for photo in waiting:
        name = before / photo_key(photo.name)
        numbered = (_usable(name.with_stem(f"{name.stem}-{number}")) for number in count(2))
        tried = chain([_usable(name)], numbered)  # the first of them needs no number
        keys[photo.path] = next(key for key in tried if key.casefold() not in taken)
        taken.add(keys[photo.path].casefold())
    return keys


def _usable(name: PurePosixPath) -> str:
    return clean_key(str(PurePosixPath(*(_short(portable_name(part)) for part in name.parts))))


def _short(part: str) -> str:
    """Return a name that is not too long: its beginning, a few signs that tell it from its like, its ending."""
    part = unicodedata.normalize("NFC", part)
    if len(part.encode()) <= _LONGEST_BYTES:
        return part
    ending = f"~{hashlib.sha256(part.encode()).hexdigest()[:8]}{PurePosixPath(part).suffix[:8]}"
    room = _LONGEST_BYTES - len(ending.encode())
    return part.encode()[:room].decode(errors="ignore") + ending
