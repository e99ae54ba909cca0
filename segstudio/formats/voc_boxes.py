"""Pascal VOC's XML of bounding boxes, which is read only where the person wants boxes as areas.

Places are counted from 1, and the last column and row belong to the box.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from lxml import etree

from segstudio.errors import inside
from segstudio.formats.fields import number, size_of
from segstudio.formats.image_lists import listed_use
from segstudio.formats.places import SourceFile
from segstudio.formats.safe_xml import peek, records, text_of
from segstudio.formats.shapes import Annotation, Box, Shape


def is_voc_boxes(path: Path) -> bool:
    """Tell whether the file is Pascal VOC's XML of bounding boxes."""
    seen = peek(path)
    return seen.root == "annotation" and ("size" in seen.children or "bndbox" in seen.in_object)


def read_voc_boxes(file: SourceFile) -> Iterator[Annotation]:
    """Yield the one annotation of the file.

    Raises SegStudioError that names the object; the file is left to the caller to name.
    """
    name, size = "", None
    shapes: list[Shape] = []
    for _, element in records(file.path):
        if element.tag == "filename":
            name = (element.text or "").replace("\\", "/").strip()
        elif element.tag == "size":
            size = size_of(text_of(element, "height"), text_of(element, "width"))
        elif element.tag == "object":
            where = f"object {len(shapes) + 1}"
            with inside(where):
                shapes.append(_box(element, where))
    own = file.folders / file.path.name
    told = (file.folders / name, PurePosixPath(name)) if name else ()
    yield Annotation(
        names=tuple(dict.fromkeys(str(one) for one in (*told, own))),
        size=size,
        shapes=tuple(shapes),
        file=file.path,
        place=file.shown,
        subset=listed_use(file.path, file.root),
    )


def _box(element: etree._Element, where: str) -> Box:
    left, top, right, bottom = (
        number(text_of(element, f"bndbox/{name}"), name) - 1 for name in ("xmin", "ymin", "xmax", "ymax")
    )
    return Box(
        label=text_of(element, "name"), where=where, x0=max(left, 0.0), y0=max(top, 0.0), x1=right, y1=bottom
    )
