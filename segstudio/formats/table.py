"""The table of annotation formats. To add one: write its module, add its row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.formats.coco import coco_categories, is_coco, read_coco
from segstudio.formats.colour_png import colours_of_masks, is_colour_png, read_colour_png
from segstudio.formats.cvat import cvat_classes, cvat_colours, is_cvat, read_cvat
from segstudio.formats.cvat_video import is_cvat_video, read_cvat_video
from segstudio.formats.index_png import is_index_png, numbers_of_masks, read_index_png
from segstudio.formats.label_tables import table_for
from segstudio.formats.labelme_json import is_labelme_json, read_labelme_json
from segstudio.formats.labelme_xml import is_labelme_xml, read_labelme_xml
from segstudio.formats.not_ours import (
    is_coco_results,
    is_damaged_json,
    is_lossy_mask,
    is_via_table,
)
from segstudio.formats.npy_onehot import is_npy_onehot, read_npy_onehot
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation
from segstudio.formats.via import is_via, read_via
from segstudio.formats.voc import is_voc, read_voc, voc_labels
from segstudio.formats.voc_boxes import is_voc_boxes, read_voc_boxes
from segstudio.formats.yolo_seg import is_yolo_boxes, is_yolo_seg, read_yolo_seg, yolo_labels
from segstudio.project.images import PHOTO_SUFFIXES

_PICTURES = (".png", ".bmp", ".tif", ".tiff", ".gif")


def _no_labels(_file: SourceFile) -> Mapping[str, str]:
    return {}


def _cvat_labels(file: SourceFile) -> Mapping[str, str]:
    return cvat_colours(file.path)


def _cvat_classes(file: SourceFile) -> Collection[str]:
    return cvat_classes(file.path)


def _names_in_table(file: SourceFile) -> Collection[str]:
    table = table_for(file)  # one that everybody knows says nothing about these files
    return [row.name for row in table.rows] if table is not None else ()


def _coco_labels(file: SourceFile) -> Mapping[str, str]:
    return coco_categories(file.path)


@dataclass(frozen=True, slots=True)
class Format:
    """One annotation format.

    `recognise` tells by its content whether a file is one; `read` yields the annotations in it one after the
    other; `labels` returns labels of the file and their colours (`#rrggbb`, or empty), and `declared` those that it declares to be
    classes, whether shapes carry them or not (None: all). All raise SegStudioError for a damaged file, and leave it to the caller to name the file. `carries` and `told` say which shapes come in, and which are only
    listed.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    carries: str
    told: str
    recognise: Callable[[Path], bool]
    read: Callable[[SourceFile], Iterator[Annotation]]
    labels: Callable[[SourceFile], Mapping[str, str]] = _no_labels
    declared: Callable[[SourceFile], Collection[str]] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A format that is known by its content and not read: the problem and what to do about it. `boxes_only` ones are read where
    boxes are wanted as areas.
    """

    recognise: Callable[[Path], bool]
    extensions: tuple[str, ...]
    problem: str
    fix: str
    boxes_only: bool = False


FORMATS = (
    Format(
        "cvat",
        "CVAT for images 1.1",
        (".xml",),
        "polygons, boxes, ellipses, masks (RLE), layers, label colours",
        "polylines, points, cuboids, skeletons, tags",
        is_cvat,
        read_cvat,
        _cvat_labels,
        _cvat_classes,
    ),
    Format(
        "cvat-video",
        "CVAT for video 1.1",
        (".xml",),
        "tracks of polygons, boxes, ellipses and masks, moved from frame to frame; frames of a folder or a film",
        "polylines, points, cuboids, skeletons",
        is_cvat_video,
        read_cvat_video,
        _cvat_labels,
        _cvat_classes,
    ),
    Format(
        "labelme-xml",
        "LabelMe XML 3.0 (MIT's LabelMe, CVAT)",
        (".xml",),
        "polygons, boxes, masks (Masks/*.png)",
        "points, objects without outline",
        is_labelme_xml,
        read_labelme_xml,
    ),
    Format(
        "labelme-json",
        "labelme JSON",
        (".json",),
        "polygons, rectangles, circles, masks, the photo in imageData",
        "lines, line strips, points",
        is_labelme_json,
        read_labelme_json,
    ),
    Format(
        "via",
        "VGG Image Annotator 1 to 3, JSON",
        (".json",),
        "polygons, rectangles, circles, ellipses",
        "polylines, points",
        is_via,
        read_via,
    ),
    Format(
        "coco",
        "COCO instances and panoptic",
        (".json",),
        "polygons, masks (RLE), boxes, crowds, panoptic pictures",
        "keypoints, captions, labels of whole photos",
        is_coco,
        read_coco,
        _coco_labels,
    ),
    Format(
        "yolo-seg",
        "YOLO segmentation",
        (".txt",),
        "polygons, boxes, names of data.yaml or classes.txt",
        "keypoints",
        is_yolo_seg,
        read_yolo_seg,
        yolo_labels,
    ),
    Format(
        "voc",
        "Pascal VOC segmentation",
        _PICTURES,
        "index and colour masks in SegmentationClass, labelmap.txt",
        "",
        is_voc,
        read_voc,
        voc_labels,
        _names_in_table,
    ),
    Format(
        "index-png",
        "Index masks beside photos",
        _PICTURES,
        "grey and palette pictures of class numbers, a table of labels",
        "",
        is_index_png,
        read_index_png,
        numbers_of_masks,
        _names_in_table,
    ),
    Format(
        "colour-png",
        "Colour-coded masks beside photos",
        _PICTURES,
        "pictures of class colours, a table of colours given, found, known or discovered",
        "",
        is_colour_png,
        read_colour_png,
        colours_of_masks,
        _names_in_table,
    ),
    Format(
        "npy-onehot",
        "NumPy dictionary of one-hot masks",
        (".npy",),
        "arrays of rows × columns × classes by photo name",
        "",
        is_npy_onehot,
        read_npy_onehot,
    ),
)

BOX_FORMATS = (
    Format(
        "voc-boxes",
        "Pascal VOC boxes",
        (".xml",),
        "boxes, where they are wanted as areas (--boxes areas)",
        "",
        is_voc_boxes,
        read_voc_boxes,
    ),
    Format(
        "yolo-boxes",
        "YOLO boxes",
        (".txt",),
        "boxes, where they are wanted as areas (--boxes areas)",
        "",
        is_yolo_boxes,
        read_yolo_seg,
        yolo_labels,
    ),
)
"""Formats that hold boxes and nothing else: they are read only where somebody wants boxes as areas."""

REFUSED = (
    Refused(
        is_voc_boxes,
        (".xml",),
        "this is Pascal VOC XML: it holds boxes only, and no areas to learn from",
        "Annotate areas (polygons or masks), and export them as CVAT or LabelMe, or take boxes as areas: --boxes areas",
        boxes_only=True,
    ),
    Refused(
        is_yolo_boxes,
        (".txt",),
        "this is a YOLO label file of boxes: it holds no areas to learn from",
        "Annotate areas (polygons), and export them as YOLO segmentation, CVAT or COCO, or take boxes as areas: --boxes areas",
        boxes_only=True,
    ),
    Refused(
        is_lossy_mask,
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        "this mask is a JPEG, which smears labels into one another",
        "Save the masks as PNG or BMP where they were made",
    ),
    Refused(
        is_coco_results,
        (".json",),
        "this is a list of COCO annotations alone: it tells neither the names of photos nor those of classes",
        "Put it under `annotations` into the COCO file that it goes with",
    ),
    Refused(
        is_damaged_json,
        (".json",),
        "this JSON is damaged, or nested too deep, and cannot be read",
        "Export the annotations of its photo again, or remove the file",
    ),
    Refused(
        is_via_table,
        (".csv",),
        "this is VIA's table of regions, which is not read",
        "Export the annotations from VIA as JSON, or save the project",
    ),
)


def format_named(name: str) -> Format:
    """Return the format of that name; raises SegStudioError with the closest one when there is none."""
    names = [entry.name for entry in (*FORMATS, *BOX_FORMATS)]
    for entry in (*FORMATS, *BOX_FORMATS):
        if entry.name == name.strip().lower():
            return entry
    raise SegStudioError(
        f'there is no format "{name}"{did_you_mean(name, names)}', fix=f"The formats are: {', '.join(names)}"
    )


def is_of_masks(name: str | None) -> bool:
    """Tell whether the format of that name is that of pictures that lie beside photos, so that its name says that there are some."""
    return name is not None and name.strip().lower() in ("index-png", "colour-png")


def annotation_extensions() -> frozenset[str]:
    """Return the extensions, in lower case, of files worth a look; without those of pictures, which are photos first."""
    return frozenset(extension for entry in FORMATS for extension in entry.extensions) - PHOTO_SUFFIXES


def is_annotation(path: Path, *, boxes: bool = False) -> bool:
    """Tell whether the file is of one of the formats; one that is damaged is, where its extension means nothing else.
    With `boxes`, here and below, those that hold boxes alone count.
    """
    extension = path.suffix.lower()
    if extension == ".xml":
        return True
    return any(extension in entry.extensions and entry.recognise(path) for entry in _formats(boxes=boxes))


def refused_extensions() -> frozenset[str]:
    """Return the extensions, in lower case, of files that may be annotations that are not read."""
    return (
        frozenset(extension for entry in REFUSED for extension in entry.extensions)
        - {".xml"}
        - PHOTO_SUFFIXES
    )


def why_refused(path: Path, *, boxes: bool = False) -> NotReadError | None:
    """Return why an annotation file that is known is not read; None for any other file."""
    extension = path.suffix.lower()
    for refused in REFUSED:
        is_read = boxes and refused.boxes_only
        if not is_read and extension in refused.extensions and refused.recognise(path):
            kind = BoxesOnlyError if refused.boxes_only else NotReadError
            return kind(refused.problem, fix=refused.fix)
    return None


def is_read(path: Path) -> bool:
    """Tell whether the file is an annotation file that is sound as far as its beginning shows, and not refused."""
    try:
        recognise(path)
    except SegStudioError:
        return False
    return True


def recognise(path: Path, *, boxes: bool = False) -> Format:
    """Return the format of the file, found by its content.

    Raises SegStudioError (its place is left to the caller) when it is damaged, refused or unknown.
    """
    extension = path.suffix.lower()
    for entry in _formats(boxes=boxes):
        if extension in entry.extensions and entry.recognise(path):
            return entry
    refused = why_refused(path, boxes=boxes)
    if refused is not None:
        raise refused
    raise NotReadError(
        "this is no annotation file that is known here",
        fix=f"Known are: {', '.join(entry.title for entry in FORMATS)}",
    )


def _formats(*, boxes: bool) -> tuple[Format, ...]:
    return (*FORMATS, *BOX_FORMATS) if boxes else FORMATS


class NotReadError(SegStudioError):
    """The file is sound, but of a kind that is not imported."""


class UnknownFileError(NotReadError):
    """A file that lies among others, may be anything, and is told for it may hold annotations."""


class BoxesOnlyError(NotReadError):
    """A file that holds boxes and nothing else, which are no areas unless the person wants them so."""
