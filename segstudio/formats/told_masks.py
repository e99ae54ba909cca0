"""Masks that lie anywhere, where the person has said that there are some: by `--format`, by a table of their classes, or
because photos come from elsewhere.

A picture of few colours is then the mask of the photo that is called like it, whatever its folder is called: `x/a.png`
that of `photos/a.jpg`. Its name may have words more, before or after: `a_final.png` and `Mask_a.png` are those of `a.jpg`, and
`a_mask.png` that of `a_sat.jpg`. Words have no digits: `a_2.png` is another photo's.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.label_images import LOSSLESS, few_colours
from segstudio.formats.places import PHOTO_FOLDERS, PhotoFile
from segstudio.project.images import read_photo

MASKS_ARE = "A mask is a PNG, BMP, TIFF or GIF of few colours that is called like its photo: a.png or a_mask.png of a.jpg"
"""What to tell a person whose masks were not found."""

_WORD_AFTER = re.compile(r"(.+)[-_. ]([^\d\W_]+)|(.*\d)([^\d\W_]+)")
_WORD_BEFORE = re.compile(r"([^\d\W_]+)[-_. ](.+)")
_PHOTO_WORDS = frozenset(
    {
        "rgb",
        "img",
        "image",
        "photo",
        "sat",
        "orig",
        "original",
        "raw",
        "input",
        "color",
        "colour",
        "leftimg8bit",
    }
)


def told_masks(
    pictures: Collection[PhotoFile], photos: Iterable[PhotoFile], masked: Iterable[Path] = ()
) -> Mapping[Path, str]:
    """Return which of the `pictures` are masks of `photos`, and the name of each one's photo; pictures may be among the
    photos. `masked` are masks that are known already: their photos, called alike and nearest to them, get no other.

    Where several photos are called so, the folders around tell which is meant; if they do not, the name has no folders. In a folder of
    nothing but masks, those that no photo is called like are masks too, of a photo without name.
    """
    called: dict[str, list[PhotoFile]] = defaultdict(list)
    for photo in photos:
        for name in _names_of_photo(_folded(photo.name.stem)):
            called[name].append(photo)
    done: set[Path] = set()
    for mask in masked:
        name = next((name for name in _shorter(_folded(mask.stem)) if name in called), "")
        done.update(photo.path for photo in _nearest(mask, called.get(name, [])))
    look = cache(_holds_few_colours)

    def is_label(path: Path) -> bool:
        return look(path) is True

    found: dict[Path, str] = {}
    for picture in pictures:
        wanted = _photos_of(picture, called, is_label, done)
        if wanted and look(picture.path) is not False:  # of a damaged one reading tells
            best = _nearest(picture.path, wanted)
            found[picture.path] = str(best[0].name) if len(best) == 1 else best[0].name.name
    return found | _without_photo(pictures, found, called, is_label)


def _without_photo(
    pictures: Iterable[PhotoFile],
    found: Mapping[Path, str],
    called: Mapping[str, list[PhotoFile]],
    is_label: Callable[[Path], bool],
) -> dict[Path, str]:
    folders = {path.parent for path in found}
    others = [picture for picture in pictures if picture.path.parent in folders and picture.path not in found]
    mixed = {picture.path.parent for picture in others if not is_label(picture.path)}
    return {
        picture.path: ""
        for picture in others
        if picture.path.parent not in mixed
        and all(
            photo.path == picture.path
            for name in _shorter(_folded(picture.name.stem))
            for photo in called.get(name, ())
        )
    }


def _photos_of(
    picture: PhotoFile,
    called: Mapping[str, list[PhotoFile]],
    is_label: Callable[[Path], bool],
    masked: Collection[Path],
) -> list[PhotoFile]:
    """Return the photos without mask that a picture is called like, by the longest of its names that any photo has."""
    for name in _shorter(_folded(picture.name.stem)):
        there = [
            photo
            for photo in called.get(name, ())
            if photo.path != picture.path and (_tells_more(picture, photo, name) or not is_label(photo.path))
        ]
        if there:
            return [photo for photo in there if photo.path not in masked]
    return []


def _tells_more(picture: PhotoFile, photo: PhotoFile, name: str) -> bool:
    """Tell whether the names alone say which of two pictures of few colours is the mask of the other."""
    is_longer = _folded(picture.name.stem) != name and _folded(photo.name.stem) == name
    return is_longer or (_lies_with_photos(photo) and not _lies_with_photos(picture))


def _lies_with_photos(picture: PhotoFile) -> bool:
    return picture.path.parent.name.lower() in PHOTO_FOLDERS


def _names_of_photo(stem: str) -> Iterator[str]:
    yield stem
    for shorter, word in _without_word(stem):
        if word in _PHOTO_WORDS:
            yield shorter


def _shorter(stem: str) -> Iterator[str]:
    """Yield a name, and it without one word, two words …"""
    names = [stem]
    while names:
        yield from names
        names = list(dict.fromkeys(shorter for name in names for shorter, _ in _without_word(name)))


def _without_word(stem: str) -> Iterator[tuple[str, str]]:
    """Yield a name without the word after it, and without the one before it, each with that word."""
    if found := _WORD_AFTER.fullmatch(stem):
        yield found[1] or found[3], found[2] or found[4]
    if found := _WORD_BEFORE.fullmatch(stem):
        yield found[2], found[1]


def _nearest(mask: Path, photos: list[PhotoFile]) -> list[PhotoFile]:
    """Return the photos whose folders are most like those of a mask: first the innermost count, then the outermost."""
    ours = mask.parts[:-1]
    shared = [
        (_alike(reversed(ours), reversed(photo.path.parts[:-1])), _alike(ours, photo.path.parts[:-1]))
        for photo in photos
    ]
    return [photo for photo, count in zip(photos, shared, strict=True) if count == max(shared)]


def _alike(first: Iterable[str], second: Iterable[str]) -> int:
    """Return with how many parts alike both begin."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda pair: _folded(pair[0]) == _folded(pair[1]), pairs))


def _holds_few_colours(path: Path) -> bool | None:
    """Tell whether a picture may be a mask by its look; None where it cannot be read."""
    if path.suffix.lower() not in LOSSLESS:
        return False
    try:
        return few_colours(read_photo(path))
    except SegStudioError:
        return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
