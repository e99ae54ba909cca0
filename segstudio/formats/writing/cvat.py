"""CVAT for images 1.1: one XML file for all photos, which lie in `images`.

An area in several pieces is several polygons. Masks count their runs row by row inside their box. The split is the subset of
the image, and what the project draws last has the highest layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import IO

from lxml import etree

from segstudio.formats.shapes import MaskShape, Polygon, Shape
from segstudio.formats.writing.points import element, points_text, xml_text
from segstudio.formats.writing.sheets import Sheet
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Encoded, Plan, shapes_in

FILE = "annotations.xml"

_NO_SPLIT = "default"
"""CVAT's own name for the subset of what is in none."""


class CvatWriter:
    """Writes `annotations.xml`; the number of photos stands at its head, so that they wait in a file of their own."""

    by_stem = False
    connected = True
    by_picture = False

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._images: IO[bytes] | None = None
        self._subsets: Counter[str] = Counter()
        self._has_void = False

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo as its `<image>`."""
        rows, columns = sheet.size
        size = {"width": str(columns), "height": str(rows)}
        image = element(
            "image", id=str(sheet.number), name=sheet.name, subset=sheet.split or _NO_SPLIT, **size
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
        self._subsets[encoded.sheet.split or _NO_SPLIT] += 1
        self._has_void |= encoded.has_void

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
        tasks = element("tasks")
        for number, (subset, count) in enumerate(sorted(self._subsets.items()), start=1):
            told = {"id": str(number), "name": subset, "size": str(count), "mode": "annotation"}
            tasks.append(_group("task", told | {"subset": subset}))
        project.extend([tasks, element("subsets", "\n".join(sorted(self._subsets)))])
        labels = element("labels")
        for label in self._plan.labels(void=self._has_void):
            colour = self._plan.colour_of(label).lower()
            labels.append(_group("label", {"name": label, "color": colour, "type": "any", "attributes": ""}))
        project.append(labels)
        meta = element("meta")
        meta.extend([project, element("dumped", self._plan.when)])
        begin = '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n'
        return f"{begin}{xml_text(element('version', '1.1'), level=1)}{xml_text(meta, level=1)}"


def _group(tag: str, texts: Mapping[str, str]) -> etree._Element:
    group = element(tag)
    group.extend([element(name, text) for name, text in texts.items()])
    return group


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
