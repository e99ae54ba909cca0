"""Mending: a photo whose mask or record cannot be read gets another one, the damaged file kept beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.desktop.editing.disk import Written, mask_time
from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.painting.going_back import go_back
from segstudio.project.change import aside_name
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.versions import read_version, versions_of


@dataclass(frozen=True, slots=True)
class Mended:
    """What a photo of the project in `folder` is by now, and what is told of it."""

    folder: Path
    written: Written
    told: str


def start_empty(folder: Path, photo: Photo) -> Mended:
    """Set the mask file of a photo aside, which cannot be read. For a worker thread.

    Raises SegStudioError when somebody paints on the photo, or the file cannot be renamed.
    """
    aside = _set_aside(Project.open(folder), photo)
    told = f"{photo.key} starts empty; its damaged mask is kept as {aside.name}."
    return Mended(folder, Written(replace(photo, has_mask=False), None), told)


def go_back_to_last(folder: Path, photo: Photo) -> Mended:
    """Give a photo whose mask cannot be read the newest of its versions that can be. For a worker thread.

    The damaged file is kept among the versions. Raises SegStudioError when none can be read, somebody paints on the photo,
    or the disk refuses.
    """
    project = Project.open(folder)
    photo = replace(project.photo(photo.key), size=photo.size)
    for version in reversed(versions_of(folder, photo.key)):
        try:
            read_version(folder, photo, version, project.classes)
        except SegStudioError:
            continue
        go_back(project, photo, version)
        told = f"{photo.key} is as it was {version.when.astimezone():%d %b %Y %H:%M}; its damaged mask is kept among its versions."
        there = Project.open(folder).photo(photo.key)
        return Mended(folder, Written(there, mask_time(project, there)), told)
    raise SegStudioError(f"no version of {photo.key} can be read", fix="Start with an empty mask")


def begin_record(folder: Path, photo: Photo) -> Mended:
    """Give the photo a new record in place of its damaged one. For a worker thread.

    Raises SegStudioError when it cannot be written.
    """
    project = Project.open(folder)
    there = project.photo(photo.key)
    begun = project.begin_state_anew(there) if there.damage else there
    told = f"{photo.key} has a new record; its mask is as it was, the damaged file is kept beside it."
    return Mended(folder, Written(begun, mask_time(project, begun)), told)


def _set_aside(project: Project, photo: Photo) -> Path:
    """Give the photo's mask file a name that nobody reads; return its new path."""
    let_go = hold(project.paint_lock(photo))
    if let_go is None:
        raise SegStudioError(f"{photo.key} is open in another window of SegStudio", fix="Close it there")
    path = project.mask_path(photo)
    aside = path.with_name(aside_name(path.name))
    try:
        path.rename(aside)
    except OSError as error:
        raise SegStudioError("the damaged mask cannot be moved aside", where=str(path)) from error
    finally:
        let_go()
    return aside
