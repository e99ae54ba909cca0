"""Photos that come into a project with a mask that a model made, or get it in the place of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.file_names import portable_path
from segstudio.project.change import Change
from segstudio.project.classes import ClassList
from segstudio.project.images import photo_size
from segstudio.project.masks import Mask
from segstudio.project.painted_photos import kept_from_painting
from segstudio.project.photos import PhotoState, Status
from segstudio.project.project import Project, stamp
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard


@dataclass(frozen=True, slots=True)
class Incoming:
    """A photo and its mask: `path` is the file, `key` its key where it is in the project already.

    `mask` is called when the mask is needed, so that no two are held at once; it returns uint8 (rows, columns) in
    the numbers of the class list that `bring_in` is given. `source` says in a few words where the mask is from. A new
    photo is called `name`, or as its file where that is empty, but for what not every system can name a file.
    """

    path: Path
    mask: Callable[[], Mask]
    status: Status
    source: str
    key: str | None = None
    name: str = ""


def bring_in(
    project: Project,
    photos: Sequence[Incoming],
    *,
    classes: ClassList | None = None,
    copy: bool = True,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> tuple[str, ...]:
    """Put the photos and masks into the project, all or none; return their keys, in the order given.

    `classes` replaces the class list, where the masks hold classes that the project has not. With `copy` new
    photos are copied, else referenced where they lie. Raises SegStudioError when a mask is not of its photo's
    size, when somebody is painting on a photo, and as `Project.change` does; nothing has changed then.
    """
    taken = {photo.key.casefold() for photo in project.photos()}
    keys: list[str] = []
    here = [project.photo(photo.key) for photo in photos if photo.key is not None]
    with kept_from_painting(project, here), project.change() as change:
        change.doing = photos[0].source if photos else ""
        if classes is not None and classes != project.classes:
            change.set_classes(classes)
        for number, photo in enumerate(photos):
            check_cancelled(cancelled)
            key = photo.key or free_key(portable_path(photo.name or photo.path.name), taken)
            taken.add(key.casefold())
            keys.append(key)
            _stage(change, photo, key, copy=copy)
            progress(number + 1, len(photos))
    return tuple(keys)


def free_key(name: str, taken: set[str]) -> str:
    """Return `name`, or `name-2` … with the same extension: the first that is not `taken` (casefolded keys)."""
    path = PurePosixPath(name)
    number, key = 1, name
    while key.casefold() in taken:
        number += 1
        key = f"{path.stem}-{number}{path.suffix}"
    return key


def _stage(change: Change, photo: Incoming, key: str, *, copy: bool) -> None:
    size = photo_size(photo.path)
    mask = photo.mask()
    if mask.shape != size:
        raise SegStudioError(
            f"the mask is {mask.shape[1]} × {mask.shape[0]} pixels, the photo {size[1]} × {size[0]}",
            where=str(photo.path),
            fix="Predict it again: the photo was changed since",
        )
    who, when = stamp()
    told = {"status": photo.status, "source": photo.source, "who": who, "when": when, "size": size}
    if photo.key is None:
        change.add_photo(key, photo.path, copy=copy)
        change.put_state(key, PhotoState.model_validate(told))
    else:
        change.update_state(key, lambda state: state.model_copy(update=told))
    change.put_mask(key, mask)
