"""What an import is given: files, folders and ZIP files in any mix, turned into annotation files and photos."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.formats.finds import Finds, shown_path, told_once
from segstudio.formats.foreign import IDLE_FILM, why_foreign
from segstudio.formats.label_images import MASK_FOLDERS
from segstudio.formats.label_tables import TABLE_NAMES, read_table
from segstudio.formats.mask_pairs import is_of_objects, label_pictures, outdone_masks, told_files
from segstudio.formats.options import Progress, unheard
from segstudio.formats.other_photos import (
    FILM_SUFFIXES,
    damaged_photos,
    embedded_photos,
    film_photos,
    tell_of_films,
)
from segstudio.formats.places import ANNOTATION_FOLDERS, PHOTO_FOLDERS, PhotoFile, SourceFile
from segstudio.formats.table import (
    NotReadError,
    annotation_extensions,
    is_annotation,
    is_read,
    refused_extensions,
    why_refused,
)
from segstudio.formats.told_masks import MASKS_ARE
from segstudio.formats.told_photos import twins_of
from segstudio.formats.walking import is_passed_over, visible_files
from segstudio.project.archive import unpack
from segstudio.project.images import is_photo

_MASK_FOLDERS = MASK_FOLDERS | {"scribbles"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The annotation files and photos that an import works on; archives are unpacked while it is in use.

    `passed_over` tells, one for each kind, which annotation files lie there that are not read; `beside` the same of
    those that were not given themselves, but lie beside photos that were, and `unknown` of JSON files that are none of a format
    that is known, nor a table of labels, and of pictures, films and archives that nothing here opens. `masks` are pictures in folders that are called
    so; `pictures` all that were found and are no photos by their place or name. `torn` tells of annotation files whose photo
    lies in them alone, and is damaged.
    """

    files: tuple[SourceFile, ...]
    photos: tuple[PhotoFile, ...]
    passed_over: tuple[SegStudioError, ...] = ()
    beside: tuple[SegStudioError, ...] = ()
    masks: tuple[PhotoFile, ...] = ()
    pictures: tuple[PhotoFile, ...] = ()
    torn: Mapping[Path, SegStudioError] = field(default_factory=dict)
    unknown: tuple[SegStudioError, ...] = ()


@contextmanager
def gather(
    sources: Sequence[Path],
    photo_places: Sequence[Path] = (),
    *,
    refused: list[SegStudioError] | None = None,
    boxes: bool = False,
    masks: bool = False,
    progress: Progress = unheard,
) -> Iterator[Gathered]:
    """Find the annotation files and photos in `sources`; with `photo_places`, photos are taken from there alone.

    Without, photos are those in the folders and ZIP files given, beside a single annotation file, and in a
    folder such as `Images` beside `Annotations`, and those that annotation files hold themselves or tell of a film. Of
    pictures that are masks of photos found, the former are annotation files. Hidden files and single objects' masks are
    passed over. With `boxes`, files of nothing but boxes are annotation files. With `masks`, pictures of few colours are
    masks of the photos that they are called like, wherever they lie; so they are where there is a table of labels, or `photo_places` are
    given, and nothing else is an annotation. `progress` tells of unpacking. Raises SegStudioError for what is missing or no source, and for
    a table given without any mask; where a list is given as `refused`, such errors go there, those of folders and ZIP files with nothing in
    them too, and the rest counts, be it nothing.
    """
    with ExitStack() as cleaning:
        finds = Finds(boxes=boxes, masks_told=masks)
        has_any = False
        for source in sources:
            try:
                is_filled = _take_source(_existing(source), finds, cleaning, progress)
                if not is_filled and refused is not None:
                    raise SegStudioError(_NOTHING_IN_IT, where=str(source), fix=_GIVE)
                has_any = has_any or is_filled
            except WorkStopped:
                raise
            except SegStudioError as error:
                if refused is None:
                    raise
                refused.append(error)
        pictures = finds.deeper | finds.masks | finds.photos
        if photo_places:
            finds.photos.clear()
            for place in photo_places:
                _take_photo_place(_existing(place), finds, cleaning, progress)
        offered = dict(finds.photos) if photo_places else pictures
        _take_masks(pictures, offered, finds, from_places=bool(photo_places))
        _take_other_photos(finds, cleaning, progress)
        has_none = not finds.files and not finds.passed_over and not finds.unknown_told
        if has_none and photo_places:
            _tell_idle(pictures.values(), finds)
        if has_none and finds.table is not None:
            idle = _NO_MASKS.within(shown_path(finds.table))
            if refused is None:
                raise idle
            refused.append(idle)
        is_empty = not finds.photos and not finds.masks
        if not finds.files and (is_empty or not has_any) and refused is None:
            if finds.passed_over or finds.unknown_told:
                raise (*told_once(finds.passed_over), *finds.unknown_told)[0]
            raise SegStudioError(
                "there is nothing to import", where=", ".join(str(source) for source in sources), fix=_GIVE
            )
        yield Gathered(
            tuple(finds.files.values()),
            tuple(finds.photos.values()),
            told_once(finds.passed_over),
            finds.beside_told,
            tuple(mask for path, mask in finds.masks.items() if path not in finds.photos),
            tuple(picture for path, picture in offered.items() if path not in finds.photos),
            finds.torn,
            finds.unknown_told,
        )


def photo_key(name: PurePosixPath) -> str:
    """Return a short key for a photo found at `name`: folders that only say "images" are dropped."""
    folders = [part for part in name.parts[:-1] if part.lower() not in PHOTO_FOLDERS]
    return str(PurePosixPath(*folders, name.name))


_NO_MASKS = SegStudioError(
    "there is no mask that goes with this table of classes", fix=f"Give photos and masks, too: {MASKS_ARE}"
)

_GIVE = "Give annotation files, folders or ZIP files with them"
_TABLES = frozenset({".yaml", ".yml", ".names", ".labels", ".csv"})
"""Extensions of files that name the classes of others, beside those of annotation files."""

_GOES_ALONG = "this file says something of annotations, but holds none"
_GIVE_FOLDER = "Give the folder in which it lies with the annotations"
_NOTHING_IN_IT = "there are no photos and no annotation files in it"
_IDLE = "this picture is neither a mask nor a photo, because --photos says where photos lie"
_INNER_ZIP = SegStudioError(
    "a ZIP file that lies in a folder is not opened", fix="Give the ZIP file itself, beside the folder"
)

_ZIP_IN_ZIP = SegStudioError(
    "a ZIP file that lies in a ZIP file is not opened", fix="Unpack the outer one, and give those in it"
)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise SegStudioError("there is no such file or folder", where=str(path))
    if not path.is_file() and not path.is_dir():  # a pipe would be waited for, and nobody writes
        raise SegStudioError("this is neither a file nor a folder", where=str(path), fix=_GIVE)
    return path.absolute()


def _take_source(source: Path, finds: Finds, cleaning: ExitStack, progress: Progress) -> bool:
    """Return whether there was anything in it, found before or not."""
    if source.is_dir():
        has_any = _take_folder(source, finds, shown=shown_path(source))
        _take_siblings(source, finds)
        return has_any
    if source.suffix.lower() == ".zip":
        inner: list[PurePosixPath] = []
        folder = _unpacked(source, cleaning, progress, inner)
        for path in inner:
            if foreign := why_foreign(path):
                finds.add_foreign(foreign, f"{source.name}/{path}")
                continue
            told = _ZIP_IN_ZIP.within(f"{source.name}/{path}")
            finds.passed_over.setdefault(told.problem, []).append(told)
        return _take_folder(folder, finds, shown=source.name, staged=True) or bool(inner)
    if source.suffix.lower() in FILM_SUFFIXES:
        finds.films.append(source)
    elif _is_table(source, masks_told=finds.masks_told):
        finds.take_table(source)
    elif source.suffix.lower() in annotation_extensions() and is_annotation(source, boxes=finds.boxes):
        finds.files.setdefault(source, SourceFile(source, source.parent, shown_path(source)))
        _take_photos(source.parent, finds, shown=shown_path(source.parent), offered=False, deep=False)
        _take_siblings(source.parent, finds)
        for folder in _photo_folders_in(source.parent):
            _take_photos(folder, finds, shown=shown_path(folder), offered=False)
    elif is_photo(source):
        _add_photo(finds, source, PurePosixPath(source.name), source.name)
        finds.given_photos.append(source)
    elif (known := why_refused(source, boxes=finds.boxes) or why_foreign(source)) is not None:
        raise known.within(shown_path(source))
    else:
        if source.suffix.lower() in _TABLES - {".csv"}:
            raise SegStudioError(_GOES_ALONG, where=str(source), fix=_GIVE_FOLDER)
        is_list = _is_table(source, masks_told=True)
        fix = f"{_GIVE}; names of classes count in a file called classes.txt" if is_list else _GIVE
        raise SegStudioError(
            "this is no annotation file, photo, folder or ZIP file", where=str(source), fix=fix
        )
    return True


def _take_photo_place(place: Path, finds: Finds, cleaning: ExitStack, progress: Progress) -> None:
    if place.is_dir():
        _take_photos(place, finds, shown=shown_path(place))
    elif place.suffix.lower() == ".zip":
        _take_photos(_unpacked(place, cleaning, progress), finds, shown=place.name, staged=True)
    elif is_photo(place):
        _add_photo(finds, place, PurePosixPath(place.name), place.name)
    elif place.suffix.lower() in FILM_SUFFIXES:
        finds.films.append(place)
    else:
        raise SegStudioError(
            "this is no folder of photos", where=str(place), fix="Give a folder, photo, film or ZIP file"
        )


def _is_table(path: Path, *, masks_told: bool) -> bool:
    """Tell whether a file that was given names the classes of masks: any text is a list of names, if need be, or where
    masks are told.
    """
    if path.suffix.lower() not in (".txt", ".json", ".csv") or is_annotation(path) or why_refused(path):
        return False
    table = read_table(path)
    told = table is not None and any(row.colour is not None or row.number is not None for row in table.rows)
    return told or (table is not None and (masks_told or path.name.lower() in TABLE_NAMES))


def _tell_idle(pictures: Iterable[PhotoFile], finds: Finds) -> None:
    """Tell of pictures that are no photos, because those come from elsewhere, and no masks either."""
    for picture in pictures:
        if picture.path not in finds.photos and picture.path not in finds.masks:
            told = NotReadError(_IDLE, fix=MASKS_ARE)
            finds.passed_over.setdefault(told.problem, []).append(told.within(picture.shown))


def _take_masks(
    pictures: dict[Path, PhotoFile], offered: Mapping[Path, PhotoFile], finds: Finds, *, from_places: bool
) -> None:
    """Take the pictures that are masks of the photos found for annotation files; photos may be those `offered` alone."""
    twins = twins_of([*finds.files, *pictures], offered.values())
    told = {photo.path for photo in twins.values()}
    for label, photo in twins.items():
        finds.photos.setdefault(photo.path, photo)
        finds.masks.pop(photo.path, None)
        if label in finds.files:
            finds.files[label] = replace(finds.files[label], photo=str(photo.name))
    for picture in pictures.values():
        if picture.path in finds.photos and picture.path not in told and is_of_objects(picture):
            del finds.photos[picture.path]
            finds.masks[picture.path] = picture
    masks = list(label_pictures(pictures.values(), finds.photos.values(), finds.table, twins))
    is_idle = not masks and not finds.files and (finds.lies_table or finds.table is not None or from_places)
    if finds.masks_told or is_idle:
        masks += told_files(pictures.values(), finds.photos.values(), finds.table, masks)
    annotated = [file for path, file in finds.files.items() if is_read(path)] if masks else []
    outdone = outdone_masks(masks, annotated, finds.photos.values())
    for file in masks:
        finds.photos.pop(file.path, None)
        if file.path in outdone:
            finds.masks[file.path] = pictures[file.path]
        else:
            finds.files.setdefault(file.path, file)
            finds.masks.pop(file.path, None)


def _take_other_photos(finds: Finds, cleaning: ExitStack, progress: Progress) -> None:
    """Take the photos that annotation files hold themselves, and the frames of films that they tell of."""
    files, photos = list(finds.files.values()), list(finds.photos.values())

    def folder() -> Path:
        return _staging(cleaning)

    frames = list(film_photos(files, finds.films, folder, progress))
    for photo in chain(embedded_photos(files, photos, folder, finds.torn), frames):
        finds.photos.setdefault(photo.path, photo)
    is_told = not finds.films or bool(frames) or tell_of_films(files)
    for film in () if is_told else finds.films:
        finds.add_foreign(IDLE_FILM, shown_path(film))
    for problem in damaged_photos(files, photos):
        finds.passed_over.setdefault(problem.problem, []).append(problem)


def _staging(cleaning: ExitStack) -> Path:
    """Return a new folder that is gone when the import is."""
    return Path(cleaning.enter_context(tempfile.TemporaryDirectory(prefix="segstudio-import-")))


def _unpacked(
    archive: Path, cleaning: ExitStack, progress: Progress, inner: list[PurePosixPath] | None = None
) -> Path:
    """Unpack what may be of interest into a folder for it, and return that; ZIP files in it, and files of kinds that nothing
    opens, are added to `inner`.
    """
    folder = _staging(cleaning)
    extensions = annotation_extensions() | refused_extensions() | FILM_SUFFIXES | _TABLES

    def wanted(path: PurePosixPath) -> bool:
        is_told = path.suffix.lower() == ".zip" or why_foreign(path) is not None
        if inner is not None and is_told and not is_passed_over(path):
            inner.append(path)
        of_interest = path.suffix.lower() in extensions or is_photo(Path(path))
        return of_interest and not is_passed_over(path)

    unpack(archive, folder, wanted, progress=progress)
    return folder


def _take_folder(root: Path, finds: Finds, *, shown: str, staged: bool = False) -> bool:
    """Return whether there is anything in it."""
    extensions = annotation_extensions() | refused_extensions()
    has_any = False
    for path, inner in visible_files(root):
        extension = path.suffix.lower()
        known = _INNER_ZIP if extension == ".zip" else None
        finds.lies_table |= path.name.lower() in TABLE_NAMES
        is_ours = extension in extensions and is_annotation(path, boxes=finds.boxes)
        if is_ours:
            finds.files.setdefault(path, SourceFile(path, root, f"{shown}/{inner}"))
        elif extension in extensions:
            known = why_refused(path, boxes=finds.boxes)
        elif extension in FILM_SUFFIXES:
            finds.films.append(path)
        elif foreign := why_foreign(path):
            finds.add_foreign(foreign, f"{shown}/{inner}")
            has_any = True
        if known is not None:
            finds.passed_over.setdefault(known.problem, []).append(known.within(f"{shown}/{inner}"))
        is_unknown = (
            extension == ".json" and not is_ours and known is None and path.name.lower() not in TABLE_NAMES
        )
        if is_unknown:
            finds.unknown.append(f"{shown}/{inner}")
        has_any = has_any or is_ours or is_unknown or known is not None
    found = _take_photos(root, finds, shown=shown, staged=staged, pass_masks=True)
    return has_any or found > 0


def _take_siblings(folder: Path, finds: Finds) -> None:
    if folder.name.lower() in ANNOTATION_FOLDERS:
        for beside in _photo_folders_in(folder.parent):
            _take_photos(beside, finds, shown=shown_path(beside), offered=False)


def _photo_folders_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.lower() in PHOTO_FOLDERS and path.is_dir())


def _take_photos(
    root: Path,
    finds: Finds,
    *,
    shown: str,
    offered: bool = True,
    staged: bool = False,
    deep: bool = True,
    pass_masks: bool = False,
) -> int:
    """Return how many there are."""
    count = 0
    for path, inner in visible_files(root, deep=deep):
        in_masks = pass_masks and any(part.lower() in _MASK_FOLDERS for part in inner.parts[:-1])
        if is_photo(path) and in_masks and path.parent.name.lower() in MASK_FOLDERS:
            finds.masks[path] = PhotoFile(path, inner, f"{shown}/{inner}", offered=offered, staged=staged)
            count += 1
        elif is_photo(path) and in_masks:
            finds.deeper[path] = PhotoFile(path, inner, f"{shown}/{inner}", offered=offered, staged=staged)
        elif is_photo(path):
            _add_photo(finds, path, inner, f"{shown}/{inner}", offered=offered, staged=staged)
            count += 1
    return count


def _add_photo(
    finds: Finds, path: Path, name: PurePosixPath, shown: str, *, offered: bool = True, staged: bool = False
) -> None:
    finds.photos.setdefault(path, PhotoFile(path, name, shown, offered=offered, staged=staged))
