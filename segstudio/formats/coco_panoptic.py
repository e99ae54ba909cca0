"""COCO panoptic: a PNG for each photo whose colours number its segments, and the category of each segment.

Segments of one category become one class, be they things or stuff. The number of a segment is
`red + 256 × green + 65536 × blue`. Colour black is no segment and stays unpainted.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError, inside
from segstudio.formats.json_fields import Object, list_of, number_of, object_of, text_of
from segstudio.formats.label_picture import look_at
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import LabelPicture, PicturePart, Shape

_LARGEST = 0xFFFFFF


def is_panoptic(annotation: Object) -> bool:
    """Tell whether an annotation of a COCO file is one of a whole photo."""
    return "segments_info" in annotation


def panoptic_picture(annotation: Object, file: SourceFile) -> LabelPicture:
    """Return the picture of the segments; raises SegStudioError when it is missing, damaged or outside."""
    path = _picture_file(text_of(annotation.get("file_name")), file)
    look = look_at(path)
    if look.coding != "colour":
        raise SegStudioError(f'"{path.name}" holds no colours', fix="Export the pictures of segments as RGB")
    return LabelPicture(path, "colour", look.size)


def panoptic_shapes(
    annotation: Object, picture: LabelPicture, categories: Mapping[int, str]
) -> tuple[Shape, ...]:
    """Return the segments of one photo; raises SegStudioError that names the segment."""
    shapes = []
    for index, value in enumerate(list_of(annotation.get("segments_info"), "segments_info"), start=1):
        with inside(f"segment {index}"):
            segment = object_of(value, "it")
            number = _number(segment.get("id"))
            category = int(number_of(segment.get("category_id"), "category_id"))
            shapes.append(
                PicturePart(
                    label=categories.get(category, f"category {category}"),
                    where=f"segment {index}",
                    attributes={"iscrowd": "1"} if segment.get("iscrowd") else {},
                    picture=picture,
                    codes=(_as_colour(number),),
                    area=int(number_of(segment.get("area") or 0, "area")),
                )
            )
    return tuple(shapes)


def _number(value: object) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else -1
    if not 0 < number <= _LARGEST:
        raise SegStudioError("its number is none that a colour can tell", fix="Export the file again")
    return number


def _as_colour(number: int) -> int:
    """Turn `red + 256 × green + 65536 × blue` into `0xRRGGBB`."""
    return int.from_bytes(number.to_bytes(3, "little"), "big")


def _picture_file(name: str, file: SourceFile) -> Path:
    """Find a picture: in a folder named like the JSON file, beside it or beside its folder, or beside the JSON."""
    inner = PurePosixPath(name.replace("\\", "/"))
    if not name or inner.is_absolute() or ".." in inner.parts or ":" in name:
        raise SegStudioError(f'its picture "{name}" is not a file beside it', fix="Export the file again")
    beside, stem = file.path.parent, file.path.stem
    above = [beside.parent] if beside != file.root else []
    with suppress(OSError):  # no file can be called so
        for folder in [beside / stem, beside, *(one / stem for one in above), *above]:
            if (folder / inner).is_file():
                return folder / inner
    raise SegStudioError(
        f'its picture "{name[:120]}" is missing',
        fix=f'Put the folder "{stem}" with the pictures beside the JSON file',
    )
