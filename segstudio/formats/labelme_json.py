"""labelme's JSON: one file for one photo, as written by labelme 3 to 7 and by programs that took its format up.

A shape without `shape_type` is a polygon. `mask` holds a PNG as base64 text, which lies at the first of its points;
every value but 0 belongs to it. `imagePath` is relative to the JSON, often written with backslashes, sometimes with a
folder of another machine. `imageData` may hold the photo itself as base64 text.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, UnidentifiedImageError

from segstudio.errors import SegStudioError, inside
from segstudio.formats.json_fields import (
    Object,
    attributes_of,
    list_of,
    object_of,
    pairs_of,
    size_in,
    text_of,
)
from segstudio.formats.json_items import head_and_tail, load_json
from segstudio.formats.mask_picture import telling_alpha
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import (
    Annotation,
    Bitmap,
    Box,
    Ellipse,
    MaskShape,
    Points,
    Polygon,
    Shape,
    Undrawn,
    runs_of,
)
from segstudio.project.images import IMAGE_FORMATS, MAX_PIXELS, PHOTO_SUFFIXES

_OUTLINES = frozenset({"polygon", "oriented_rectangle", "rotation", "quadrilateral", ""})
_NO_NAME = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
"""Characters that some system does not take in the name of a file."""

_LONGEST_NAME = 200
_BESIDE = "Put the photo beside the file, or save the file again"
_IMAGE_DATA = re.compile(rb'"imageData"\s*:\s*"(?:data:[^,"]{0,80},)?([^"]{1,16})')
_BEGINNINGS = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"BM",
    b"GIF8",
    b"II",
    b"MM",
    b"RIFF",
    b"P",
    b"\0\0\0",
    b"\xff\x4f",
)
"""How the files of photos begin, those of `IMAGE_FORMATS` all."""

_WITH_ALPHA = frozenset({"LA", "RGBA"})
_UNDRAWN = frozenset({"line", "linestrip", "point", "points"})


@dataclass(frozen=True, slots=True)
class EmbeddedPhoto:
    """The photo that a JSON file holds: its name without folders, the bytes of its file, and its path as the file tells it."""

    name: str
    content: bytes
    told: PurePosixPath


def is_labelme_json(path: Path) -> bool:
    """Tell whether the file is labelme's JSON; its photo's data may stand before its shapes."""
    text = "\n".join(head_and_tail(path))
    return text.lstrip("\ufeff \t\r\n").startswith("{") and (
        '"imagePath"' in text or ('"shapes"' in text and '"points"' in text)
    )


def read_labelme_json(file: SourceFile) -> Iterator[Annotation]:
    """Yield the one annotation of the file.

    Raises SegStudioError that names the shape; the file is left to the caller to name.
    """
    content = object_of(load_json(file.path), "the file")
    counts: Counter[str] = Counter()
    shapes = []
    for value in list_of(content.get("shapes"), "shapes"):
        entry = object_of(value, "a shape")
        kind = text_of(entry.get("shape_type"))
        counts[kind] += 1
        where = f"{kind or 'polygon'} {counts[kind]}"
        with inside(where):
            shapes.append(_shape(entry, kind, where))
    yield Annotation(
        names=_names(file, text_of(content.get("imagePath"))),
        size=size_in(content.get("imageHeight"), content.get("imageWidth")),
        shapes=tuple(shapes),
        file=file.path,
        place=file.shown,
    )


def told_photo(path: Path) -> PurePosixPath:
    """Return the photo's path as the file tells it; raises SegStudioError when the file is damaged."""
    return _told(object_of(load_json(path), "the file"))


def embedded_photo(path: Path) -> EmbeddedPhoto | None:
    """Return the photo that the file holds, or None when it holds none; raises SegStudioError when that is damaged."""
    content = object_of(load_json(path), "the file")
    data = content.get("imageData")
    if not isinstance(data, str) or not data:
        return None
    with inside("imageData"):
        photo = _photo_in(data)
        kind = _kind_of_picture(photo)
    told = _told(content)
    stem = told.stem.lstrip(".") or path.stem.lstrip(".") or "photo"  # a hidden file is no photo
    fits = told.suffix.lower() in PHOTO_SUFFIXES
    usable = _NO_NAME.sub("_", stem).encode()[:_LONGEST_NAME].decode(errors="ignore")
    return EmbeddedPhoto(f"{usable}{told.suffix if fits else kind}", photo, told)


def damaged_photo(path: Path) -> SegStudioError | None:
    """Return what is wrong with the photo that the file holds, as far as its first bytes tell; None when nothing is."""
    with contextlib.suppress(OSError):
        found = _IMAGE_DATA.search(path.read_bytes())
        if found is None:
            return None
        try:
            start = base64.b64decode(found[1][: len(found[1]) // 4 * 4], validate=True)
        except (binascii.Error, ValueError):
            start = b""
        if not start.startswith(_BEGINNINGS):
            return SegStudioError(
                "its imageData is no photo; the photo of its name was taken",
                fix="Save the file again without it",
            )
    return None


def _told(content: Object) -> PurePosixPath:
    return PurePosixPath(text_of(content.get("imagePath")).replace("\\", "/"))


def _photo_in(text: str) -> bytes:
    try:
        return _from_base64(text)
    except SegStudioError as error:
        raise SegStudioError(
            "the photo in it is damaged or cut off (it is no whole base64 text)", fix=_BESIDE
        ) from error


def _names(file: SourceFile, told: str) -> tuple[str, ...]:
    """The photo lies where `imagePath` says, or beside the JSON, or is named like it."""
    of_file = file.folders / file.path.name
    name = PurePosixPath(told.replace("\\", "/"))
    if not name.name:
        return (str(of_file),)
    found = [file.folders / name.name, of_file]
    if not name.is_absolute() and ":" not in name.parts[0]:
        folders = list(file.folders.parts)
        for part in name.parts[:-1]:
            if part != "..":
                folders.append(part)
            elif folders:
                folders.pop()
        found.insert(0, PurePosixPath(*folders, name.name))
    return tuple(dict.fromkeys(str(one) for one in found))


def _shape(entry: Object, kind: str, where: str) -> Shape:
    label = text_of(entry.get("label"))
    attributes = attributes_of(entry.get("flags"))
    attributes |= {name: text for name in ("group_id", "description") if (text := text_of(entry.get(name)))}
    points = pairs_of(entry.get("points"))
    if kind == "mask":
        return _mask(entry, points, label=label, where=where, attributes=attributes)
    if kind == "rectangle" and len(points) == 2:
        (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
        return Box(
            label=label,
            where=where,
            attributes=attributes,
            x0=float(x0),
            y0=float(y0),
            x1=float(x1),
            y1=float(y1),
        )
    if kind == "circle" and len(points) == 2:
        radius = float(np.hypot(*(points[1] - points[0])))
        cx, cy = (float(value) for value in points[0])
        return Ellipse(label=label, where=where, attributes=attributes, cx=cx, cy=cy, rx=radius, ry=radius)
    if kind in _OUTLINES or (kind == "rectangle" and len(points) >= 3):
        return Polygon(label=label, where=where, attributes=attributes, points=points)
    told = kind if kind in _UNDRAWN else f"unknown ({kind[:40]})"
    return Undrawn(label=label, where=where, attributes=attributes, kind=told)


def _mask(entry: Object, points: Points, *, label: str, where: str, attributes: dict[str, str]) -> MaskShape:
    data = entry.get("mask")
    if not isinstance(data, str) or not len(points):
        raise SegStudioError("it holds no picture or no place", fix="Export the file again")
    bitmap = _mask_picture(_from_base64(data))
    left, top = (int(value) for value in np.trunc(points[0]))
    return MaskShape(
        label=label,
        where=where,
        attributes=attributes,
        left=left,
        top=top,
        rows=bitmap.shape[0],
        columns=bitmap.shape[1],
        runs=runs_of(bitmap),
    )


def _mask_picture(content: bytes) -> Bitmap:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise SegStudioError("its picture is larger than any photo", fix="Export the file again")
            values = telling_alpha(image)
            if values is None:
                values = np.asarray(image if image.mode not in _WITH_ALPHA else image.convert("RGB"))
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError) as error:
        raise SegStudioError("its picture is damaged or no PNG", fix="Export the file again") from error
    return np.ascontiguousarray(values.any(axis=2) if values.ndim == 3 else values > 0)


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text)
    except (binascii.Error, ValueError) as error:
        raise SegStudioError("it is no base64 text", fix="Export the file again") from error


def _kind_of_picture(content: bytes) -> str:
    """Return the extension that goes with the bytes of a photo, such as `.jpg`."""
    try:
        with Image.open(io.BytesIO(content), formats=IMAGE_FORMATS) as image:
            kind = (image.format or "").lower()
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError) as error:
        raise SegStudioError("the photo in it is damaged or of no known kind", fix=_BESIDE) from error
    return {"jpeg": ".jpg", "tiff": ".tif", "jpeg2000": ".jp2"}.get(kind, f".{kind}")
