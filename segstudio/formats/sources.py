"""What an import is given: files, folders and ZIP files in any mix, turned into annotation files and photos."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.formats.archive import unpack
from segstudio.formats.label_images import MASK_FOLDERS
from segstudio.formats.options import ImportStopped, Progress, unheard
from segstudio.formats.places import ANNOTATION_FOLDERS, PHOTO_FOLDERS, PhotoFile, SourceFile
from segstudio.formats.table import annotation_extensions, refused_extensions, why_refused
from segstudio.project.images import is_photo

_MASK_FOLDERS = MASK_FOLDERS | {"scribbles"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The annotation files and photos that an import works on; archives are unpacked while it is in use.

    `passed_over` tells, one for each kind, which annotation files lie there that are not read; `beside` the same of
    those that were not given themselves, but lie beside photos that were. `masks` are pictures in folders that are called
    so.
    """

    files: tuple[SourceFile, ...]
    photos: tuple[PhotoFile, ...]
    passed_over: tuple[SegStudioError, ...] = ()
    beside: tuple[SegStudioError, ...] = ()
    masks: tuple[PhotoFile, ...] = ()


@dataclass(slots=True)
class _Finds:
    files: dict[Path, SourceFile] = field(default_factory=dict)
    photos: dict[Path, PhotoFile] = field(default_factory=dict)
    passed_over: dict[str, list[SegStudioError]] = field(default_factory=dict)
    given_photos: list[Path] = field(default_factory=list)
    masks: dict[Path, PhotoFile] = field(default_factory=dict)


@contextmanager
def gather(
    sources: Sequence[Path],
    photo_places: Sequence[Path] = (),
    *,
    refused: list[SegStudioError] | None = None,
    progress: Progress = unheard,
) -> Iterator[Gathered]:
    """Find the annotation files and photos in `sources`; with `photo_places`, photos are taken from there alone.

    Without, photos are those in the folders and ZIP files given, beside a single annotation file, and in a
    folder such as `Images` beside `Annotations`. Hidden files and mask pictures are passed over. `progress`
    tells of unpacking. Raises SegStudioError for what is missing or no source; where a list is given as
    `refused`, such errors go there, those of folders and ZIP files with nothing in them too, and the rest counts,
    be it nothing.
    """
    with ExitStack() as cleaning:
        finds = _Finds()
        for source in sources:
            try:
                if not _take_source(_existing(source), finds, cleaning, progress) and refused is not None:
                    raise SegStudioError(_NOTHING_IN_IT, where=str(source), fix=_GIVE)
            except ImportStopped:
                raise
            except SegStudioError as error:
                if refused is None:
                    raise
                refused.append(error)
        if photo_places:
            finds.photos.clear()
            for place in photo_places:
                _take_photo_place(_existing(place), finds, cleaning, progress)
        if not finds.files and not finds.photos and not finds.masks and refused is None:
            if finds.passed_over:
                raise _told_once(finds.passed_over)[0]
            raise SegStudioError(
                "there is nothing to import", where=", ".join(str(source) for source in sources), fix=_GIVE
            )
        yield Gathered(
            tuple(finds.files.values()),
            tuple(finds.photos.values()),
            _told_once(finds.passed_over),
            _told_once(_beside(finds)),
            tuple(mask for path, mask in finds.masks.items() if path not in finds.photos),
        )


def photo_key(name: PurePosixPath) -> str:
    """Return a short key for a photo found at `name`: folders that only say "images" are dropped."""
    folders = [part for part in name.parts[:-1] if part.lower() not in PHOTO_FOLDERS]
    return str(PurePosixPath(*folders, name.name))


_GIVE = "Give annotation files (.xml), folders or ZIP files with them"
_NOTHING_IN_IT = "there are no photos and no annotation files in it"
_INNER_ZIP = SegStudioError(
    "a ZIP file that lies in a folder is not opened", fix="Give the ZIP file itself, beside the folder"
)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise SegStudioError("there is no such file or folder", where=str(path))
    if not path.is_file() and not path.is_dir():  # a pipe would be waited for, and nobody writes
        raise SegStudioError("this is neither a file nor a folder", where=str(path), fix=_GIVE)
    return path.absolute()


def _take_source(source: Path, finds: _Finds, cleaning: ExitStack, progress: Progress) -> bool:
    """Return whether there was anything in it, found before or not."""
    if source.is_dir():
        has_any = _take_folder(source, finds, shown=_shown(source))
        _take_siblings(source, finds)
        return has_any
    if source.suffix.lower() == ".zip":
        folder = _unpacked(source, cleaning, progress)
        return _take_folder(folder, finds, shown=source.name, staged=True)
    if source.suffix.lower() in annotation_extensions():
        finds.files.setdefault(source, SourceFile(source, source.parent, _shown(source)))
        _take_photos(source.parent, finds, shown=_shown(source.parent), offered=False, deep=False)
        _take_siblings(source.parent, finds)
        for folder in _photo_folders_in(source.parent):
            _take_photos(folder, finds, shown=_shown(folder), offered=False)
    elif is_photo(source):
        _add_photo(finds, source, PurePosixPath(source.name), source.name)
        finds.given_photos.append(source)
    elif (known := why_refused(source)) is not None:
        raise known.within(_shown(source))
    else:
        raise SegStudioError(
            "this is no annotation file, photo, folder or ZIP file", where=str(source), fix=_GIVE
        )
    return True


def _take_photo_place(place: Path, finds: _Finds, cleaning: ExitStack, progress: Progress) -> None:
    if place.is_dir():
        _take_photos(place, finds, shown=_shown(place))
    elif place.suffix.lower() == ".zip":
        _take_photos(_unpacked(place, cleaning, progress), finds, shown=place.name, staged=True)
    elif is_photo(place):
        _add_photo(finds, place, PurePosixPath(place.name), place.name)
    else:
        raise SegStudioError(
            "this is no folder of photos", where=str(place), fix="Give a folder, photo or ZIP file"
        )


def _unpacked(archive: Path, cleaning: ExitStack, progress: Progress) -> Path:
    folder = Path(cleaning.enter_context(tempfile.TemporaryDirectory(prefix="segstudio-import-")))
    extensions = annotation_extensions() | refused_extensions()

    def wanted(path: PurePosixPath) -> bool:
        of_interest = path.suffix.lower() in extensions or is_photo(Path(path))
        return of_interest and not _is_passed_over(path)

    unpack(archive, folder, wanted, progress=progress)
    return folder


def _take_folder(root: Path, finds: _Finds, *, shown: str, staged: bool = False) -> bool:
    """Return whether there is anything in it."""
    extensions, refused = annotation_extensions(), refused_extensions()
    has_any = False
    for path, inner in _walk(root):
        extension = path.suffix.lower()
        known = _INNER_ZIP if extension == ".zip" else None
        if extension in extensions:
            finds.files.setdefault(path, SourceFile(path, root, f"{shown}/{inner}"))
        elif extension in refused:
            known = why_refused(path)
        if known is not None:
            finds.passed_over.setdefault(known.problem, []).append(known.within(f"{shown}/{inner}"))
        has_any = has_any or extension in extensions or known is not None
    found = _take_photos(root, finds, shown=shown, staged=staged, pass_masks=True)
    return has_any or found > 0


def _beside(finds: _Finds) -> dict[str, list[SegStudioError]]:
    """Return the annotation files that are not read and lie, by their names, beside photos that were given."""
    extensions = sorted(refused_extensions())
    found: dict[str, list[SegStudioError]] = {}
    for path in dict.fromkeys(
        photo.with_suffix(extension) for photo in finds.given_photos for extension in extensions
    ):
        known = why_refused(path) if path.is_file() else None
        if known is not None:
            found.setdefault(known.problem, []).append(known.within(_shown(path)))
    return found


def _told_once(passed_over: dict[str, list[SegStudioError]]) -> tuple[SegStudioError, ...]:
    """Return one error for each kind of annotation file that is not read: its first file, and how many more."""
    told = []
    for first, *others in passed_over.values():
        more = f" (and {len(others)} more like it)" if others else ""
        told.append(SegStudioError(first.problem + more, where=first.where, fix=first.fix))
    return tuple(told)


def _take_siblings(folder: Path, finds: _Finds) -> None:
    if folder.name.lower() in ANNOTATION_FOLDERS:
        for beside in _photo_folders_in(folder.parent):
            _take_photos(beside, finds, shown=_shown(beside), offered=False)


def _photo_folders_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.lower() in PHOTO_FOLDERS and path.is_dir())


def _take_photos(
    root: Path,
    finds: _Finds,
    *,
    shown: str,
    offered: bool = True,
    staged: bool = False,
    deep: bool = True,
    pass_masks: bool = False,
) -> int:
    """Return how many there are."""
    count = 0
    for path, inner in _walk(root, deep=deep):
        in_masks = pass_masks and any(part.lower() in _MASK_FOLDERS for part in inner.parts[:-1])
        if is_photo(path) and in_masks and path.parent.name.lower() in MASK_FOLDERS:
            finds.masks[path] = PhotoFile(path, inner, f"{shown}/{inner}", offered=offered, staged=staged)
            count += 1
        elif is_photo(path) and not in_masks:
            _add_photo(finds, path, inner, f"{shown}/{inner}", offered=offered, staged=staged)
            count += 1
    return count


def _add_photo(
    finds: _Finds, path: Path, name: PurePosixPath, shown: str, *, offered: bool = True, staged: bool = False
) -> None:
    finds.photos.setdefault(path, PhotoFile(path, name, shown, offered=offered, staged=staged))


def _walk(root: Path, *, deep: bool = True) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield each visible file below `root` with its path relative to it, in a fixed order."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if deep and not _is_hidden(name))
        for name in sorted(names):
            if not _is_hidden(name):
                path = Path(folder) / name
                if path.is_file():  # not a pipe or a device
                    yield path, PurePosixPath(path.relative_to(root).as_posix())


def _is_passed_over(path: PurePosixPath) -> bool:
    return any(_is_hidden(part) for part in path.parts)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _shown(path: Path) -> str:
    """The path with its last two folders at most: enough to find it, without the machine's layout."""
    return "/".join(path.parts[-3:]) if len(path.parts) > 3 else path.as_posix()
