"""What the desk reads and writes of one photo, in worker threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.light import light_of
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.replaced import bridged
from segstudio.desktop.editing.shares import count
from segstudio.desktop.problems import Stopped
from segstudio.errors import SegStudioError
from segstudio.painting.editor import MaskEditor, Snapshot
from segstudio.painting.journal import take_journal
from segstudio.painting.recovery import Recovered
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import RgbImage, is_deep
from segstudio.project.masks import Mask
from segstudio.project.painted_photos import begin_painting
from segstudio.project.person import person
from segstudio.project.photo_locks import (
    Claim,
    Painted,
    PhotoHold,
    take_over,
    told_painted,
    told_taken,
    who_paints,
)
from segstudio.project.photos import Photo, PhotoState, Status
from segstudio.project.presence import Presence
from segstudio.project.project import Project, stamp
from segstudio.project.versions import version_files

Cancelled = Callable[[], bool]

_TOLD_FREE = "Nobody else paints on this photo any more."
_TOLD_DAMAGED = "The record of {key} (its status and its use) cannot be read, so the photo can only be looked at. Its mask stays as it is."


@dataclass(frozen=True, slots=True)
class Way:
    """How a photo is to be opened: to be painted on, which somebody else may keep from; `only_look`: not even tried;
    `take`: from a window that is gone.
    """

    only_look: bool = False
    take: Claim | None = None


PAINT, LOOK = Way(), Way(only_look=True)


@dataclass(frozen=True, slots=True)
class Written:
    """What lies on disk by now: the photo, and when its mask was written (ns; None: it has none)."""

    photo: Photo
    mask_time: int | None


def read_pyramid(photo: Photo, project: Project, cancelled: Cancelled) -> Pyramid:
    """Read a photo's pixels; raises Stopped soon after `cancelled` says yes, SegStudioError when they cannot be read."""
    _check(cancelled)
    pixels: RgbImage = project.read_photo(photo)
    _check(cancelled)
    return Pyramid.of(pixels, cancelled)


def open_photo(
    project: Project,
    photo: Photo,
    pyramid: Pyramid | None,
    cancelled: Cancelled,
    *,
    by: Presence | None = None,
    way: Way = PAINT,
) -> OpenPhoto:
    """Open a photo for painting, or for looking at where it cannot be painted on; `pyramid` when it was read already.

    `by` is the window that paints, `way` what is wished for. Raises as `read_pyramid` does.
    """
    pyramid = pyramid or read_pyramid(photo, project, cancelled)
    photo = replace(photo, size=pyramid.size)
    if photo.damage:
        opened = _looked_at(project, photo, pyramid, "")
        opened.told = _TOLD_DAMAGED.format(key=photo.key)  # before what may be wrong with its mask, too
        opened.has_damaged_record = True
        return opened
    try:
        hold = _hold(project, photo, by, way)
    except SegStudioError as error:
        opened = _looked_at(project, photo, pyramid, _told_refused(project, error))
        opened.cannot_write = True
        return opened
    if hold is None:
        return _locked(project, photo, pyramid, by)
    try:
        _check(cancelled)
        return _painted_on(project, photo, pyramid, hold)
    except SegStudioError as error:
        hold.let_go()
        opened = _looked_at(project, photo, pyramid, str(error))
        opened.has_damaged_mask = _is_damaged(project, photo)
        opened.has_versions = opened.has_damaged_mask and bool(version_files(project.folder, photo.key))
        return opened
    except BaseException:
        hold.let_go()
        raise


def write_mask(project: Project, opened: OpenPhoto, snapshot: Snapshot, classes: ClassList) -> Written:
    """Save what was painted, with the photo's state; raises SegStudioError when it cannot be, TakenOverError when
    somebody else paints on it by now.
    """
    written: list[Written] = []
    hold = opened.hold

    def write(mask: Mask) -> None:
        photo = project.save_photo(
            opened.photo,
            mask=mask,
            update=begun,
            made_from=classes,
            check=hold.check if hold is not None else None,
        )
        if hold is not None:
            hold.note_saved()
        written.append(Written(photo, mask_time(project, photo)))

    opened.editor.save(snapshot, write)
    return written[0]


def write_fields(project: Project, photo: Photo, fields: dict[str, object]) -> Written:
    """Change fields of the photo's state; raises SegStudioError when they cannot be."""
    who, when = stamp()
    saved = project.save_photo(photo, update=lambda state: state.marked(fields, who=who, when=when))
    return Written(saved, mask_time(project, saved))


def look_at(project: Project, photo: Photo, by: Presence) -> tuple[Painted | None, int | None]:
    """Return who paints on a photo, and when its mask was written (ns); raises OSError when the folder is away."""
    return who_paints(project, photo, by), mask_time(project, photo)


def can_begin(project: Project, photo: Photo) -> bool:
    """Tell whether a photo can be painted on again, of a folder that could not be written."""
    hold = begin_painting(project, photo)
    if hold is not None:
        hold.let_go()
    return hold is not None


def read_mask_of(project: Project, photo: Photo) -> Mask | None:
    """Return the mask of a photo as it is on disk by now, or None."""
    return project.read_mask(replace(photo, has_mask=project.mask_path(photo).exists()))


def mask_to_copy(project: Project, photo: Photo, unsaved: Snapshot | None) -> Mask | None:
    """Return the mask of a photo as it is by now, `unsaved` where it is not on disk yet; None when it has none."""
    return read_mask_of(project, photo) if unsaved is None else unsaved.copy.pixels()


def mask_time(project: Project, photo: Photo) -> int | None:
    """Return when the photo's mask was written (ns), None when it has none."""
    try:
        return project.mask_path(photo).stat().st_mtime_ns
    except OSError:
        return None


def begun(state: PhotoState) -> PhotoState:
    """Return the state of a photo once it is painted on, by this user and now."""
    who, when = stamp()
    status: Status = "doing" if state.status == "todo" else state.status
    return state.model_copy(update={"status": status, "who": who, "when": when, "labelled_by": who})


def _hold(project: Project, photo: Photo, by: Presence | None, way: Way) -> PhotoHold | None:
    if way.only_look:
        return None
    if way.take is not None and by is not None:
        return take_over(project, photo, way.take, by)
    return begin_painting(project, photo, by=by)


def _painted_on(project: Project, photo: Photo, pyramid: Pyramid, hold: PhotoHold) -> OpenPhoto:
    time, mask = _mask_on_disk(project, photo, pyramid)
    if hold.taken_from is not None:
        take_journal(project.journal_path(photo))
    editor, recovered = MaskEditor.open(mask, project.journal_path(photo))
    told = _told(photo, recovered, hold.taken_from)
    if recovered.aside is not None:
        bridge = bridged(project, photo, mask, recovered.aside)
        if bridge is not None:
            editor, told = bridge
    opened = _opened(project, photo, pyramid, editor, told=told, read_only=False)
    opened.mask_time, opened.hold = time, hold
    return opened


def _locked(project: Project, photo: Photo, pyramid: Pyramid, by: Presence | None) -> OpenPhoto:
    """Open a photo on which somebody else paints, or did until now."""
    try:
        painted = who_paints(project, photo, by) if by is not None else Painted(None)
    except OSError:
        painted = Painted(None)
    told = f"{told_painted(painted)}: here it can only be looked at." if painted is not None else _TOLD_FREE
    opened = _looked_at(project, photo, pyramid, told)
    opened.locked, opened.painted = True, painted
    return opened


def _looked_at(project: Project, photo: Photo, pyramid: Pyramid, told: str) -> OpenPhoto:
    """Open a photo without its journal, which belongs to whoever paints on it."""
    try:
        time, mask = _mask_on_disk(project, photo, pyramid)
    except SegStudioError as error:
        time, mask, told = mask_time(project, photo), _void(pyramid.size), str(error)
    opened = _opened(project, photo, pyramid, MaskEditor(mask), told=told, read_only=True)
    opened.mask_time = time
    return opened


def _opened(
    project: Project, photo: Photo, pyramid: Pyramid, editor: MaskEditor, *, told: str, read_only: bool
) -> OpenPhoto:
    counts = count(editor.mask)
    light = light_of(pyramid, is_deep=is_deep(photo.path))
    return OpenPhoto(
        photo, pyramid, editor, read_only, told, folder=project.folder, light=light, counts=counts
    )


def _is_damaged(project: Project, photo: Photo) -> bool:
    try:
        read_mask_of(project, photo)
    except SegStudioError:
        return True
    return False


def _mask_on_disk(project: Project, photo: Photo, pyramid: Pyramid) -> tuple[int | None, Mask]:
    time = mask_time(
        project, photo
    )  # before: if it is replaced meanwhile, the next look at the project notices
    mask = read_mask_of(project, photo)
    return time, _void(pyramid.size) if mask is None else mask


def _void(size: tuple[int, int]) -> Mask:
    """Return the mask of a photo that nobody has labelled."""
    return np.full(size, VOID, dtype=np.uint8)


def _told(photo: Photo, recovered: Recovered, taken_from: Claim | None) -> str:
    told = recovered.told
    if taken_from is not None and not (told and taken_from.is_dead and taken_from.who == person()):
        told = f"{told_taken(taken_from)} {told}".strip()
    return f"{photo.key}: {told}" if told else ""


def _told_refused(project: Project, error: SegStudioError) -> str:
    return (
        f"{project.folder} {error.problem}, so its photos can only be looked at. "
        "Make the folder writable, or make room on its disk: painting goes on by itself then."
    )


def _check(cancelled: Cancelled) -> None:
    if cancelled():
        raise Stopped
