"""CVAT for images 1.1: one XML file for many photos.

The layout is described in CVAT's documentation, "CVAT for images". What it does not say but files do: names
hold folders, a project export repeats a name once per subset, `version` may be missing, and a `mask` counts
its runs row by row inside its box, pixels that are off first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from lxml import etree

from segstudio.errors import SegStudioError, inside
from segstudio.formats.fields import number, points_of, runs_from, size_of, whole
from segstudio.formats.places import SourceFile
from segstudio.formats.safe_xml import peek, records, text_of
from segstudio.formats.shapes import Annotation, Box, Ellipse, MaskShape, Polygon, Shape, Undrawn

_UNDRAWN = {
    "polyline": "polyline",
    "points": "points",
    "cuboid": "cuboid",
    "skeleton": "skeleton",
    "tag": "tag",
}
_MAX_MASK_AREA = 1 << 29


def is_cvat(path: Path) -> bool:
    """Tell whether the file is an export of CVAT for images."""
    seen = peek(path)
    return (
        seen.root == "annotations"
        and bool(seen.children & {"image", "meta"})
        and "track" not in seen.children
    )


def read_cvat(file: SourceFile) -> Iterator[Annotation]:
    """Yield the annotation of each photo in the file.

    Raises SegStudioError that names image and shape; the file is left to the caller to name.
    """
    for _, element in records(file.path):
        if element.tag == "image":
            yield _annotation(element, file)


def cvat_colours(path: Path) -> dict[str, str]:
    """Return the labels that the file's `meta` declares, in order, with their colour (`#rrggbb`, or empty).

    The parts of a skeleton are not labels of their own.
    """
    return {name: colour for name, colour, _ in _declared(path)}


def cvat_classes(path: Path) -> tuple[str, ...]:
    """Return the labels that the file's `meta` declares for areas; those for tags, points or skeletons are no classes."""
    return tuple(name for name, _, kind in _declared(path) if kind not in _UNDRAWN)


def _declared(path: Path) -> list[tuple[str, str, str]]:
    """Return name, colour and type of each label."""
    for _, element in records(path):
        if element.tag == "meta":
            return [
                (text_of(label, "name"), text_of(label, "color"), text_of(label, "type"))
                for label in element.iterfind(".//labels/label")
                if text_of(label, "name") and label.find("parent") is None
            ]
        if element.tag == "image":
            break
    return []


def _annotation(element: etree._Element, file: SourceFile) -> Annotation:
    values = _values(element)
    name = values.get("name", "").replace("\\", "/").strip()
    if not name:
        raise SegStudioError("an image has no name", fix="Export the file again")
    subset = values.get("subset", "").strip()
    shapes: list[Shape] = []
    counts: Counter[str] = Counter()
    with inside(f'image "{name}"'):
        for child in element:
            counts[str(child.tag)] += 1
            where = f"{child.tag} {counts[str(child.tag)]}"
            with inside(where):
                shapes.append(shape_of(child, where))
        size = size_of(values.get("height"), values.get("width"))
    names = (f"{subset}/{name}", name) if subset else (name,)
    return Annotation(
        names=names,
        size=size,
        shapes=tuple(shapes),
        file=file.path,
        place=f'{file.shown}, image "{name}"',
        subset=subset,
    )


def shape_of(element: etree._Element, where: str) -> Shape:
    """Return the shape of a `polygon`, `box` … element; raises SegStudioError for wild values."""
    values = _values(element)
    label = values.get("label", "").strip()
    z_order = whole(values.get("z_order"), "z_order", 0)
    attributes = {
        child.get("name", ""): (child.text or "").strip() for child in element.iterfind("attribute")
    }
    match element.tag:
        case "polygon":
            return Polygon(
                label=label,
                z_order=z_order,
                attributes=attributes,
                where=where,
                points=points_of(values.get("points")),
            )
        case "box":
            return Box(
                label=label,
                z_order=z_order,
                attributes=attributes,
                where=where,
                x0=number(values.get("xtl"), "xtl"),
                y0=number(values.get("ytl"), "ytl"),
                x1=number(values.get("xbr"), "xbr"),
                y1=number(values.get("ybr"), "ybr"),
                rotation=_rotation(values),
            )
        case "ellipse":
            return Ellipse(
                label=label,
                z_order=z_order,
                attributes=attributes,
                where=where,
                cx=number(values.get("cx"), "cx"),
                cy=number(values.get("cy"), "cy"),
                rx=number(values.get("rx"), "rx"),
                ry=number(values.get("ry"), "ry"),
                rotation=_rotation(values),
            )
        case "mask":
            return _mask(values, label=label, z_order=z_order, attributes=attributes, where=where)
    kind = _UNDRAWN.get(str(element.tag), f"unknown ({element.tag})")
    return Undrawn(label=label, z_order=z_order, attributes=attributes, where=where, kind=kind)


def _mask(
    values: Mapping[str, str], *, label: str, z_order: int, attributes: Mapping[str, str], where: str
) -> MaskShape:
    rows, columns = whole(values.get("height"), "height", 0), whole(values.get("width"), "width", 0)
    if rows <= 0 or columns <= 0:  # old exports hold masks without any pixel
        rows = columns = 0
    if rows * columns > _MAX_MASK_AREA:
        raise SegStudioError(
            f"its box of {columns} × {rows} pixels is larger than any photo", fix="Export the file again"
        )
    runs, oddity = runs_from(values.get("rle"), rows, columns) if rows else (np.zeros(0, dtype=np.int64), "")
    return MaskShape(
        label=label,
        z_order=z_order,
        attributes=attributes,
        where=where,
        left=whole(values.get("left"), "left", 0),
        top=whole(values.get("top"), "top", 0),
        rows=rows,
        columns=columns,
        runs=runs,
        oddity=oddity,
    )


def _rotation(values: Mapping[str, str]) -> float:
    return number(values.get("rotation") or "0", "rotation")


def _values(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}
