"""Import this mask again: from the annotation that the project keeps of the photo's import."""

from __future__ import annotations

from collections.abc import Callable

from segstudio.formats.kept import mask_from_kept
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project


def mask_again(project: Project, photo: Photo, cancelled: Callable[[], bool]) -> Mask:
    """Return the mask that the import gave this photo: uint8 of the photo's (rows, columns). For a worker thread.

    The annotation kept below `sources/` is read anew; classes are found by their numbers, so that renamed ones
    count, and what belonged to a class that is gone is left out. Writes nothing. Raises SegStudioError when the
    photo was not imported with an annotation, or what was kept is gone or damaged, and WorkStopped (a
    SegStudioError) when `cancelled` says so.
    """
    return mask_from_kept(project, photo, cancelled=cancelled)
