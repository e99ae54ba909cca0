"""What an accepted prediction did to the project, how that is taken back, and done again; files, no window (in a
worker).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.project.bringing_in import Incoming, bring_in
from segstudio.project.change import FileStamp, file_stamp, mask_name
from segstudio.project.masks import read_mask_file
from segstudio.project.painted_photos import kept_from_painting
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.removal import Removal, bring_back, remove_photos


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A prediction that became the mask of the photo `key`, as the file of `stamp` and of what `digest` tells (empty: not
    known). `came_in`: the photo came into the project with it, from the file `origin`; otherwise `mask` is the file that
    lay there before (None: there was none), and `state` its state.
    """

    key: str
    stamp: FileStamp | None
    came_in: bool
    mask: bytes | None = None
    state: PhotoState | None = None
    origin: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Undone:
    """What was taken back, to be done again: `removal` holds a photo that went out of the project; otherwise `mask` and
    `state` are those that were accepted, and `stamp` that of the mask that took their place (None: there is none).
    """

    taken: Taken
    removal: Removal | None = None
    mask: bytes = b""
    state: PhotoState | None = None
    stamp: FileStamp | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TakenBack:
    """How that went: a sentence for the person, and the key of the photo when it is out of the project again, with the
    file that it came from where that is still there.
    """

    told: str = ""
    gone: str = ""
    origin: Path | None = None
    undone: Undone | None = None


def take(folder: Path, photo: Incoming, earlier: Taken | None) -> Taken:
    """Give a photo of the project a mask, or bring the photo in with it. Raises SegStudioError as `bring_in` does.

    `earlier` is what was taken before: it is what comes back where nobody has painted since.
    """
    project = Project.open(folder)
    mask: bytes | None = None
    state: PhotoState | None = None
    if photo.key is not None:
        there = project.photo(photo.key)
        path, state = project.mask_path(there), there.state
        mask = read_mask_file(path) if there.has_mask else None
        if earlier is not None and is_untouched(folder, earlier):
            (key,) = bring_in(project, (photo,))
            stamp, digest = _written(folder, key)
            return replace(earlier, stamp=stamp, digest=digest)
    (key,) = bring_in(project, (photo,))
    came_in = photo.key is None
    origin = str(photo.path.absolute()) if came_in else ""
    stamp, digest = _written(folder, key)
    return Taken(key, stamp, came_in, mask, state, origin, digest)


def is_untouched(folder: Path, taken: Taken) -> bool:
    """Tell whether the mask is still the file that was written, or a copy of it: a project may be copied and restored."""
    path = folder / mask_name(taken.key)
    there = file_stamp(path)
    if there is None or taken.stamp is None or there == taken.stamp:
        return there is not None and taken.stamp is not None
    is_as_long = there[1] == taken.stamp[1]
    return is_as_long and bool(taken.digest) and _digest(path) == taken.digest


def _written(folder: Path, key: str) -> tuple[FileStamp | None, str]:
    """Return what tells the mask that was just written from another, and from another content (empty: not known)."""
    path = folder / mask_name(key)
    stamp = file_stamp(path)
    digest = _digest(path)
    return stamp, digest if file_stamp(path) == stamp else ""


def _digest(path: Path) -> str:
    """Return the SHA-256 of a mask file, empty where it cannot be read."""
    try:
        return hashlib.sha256(read_mask_file(path)).hexdigest()
    except SegStudioError:
        return ""


def take_back(folder: Path, taken: Taken) -> TakenBack:
    """Undo what `take` did, unless somebody has painted since. Raises SegStudioError as `Project.change` does."""
    project, key = Project.open(folder), taken.key
    if not project.has_photo(key):
        return TakenBack(gone=key, origin=_origin(taken))
    if not is_untouched(folder, taken):
        return TakenBack(f"{key} was painted on since it was accepted: it stays in the project as it is.")
    if taken.came_in:
        removal = remove_photos(project, (key,))
        told = f"{key} is out of the project again; it lies in the project's trash."
        return TakenBack(told, key, _origin(taken), Undone(taken, removal))
    photo = project.photo(key)
    accepted, state = read_mask_file(project.mask_path(photo)), photo.state
    with kept_from_painting(project, (photo,)), project.change() as change:
        if taken.mask is None:
            change.remove_file(mask_name(key))
        else:
            change.put_file(mask_name(key), taken.mask)
        change.update_state(key, lambda now: _signed(now, taken.state or PhotoState()))
    told = f"{key} has the mask again that it had before." if taken.mask else f"{key} has no mask again."
    stamp = file_stamp(folder / mask_name(key))
    return TakenBack(told, undone=Undone(taken, mask=accepted, state=state, stamp=stamp))


def take_again(folder: Path, undone: Undone) -> Taken:
    """Do again what was taken back. Raises SegStudioError when the photo was changed since, and as `Project.change`."""
    project, taken = Project.open(folder), undone.taken
    if undone.removal is not None:
        bring_back(project, undone.removal)
        return replace(taken, stamp=file_stamp(folder / mask_name(taken.key)))
    photo = project.photo(taken.key)
    if file_stamp(folder / mask_name(taken.key)) != undone.stamp:
        raise SegStudioError(
            "the photo was painted on since its verdict was taken back",
            where=taken.key,
            fix="Accept the prediction once more",
        )
    with kept_from_painting(project, (photo,)), project.change() as change:
        change.put_file(mask_name(taken.key), undone.mask)
        change.update_state(taken.key, lambda now: _signed(now, undone.state or PhotoState()))
    return replace(taken, stamp=file_stamp(folder / mask_name(taken.key)))


def _signed(now: PhotoState, was: PhotoState) -> PhotoState:
    """Return a state with what another says of how far the mask is, and whose it is."""
    told = {"status": was.status, "source": was.source, "who": was.who, "when": was.when}
    return now.model_copy(update=told)


def _origin(taken: Taken) -> Path | None:
    path = Path(taken.origin)
    return path if taken.origin and path.is_file() else None
