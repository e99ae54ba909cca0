"""LabelMe XML 3.0: one XML file for one photo, in `Annotations`; photos in `Images`, masks in `Masks`, folders alike.

Each piece of an area is an object; a mask is a black and white picture of all of a class.
"""

from __future__ import annotations

import io
from pathlib import PurePosixPath

import numpy as np
from lxml import etree
from PIL import Image

from segstudio.formats.shapes import Bitmap, Points
from segstudio.formats.writing.points import element, points_text, xml_text
from segstudio.formats.writing.sheets import Area, Sheet
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Encoded, Plan, shapes_in

_PLACE = "points"
_PAIR = "      <pt>\n        <x>%.2f</x>\n        <y>%.2f</y>\n      </pt>\n"
_END = "</annotation>\n"

_BLACK_AND_WHITE = (0, 0, 0, 255, 255, 255)


class LabelmeXmlWriter:
    """Writes a file for each photo, and nothing for all."""

    by_stem = True
    connected = False
    by_picture = False

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo as its XML, with the pictures of its masks."""
        path = PurePosixPath(sheet.name)
        folder = "" if str(path.parent) == "." else str(path.parent)
        rows, columns = sheet.size
        root = element("annotation")
        size = element("imagesize")
        size.extend([element("nrows", str(rows)), element("ncols", str(columns))])
        source = element("source")
        source.extend([element("sourceImage", ""), element("sourceAnnotation", "SegStudio")])
        root.extend([element("filename", path.name), element("folder", folder), source, size])
        files: dict[str, bytes] = {}
        objects: list[str] = []
        for area in sheet.areas:
            objects += [
                _with_points(area, number, points)
                for number, points in enumerate(area.polygons, len(objects))
            ]
            if area.bitmap is not None:
                name = f"{PurePosixPath(sheet.stem).name}_mask_{len(objects)}.png"
                objects.append(xml_text(_object(area, len(objects), _segment(area, name)), level=1))
                files[str(PurePosixPath("Masks") / folder / name)] = _picture(
                    area.bitmap, area.box, sheet.size
                )
        text = xml_text(root).replace(_END, f"{''.join(objects)}{_END}")
        files[f"Annotations/{sheet.stem}.xml"] = text.encode()
        return Encoded(sheet, f"Images/{sheet.name}", files, shapes=shapes_in(sheet), text=text)

    def add(self, encoded: Encoded, target: Target) -> None:
        """Nothing is for many photos."""

    def finish(self, target: Target) -> None:
        """Nothing is for many photos."""


def _object(area: Area, number: int, outline: etree._Element) -> etree._Element:
    one = element("object")
    parts = element("parts")
    parts.extend([element("hasparts"), element("ispartof")])
    one.extend(
        [
            element("name", area.told.label),
            element("deleted", "0"),
            element("verified", "0"),
            element("occluded", "no"),
            element("date"),
            element("id", str(number)),
            parts,
            element("attributes"),
            outline,
        ]
    )
    return one


def _with_points(area: Area, number: int, points: Points) -> str:
    """Return an object with its polygon. An element for each number would take a hundred times as long."""
    polygon = element("polygon")
    polygon.extend([element(_PLACE), element("username")])
    text = xml_text(_object(area, number, polygon), level=1)
    return text.replace(f"      <{_PLACE}/>\n", f"{points_text(points, pair=_PAIR, between='')}")


def _segment(area: Area, name: str) -> etree._Element:
    left, top, columns, rows = area.box
    box = element("box")
    edges = {"xmin": left, "ymin": top, "xmax": left + columns, "ymax": top + rows}
    box.extend([element(tag, str(edge)) for tag, edge in edges.items()])
    segment = element("segm")
    segment.extend([element("username"), box, element("mask", name)])
    return segment


def _picture(bitmap: Bitmap, box: tuple[int, int, int, int], size: tuple[int, int]) -> bytes:
    left, top, columns, rows = box
    whole = np.zeros(size, dtype=np.uint8)
    whole[top : top + rows, left : left + columns] = bitmap
    image = Image.fromarray(whole)
    image.putpalette(_BLACK_AND_WHITE)  # some readers want pictures of three channels, and take this for one
    buffer = io.BytesIO()
    image.save(buffer, "PNG", bits=1, compress_level=1)
    return buffer.getvalue()
