"""YOLO segmentation: one text file for one photo, a polygon on each line, in the folders of the splits, and `data.yaml`.

Classes are numbered in list order from 0, as YOLO wants it, whatever their numbers in the project. A photo of no split is
one to train on: YOLO knows no third kind. Corners are told with as many digits as tell a hundredth of a pixel.
"""

from __future__ import annotations

import json

import numpy as np

from segstudio.formats.shapes import Points, Polygon, Shape
from segstudio.formats.writing.points import points_text
from segstudio.formats.writing.sheets import Sheet
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Encoded, Plan

_LEAST_DIGITS = 6


class YoloSegWriter:
    """Writes `labels/train/….txt`, `labels/val/….txt` beside `images`, and `data.yaml`."""

    by_stem = True
    connected = True
    by_picture = False

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._numbers = {label: number for number, label in enumerate(plan.labels(void=True))}
        self._has_void = False
        self._splits: dict[str, None] = {}

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo as its lines."""
        rows, columns = sheet.size
        digits = max(_LEAST_DIGITS, len(str(max(sheet.size))) + 3)
        lines: list[str] = []
        shapes: list[Shape] = []
        for area in sheet.areas:
            for points in area.polygons:
                told: Points = np.round(points / (columns, rows), digits)
                text = points_text(told, pair=f"%.{digits}f %.{digits}f", between=" ")
                lines.append(f"{self._numbers[area.told.label]} {text}\n")
                back: Points = np.round(told * (columns, rows), 2)
                shapes.append(Polygon(label=area.told.label, points=back))
        split = sheet.split or "train"
        text = "".join(lines)
        files = {f"labels/{split}/{sheet.stem}.txt": text.encode()}
        return Encoded(sheet, f"images/{split}/{sheet.name}", files, (split,), tuple(shapes), text)

    def add(self, encoded: Encoded, target: Target) -> None:
        """Keep which splits there are."""
        self._splits |= dict.fromkeys(encoded.entries)
        self._has_void |= encoded.has_void

    def finish(self, target: Target) -> None:
        """Write `data.yaml`; who has no photo to validate on validates on those to train on."""
        train = "train" if "train" in self._splits else "val"
        val = "val" if "val" in self._splits else train
        names = "".join(
            f"  {number}: {json.dumps(label, ensure_ascii=False)}\n"
            for number, label in enumerate(self._plan.labels(void=self._has_void))
        )
        text = f"train: images/{train}\nval: images/{val}\n\nnames:\n{names}"
        target.put("data.yaml", text.encode())
