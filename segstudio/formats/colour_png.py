"""Paired folders of photos and colour-coded masks: the colour of each pixel tells its class.

The table of colours is found in a file beside the masks, known (MSRC's `_GT.bmp`), or discovered: a colour that no table
has is a label of its own, such as `#800000`, which carries its colour along.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from segstudio.formats.index_png import is_picture_of
from segstudio.formats.known_tables import MSRC
from segstudio.formats.label_tables import LabelTable, table_for
from segstudio.formats.mask_files import mask_annotation
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation

_MSRC_ENDING = "_gt"


def is_colour_png(path: Path) -> bool:
    """Tell whether the file is a picture of colours that is not lossy."""
    return is_picture_of(path, "colour")


def read_colour_png(file: SourceFile) -> Iterator[Annotation]:
    """Yield the one annotation that the mask is; raises SegStudioError when it is damaged or no mask."""
    table = table_for(file) or _known(file.path)
    yield mask_annotation(file, table)


def colours_of_masks(file: SourceFile) -> dict[str, str]:
    """Return the labels of the table that goes with a mask file, each with its colour."""
    table = table_for(file) or _known(file.path)
    return table.colours() if table is not None else {}


def _known(path: Path) -> LabelTable | None:
    return MSRC if path.stem.lower().endswith(_MSRC_ENDING) and path.suffix.lower() == ".bmp" else None
