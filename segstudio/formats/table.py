"""The table of annotation formats. To add one: write its module, add its row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.formats.cvat import cvat_colours, is_cvat, read_cvat
from segstudio.formats.labelme_xml import is_labelme_xml, read_labelme_xml
from segstudio.formats.not_ours import (
    is_coco,
    is_cvat_video,
    is_labelme_json,
    is_via,
    is_voc_boxes,
    is_yolo,
)
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation


def _no_labels(_path: Path) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Format:
    """One annotation format.

    `recognise` tells by its content whether a file is one; `read` yields the annotations in it one after the
    other; `labels` returns the labels that the file declares and their colours (`#rrggbb`, or empty). All
    raise SegStudioError for a damaged file, and leave it to the caller to name the file. `carries` and `told` say which shapes come in, and which are only
    listed.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    carries: str
    told: str
    recognise: Callable[[Path], bool]
    read: Callable[[SourceFile], Iterator[Annotation]]
    labels: Callable[[Path], Mapping[str, str]] = _no_labels


@dataclass(frozen=True, slots=True)
class Refused:
    """A format that is known by its content and not read: the problem and what to do about it."""

    recognise: Callable[[Path], bool]
    extensions: tuple[str, ...]
    problem: str
    fix: str


FORMATS = (
    Format(
        "cvat",
        "CVAT for images 1.1",
        (".xml",),
        "polygons, boxes, ellipses, masks (RLE), layers, label colours",
        "polylines, points, cuboids, skeletons, tags",
        is_cvat,
        read_cvat,
        cvat_colours,
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
)

_EXPORT_ANEW = 'Export it as "CVAT for images 1.1" or "LabelMe 3.0", for example with CVAT'

REFUSED = (
    Refused(
        is_voc_boxes,
        (".xml",),
        "this is Pascal VOC XML: it holds boxes only, and no areas to learn from",
        "Annotate areas (polygons or masks), and export them as CVAT or LabelMe",
    ),
    Refused(
        is_cvat_video,
        (".xml",),
        "this is CVAT for video, which is not read yet",
        'Export the task from CVAT as "CVAT for images 1.1"',
    ),
    Refused(is_via, (".json",), "this is VIA JSON, which is not read yet", _EXPORT_ANEW),
    Refused(is_labelme_json, (".json",), "this is labelme JSON, which is not read yet", _EXPORT_ANEW),
    Refused(is_coco, (".json",), "this is COCO JSON, which is not read yet", _EXPORT_ANEW),
    Refused(is_yolo, (".txt",), "this is a YOLO label file, which is not read yet", _EXPORT_ANEW),
)


def format_named(name: str) -> Format:
    """Return the format of that name; raises SegStudioError with the closest one when there is none."""
    names = [entry.name for entry in FORMATS]
    for entry in FORMATS:
        if entry.name == name.strip().lower():
            return entry
    raise SegStudioError(
        f'there is no format "{name}"{did_you_mean(name, names)}', fix=f"The formats are: {', '.join(names)}"
    )


def annotation_extensions() -> frozenset[str]:
    """Return the extensions, in lower case, of files worth a look."""
    return frozenset(extension for entry in FORMATS for extension in entry.extensions)


def refused_extensions() -> frozenset[str]:
    """Return the extensions, in lower case, of files that may be annotations that are not read."""
    return (
        frozenset(extension for entry in REFUSED for extension in entry.extensions) - annotation_extensions()
    )


def why_refused(path: Path) -> NotReadError | None:
    """Return why an annotation file that is known is not read; None for any other file."""
    extension = path.suffix.lower()
    for refused in REFUSED:
        if extension in refused.extensions and refused.recognise(path):
            return NotReadError(refused.problem, fix=refused.fix)
    return None


def recognise(path: Path) -> Format:
    """Return the format of the file, found by its content.

    Raises SegStudioError (its place is left to the caller) when it is damaged, refused or unknown.
    """
    extension = path.suffix.lower()
    for entry in FORMATS:
        if extension in entry.extensions and entry.recognise(path):
            return entry
    refused = why_refused(path)
    if refused is not None:
        raise refused
    raise NotReadError(
        "this is no annotation file that is known here",
        fix=f"Known are: {', '.join(entry.title for entry in FORMATS)}",
    )


class NotReadError(SegStudioError):
    """The file is sound, but of a kind that is not imported."""
