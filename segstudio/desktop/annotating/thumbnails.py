"""Thumbnails of the photo list, made in worker threads at the pixels of the screen: the list only copies them there.

Whatever is large is done where Python's lock is let go (decoding, reducing), so that the window never waits for it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from segstudio.desktop.pictures import PhotoPicture, blended, mask_image, read_small
from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary
from segstudio.project.classes import ClassList
from segstudio.project.images import IMAGE_FORMATS
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo

_OPACITY = 0.5


def thumbnail_of(
    photo: Photo, mask_path: Path, classes: ClassList, room: tuple[int, int], ratio: float
) -> PhotoPicture:
    """Return the photo with its mask laid over it as one picture that fits `room` (width, height in pixels).

    `ratio` is the screen's. Never raises for a file that cannot be read.
    """
    rows, columns = photo.size
    factor = min(room[0] / max(columns, 1), room[1] / max(rows, 1))
    side = max(round(max(rows, columns) * factor), 1) if rows and columns else min(room)
    try:
        small = read_small(photo, side)
    except SegStudioError as error:
        return PhotoPicture(None, problem=str(error))
    shown = QImage(
        small.data, small.shape[1], small.shape[0], small.strides[0], QImage.Format.Format_RGB888
    ).copy()
    mask = _small_mask(mask_path, photo.size, (small.shape[1], small.shape[0])) if photo.has_mask else None
    if mask is not None:
        shown = blended(PhotoPicture(shown, mask_image(mask, classes)), _OPACITY) or shown
    if factor > 1:
        shown = shown.scaled(QSize(*room), Qt.AspectRatioMode.KeepAspectRatio)
    shown = shown.convertToFormat(QImage.Format.Format_RGB32)  # the window's own: to be copied, not converted
    shown.setDevicePixelRatio(ratio)
    return PhotoPicture(shown)


def _small_mask(path: Path, whole: tuple[int, int], size: tuple[int, int]) -> Mask | None:
    """Return the mask at `size` (width, height); None for one that cannot be read, or is not of the photo's size
    `whole` (rows, columns): opening the photo tells of it.
    """
    try:
        with open_ordinary(path) as stream, Image.open(stream, formats=IMAGE_FORMATS) as image:
            if image.mode not in ("P", "L") or (all(whole) and image.size != whole[::-1]):
                return None
            return np.array(image.resize(size, Image.Resampling.NEAREST), dtype=np.uint8)
    except (OSError, SyntaxError, ValueError, EOFError):
        return None
