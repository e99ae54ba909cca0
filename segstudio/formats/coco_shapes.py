"""The annotations of COCO files: polygons, run lengths and boxes of one object each."""

from __future__ import annotations

from collections.abc import Mapping

from segstudio.errors import SegStudioError
from segstudio.formats.json_fields import Object, attributes_of, flat_pairs_of, list_of, number_of, text_of
from segstudio.formats.rle import checked_area, counts_of, mask_of_columns
from segstudio.formats.shapes import Box, Polygon, Shape, Undrawn


def coco_shapes(
    entry: Object, categories: Mapping[int, str], size: tuple[int, int] | None, where: str
) -> tuple[Shape, ...]:
    """Return the shapes of one annotation: a polygon for each part, a mask, a box, or what has no area.

    `size` is rows and columns of the photo as the file tells them: masks must have it.
    """
    label = _label(entry, categories)
    attributes = attributes_of(entry.get("attributes"))
    if entry.get("iscrowd"):
        attributes["iscrowd"] = "1"
    points = _points_told(entry)
    beside = (Undrawn(label=label, where=where, attributes=attributes, kind="keypoints"),) if points else ()
    segmentation = entry.get("segmentation")
    if isinstance(segmentation, dict):
        return (_mask(segmentation, size, label=label, where=where, attributes=attributes), *beside)
    outlines = list_of(segmentation, "segmentation")
    if outlines and not isinstance(outlines[0], list):
        outlines = (list(outlines),)
    if outlines:
        parts = [f"{where}, part {number}" for number in range(1, len(outlines) + 1)]
        return (
            *(
                Polygon(
                    label=label,
                    where=part if len(parts) > 1 else where,
                    attributes=attributes,
                    points=flat_pairs_of(one),
                )
                for part, one in zip(parts, outlines, strict=True)
            ),
            *beside,
        )
    box = _box(entry, label=label, where=where, attributes=attributes)
    return (box, *beside) if box else beside or (_undrawn(entry, label, where, attributes),)


def _label(entry: Object, categories: Mapping[int, str]) -> str:
    number = int(number_of(entry.get("category_id", 0), "category_id"))
    return categories.get(number, f"category {number}")


def _points_told(entry: Object) -> bool:
    told = list_of(entry.get("keypoints"), "keypoints")
    return bool(told) and any(told)


def _undrawn(entry: Object, label: str, where: str, attributes: Mapping[str, str]) -> Undrawn:
    kind = "caption" if "caption" in entry else "label of the whole photo"
    return Undrawn(label=label, where=where, attributes=attributes, kind=kind)


def _mask(
    value: Object, size: tuple[int, int] | None, *, label: str, where: str, attributes: Mapping[str, str]
) -> Shape:
    told = list_of(value.get("size"), "the size of its mask")
    if len(told) != 2:
        raise SegStudioError("its mask has no size", fix="Export the file again")
    rows, columns = (int(number_of(one, "the size of its mask")) for one in told)
    checked_area(rows, columns)
    if size is not None and (rows, columns) != size:
        raise SegStudioError(
            f"its mask has {columns} × {rows} pixels, its photo {size[1]} × {size[0]}",
            fix="Export the file again",
        )
    counts, oddity = counts_of(value.get("counts"), rows, columns)
    return mask_of_columns(
        counts, rows, columns, label=label, where=where, attributes=attributes, oddity=oddity
    )


def _box(entry: Object, *, label: str, where: str, attributes: Mapping[str, str]) -> Box | None:
    told = list_of(entry.get("bbox"), "bbox")
    if not told:
        return None
    if len(told) != 4:
        raise SegStudioError("its bbox is not four numbers", fix="Export the file again")
    x, y, width, height = (number_of(one, "bbox") for one in told)
    return Box(
        label=label,
        where=where,
        attributes=attributes,
        x0=x,
        y0=y,
        x1=x + width,
        y1=y + height,
        rotation=number_of(text_of(attributes.get("rotation")) or 0, "rotation"),
    )
