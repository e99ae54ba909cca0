"""Pascal VOC segmentation: photos in `JPEGImages`, masks of the same names in `SegmentationClass`.

Masks are palette PNG in VOC's own colours, or, as CVAT and datumaro write them, RGB in the colours of `labelmap.txt`.
`ImageSets` lists what photos are for. `SegmentationObject` (instances) is passed over; the XML in `Annotations` holds boxes only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from segstudio.formats.image_lists import listed_use
from segstudio.formats.known_tables import VOC, with_voc_colours
from segstudio.formats.label_tables import table_for
from segstudio.formats.mask_files import MASK_SUFFIXES, mask_annotation
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation

_FOLDER = "segmentationclass"


def is_voc(path: Path) -> bool:
    """Tell whether the file is a mask in VOC's layout."""
    return path.suffix.lower() in MASK_SUFFIXES and any(
        part.lower().startswith(_FOLDER) for part in path.parts[:-1]
    )


def read_voc(file: SourceFile) -> Iterator[Annotation]:
    """Yield the one annotation that the mask is; raises SegStudioError when it is damaged or no mask."""
    table = table_for(file)
    annotation = mask_annotation(file, VOC if table is None else with_voc_colours(table))
    yield replace(annotation, subset=listed_use(file.path, file.root) or annotation.subset)


def voc_labels(file: SourceFile) -> dict[str, str]:
    """Return the labels of the table that goes with a mask file, each with its colour."""
    table = table_for(file)
    return (VOC if table is None else with_voc_colours(table)).colours()
