"""Paired folders of photos and index masks: the value of each pixel is the number of its class.

Grey or palette PNG, BMP, TIFF or GIF of 8 or 16 bits. With a table of labels, 255 is void unless the table has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.label_picture import hex_colour, look_at
from segstudio.formats.label_tables import table_for
from segstudio.formats.mask_files import MASK_SUFFIXES, mask_annotation
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation


def is_index_png(path: Path) -> bool:
    """Tell whether the file is a picture of numbers, not of colours."""
    return is_picture_of(path, "index")


def read_index_png(file: SourceFile) -> Iterator[Annotation]:
    """Yield the one annotation that the mask is; raises SegStudioError when it is damaged or no mask."""
    yield mask_annotation(file, table_for(file))


def numbers_of_masks(file: SourceFile) -> dict[str, str]:
    """Return the labels of the table that goes with a mask file, or the numbers of its palette, with their colours."""
    table = table_for(file)
    if table is not None:
        return table.colours()
    return {str(number): hex_colour(colour) for number, colour in enumerate(look_at(file.path).palette)}


def is_picture_of(path: Path, coding: str) -> bool:
    """Tell whether the file is a picture that is not lossy, and how its pixels count."""
    if path.suffix.lower() not in MASK_SUFFIXES:
        return False
    try:
        return look_at(path).coding == coding
    except SegStudioError:
        return coding == "index"  # reading it then tells what is wrong with it
