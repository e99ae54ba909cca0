"""Labels in annotation files → classes of the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.formats.options import ImportOptions
from segstudio.formats.shapes import Annotation, is_drawn
from segstudio.project.classes import VOID, ClassList
from segstudio.project.colours import parse_colour


@dataclass(frozen=True, slots=True)
class UnknownLabel:
    """A label that is no class: how many shapes carry it, in how many photos, and where it was met first."""

    name: str
    shapes: int
    photos: int
    where: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Labelling:
    """`values` maps each known label to its mask value; `classes` is the project's list, grown if asked."""

    classes: ClassList
    values: Mapping[str, int]
    added: tuple[str, ...]
    unknown: tuple[UnknownLabel, ...]


def label_annotations(
    annotations: Iterable[Annotation],
    classes: ClassList,
    options: ImportOptions,
    colours: Mapping[str, str],
) -> Labelling:
    """Give every label of a drawn shape its class.

    `colours` are the labels that the files declare, in their order, with `#rrggbb` or an empty text. Classes
    are added (with `options.add_classes`) in that order, then as they are met. Raises SegStudioError when
    `options.renames` or `options.order` name a class that is not there.
    """
    renames = {_folded(old): new for old, new in options.renames.items()}
    uses: Counter[str] = Counter()
    photos: Counter[str] = Counter()
    first: dict[str, str] = {}
    for annotation in annotations:
        labels = [shape.label for shape in annotation.shapes if is_drawn(shape)]
        uses.update(labels)
        photos.update(set(labels))
        for shape in annotation.shapes:
            if is_drawn(shape):
                first.setdefault(shape.label, f"{annotation.place}, {shape.where}")
    grown, added = classes, []
    if options.add_classes:
        met = [label for label in colours if label in uses] + [
            label for label in uses if label not in colours
        ]
        for label in met:
            wanted = renames.get(_folded(label), label)
            if wanted.strip() and not _is_void(wanted, grown) and grown.find(wanted) is None:
                grown = grown.added(wanted, _colour(colours.get(label, "")))
                added.append(wanted)
    if options.order:
        grown = grown.drawn_in_order(options.order)
    values = {}
    unknown = []
    for label in uses:
        value = _value(label, renames, grown)
        if value is None:
            hint = did_you_mean(label, grown.names)
            unknown.append(UnknownLabel(label, uses[label], photos[label], first[label], hint))
        else:
            values[label] = value
    return Labelling(grown, values, tuple(added), tuple(unknown))


def _value(label: str, renames: Mapping[str, str], classes: ClassList) -> int | None:
    new = renames.get(_folded(label))
    if new is not None:
        if _is_void(new, classes):
            return VOID
        return classes.named(new).index
    found = classes.find(label)
    return found.index if found else None


def _is_void(name: str, classes: ClassList) -> bool:
    return _folded(name) == "void" and classes.find(name) is None


def _colour(text: str) -> str | None:
    try:
        return parse_colour(text) if text else None
    except (SegStudioError, ValueError):
        return None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
