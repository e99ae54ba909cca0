"""What an accepted prediction did to the project, and how that is taken back; files, no window (in a worker)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.project.bringing_in import Incoming, bring_in
from segstudio.project.change import FileStamp, file_stamp, mask_name
from segstudio.project.painted_photos import kept_from_painting
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A prediction that became the mask of the photo `key`, as the file of `stamp`. `came_in`: the photo came into the
    project with it; otherwise `mask` is the file that lay there before (None: there was none), and `state` its state.
    """

    key: str
    stamp: FileStamp | None
    came_in: bool
    mask: bytes | None = None
    state: PhotoState | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How that went: a sentence for the person, and the key of the photo when it is out of the project again."""

    told: str = ""
    gone: str = ""


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
        mask = path.read_bytes() if there.has_mask else None
        if earlier is not None and earlier.stamp == file_stamp(path):
            (key,) = bring_in(project, (photo,))
            return replace(earlier, stamp=file_stamp(folder / mask_name(key)))
    (key,) = bring_in(project, (photo,))
    return Taken(key, file_stamp(folder / mask_name(key)), photo.key is None, mask, state)


def is_untouched(folder: Path, taken: Taken) -> bool:
    """Tell whether the mask is still the very file that was written."""
    return taken.stamp is not None and file_stamp(folder / mask_name(taken.key)) == taken.stamp


def take_back(folder: Path, taken: Taken) -> TakenBack:
    """Undo what `take` did, unless somebody has painted since. Raises SegStudioError as `Project.change` does."""
    project, key = Project.open(folder), taken.key
    if not project.has_photo(key):
        return TakenBack(gone=key)
    if not is_untouched(folder, taken):
        return TakenBack(f"{key} was painted on since it was accepted: it stays in the project as it is.")
    if taken.came_in:
        remove_photos(project, (key,))
        return TakenBack(f"{key} is out of the project again; it lies in the project's trash.", key)
    photo = project.photo(key)
    with kept_from_painting(project, (photo,)), project.change() as change:
        if taken.mask is None:
            change.remove_file(mask_name(key))
        else:
            change.put_file(mask_name(key), taken.mask)
        was = taken.state or PhotoState()
        told = {"status": was.status, "source": was.source, "who": was.who, "when": was.when}
        change.update_state(key, lambda state: state.model_copy(update=told))
    return TakenBack(
        f"{key} has the mask again that it had before." if taken.mask else f"{key} has no mask again."
    )
