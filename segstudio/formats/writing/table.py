"""The table of formats that can be written. To add one: write its module, add its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from segstudio.formats.writing.coco import CocoWriter
from segstudio.formats.writing.cvat import CvatWriter
from segstudio.formats.writing.labelme_json import LabelmeJsonWriter
from segstudio.formats.writing.labelme_xml import LabelmeXmlWriter
from segstudio.formats.writing.mask_pictures import ColourPngWriter, IndexPngWriter, VocWriter
from segstudio.formats.writing.writer import Plan, Writer
from segstudio.formats.writing.yolo_seg import YoloSegWriter


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format that can be written, and what writes it.

    `carries` and `loses` tell in one line each what it keeps and what it cannot say (empty: nothing). `outlines` are the
    ways in which it can tell areas, the first is the default.
    """

    id: str
    name: str
    carries: str
    loses: str
    outlines: tuple[str, ...]
    writer: Callable[[Plan], Writer]


_BOTH = ("polygons", "masks")
_PIXELS = ("masks",)

EXPORTS = (
    ExportFormat(
        "cvat",
        "CVAT for images 1.1",
        "classes with their colours, draw order, split, folders",
        "",
        _BOTH,
        CvatWriter,
    ),
    ExportFormat(
        "labelme-xml",
        "LabelMe XML 3.0",
        "classes, folders",
        "colours, draw order, split",
        _BOTH,
        LabelmeXmlWriter,
    ),
    ExportFormat(
        "labelme-json",
        "labelme JSON",
        "classes, folders",
        "colours, draw order, split",
        _BOTH,
        LabelmeJsonWriter,
    ),
    ExportFormat(
        "coco", "COCO instances", "classes, folders, split", "colours, draw order", _BOTH, CocoWriter
    ),
    ExportFormat(
        "voc",
        "Pascal VOC segmentation",
        "classes with their colours, split, every pixel",
        "draw order",
        _PIXELS,
        VocWriter,
    ),
    ExportFormat(
        "index-png",
        "Index masks",
        "classes with their numbers and colours, folders, every pixel",
        "draw order, split",
        _PIXELS,
        IndexPngWriter,
    ),
    ExportFormat(
        "colour-png",
        "Colour masks",
        "classes with their colours, folders, every pixel",
        "draw order, split",
        _PIXELS,
        ColourPngWriter,
    ),
    ExportFormat(
        "yolo-seg",
        "YOLO segmentation",
        "classes, split, folders",
        "colours, draw order",
        ("polygons",),
        YoloSegWriter,
    ),
)
