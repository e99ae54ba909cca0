"""Listing the photos of a project: what lies in its folders, and what need not be read again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.project.change import mask_name, read_state
from segstudio.project.conflict_names import copied_key
from segstudio.project.images import is_photo, photo_size
from segstudio.project.photos import Photo, PhotoState, clean_key, is_too_long

Stamp = tuple[int, int, int]
"""When a file was last written (ns), its size (bytes) and its number: another one tells that it was written."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A photo as it was listed, and the stamps of its state file and its mask (None: there is none)."""

    photo: Photo
    state: Stamp | None
    mask: Stamp | None


def photo_files(root: Path) -> dict[str, Path]:
    """Return the photo files below `root`, by key; those whose names can be none are passed over."""
    found = {}
    for path in _photos_below(root):
        with suppress(SegStudioError):  # one bad name must not hide all other photos
            found[clean_key(path.relative_to(root).as_posix())] = path
    return found


def badly_named(root: Path) -> list[tuple[str, str]]:
    """Return the photo files below `root` that `photo_files` passes over: their names, fit to be shown, and why."""
    found = []
    for path in _photos_below(root):
        name = path.relative_to(root).as_posix()
        try:
            clean_key(name)
        except SegStudioError:
            holds = "its name holds what no name of a photo may hold"
            why = "its name is too long for the files beside its mask" if is_too_long(name) else holds
            found.append((ascii(name)[1:-1], f"{why}; rename it"))
    return sorted(found)


def linked_below(root: Path) -> list[str]:
    """Return the folders below `root`, relative to it, that are links: photos behind them are none of the project's."""
    found = []
    for folder, below, _ in os.walk(root):
        found += [
            path.relative_to(root).as_posix() for name in below if (path := Path(folder) / name).is_symlink()
        ]
    return sorted(found)


def _photos_below(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        yield from (path for name in names if is_photo(path := Path(folder) / name))


def list_photos(project: Path, files: Mapping[str, Path], before: Mapping[str, Listed]) -> dict[str, Listed]:
    """Return the photos whose `files` are given by key, in the order of the keys.

    Of those listed `before` a state is only read when its file has changed since. A photo whose state is damaged
    is listed with a new one, and says so.
    """
    stamps = dict(_stamps(project / "masks", ""))
    return {key: _listed(project, key, files[key], stamps, before.get(key)) for key in sorted(files)}


def without_file(project: Path, listed: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of photos that have a mask or a state but no file any more; `listed` are those that have one.

    What a program that synchronises the folder has put beside the files of a photo is none.
    """
    here = frozenset(listed)
    labelled = {name.rpartition(".")[0] for name, _ in _stamps(project / "masks", "")}
    return tuple(key for key in sorted(labelled - here) if copied_key(key, here) is None)


def _listed(
    project: Path, key: str, path: Path, stamps: Mapping[str, Stamp], before: Listed | None
) -> Listed:
    state_stamp, mask_stamp = stamps.get(f"{key}.json"), stamps.get(f"{key}.png")
    has_mask = mask_stamp is not None
    if before is not None and before.state == state_stamp:
        photo = before.photo
        if photo.state.size is not None and photo.has_mask == has_mask and photo.path == path:
            return before if before.mask == mask_stamp else Listed(photo, state_stamp, mask_stamp)
    state, damage = PhotoState(), ""
    try:
        state = read_state(project, key)
    except SegStudioError as error:  # one damaged file must not hide all other photos
        damage = str(error)
    size = state.size or _measured(path, project / mask_name(key))
    photo = Photo(key, path, size, has_mask, state, damage)
    return Listed(before.photo if before and before.photo == photo else photo, state_stamp, mask_stamp)


def _measured(path: Path, mask_path: Path) -> tuple[int, int]:
    """Return the size of a photo, of its mask if the photo cannot be read, or (0, 0).

    One broken photo must not hide all others; whoever reads it learns what is wrong with it.
    """
    for candidate in (path, mask_path):
        with suppress(SegStudioError):
            return photo_size(candidate)
    return 0, 0


def _stamps(folder: Path, prefix: str) -> Iterator[tuple[str, Stamp]]:
    """Yield the files below `folder` by their path in it, with forward slashes, and their stamps."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # it may have gone meanwhile
                if entry.is_dir(follow_symlinks=False):
                    yield from _stamps(folder / entry.name, f"{prefix}{entry.name}/")
                elif entry.name.endswith((".json", ".png")):
                    told = entry.stat()
                    yield f"{prefix}{entry.name}", (told.st_mtime_ns, told.st_size, told.st_ino)
