"""Pictures of rows, made in workers: the photo small, and its mask painted at that size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtGui import QImage

from segstudio.desktop.pictures import PhotoPicture, mask_image, read_small
from segstudio.errors import SegStudioError
from segstudio.formats.examine import Looks
from segstudio.formats.previewing import Paint, preview_mask
from segstudio.formats.shapes import Annotation
from segstudio.project.images import RgbImage, photo_orientation, photo_size
from segstudio.project.photos import Photo

_GREY = 119
"""What stands for a photo that is not there."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is to be made of. `photo`, when it is known already, is not read again."""

    path: Path | None
    annotation: Annotation | None
    looks: Looks
    photo: QImage | None = None


def picture_of_row(subject: Subject, paint: Paint, side_px: int) -> PhotoPicture:
    """Return photo and mask, the longer side at most `side_px`; never raises for a file that cannot be read."""
    try:
        photo = subject.photo if subject.photo is not None else _photo(subject, side_px)
    except SegStudioError as error:
        return PhotoPicture(None, problem=error.problem)
    annotation = subject.annotation
    if photo is None or annotation is None:
        return PhotoPicture(photo)
    upright, orientation = _measured(subject)
    small = (photo.height(), photo.width())
    try:
        mask = preview_mask(annotation, paint, upright=upright, orientation=orientation, small=small)
    except SegStudioError as error:  # a label picture that cannot be read (any more)
        return PhotoPicture(photo, problem=error.problem)
    return PhotoPicture(photo, mask_image(mask, paint.classes))


def _photo(subject: Subject, side_px: int) -> QImage | None:
    if subject.path is not None:
        size = subject.looks.photos[subject.path].size if subject.path in subject.looks.photos else (0, 0)
        return _to_qimage(read_small(Photo("", subject.path, size, has_mask=False), side_px))
    told = subject.annotation.size if subject.annotation is not None else None
    if told is None or not all(told):
        return None
    factor = min(1.0, side_px / max(told))
    rows, columns = max(1, round(told[0] * factor)), max(1, round(told[1] * factor))
    return _to_qimage(np.full((rows, columns, 3), _GREY, dtype=np.uint8))


def _measured(subject: Subject) -> tuple[tuple[int, int], int]:
    """Return rows and columns of the upright photo, and its orientation."""
    if subject.path is None:
        told = subject.annotation.size if subject.annotation is not None else None
        return told or (1, 1), 1
    looked = subject.looks.photos.get(subject.path)
    if looked is not None:
        return looked.size, looked.orientation
    return photo_size(subject.path), photo_orientation(subject.path)


def _to_qimage(pixels: RgbImage) -> QImage:
    """As Qt draws fastest: four bytes a pixel."""
    coloured = np.ascontiguousarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA))
    rows, columns = pixels.shape[:2]
    return QImage(coloured.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
