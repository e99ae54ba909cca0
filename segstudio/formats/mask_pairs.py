"""Which pictures that were found are masks: those that their place or name tells apart and that have a photo."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.formats.label_picture import codes_in, look_at, read_codes
from segstudio.formats.mask_files import (
    MASK_SUFFIXES,
    MAX_LABELS,
    is_beside_photos,
    is_mask_folder,
    is_mask_place,
    photo_names,
    tells_mask,
)
from segstudio.formats.places import PhotoFile, SourceFile, telling_folders
from segstudio.formats.shapes import LabelPicture
from segstudio.formats.told_masks import told_masks


def label_pictures(
    pictures: Iterable[PhotoFile],
    photos: Iterable[PhotoFile],
    table: Path | None = None,
    twins: Mapping[Path, PhotoFile] | None = None,
) -> Iterator[SourceFile]:
    """Yield those of the `pictures` that are masks of one of the `photos`, as annotation files.

    One whose name alone says so must hold few values too: `room_l.png` may well be a photo, taken from the left.
    `table` is a table of labels that the person gave; `twins` tells of masks the photos where the folders around do.
    """
    found = list(pictures)
    roots = _is_of_masks(found)
    placed = [(picture, *_placed(picture, roots)) for picture in found]
    twins = twins or {}
    told = {photo.path for photo in twins.values()}
    candidates = {
        picture.path
        for picture, inner, _ in placed
        if picture.path in twins or (picture.path not in told and _may_be(inner, picture.path))
    }
    stems = {photo.name.stem.casefold() for photo in photos if photo.path not in candidates}
    for picture, _, root in placed:
        twin = twins.get(picture.path)
        file = SourceFile(picture.path, root, picture.shown, table, str(twin.name) if twin else "")
        if picture.path not in candidates or not stems.intersection(_stems(file)):
            continue
        yield file


def told_files(
    pictures: Iterable[PhotoFile],
    photos: Iterable[PhotoFile],
    table: Path | None,
    masks: Iterable[SourceFile],
) -> Iterator[SourceFile]:
    """Yield the `pictures` that are masks of one of the `photos` because the person says that there are some, wherever they
    lie (`told_masks`), beyond the `masks` that are known.
    """
    known = {mask.path for mask in masks}
    found = [picture for picture in pictures if picture.path not in known and not is_of_objects(picture)]
    told = told_masks(found, [photo for photo in photos if photo.path not in known], known)
    roots = _is_of_masks(found)
    for picture in found:
        if picture.path in told:
            _, root = _placed(picture, roots)
            yield SourceFile(picture.path, root, picture.shown, table, told[picture.path])


def _stems(file: SourceFile) -> set[str]:
    names = [PurePosixPath(name) for name in photo_names(file)]
    return {text.casefold() for name in names for text in (name.name, name.stem)}


def outdone_masks(
    masks: Iterable[SourceFile], annotations: Iterable[SourceFile], photos: Iterable[PhotoFile]
) -> set[Path]:
    """Return which masks are of photos that have shapes, too, by name: shapes tell more than a picture of them.

    Where several photos are called so, the folders must not speak against it.
    """
    masks = list(masks)
    none = {mask.path for mask in masks}
    called = Counter(photo.name.stem.casefold() for photo in photos if photo.path not in none)
    folders: dict[str, set[str]] = defaultdict(set)
    for annotation in annotations:
        folders[annotation.path.stem.casefold()].add(_folder_of(annotation))
    found = set()
    for mask in masks:
        stem, own = mask.path.stem.casefold(), _folder_of(mask)
        there = folders.get(stem, set())
        if there and (called[stem] < 2 or not own or not there.isdisjoint({own, ""})):
            found.add(mask.path)
    return found


def _folder_of(file: SourceFile) -> str:
    """Return the innermost folder of a file that tells which photos it is of; empty when none does."""
    telling = telling_folders(file.folders / file.path.name)
    return next((part.casefold() for part in reversed(telling) if not is_mask_folder(part)), "")


def is_of_objects(picture: PhotoFile) -> bool:
    """Tell whether a picture shows single objects, scribbles or colours beside masks, and is neither mask nor photo."""
    inner = PurePosixPath(_root(picture).name, picture.name)
    return inner.suffix.lower() in MASK_SUFFIXES and is_beside_photos(inner)


def _may_be(inner: PurePosixPath, path: Path) -> bool:
    return not is_beside_photos(inner) and (is_mask_place(inner) or (tells_mask(inner) and _holds_few(path)))


def _placed(picture: PhotoFile, roots: Collection[Path]) -> tuple[PurePosixPath, Path]:
    """Return a picture's place, and its root: the folder that was given, or the one above when that is one of masks."""
    root = _root(picture)
    if root in roots:
        return PurePosixPath(root.name, picture.name), root.parent
    return picture.name, root


def _root(picture: PhotoFile) -> Path:
    return picture.path.parents[len(picture.name.parts) - 1]


def _is_of_masks(pictures: Iterable[PhotoFile]) -> Collection[Path]:
    """Return the folders given that are called like one of masks, when nothing in them is: `segmentation/` may as well
    hold `images/` and `masks/`.
    """
    roots = {_root(picture) for picture in pictures}
    with_own = {_root(picture) for picture in pictures if is_mask_place(picture.name)}
    return {root for root in roots - with_own if is_mask_place(PurePosixPath(root.name, "x.png"))}


def _holds_few(path: Path) -> bool:
    try:
        look = look_at(path)
        return len(codes_in(read_codes(LabelPicture(path, look.coding, look.size)))) <= MAX_LABELS
    except SegStudioError:
        return False
