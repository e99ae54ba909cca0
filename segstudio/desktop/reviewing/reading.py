"""What is read in worker threads: dropped folders, photos with what a model said of them, thumbnails."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.pictures import PhotoPicture, blended, mask_image, read_small
from segstudio.desktop.problems import words_of
from segstudio.desktop.reviewing.items import Answer, Item
from segstudio.desktop.reviewing.matching import Matched
from segstudio.desktop.reviewing.models import Model, is_model_file, model_of_file
from segstudio.desktop.reviewing.video_panel import VideoFacts, video_facts
from segstudio.errors import SegStudioError
from segstudio.formats.doubles import doubles_of
from segstudio.formats.label_images import MASK_FOLDERS, Suspicion, few_colours
from segstudio.formats.options import never
from segstudio.project.classes import ClassList
from segstudio.project.images import RgbImage, is_photo, photo_size, read_photo
from segstudio.project.masks import Mask, read_mask
from segstudio.project.photos import Photo
from segstudio.review.shown import Spread
from segstudio.review.tallies import Matrix, confusion_matrix
from segstudio.runs.model_glance import glance
from segstudio.runs.predictions import load_map

VIDEO_SUFFIXES = frozenset((".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg"))
_RESULT_SUFFIXES = (".mask.png", ".overlay.jpg", ".overlay.png", ".panels.png", ".confidence.png")
_THUMBNAIL_OPACITY = 0.5
Fold = npt.NDArray[np.uint8] | None
"""From a model's mask values to those that are shown: uint8 (256,); None where they are the same."""

PREDICTED = "prediction of "
"""How the source of a mask begins that a model drew."""

SMALL_PX = 480
"""Longer side of the pictures in which one class is lit."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was dropped, sorted out. `unused` names what is neither photo, video nor model; `refused` holds a sentence for
    each model file that is damaged or a stranger's. `left_out` counts label images in folders; `doubles` names photos
    that are copies of others here, each with that other.
    """

    items: tuple[Item, ...] = ()
    videos: tuple[VideoFacts, ...] = ()
    models: tuple[Model, ...] = ()
    unused: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    left_out: int = 0
    doubles: tuple[tuple[str, str], ...] = ()


def sorted_out(paths: Sequence[Path], opened: OpenedProject | None, listed: Sequence[Path] = ()) -> Given:
    """Return what there is in files and folders (with their subfolders), in the order of their names.

    A copy of a photo of the project is that photo, and one of a photo that is `listed` already, or comes before it, is
    that one. Label images that lie in a folder are left out, those given by name are not.
    """
    photos: list[Path] = []
    videos: list[VideoFacts] = []
    models: list[Model] = []
    unused: list[str] = []
    refused: list[str] = []
    for given in paths:
        inside = _files_below(given) if given.is_dir() else [given]
        for path in inside:
            if is_photo(path) and (path == given or not path.name.endswith(_RESULT_SUFFIXES)):
                photos.append(path)
            elif path.suffix.lower() in VIDEO_SUFFIXES:
                videos.append(video_facts(path))
            elif is_model_file(path) and path == given:
                told = given_model(path)
                models += told.models
                refused += told.refused
            elif path == given:
                unused.append(path.name)
        if given.is_dir() and not inside:
            unused.append(given.name)
    labels = _label_images(photos, {*paths}, opened)
    items, doubles = _items_of([path for path in photos if path not in labels], opened, listed)
    return Given(items, tuple(videos), tuple(models), tuple(unused), tuple(refused), len(labels), doubles)


def _label_images(
    photos: Sequence[Path], given: AbstractSet[Path], opened: OpenedProject | None
) -> set[Path]:
    """Return which are label images, as an import sees it; only those are read that are called like some."""
    inside = opened.photos if opened is not None else ()
    meant = {*given, *(photo.path for photo in inside)}
    suspicion = Suspicion(photos, [photo.key for photo in inside])
    suspected = {path for path in photos if path not in meant and suspicion.why(path)}
    return {path for path in suspected if path.parent.name.casefold() in MASK_FOLDERS or _is_flat(path)}


def _is_flat(path: Path) -> bool:
    try:
        return few_colours(read_photo(path))
    except SegStudioError:
        return False  # opening it tells of it


def _items_of(
    paths: Sequence[Path], opened: OpenedProject | None, listed: Sequence[Path]
) -> tuple[tuple[Item, ...], tuple[tuple[str, str], ...]]:
    """Return the photos as items, each once, and the names of those that are others' copies with these others'."""
    inside = opened.photos if opened is not None else ()
    by_path: dict[Path, Photo] = {photo.path: photo for photo in inside}
    elsewhere = [path for path in (*listed, *paths) if path not in by_path]
    copies = doubles_of(elsewhere, inside, {}, never)
    items: dict[str, Item] = {}
    doubles = []
    for path in paths:
        same = by_path.get(path) or copies.get(path, path)
        item = item_of(same.path, same) if isinstance(same, Photo) else item_of(same, None)
        items.setdefault(item.id, item)
        if isinstance(same, Path) and same != path:
            doubles.append((path.name, same.name if same.name != path.name else str(same)))
    return tuple(items.values()), tuple(doubles)


def given_model(path: Path) -> Given:
    """Return a model file, or why it is none; its weights are not read."""
    try:
        glance(path)
    except SegStudioError as error:
        return Given(refused=(words_of(error),))
    return Given(models=(model_of_file(path),))


def item_of(path: Path, photo: Photo | None) -> Item:
    """Return the item of a photo file; `photo` is what the project knows of it."""
    if photo is None:
        return Item(str(path), path, path.name)
    return Item(str(path), path, photo.key, photo.key, is_truth(photo))


def is_truth(photo: Photo) -> bool:
    """Tell whether a photo's mask is something to measure a model by.

    What a model drew itself and nobody has checked since would call every model like it good.
    """
    drawn = photo.state.source.startswith(PREDICTED) and photo.status != "checked"
    return photo.has_mask and not drawn


def _files_below(folder: Path) -> list[Path]:
    found = []
    for root, folders, names in os.walk(folder):
        folders.sort()
        found += [Path(root) / name for name in sorted(names) if not name.startswith(".")]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """A photo and its maps at the size of the class panels: uint8 (rows, columns[, 3])."""

    photo: RgbImage
    mask: Mask
    confidence: Mask
    truth: Mask | None


@dataclass(frozen=True, slots=True, eq=False)
class OpenItem:
    """A photo with all that is known of it, to be looked at. Arrays are uint8 of the photo's size, mask values the
    model's; `truth` is None where the project has no mask. `problem` says why the truth is left out.
    """

    item: Item
    pyramid: Pyramid
    mask: Mask | None = None
    confidence: Mask | None = None
    truth: Mask | None = None
    spread: Spread | None = None
    matrix: Matrix | None = None
    small: Small | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One answer in numbers: mean confidence (0–1), and the confusion matrix where truth is known."""

    sure: float
    matrix: Matrix | None


class AnswerGoneError(SegStudioError):
    """What a model said cannot be read any more: the photo is to be segmented anew."""


def drop_answer(answer: Answer) -> None:
    """Remove the files of an answer that is of no use, so that it is not taken for a kept one."""
    for path in (answer.mask, answer.confidence):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def open_item(
    item: Item,
    answer: Answer | None,
    truth: Callable[[], Mask | None],
    classes: ClassList,
    *,
    fold: Fold = None,
    pyramid: Pyramid | None = None,
) -> OpenItem:
    """Read a photo and its answer; raises SegStudioError when the photo cannot be read, AnswerGoneError for the answer."""
    if pyramid is None:
        pyramid = Pyramid.of(read_photo(item.path))
    if answer is None:
        return OpenItem(item, pyramid)
    try:
        mask, confidence = answer_maps(answer, fold)
    except SegStudioError as error:
        raise AnswerGoneError(error.problem, where=str(item.path)) from error
    if mask.shape != pyramid.size or confidence.shape != pyramid.size:
        raise AnswerGoneError("the prediction is of another size than the photo", where=str(item.path))
    there, problem = _truth_of(truth, pyramid.size)
    return OpenItem(
        item,
        pyramid,
        mask,
        confidence,
        there,
        Spread.of(mask, confidence),
        confusion_matrix(there, mask, classes) if there is not None else None,
        _made_small(pyramid, mask, confidence, there),
        problem,
    )


def answer_maps(answer: Answer, fold: Fold) -> tuple[Mask, Mask]:
    """Return mask and confidence in memory of their own; raises SegStudioError when the files are gone."""
    return _folded(load_map(answer.mask), fold), np.array(load_map(answer.confidence))


def _folded(mask: Mask, fold: Fold) -> Mask:
    return np.array(mask) if fold is None else np.asarray(cv2.LUT(np.asarray(mask), fold), dtype=np.uint8)


def score_answer(
    answer: Answer, truth: Callable[[], Mask | None], classes: ClassList, fold: Fold = None
) -> Scored:
    """Count an answer; raises AnswerGoneError when its files are gone."""
    try:
        mask, confidence = load_map(answer.mask), load_map(answer.confidence)
    except SegStudioError as error:
        raise AnswerGoneError(error.problem, where=error.where) from error
    mean = cv2.mean(confidence)[0] / 255
    there, _ = _truth_of(truth, (mask.shape[0], mask.shape[1]))
    if there is None:
        return Scored(mean, None)
    return Scored(mean, confusion_matrix(there, _folded(mask, fold), classes))


def truth_reader(opened: OpenedProject | None, item: Item, matched: Matched) -> Callable[[], Mask | None]:
    """Return what reads the project's mask of a photo in the model's mask values (in a worker); None: there is none."""
    photo = opened.photo(item.key) if opened is not None and item.key else None
    if opened is None or photo is None or not is_truth(photo):
        return lambda: None
    path, back = opened.project.mask_path(photo), matched.back

    def read() -> Mask:
        return np.asarray(cv2.LUT(read_mask(path), back), dtype=np.uint8)

    return read


def _truth_of(read: Callable[[], Mask | None], size: tuple[int, int]) -> tuple[Mask | None, str]:
    try:
        truth = read()
    except SegStudioError as error:
        return None, str(error)
    if truth is not None and truth.shape != size:
        return (
            None,
            "The mask in the project is of another size than the photo; there is nothing to compare with.",
        )
    return truth, ""


def _made_small(pyramid: Pyramid, mask: Mask, confidence: Mask, truth: Mask | None) -> Small:
    rows, columns = pyramid.size
    factor = min(SMALL_PX / max(rows, columns), 1.0)
    size = max(round(columns * factor), 1), max(round(rows * factor), 1)
    level = next(
        (
            level
            for level in reversed(pyramid.levels)
            if level.shape[0] >= size[1] and level.shape[1] >= size[0]
        ),
        pyramid.pixels,
    )
    return Small(
        np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_AREA), dtype=np.uint8),
        _picked(mask, size),
        _picked(confidence, size),
        None if truth is None else _picked(truth, size),
    )


def _picked(array: npt.NDArray[np.uint8], size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def item_thumbnail(
    item: Item, answer: Answer | None, classes: ClassList, fold: Fold, *, room: tuple[int, int], ratio: float
) -> PhotoPicture:
    """Return the photo with its prediction laid over it, to fit `room` (width, height in pixels of the screen)."""
    try:
        rows, columns = photo_size(item.path)
        factor = min(room[0] / columns, room[1] / rows)
        small = read_small(
            Photo(item.name, item.path, (rows, columns), False), max(round(max(rows, columns) * factor), 1)
        )
    except SegStudioError as error:
        return PhotoPicture(None, problem=str(error))
    packed = np.ascontiguousarray(small)
    shown = QImage(
        packed.data, packed.shape[1], packed.shape[0], packed.strides[0], QImage.Format.Format_RGB888
    ).copy()
    if answer is not None:
        try:
            step = _step(answer, small)
            coarse = _folded(np.ascontiguousarray(load_map(answer.mask)[::step, ::step]), fold)
            mask = _picked(coarse, (small.shape[1], small.shape[0]))
            shown = blended(PhotoPicture(shown, mask_image(mask, classes)), _THUMBNAIL_OPACITY) or shown
        except SegStudioError:
            pass  # opening the photo tells of it
    if factor > 1:
        shown = shown.scaled(QSize(*room), Qt.AspectRatioMode.KeepAspectRatio)
    shown = shown.convertToFormat(QImage.Format.Format_RGB32)
    shown.setDevicePixelRatio(ratio)
    return PhotoPicture(shown)


def _step(answer: Answer, small: RgbImage) -> int:
    """How many pixels of a map make one of the thumbnail; what lies between is not read."""
    rows, columns = int(small.shape[0]), int(small.shape[1])
    return max(min(answer.size[0] // rows, answer.size[1] // columns), 1)
