"""Small pictures of photos and their masks, made in worker threads: no Qt widgets here, only QImage."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps
from PySide6.QtGui import QImage, QPainter

from segstudio.desktop.editing.light import seen_well
from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import IMAGE_FORMATS, RgbImage, is_deep, read_photo
from segstudio.project.masks import Mask, read_mask
from segstudio.project.photos import Photo

_BIG_PIXELS = 50_000_000
_big = threading.Lock()
"""Held while a big photo is decoded: two at a time would take gigabytes."""


@dataclass(frozen=True, slots=True)
class PhotoPicture:
    """A photo made small, its mask in class colours (transparent where void; None without mask), and what is in it.

    `shares` gives each mask value's part of the photo, 0–1, void included. `problem` says what could not be read.
    """

    photo: QImage | None
    mask: QImage | None = None
    shares: tuple[tuple[int, float], ...] = ()
    problem: str = ""


def picture_of(photo: Photo, mask_path: Path, classes: ClassList, side_px: int) -> PhotoPicture:
    """Return the photo with its mask, the longer side at most `side_px`; never raises for a file that cannot be read."""
    try:
        small = read_small(photo, side_px)
    except SegStudioError as error:
        return PhotoPicture(None, problem=str(error))
    shown = _to_qimage(small)
    if not photo.has_mask:
        return PhotoPicture(shown)
    try:
        mask = read_mask(mask_path, size=photo.size)
    except SegStudioError as error:
        return PhotoPicture(shown, problem=str(error))
    rows, columns = small.shape[:2]
    little = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_NEAREST)
    return PhotoPicture(shown, mask_image(np.asarray(little, dtype=np.uint8), classes), _shares(mask))


def mask_image(mask: Mask, classes: ClassList) -> QImage:
    """Return a mask in its class colours, transparent where it is void or no class."""
    table = np.zeros((256, 4), dtype=np.uint8)
    table[:, :3] = classes.palette()
    table[list(classes.indices), 3] = 255
    table[VOID] = 0
    rows, columns = mask.shape
    coloured = np.ascontiguousarray(table[mask])
    return QImage(coloured.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()


def blended(picture: PhotoPicture, opacity: float) -> QImage | None:
    """Return the photo with its mask laid over it; `opacity` 0–1."""
    if picture.photo is None or picture.mask is None:
        return picture.photo
    result = picture.photo.copy()
    painter = QPainter(result)
    painter.setOpacity(opacity)
    painter.drawImage(0, 0, picture.mask)
    painter.end()
    return result


def read_small(photo: Photo, side_px: int) -> RgbImage:
    """Return the photo with its longer side at most `side_px`, a dim one of many bits in a light in which something is
    seen; raises SegStudioError when it cannot be read.
    """
    pixels = photo.size[0] * photo.size[1]
    with _big if pixels > _BIG_PIXELS else nullcontext():
        image = _read_jpeg_small(photo.path, side_px)
        deep = image is None and is_deep(photo.path)
        if image is None:
            image = read_photo(photo.path)
        rows, columns = image.shape[:2]
        factor = side_px / max(rows, columns)
        if factor < 1:
            size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return seen_well(image, is_deep=deep)


def _read_jpeg_small(path: Path, side_px: int) -> RgbImage | None:
    """Decode a JPEG at the smallest of its built-in scales (1/8 … 1/1) that is large enough; None for what is none."""
    try:
        with open_ordinary(path) as stream, Image.open(stream, formats=IMAGE_FORMATS) as image:
            if image.format != "JPEG":
                return None
            image.draft("RGB", (side_px, side_px))
            return np.array(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.uint8)
    except (OSError, SyntaxError, ValueError, EOFError):
        return None  # read_photo says what is wrong with it


def _to_qimage(image: RgbImage) -> QImage:
    rows, columns = image.shape[:2]
    packed = np.ascontiguousarray(image)
    return QImage(packed.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


def _shares(mask: Mask) -> tuple[tuple[int, float], ...]:
    counts = np.bincount(mask.ravel(), minlength=256)
    return tuple((int(value), float(counts[value] / mask.size)) for value in np.flatnonzero(counts))
