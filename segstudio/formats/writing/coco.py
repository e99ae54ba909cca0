"""COCO: one JSON file for each split, an annotation for each connected area, its pieces as its polygons.

Run lengths are compressed as in COCO's mask API. Photos and annotations stand in lists of their own: they wait in files
beside each other and are put together at the end, so that nothing is held.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO

import numpy as np

from segstudio.formats.rle import compressed
from segstudio.formats.shapes import Runs
from segstudio.formats.writing.sheets import Area, Sheet
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Encoded, Plan, shapes_in


@dataclass(slots=True)
class _Subset:
    images: IO[bytes]
    annotations: IO[bytes]


class CocoWriter:
    """Writes `annotations/instances_train.json`, `…_val.json` and, for photos of no split, `…_default.json`."""

    by_stem = False
    connected = True
    by_picture = False

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._categories = {label: number for number, label in enumerate(plan.labels(void=True), start=1)}
        self._has_void = False
        self._subsets: dict[str, _Subset] = {}
        self._annotations = 0

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo's entry, then its annotations without their beginning, which tells their number."""
        rows, columns = sheet.size
        image = {
            "id": sheet.number + 1,
            "width": columns,
            "height": rows,
            "file_name": sheet.name,
            "license": 1,
            "flickr_url": "",
            "coco_url": "",
            "date_captured": "",
        }
        first = json.dumps(image, ensure_ascii=False)
        rest = [self._annotation(area, sheet) for area in sheet.areas]
        text = "\n".join([first, *rest])
        return Encoded(
            sheet, f"images/{sheet.name}", entries=(first, *rest), shapes=shapes_in(sheet), text=text
        )

    def add(self, encoded: Encoded, target: Target) -> None:
        """Keep the entries; annotations are numbered here."""
        subset = self._subset(encoded.sheet.split or "default", target)
        self._has_void |= encoded.has_void
        image, *annotations = encoded.entries
        _append(subset.images, image)
        for annotation in annotations:
            self._annotations += 1
            _append(subset.annotations, f'{{"id": {self._annotations}, {annotation[1:]}')

    def finish(self, target: Target) -> None:
        """Put the files together."""
        for name, subset in self._subsets.items():
            with target.scratch() as head, target.scratch() as between, target.scratch() as tail:
                head.write(self._head().encode())
                between.write(b'\n  ],\n  "annotations": [')
                tail.write(b"\n  ]\n}\n")
                parts = [head, subset.images, between, subset.annotations, tail]
                target.gather(f"annotations/instances_{name}.json", parts)
            subset.images.close()
            subset.annotations.close()

    def _subset(self, name: str, target: Target) -> _Subset:
        if name not in self._subsets:
            self._subsets[name] = _Subset(target.scratch(), target.scratch())
        return self._subsets[name]

    def _annotation(self, area: Area, sheet: Sheet) -> str:
        rows, columns = sheet.size
        segmentation: object = [points.ravel().tolist() for points in area.polygons]
        if area.bitmap is not None:
            segmentation = {"size": [rows, columns], "counts": compressed(column_runs(area, sheet.size))}
        entry = {
            "image_id": sheet.number + 1,
            "category_id": self._categories[area.told.label],
            "segmentation": segmentation,
            "area": area.pixels,
            "bbox": area.box,
            "iscrowd": 0,
        }
        return json.dumps(entry, ensure_ascii=False)

    def _head(self) -> str:
        when = self._plan.when
        info = {
            "description": self._plan.project,
            "url": "",
            "version": "1.0",
            "year": int(when[:4]),
            "contributor": "",
            "date_created": when[:10].replace("-", "/"),
        }
        licence = json.dumps({"id": 1, "name": "", "url": ""})
        categories = ",\n    ".join(
            json.dumps({"id": number, "name": label, "supercategory": ""}, ensure_ascii=False)
            for number, label in enumerate(self._plan.labels(void=self._has_void), start=1)
        )
        return (
            f'{{\n  "info": {json.dumps(info, ensure_ascii=False)},\n  "licenses": [\n    {licence}\n  ],\n'
            f'  "categories": [\n    {categories}\n  ],\n  "images": ['
        )


def column_runs(area: Area, size: tuple[int, int]) -> Runs:
    """Return the runs of a bitmap column by column through a photo of `size` (rows, columns), off first."""
    left, top, columns, height = area.box
    rows = size[0]
    flat = np.zeros((columns, rows), dtype=np.bool_)
    if area.bitmap is not None:
        flat[:, top : top + height] = area.bitmap.T
    line = flat.reshape(-1)
    edges = np.flatnonzero(line[1:] != line[:-1]) + 1
    first = [0] if line[0] else []
    ends = [line.size] if line[-1] else []
    places = np.concatenate((first, edges, ends)).astype(np.int64) + left * rows
    total = rows * size[1]
    runs = np.diff(np.concatenate(([0], places, [total])))
    return runs[:-1] if runs[-1] == 0 else runs


def _append(stream: IO[bytes], entry: str) -> None:
    comma = b"," if stream.tell() else b""
    stream.write(comma + b"\n    " + entry.encode())
