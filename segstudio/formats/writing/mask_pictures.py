"""Pictures that tell the class of each pixel: index PNG, colour PNG, and Pascal VOC's layout of index PNG.

Colours are those of the classes; where two have the same one is changed as little as can be seen, because here the colour
is the class.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.formats.label_tables import COLOURS_HEAD, LABELMAP_HEAD, LabelTable, table_written
from segstudio.formats.writing.sheets import Sheet
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Encoded, Plan
from segstudio.png import png_of
from segstudio.project.classes import VOID, VOID_RGB, ClassList
from segstudio.project.masks import Mask

_VOC_VOID = (224, 224, 192)

Rgb = tuple[int, int, int]


class _TableFile:
    """A table of labels: the file, and what a reader gets of it."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text
        self.read = table_written(name, text) or LabelTable(())

    def put(self, target: Target) -> None:
        target.put(self._name, self._text.encode())


class _PicturesAndTable:
    """Writes a picture of each mask into `masks`, photos into `images`, and one table."""

    by_stem = True
    connected = False
    by_picture = True

    _table: _TableFile
    _colours: Mapping[int, Rgb]
    _png: Callable[[Mask, Mapping[int, Rgb]], bytes]

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo as its mask."""
        files = {f"masks/{sheet.stem}.png": self._png(sheet.mask, self._colours)}
        return Encoded(sheet, f"images/{sheet.name}", files, table=self._table.read)

    def add(self, encoded: Encoded, target: Target) -> None:
        """Nothing is for many photos but the table."""

    def finish(self, target: Target) -> None:
        """Write the table."""
        self._table.put(target)


class IndexPngWriter(_PicturesAndTable):
    """Writes palette PNG of the classes' numbers into `masks`, photos into `images`, and `classes.json`."""

    def __init__(self, plan: Plan) -> None:
        self._png = palette_png
        names = plan.pixel_labels
        self._colours = distinct_colours(plan.classes, VOID_RGB)
        rows = (
            json.dumps({"id": value, "name": name, "color": self._colours[value]}, ensure_ascii=False)
            for value, name in names.items()
        )
        lines = ",\n  ".join(rows)
        self._table = _TableFile("classes.json", f"[\n  {lines}\n]\n")


class ColourPngWriter(_PicturesAndTable):
    """Writes RGB PNG of the classes' colours into `masks`, photos into `images`, and `label_colors.txt`."""

    def __init__(self, plan: Plan) -> None:
        self._png = _colour_png
        names = plan.pixel_labels
        self._colours = distinct_colours(plan.classes, VOID_RGB)
        rows = [f"{_spaced(self._colours[value])} {name}\n" for value, name in names.items()]
        self._table = _TableFile("label_colors.txt", f"{COLOURS_HEAD}\n{''.join(rows)}")


class VocWriter:
    """Writes palette PNG into `SegmentationClass`, photos into `JPEGImages`, the splits, and `labelmap.txt`."""

    by_stem = True
    connected = False
    by_picture = True

    def __init__(self, plan: Plan) -> None:
        names = plan.pixel_labels
        self._colours = distinct_colours(plan.classes, _VOC_VOID)
        rows = [f"{name}:{','.join(map(str, self._colours[value]))}::\n" for value, name in names.items()]
        self._table = _TableFile("labelmap.txt", f"{LABELMAP_HEAD}\n{''.join(rows)}")
        self._lists: dict[str, list[str]] = {"train": [], "val": [], "trainval": []}

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo as its mask."""
        name = sheet.stem
        files = {f"SegmentationClass/{name}.png": palette_png(sheet.mask, self._colours)}
        return Encoded(sheet, f"JPEGImages/{sheet.name}", files, (name,), table=self._table.read)

    def add(self, encoded: Encoded, target: Target) -> None:
        """Keep the photo's name for the lists: `trainval` is all of them."""
        self._lists["trainval"] += encoded.entries
        if encoded.sheet.split is not None:
            self._lists[encoded.sheet.split] += encoded.entries

    def finish(self, target: Target) -> None:
        """Write the lists and the table."""
        for split, names in self._lists.items():
            target.put(f"ImageSets/Segmentation/{split}.txt", "".join(f"{name}\n" for name in names).encode())
        self._table.put(target)


def distinct_colours(classes: ClassList, void: Rgb) -> Mapping[int, Rgb]:
    """Return a colour for each class and for void (255), no two the same; as few as possible are not the class's own."""
    found: dict[int, Rgb] = {VOID: void}
    for entry in classes.classes:
        packed = int(entry.colour[1:], 16)
        while (rgb := (packed >> 16, packed >> 8 & 255, packed & 255)) in found.values():
            packed = (packed + 1) % (1 << 24)
        found[entry.index] = rgb
    return found


def palette_png(mask: Mask, colours: Mapping[int, Rgb]) -> bytes:
    """Return a palette PNG whose pixel values are the mask's."""
    return png_of(mask, _table(colours))


def _colour_png(mask: Mask, colours: Mapping[int, Rgb]) -> bytes:
    table = _table(colours)
    pixels = np.stack(
        [cv2.LUT(mask, np.ascontiguousarray(table[:, channel])) for channel in range(3)], axis=2
    )
    return png_of(pixels.astype(np.uint8, copy=False))


def _table(colours: Mapping[int, Rgb]) -> npt.NDArray[np.uint8]:
    """Return the colours as uint8 (256, 3); numbers of no class have void's."""
    table = np.full((256, 3), colours[VOID], dtype=np.uint8)
    for value, rgb in colours.items():
        table[value] = rgb
    return table


def _spaced(rgb: Rgb) -> str:
    return " ".join(f"{part:3d}" for part in rgb)
