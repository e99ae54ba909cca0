"""CVAT for images 1.1: one XML file for all photos, which lie in `images`.

An area in several pieces is several polygons. Masks count their runs row by row inside their box. The split is the subset of
the image, and what the project draws last has the highest layer.
"""

from __future__ import annotations

from typing import IO

from lxml import etree

from segstudio.formats.shapes import MaskShape, Polygon, Shape
from segstudio.formats.writing.points import element, points_text, xml_text
from segstudio.formats.writing.sheets import Sheet
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Encoded, Plan, shapes_in
from segstudio.project.classes import VOID_RGB
from segstudio.project.colours import to_hex

FILE = "annotations.xml"


class CvatWriter:
    """Writes `annotations.xml`; the number of photos stands at its head, so that they wait in a file of their own."""

    by_stem = False
    connected = True
    by_picture = False

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._images: IO[bytes] | None = None
        self._count = 0
        self._subsets: dict[str, None] = {}

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo as its `<image>`."""
        rows, columns = sheet.size
        split = {"subset": sheet.split} if sheet.split else {}
        image = element(
            "image", id=str(sheet.number), name=sheet.name, **split, width=str(columns), height=str(rows)
        )
        shapes = shapes_in(sheet)
        image.extend([_shape_element(shape) for shape in shapes])
        text = xml_text(image, level=1)
        return Encoded(sheet, f"images/{sheet.name}", entries=(text,), shapes=shapes, text=text)

    def add(self, encoded: Encoded, target: Target) -> None:
        """Keep the image."""
        if self._images is None:
            self._images = target.scratch()
        for entry in encoded.entries:
            self._images.write(entry.encode())
        self._count += 1
        self._subsets[encoded.sheet.split or "default"] = None

    def finish(self, target: Target) -> None:
        """Write the file: what holds for all photos, then the images."""
        with target.scratch() as head, target.scratch() as tail:
            head.write(self._head().encode())
            tail.write(b"</annotations>\n")
            images = [self._images] if self._images is not None else []
            target.gather(FILE, [head, *images, tail])
        for stream in images:
            stream.close()

    def _head(self) -> str:
        project = element("project")
        project.append(element("name", self._plan.project))
        project.append(element("subsets", "\n".join(self._subsets)))
        labels = element("labels")
        for label, colour in self._colours().items():
            one = element("label")
            one.extend([element("name", label), element("color", colour), element("type", "any")])
            one.append(element("attributes"))
            labels.append(one)
        project.extend([labels, element("size", str(self._count)), element("created", self._plan.when)])
        meta = element("meta")
        meta.extend([project, element("dumped", self._plan.when)])
        begin = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n'
        return f"{begin}{xml_text(element('version', '1.1'), level=1)}{xml_text(meta, level=1)}"

    def _colours(self) -> dict[str, str]:
        void = to_hex(VOID_RGB).lower()
        by_name = {entry.name: entry.colour.lower() for entry in self._plan.classes.classes}
        return {label: by_name.get(label, void) for label in self._plan.labels}


def _shape_element(shape: Shape) -> etree._Element:
    common = {"label": shape.label, "source": "manual", "occluded": "0"}
    layer = str(shape.z_order)
    if isinstance(shape, MaskShape):
        box = {
            "left": str(shape.left),
            "top": str(shape.top),
            "width": str(shape.columns),
            "height": str(shape.rows),
        }
        runs = ", ".join(map(str, shape.runs.tolist()))
        return element("mask", "\n    ", **common, rle=runs, **box, z_order=layer)
    assert isinstance(shape, Polygon)
    return element("polygon", "\n    ", **common, points=points_text(shape.points), z_order=layer)
