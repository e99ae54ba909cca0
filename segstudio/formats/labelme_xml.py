"""LabelMe XML 3.0: one XML file for one photo, as written by MIT's LabelMe tool, CVAT and Datumaro.

Objects have a polygon, or `segm` with the picture of a mask in a folder `Masks` beside it. A deleted object
stays in the file with `<deleted>1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
from lxml import etree

from segstudio.errors import SegStudioError, inside
from segstudio.formats.fields import checked, number, size_of
from segstudio.formats.mask_picture import read_mask_picture
from segstudio.formats.places import ANNOTATION_FOLDERS, SourceFile
from segstudio.formats.safe_xml import peek, records, text_of
from segstudio.formats.shapes import Annotation, Box, Points, Polygon, Shape, Undrawn, cropped_mask

_TRUE = frozenset({"1", "true", "yes"})
_MASK_FOLDERS = ("Masks", "masks")


def is_labelme_xml(path: Path) -> bool:
    """Tell whether the file is LabelMe XML; Pascal VOC has the same root, but tells `size` and `bndbox`."""
    seen = peek(path)
    ours = bool(seen.children & {"imagesize", "object", "filename"})
    return (
        seen.root == "annotation" and ours and "size" not in seen.children and "bndbox" not in seen.in_object
    )


def read_labelme_xml(file: SourceFile) -> Iterator[Annotation]:
    """Yield the one annotation of the file.

    Raises SegStudioError that names the object; the file is left to the caller to name.
    """
    found = _Found()
    for _, element in records(file.path):
        _take(element, file, found)
    yield Annotation(
        names=_names(file, found),
        size=found.size,
        shapes=tuple(found.shapes),
        file=file.path,
        place=file.shown,
        deleted=found.deleted,
        parts=tuple(found.parts),
    )


@dataclass(slots=True)
class _Found:
    """What was gathered from one file so far."""

    name: str = ""
    folder: str = ""
    size: tuple[int, int] | None = None
    shapes: list[Shape] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)
    deleted: int = 0
    objects: int = 0


def _take(element: etree._Element, file: SourceFile, found: _Found) -> None:
    match element.tag:
        case "filename":
            found.name = _told(element.text)
        case "folder":
            found.folder = _told(element.text).strip("/")
        case "imagesize":
            size = size_of(text_of(element, "nrows"), text_of(element, "ncols"))
            if size is not None and found.size is not None and size != found.size:
                raise _other_size(told=size, found=found.size)
            found.size = size or found.size
        case "object":
            found.objects += 1
            if text_of(element, "deleted").lower() in _TRUE:
                found.deleted += 1
                return
            where = f"object {found.objects}"
            with inside(where):
                found.shapes.append(_shape(element, where, file, found))


def _names(file: SourceFile, found: _Found) -> tuple[str, ...]:
    """The photo is `filename` below `folder`, or below the folders of the XML file, or named like that file."""
    of_file = file.folders / file.path.name
    plain = found.name.strip()
    if not plain:
        return (str(of_file),)
    exact = [PurePosixPath(found.folder, found.name), file.folders / found.name]
    if PurePosixPath(file.photo).name == found.name:
        exact.insert(0, PurePosixPath(file.photo))
    names = (*exact, PurePosixPath(found.folder.strip(), plain), file.folders / plain, of_file)
    return tuple(dict.fromkeys(str(name) for name in names))


def _told(text: str | None) -> str:
    """Return a path as it is told: spaces around it may be part of a name, but not where lines are broken."""
    told = (text or "").replace("\\", "/")
    return told.strip() if "\n" in told else told


def _shape(element: etree._Element, where: str, file: SourceFile, found: _Found) -> Shape:
    label = text_of(element, "name")
    attributes = _attributes(text_of(element, "attributes"))
    if (segment := element.find("segm")) is not None:
        mask_file = _mask_file(_told(segment.findtext("mask")), file)
        bitmap = read_mask_picture(mask_file)
        if found.size is not None and bitmap.shape != found.size:
            raise _other_size(told=found.size, found=(bitmap.shape[0], bitmap.shape[1]))
        found.size = (bitmap.shape[0], bitmap.shape[1])
        found.parts.append(mask_file)
        return cropped_mask(bitmap, label=label, where=where, attributes=attributes)
    if (polygon := element.find("polygon")) is None:
        return Undrawn(label=label, where=where, attributes=attributes, kind="object without outline")
    points = _points(polygon)
    if text_of(element, "type") == "bounding_box" and len(points) >= 2:
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        rotation = number(attributes.get("rotation") or "0", "rotation")
        return Box(
            label=label,
            where=where,
            attributes=attributes,
            x0=float(x0),
            y0=float(y0),
            x1=float(x1),
            y1=float(y1),
            rotation=rotation,
        )
    if len(points) == 1:
        return Undrawn(label=label, where=where, attributes=attributes, kind="points")
    return Polygon(label=label, where=where, attributes=attributes, points=points)


def _points(polygon: etree._Element) -> Points:
    pairs = [
        (number(point.findtext("x"), "x"), number(point.findtext("y"), "y"))
        for point in polygon.iterfind("pt")
    ]
    return checked(np.array(pairs, dtype=np.float64).reshape(-1, 2))


def _attributes(text: str) -> Mapping[str, str]:
    """`a=1, b=2` as CVAT writes it; free text, as people type it in MIT's tool, is kept under `text`."""
    pairs = [part.partition("=") for part in text.split(",")] if "=" in text else []
    named = {name.strip(): value.strip() for name, separator, value in pairs if separator}
    return named or ({"text": text} if text else {})


def _mask_file(name: str, file: SourceFile) -> Path:
    """Find a mask picture: in `Masks` beside the XML, or in `Masks/<folders>` beside `Annotations/<folders>`."""
    inner = PurePosixPath(name)
    if not name.strip() or inner.is_absolute() or ".." in inner.parts or ":" in name:
        raise SegStudioError(
            f'its mask file "{name}" is not a file beside it', fix="Export the annotations again"
        )
    for place in _mask_places(file, inner):
        with suppress(OSError):  # a name that no file system takes
            if place.is_file():
                return place
    if name != name.strip():
        return _mask_file(name.strip(), file)
    raise SegStudioError(f'its mask file "{name}" is missing', fix="Put the folder Masks beside the XML")


def _mask_places(file: SourceFile, inner: PurePosixPath) -> Iterator[Path]:
    beside = file.path.parent
    yield from (beside / folder / inner for folder in _MASK_FOLDERS)
    yield beside / inner
    parts = beside.relative_to(file.root).parts
    for depth in range(len(parts) + 1):
        above, below = file.root.joinpath(*parts[:depth]), parts[depth + 1 :]
        yield from (above.joinpath(folder, *below, inner) for folder in _MASK_FOLDERS)
    for above in (file.root, *file.root.parents):  # the folder given may be `Annotations`, or lie in it
        if above.name.lower() in ANNOTATION_FOLDERS:
            below = beside.relative_to(above).parts
            yield from (above.parent.joinpath(folder, *below, inner) for folder in _MASK_FOLDERS)
    yield from (file.root.parent / folder / inner for folder in _MASK_FOLDERS)


def _other_size(*, told: tuple[int, int], found: tuple[int, int]) -> SegStudioError:
    return SegStudioError(
        f"its mask has {found[1]} × {found[0]} pixels, the photo {told[1]} × {told[0]}",
        fix="Export the annotations again",
    )
