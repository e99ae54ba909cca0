"""Photos that are no files of their own: those that labelme's JSON files hold, and the frames of films."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import cv2

from segstudio.errors import SegStudioError
from segstudio.formats.cvat_video import Film, drawn_frames, films_of, frame_name, is_cvat_video
from segstudio.formats.labelme_json import damaged_photo, embedded_photo, is_labelme_json, told_photo
from segstudio.formats.places import PhotoFile, SourceFile, telling_folders

FILM_SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv"})

_JPEG_QUALITY = 95


def embedded_photos(
    files: Iterable[SourceFile],
    photos: Iterable[PhotoFile],
    folder: Callable[[], Path],
    torn: dict[Path, SegStudioError],
) -> Iterator[PhotoFile]:
    """Write the photos in labelme's JSON files that lie nowhere else into the `folder` that is made for them, and
    yield them.

    What is wrong with those that are damaged goes to `torn`, by the JSON file; of a file that is damaged itself reading tells.
    """
    there: dict[str, set[str]] = defaultdict(set)
    for one in photos:
        there[one.name.stem.casefold()].add(_folder_of(one.name))
    root: Path | None = None
    for number, file in enumerate(files):
        if (
            file.path.suffix.lower() != ".json"
            or _lies_there(file.folders / file.path.name, there)
            or not is_labelme_json(file.path)
        ):
            continue
        try:
            photo = embedded_photo(file.path)
        except SegStudioError as error:
            if not _is_beside(file, there):
                torn[file.path] = error.within(file.shown)
            continue
        if photo is None or _lies_there(file.folders / photo.name, there):
            continue
        if _folder_of(photo.told) and _lies_there(photo.told, there):
            continue
        root = root or folder()
        # in the JSON's own folders, by which the photo is told from its namesakes
        target = root / str(number) / file.folders / photo.name
        target.parent.mkdir(parents=True)
        target.write_bytes(photo.content)
        yield PhotoFile(target, file.folders / photo.name, f"{file.shown}, imageData", staged=True)


def _is_beside(file: SourceFile, there: Mapping[str, Collection[str]]) -> bool:
    """Tell whether the photo that a file tells lies there; that of a file which cannot be read is not asked for."""
    try:
        told = told_photo(file.path)
    except SegStudioError:
        return True
    return _lies_there(file.folders / told.name, there) or (
        bool(_folder_of(told)) and _lies_there(told, there)
    )


def _lies_there(name: PurePosixPath, there: Mapping[str, Collection[str]]) -> bool:
    """Tell whether a photo of that name lies there, by the innermost of the folders that tell which photos they are of."""
    folders, own = there.get(name.stem.casefold(), ()), _folder_of(name)
    return bool(folders) and (not own or own in folders or "" in folders)


def _folder_of(name: PurePosixPath) -> str:
    return next((folder.casefold() for folder in reversed(telling_folders(name))), "")


def damaged_photos(files: Iterable[SourceFile], photos: Iterable[PhotoFile]) -> Iterator[SegStudioError]:
    """Yield what is wrong with photos in labelme's JSON files that are not needed, for theirs lie there as well."""
    there = {photo.name.stem.casefold() for photo in photos if not photo.staged}
    for file in files:
        if (
            file.path.suffix.lower() == ".json"
            and file.path.stem.casefold() in there
            and is_labelme_json(file.path)
        ):
            problem = damaged_photo(file.path)
            if problem is not None:
                yield problem.within(file.shown)


def film_photos(
    files: Iterable[SourceFile],
    films: Sequence[Path],
    folder: Callable[[], Path],
    progress: Callable[[int, int], None],
) -> Iterator[PhotoFile]:
    """Write the frames that somebody drew on, of films that CVAT annotated, into a `folder` for each, and yield them.

    A film is found by the name that the annotations tell, or is the only one there is. Raises SegStudioError for a
    film that cannot be read or ends too soon.
    """
    for file in files:
        if not films or file.path.suffix.lower() != ".xml":
            continue
        try:
            if not is_cvat_video(file.path):
                continue
            told, frames = films_of(file.path), drawn_frames(file.path)
        except SegStudioError:
            continue  # reading it tells
        path = _film(told, films)
        if path is not None and len(told) <= 1:
            yield from _frames(path, frames, folder() / path.stem, progress)


def tell_of_films(files: Iterable[SourceFile]) -> bool:
    """Tell whether one of the files is of a film, or may be: one that is damaged."""
    for file in files:
        if file.path.suffix.lower() == ".xml":
            try:
                if is_cvat_video(file.path):
                    return True
            except SegStudioError:
                return True
    return False


def _film(told: Sequence[Film], films: Sequence[Path]) -> Path | None:
    names = {PurePosixPath(film.name).stem.casefold() for film in told}
    named = [path for path in films if path.stem.casefold() in names]
    return next(iter(named), films[0] if len(films) == 1 else None)


def _frames(
    film: Path, frames: Sequence[int], folder: Path, progress: Callable[[int, int], None]
) -> Iterator[PhotoFile]:
    """Go through the film once: seeking is exact in few films."""
    folder.mkdir(parents=True, exist_ok=True)
    # Absolute, and with the one back end that takes a name as a name: others see patterns and addresses in it.
    reader = cv2.VideoCapture(str(film.absolute()), cv2.CAP_FFMPEG)
    try:
        if not reader.isOpened():
            raise SegStudioError(
                "the film cannot be read", where=film.name, fix="Convert it to MP4, or give its frames"
            )
        at = 0
        for done, wanted in enumerate(frames):
            progress(done, len(frames))
            while at < wanted and reader.grab():
                at += 1
            has_frame, pixels = reader.read() if at == wanted else (False, None)
            at += 1
            if not has_frame or pixels is None:
                raise SegStudioError(
                    f"the film ends before frame {wanted}, which is annotated",
                    where=film.name,
                    fix="Give the film that was annotated",
                )
            target = folder / f"{frame_name(wanted)}.jpg"
            _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
            target.write_bytes(encoded.tobytes())
            yield PhotoFile(
                target, PurePosixPath(film.stem, target.name), f"{film.name}, frame {wanted}", staged=True
            )
    finally:
        reader.release()
