"""labelme's JSON: one file for one photo, beside it, laid out as labelme itself does.

The pieces of one area have the same `group_id`. A mask is a picture as base64 text of the rectangle around it.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import PurePosixPath

import numpy as np
from PIL import Image

from segstudio.formats.shapes import Bitmap, Points
from segstudio.formats.writing.points import points_text
from segstudio.formats.writing.sheets import Area, Sheet
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Encoded, Plan, shapes_in

_VERSION = "5.5.0"
"""Of labelme: the first that knows all that is written here, and what later ones still read."""

_PAIR = "        [\n          %.2f,\n          %.2f\n        ]"


class LabelmeJsonWriter:
    """Writes a file for each photo, and nothing for all."""

    by_stem = True
    connected = True
    by_picture = False

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo as its JSON."""
        rows, columns = sheet.size
        told = ",\n".join(_shapes(sheet))
        shapes = f"[\n{told}\n  ]" if told else "[]"
        text = (
            f'{{\n  "version": "{_VERSION}",\n  "flags": {{}},\n'
            f'  "shapes": {shapes},\n'
            f'  "imagePath": {_quoted(PurePosixPath(sheet.name).name)},\n  "imageData": null,\n'
            f'  "imageHeight": {rows},\n  "imageWidth": {columns}\n}}\n'
        )
        files = {f"{sheet.stem}.json": text.encode()}
        return Encoded(sheet, sheet.name, files, shapes=shapes_in(sheet), text=text)

    def add(self, encoded: Encoded, target: Target) -> None:
        """Nothing is for many photos."""

    def finish(self, target: Target) -> None:
        """Nothing is for many photos."""


def _shapes(sheet: Sheet) -> Iterator[str]:
    group = 0
    for area in sheet.areas:
        grouped = len(area.polygons) > 1
        group += grouped
        told = str(group) if grouped else "null"
        for points in area.polygons:
            yield _shape(area, points, "polygon", group=told, mask="null")
        if area.bitmap is not None:
            left, top, columns, rows = area.box
            corners = np.array([(left, top), (left + columns - 1, top + rows - 1)], dtype=np.float64)
            yield _shape(area, corners, "mask", group="null", mask=f'"{_picture(area.bitmap)}"')


def _shape(area: Area, points: Points, kind: str, *, group: str, mask: str) -> str:
    corners = points_text(points, pair=_PAIR, between=",\n")
    return (
        f'    {{\n      "label": {_quoted(area.told.label)},\n'
        f'      "points": [\n{corners}\n      ],\n'
        f'      "group_id": {group},\n      "description": "",\n      "shape_type": "{kind}",\n'
        f'      "flags": {{}},\n      "mask": {mask}\n    }}'
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _picture(bitmap: Bitmap) -> str:
    buffer = io.BytesIO()
    Image.fromarray(bitmap.view(np.uint8)).save(buffer, "PNG", compress_level=1)
    return base64.b64encode(buffer.getvalue()).decode()
