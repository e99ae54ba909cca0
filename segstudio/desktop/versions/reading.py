"""The time line of a photo and one comparison, read in worker threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtGui import QImage

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.exporting.marks import Level, marks_of
from segstudio.desktop.pictures import PhotoPicture, blended, mask_image
from segstudio.errors import SegStudioError
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.versions import Version, changed_share, read_version, versions_of

_SIDE_PX = 128
_OPACITY = 0.55


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One version: `picture` is small, `share` (0–1) of its pixels differ from now; `problem` says why it cannot be
    read.
    """

    version: Version
    picture: QImage | None = None
    share: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A version beside the present mask; `gone` are classes that are no more, void in `then`."""

    version: Version
    then: Mask
    now: Mask
    marks: tuple[Level, ...]
    gone: tuple[str, ...]


def read_time_line(
    folder: Path, photo: Photo, pyramid: Pyramid, now: LazyCopy, cancelled: Callable[[], bool]
) -> tuple[Entry, ...]:
    """Return the versions of a photo, the newest first; `now` is the mask as it is painted."""
    project = Project.open(folder)
    present = now.pixels()
    found = versions_of(folder, photo.key)[::-1]
    return tuple(_entry(project, photo, pyramid, present, version) for version in found if not cancelled())


def compare(folder: Path, photo: Photo, version: Version, now: LazyCopy) -> Compared:
    """Return a version beside the mask `now`; raises SegStudioError when it cannot be read."""
    then, gone = read_version(folder, photo, version, Project.open(folder).classes)
    present = now.pixels()
    return Compared(version, then, present, marks_of(then != present), gone)


def small_picture(pyramid: Pyramid, mask: Mask, classes: ClassList) -> QImage:
    """Return a photo with a mask over it, small."""
    level = next((each for each in pyramid.levels if max(each.shape[:2]) <= 4 * _SIDE_PX), pyramid.levels[-1])
    factor = _SIDE_PX / max(level.shape[:2])
    size = (max(1, round(level.shape[1] * factor)), max(1, round(level.shape[0] * factor)))
    small = np.ascontiguousarray(cv2.resize(level, size, interpolation=cv2.INTER_AREA))
    little = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    shown = QImage(small.data, size[0], size[1], 3 * size[0], QImage.Format.Format_RGB888).copy()
    return blended(PhotoPicture(shown, mask_image(little, classes)), _OPACITY) or shown


def _entry(project: Project, photo: Photo, pyramid: Pyramid, now: Mask, version: Version) -> Entry:
    try:
        mask, _ = read_version(project.folder, photo, version, project.classes)
    except SegStudioError as error:
        return Entry(version, problem=str(error))
    return Entry(version, small_picture(pyramid, mask, project.classes), changed_share(mask, now))
