"""VGG Image Annotator (VIA): projects and annotation files of versions 1 and 2, projects of version 3.

VIA has no classes, only attributes that a person names. The one that most likely tells the class (called label, class,
name, type …, or else the one that most regions carry) gives the labels; the others are kept as attributes. VIA does
not tell the size of its photos.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import SegStudioError, inside
from segstudio.formats.json_fields import Object, list_of, number_of, object_of, pairs_of, text_of
from segstudio.formats.json_items import head_and_tail, load_json
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, Ellipse, Points, Polygon, Shape, Undrawn

_LIKELY = ("label", "labels", "class", "classes", "name", "type", "category", "object", "species")
_UNDRAWN = {"polyline": "polyline", "line": "line", "point": "points"}

_KINDS_OF_3 = {1: "point", 2: "rect", 3: "circle", 4: "ellipse", 5: "line", 6: "polyline", 7: "polygon"}
_NAMES_OF_3 = {
    "rect": ("x", "y", "width", "height"),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry", "theta"),
}


@dataclass(frozen=True, slots=True)
class _Region:
    """A region in the words of version 2: its shape, and its attributes by name."""

    form: Object
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Photo:
    name: str
    regions: Sequence[_Region]


def is_via(path: Path) -> bool:
    """Tell whether the file is JSON of the VGG Image Annotator."""
    text = "\n".join(head_and_tail(path))
    is_version_3 = '"fid_list"' in text and '"metadata"' in text
    return '"_via_' in text or '"shape_attributes"' in text or is_version_3


def read_via(file: SourceFile) -> Iterator[Annotation]:
    """Yield the annotation of each photo in the file, also of those without regions.

    Raises SegStudioError that names photo and region; the file is left to the caller to name.
    """
    content = object_of(load_json(file.path), "the file")
    photos = _photos_of_3(content) if "view" in content and "metadata" in content else _photos_of_2(content)
    wanted = _class_attribute(photos)
    for photo in photos:
        shapes = []
        with inside(f'photo "{photo.name}"'):
            for index, region in enumerate(photo.regions, start=1):
                with inside(f"region {index}"):
                    shapes.append(_shape(region, wanted, f"region {index}"))
        name = photo.name.replace("\\", "/").removeprefix("file://")
        yield Annotation(
            names=tuple(dict.fromkeys((name, name.rpartition("/")[2]))),
            size=None,
            shapes=tuple(shapes),
            file=file.path,
            place=f'{file.shown}, photo "{photo.name}"',
        )


def _photos_of_2(content: Object) -> list[_Photo]:
    entries = object_of(content.get("_via_img_metadata", content), "the list of photos")
    photos = []
    for key, value in entries.items():
        if key.startswith("_via_"):
            continue
        entry = object_of(value, f'photo "{text_of(key)}"')
        name = text_of(entry.get("filename"))
        if not name:
            raise SegStudioError(
                "a photo has no name", where=f'photo "{text_of(key)}"', fix="Export the file again"
            )
        with inside(f'photo "{name}"'):
            told = entry.get("regions")  # a list since version 2, before an object with numbers as keys
            values: Iterable[object] = told.values() if isinstance(told, dict) else list_of(told, "regions")
            photos.append(_Photo(name, [_region_of_2(value) for value in values]))
    return photos


def _region_of_2(value: object) -> _Region:
    region = object_of(value, "a region")
    attributes = object_of(region.get("region_attributes") or {}, "region_attributes")
    form = object_of(region.get("shape_attributes") or {}, "shape_attributes")
    return _Region(form, {name: _chosen(inner) for name, inner in attributes.items()})


def _chosen(value: object) -> str:
    """The value of an attribute as text; of several boxes to tick those that are ticked."""
    if isinstance(value, dict):
        return ", ".join(text_of(name) for name, ticked in value.items() if ticked)
    return text_of(value)


def _photos_of_3(content: Object) -> list[_Photo]:
    attributes = {key: object_of(one, "an attribute") for key, one in _part(content, "attribute").items()}
    files = {key: object_of(one, "a file") for key, one in _part(content, "file").items()}
    regions: dict[str, list[_Region]] = {}
    names: dict[str, str] = {}
    for key, one in _part(content, "view").items():
        shown = [text_of(fid) for fid in list_of(object_of(one, "a view").get("fid_list"), "fid_list")]
        names[key] = next((text_of(files[fid].get("fname")) for fid in shown if fid in files), "")
        regions[key] = []
    for one in _part(content, "metadata").values():
        told = object_of(one, "metadata")
        view = text_of(told.get("vid"))
        values = _attributes_of_3(object_of(told.get("av") or {}, "av"), attributes)
        with inside(f'photo "{names.get(view, "")}"'):
            regions.setdefault(view, []).append(_Region(_form_of_3(told), values))
    return [_Photo(names.get(view) or f"view {view}", some) for view, some in regions.items()]


def _part(content: Object, name: str) -> Object:
    return object_of(content.get(name) or {}, name)


def _attributes_of_3(values: Object, attributes: Mapping[str, Object]) -> dict[str, str]:
    """Return a region's attributes by name: version 3 numbers both them and their values."""
    told = {}
    for key, value in values.items():
        attribute = attributes.get(key, {})
        options = attribute.get("options")
        number = text_of(value)
        name = text_of(options.get(number)) if isinstance(options, dict) else ""
        told[text_of(attribute.get("aname")) or key] = name or number
    return told


def _form_of_3(region: Object) -> Object:
    """Return the shape of a region of version 3 in the words of version 2."""
    if list_of(region.get("z"), "z"):
        return {"name": "part of a video"}
    numbers = list_of(region.get("xy"), "xy")
    if not numbers:
        return {"name": "attributes of the whole photo"}
    kind = _KINDS_OF_3.get(
        int(number_of(numbers[0], "the kind of shape")), f"unknown ({text_of(numbers[0])})"
    )
    if kind == "polygon":
        return {"name": kind, "all_points_x": list(numbers[1::2]), "all_points_y": list(numbers[2::2])}
    return {"name": kind, **dict(zip(_NAMES_OF_3.get(kind, ()), numbers[1:], strict=False))}


def _class_attribute(photos: Iterable[_Photo]) -> str:
    """Return the name of the attribute that tells the class; empty when there are no attributes."""
    uses = Counter(
        name
        for photo in photos
        for region in photo.regions
        for name, text in region.attributes.items()
        if text
    )
    likely = [name for wish in _LIKELY for name in uses if name.casefold() == wish]
    return next(iter(likely + [name for name, _ in uses.most_common(1)]), "")


def _shape(region: _Region, wanted: str, where: str) -> Shape:
    form = region.form
    label = region.attributes.get(wanted, "")
    others = {name: text for name, text in region.attributes.items() if name != wanted and text}
    kind = text_of(form.get("name"))

    def get(name: str) -> float:
        return number_of(form.get(name), name)

    match kind:
        case "rect":
            x, y = get("x"), get("y")
            x1, y1 = x + get("width"), y + get("height")
            return Box(label=label, where=where, attributes=others, x0=x, y0=y, x1=x1, y1=y1)
        case "circle" | "ellipse":
            axes = ("r", "r") if kind == "circle" else ("rx", "ry")
            return Ellipse(
                label=label,
                where=where,
                attributes=others,
                cx=get("cx"),
                cy=get("cy"),
                rx=get(axes[0]),
                ry=get(axes[1]),
                rotation=math.degrees(number_of(form.get("theta") or 0, "theta")),
            )
        case "polygon":
            points = _outline(form.get("all_points_x"), form.get("all_points_y"))
            return Polygon(label=label, where=where, attributes=others, points=points)
    told = _UNDRAWN.get(kind, kind[:40] or "region without shape")
    return Undrawn(label=label, where=where, attributes=others, kind=told)


def _outline(across: object, down: object) -> Points:
    x, y = list_of(across, "all_points_x"), list_of(down, "all_points_y")
    if len(x) != len(y):
        raise SegStudioError(
            "its points are not pairs of numbers", fix="Correct it, or export the file again"
        )
    return pairs_of([list(pair) for pair in zip(x, y, strict=True)])
