"""The table of writers: which one writes a format. To add one: write its module, add its row here and in EXPORTS."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from segstudio.formats.writing.coco import CocoWriter
from segstudio.formats.writing.cvat import CvatWriter
from segstudio.formats.writing.labelme_json import LabelmeJsonWriter
from segstudio.formats.writing.labelme_xml import LabelmeXmlWriter
from segstudio.formats.writing.mask_pictures import ColourPngWriter, IndexPngWriter, VocWriter
from segstudio.formats.writing.writer import Plan, Writer
from segstudio.formats.writing.yolo_seg import YoloSegWriter

WRITERS: Mapping[str, Callable[[Plan], Writer]] = {
    "cvat": CvatWriter,
    "labelme-xml": LabelmeXmlWriter,
    "labelme-json": LabelmeJsonWriter,
    "coco": CocoWriter,
    "voc": VocWriter,
    "index-png": IndexPngWriter,
    "colour-png": ColourPngWriter,
    "yolo-seg": YoloSegWriter,
}
