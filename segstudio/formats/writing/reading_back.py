"""Reading back: the mask that an import into the same project makes of what is written for a photo."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from segstudio.formats.label_picture import Codes, codes_in, read_written
from segstudio.formats.label_tables import LabelTable
from segstudio.formats.labels import LabelUse, label_uses, rivals_of
from segstudio.formats.mask_files import label_names
from segstudio.formats.options import ImportOptions
from segstudio.formats.rasterise import rasterise
from segstudio.formats.writing.writer import Encoded, Plan
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask


def read_back(encoded: Encoded, plan: Plan) -> Mask:
    """Return the mask: uint8 (rows, columns). A picture goes by the table that is written with it, as an import does it;
    pixels of a label that no class has then are unpainted.
    """
    if encoded.table is not None:
        (content,) = encoded.files.values()
        return picture_back(content, encoded.table, plan.classes)
    numbers = {one.label: one.value for one in plan.told}
    return rasterise(encoded.shapes or (), encoded.sheet.size, plan.classes, numbers=numbers).mask


def picture_back(content: bytes, table: LabelTable, classes: ClassList) -> Mask:
    """Return the mask that an import makes of a label picture and its table."""
    look, codes = read_written(content)
    labels = label_names(look, tuple(codes_in(codes)), table)
    uses = [
        LabelUse(name, 1, 1, "", plain=table.plain.get(name, ""), rivals=rivals_of(name, table.plain))
        for name in set(labels.values())
    ]
    values = label_uses(uses, classes, ImportOptions()).values
    return _painted(codes, {code: values.get(label, classes.unpainted) for code, label in labels.items()})


def _painted(codes: Codes, values: Mapping[int, int]) -> Mask:
    if codes.dtype == np.uint8:
        table = np.zeros(256, dtype=np.uint8)
        table[list(values)] = list(values.values())
        return np.asarray(cv2.LUT(codes, table), dtype=np.uint8) if codes.size else codes.astype(np.uint8)
    wide = np.zeros(1 << 24, dtype=np.uint8)  # its memory is only taken where a colour stands
    wide[list(values)] = list(values.values())
    return wide[codes]
