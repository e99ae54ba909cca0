"""Labels in annotation files → classes of the project."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.formats.options import ImportOptions
from segstudio.formats.shapes import Annotation
from segstudio.formats.shelf import areas_of, tally_of
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
class LabelUse:
    """A label that shapes carry: how many, in how many photos, where it was met first, and the colour that its
    file declares (`#rrggbb`, or empty).
    """

    name: str
    shapes: int
    photos: int
    where: str
    colour: str = ""


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
    return label_uses(count_labels(annotations, colours), classes, options)


def count_labels(annotations: Iterable[Annotation], colours: Mapping[str, str]) -> tuple[LabelUse, ...]:
    """Return the labels that drawn shapes carry: those that the files declare in their order, then as they are met."""
    uses: Counter[str] = Counter()
    photos: Counter[str] = Counter()
    first: dict[str, str] = {}
    for annotation in annotations:
        tally = tally_of(annotation.shapes)
        uses.update(tally.drawn)
        photos.update(tally.drawn.keys())
        for label, where in tally.first.items():
            first.setdefault(label, f"{annotation.place}, {where}")
    met = [label for label in colours if label in uses] + [label for label in uses if label not in colours]
    return tuple(
        LabelUse(label, uses[label], photos[label], first[label], colours.get(label) or _own_colour(label))
        for label in met
    )


def _own_colour(label: str) -> str:
    """Return the colour that a label is itself: one that a picture has and no table names."""
    return label if label.startswith("#") and _colour(label) else ""


def typical_areas(annotations: Iterable[Annotation]) -> dict[str, float]:
    """Return for each label the median of what its shapes' boxes cover, in square pixels."""
    found: dict[str, array[float]] = {}
    for annotation in annotations:
        for label, areas in areas_of(annotation.shapes).items():
            found.setdefault(label, array("d")).extend(areas)
    return {label: float(np.median(areas)) for label, areas in found.items()}


def proposed_order(areas: Mapping[str, float], labelling: Labelling) -> tuple[str, ...]:
    """Return the classes of the labels in `areas`, the largest first: what is small lies on what is large."""
    names = {entry.index: entry.name for entry in labelling.classes.classes}
    values = (labelling.values.get(label) for label in sorted(areas, key=lambda label: -areas[label]))
    return tuple(dict.fromkeys(names[value] for value in values if value in names))


def label_uses(uses: Iterable[LabelUse], classes: ClassList, options: ImportOptions) -> Labelling:
    """Give every label its class, as `label_annotations` does, without going through the annotations again."""
    renames = {folded(old): new for old, new in options.renames.items()}
    left_out = {folded(label) for label in options.leave_out}
    wanted_uses = [use for use in uses if folded(use.name) not in left_out]
    grown, added = classes, []
    for name, colour in options.new_classes.items():
        if grown.find(name) is None:
            grown = grown.added(name, _colour(colour))
            added.append(name)
    for use in wanted_uses if options.add_classes else ():
        wanted = renames.get(folded(use.name), use.name)
        if wanted.strip() and not _is_void(wanted, grown) and grown.find(wanted) is None:
            grown = grown.added(wanted, _colour(use.colour))
            added.append(wanted)
    if options.order:
        grown = grown.drawn_in_order(options.order)
    values = {}
    unknown = []
    for use in wanted_uses:
        value = _value(use.name, renames, grown)
        if value is None:
            hint = did_you_mean(use.name, grown.names)
            unknown.append(UnknownLabel(use.name, use.shapes, use.photos, use.where, hint))
        else:
            values[use.name] = value
    return Labelling(grown, values, tuple(added), tuple(unknown))


def _value(label: str, renames: Mapping[str, str], classes: ClassList) -> int | None:
    new = renames.get(folded(label))
    if new is not None:
        if _is_void(new, classes):
            return VOID
        return classes.named(new).index
    if _is_void(label, classes):
        return VOID
    found = classes.find(label)
    return found.index if found else None


def _is_void(name: str, classes: ClassList) -> bool:
    return folded(name) == "void" and classes.find(name) is None


def _colour(text: str) -> str | None:
    try:
        return parse_colour(text) if text else None
    except (SegStudioError, ValueError):
        return None


def folded(name: str) -> str:
    """Return a label as it is compared: spaces at the ends, doubled ones, and case do not count."""
    return " ".join(name.split()).casefold()
