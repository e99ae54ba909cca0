"""Labels in annotation files → classes of the project."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.formats.grey_masks import Role, with_role
from segstudio.formats.label_tables import VOID_LABEL, VOID_LABELS
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
    """A label that shapes carry, or that is only declared: how many carry it, in how many photos, where it was met first, and
    the colour that its file declares (`#rrggbb`, or empty). `plain` is what its table of labels may mean by it (empty: what it says), `rivals`
    the other labels of that table that may mean the same. `role` is what it is in masks of one object.
    """

    name: str
    shapes: int
    photos: int
    where: str
    colour: str = ""
    plain: str = ""
    rivals: tuple[str, ...] = ()
    role: Role = ""


@dataclass(frozen=True, slots=True)
class Labelling:
    """`values` maps each known label to its mask value; `classes` is the project's list, grown if asked."""

    classes: ClassList
    values: Mapping[str, int]
    added: tuple[str, ...]
    unknown: tuple[UnknownLabel, ...]


def count_labels(
    annotations: Iterable[Annotation],
    colours: Mapping[str, str],
    *,
    roles: Mapping[str, Role] | None = None,
    declared: Collection[str] = (),
) -> tuple[LabelUse, ...]:
    """Return the labels that drawn shapes carry, and those `declared` that none carries: those of which the files tell
    colours in their order, then as they are met. `roles` are those of labels in masks of one object.
    """
    uses: Counter[str] = Counter()
    photos: Counter[str] = Counter()
    first: dict[str, str] = {}
    tables: dict[int, Mapping[str, str]] = {}
    for annotation in annotations:
        if annotation.plain:
            tables[id(annotation.plain)] = annotation.plain
        tally = tally_of(annotation.shapes)
        uses.update(tally.drawn)
        photos.update(tally.drawn.keys())
        for label, where in tally.first.items():
            first.setdefault(label, f"{annotation.place}, {where}")
    met = [label for label in colours if label in uses or label in declared]
    met += [label for label in uses if label not in colours]
    plain = {name: meant for table in tables.values() for name, meant in table.items()}
    return tuple(
        LabelUse(
            label,
            uses[label],
            photos[label],
            first.get(label, ""),
            colours.get(label) or _own_colour(label),
            plain.get(label, ""),
            rivals_of(label, plain),
            (roles or {}).get(label, ""),
        )
        for label in met
    )


def rivals_of(label: str, plain: Mapping[str, str]) -> tuple[str, ...]:
    """Return the other labels of a table that may mean the same as `label`; `plain` is what each may mean."""
    meant = plain.get(label)
    return tuple(other for other in plain if other != label and plain[other] == meant) if meant else ()


def meant_by(use: LabelUse, classes: ClassList) -> str:
    """Return the name by which a label goes: that of a class, or one that means void, or that of no class.

    It is what the file says wherever a class is called so, and where two labels of one table would become one.
    """
    if use.role and classes.find(use.name) is None:
        return with_role(use.role, classes)
    if not use.plain or use.plain == use.name or classes.find(use.name) is not None:
        return use.name
    if use.plain != VOID_LABEL:
        return use.name if use.rivals else use.plain
    if folded(use.name) in VOID_LABELS or any(classes.find(rival) is None for rival in use.rivals):
        return use.name
    return next((label for label in VOID_LABELS if classes.find(label) is None), use.name)


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


def depths(annotations: Collection[Annotation]) -> dict[str, float]:
    """Return for each label how deep its shapes lie, the larger the deeper: as the files' layers say, where all shapes of
    a label lie in one; and what is small on what is large.
    """
    areas, layers = typical_areas(annotations), _layers(annotations)
    keys = {label: (layers.get(label, 0), -area) for label, area in areas.items()}
    ranks = {key: float(rank) for rank, key in enumerate(sorted(set(keys.values()), reverse=True), start=1)}
    return {label: ranks[key] for label, key in keys.items()}


def _layers(annotations: Iterable[Annotation]) -> dict[str, int]:
    """Return the layer of each label; none when the shapes of one lie in several, so that classes have no order."""
    found: dict[str, int] = {}
    for annotation in annotations:
        for label, (low, high) in tally_of(annotation.shapes).layers.items():
            if low != high or found.setdefault(label, low) != low:
                return {}
    return found


def proposed_order(depth_of: Mapping[str, float], labelling: Labelling) -> tuple[str, ...]:
    """Return the classes of the labels in `depth_of`, the deepest first."""
    names = {entry.index: entry.name for entry in labelling.classes.classes}
    values = (labelling.values.get(label) for label in sorted(depth_of, key=lambda label: -depth_of[label]))
    return tuple(dict.fromkeys(names[value] for value in values if value in names))


def label_uses(uses: Iterable[LabelUse], classes: ClassList, options: ImportOptions) -> Labelling:
    """Give every label its class.

    Classes are added (with `options.add_classes`) in the order of `uses`, those that no shape carries, too. Raises SegStudioError when
    `options.renames` or `options.order` name a class that is not there.
    """
    renames = {folded(old): new for old, new in options.renames.items()}
    left_out = {folded(label) for label in options.leave_out}
    wanted_uses = [_settled(use, classes) for use in uses if left_out.isdisjoint(_called(use, classes))]
    grown, added = classes, []
    for name, colour in options.new_classes.items():
        if grown.find(name) is None:
            grown = grown.added(name, _colour(colour))
            added.append(name)
    for use in wanted_uses if options.add_classes else ():
        wanted = _renamed(use, renames, grown) or meant_by(use, grown)
        if wanted.strip() and not is_void(wanted, grown) and grown.find(wanted) is None:
            grown = grown.added(wanted, _colour(use.colour))
            added.append(wanted)
    if options.order:
        grown = grown.drawn_in_order(options.order)
    values = {}
    unknown = []
    for use in wanted_uses:
        value = _value(use, renames, grown)
        if value is None and not use.shapes:
            continue  # nothing is lost
        if value is None:
            hint = did_you_mean(use.name, grown.names)
            unknown.append(UnknownLabel(use.name, use.shapes, use.photos, use.where, hint))
        else:
            values[use.name] = value
    return Labelling(grown, values, tuple(added), tuple(unknown))


def idle_renames(uses: Sequence[LabelUse], classes: ClassList, renames: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each of `renames` that speaks of a label that the files do not have."""
    called = {name for use in uses for name in _called(_settled(use, classes), classes)}
    names = [use.name for use in uses]
    return tuple(
        f'nothing is called "{old}"{did_you_mean(old, names)}, so that it became no "{new}"'
        for old, new in renames.items()
        if folded(old) not in called
    )


def _settled(use: LabelUse, classes: ClassList) -> LabelUse:
    """Return a label whose role means what it does now, whatever classes are added."""
    return replace(use, plain=meant_by(use, classes), rivals=(), role="") if use.role else use


def _called(use: LabelUse, classes: ClassList) -> tuple[str, ...]:
    """Return by which names a person may speak of a label, folded: as the file has it, and as it is meant."""
    return folded(use.name), folded(meant_by(use, classes))


def _renamed(use: LabelUse, renames: Mapping[str, str], classes: ClassList) -> str:
    return next((renames[name] for name in _called(use, classes) if name in renames), "")


def _value(use: LabelUse, renames: Mapping[str, str], classes: ClassList) -> int | None:
    new = _renamed(use, renames, classes)
    if new:
        return VOID if is_void(new, classes) else classes.named(new).index
    label = meant_by(use, classes)
    if is_void(label, classes):
        return VOID
    found = classes.find(label)
    return found.index if found else None


def is_void(name: str, classes: ClassList) -> bool:
    """Tell whether a label means what is not labelled: no class needs to be called so."""
    return folded(name) in VOID_LABELS and classes.find(name) is None


def _colour(text: str) -> str | None:
    try:
        return parse_colour(text) if text else None
    except (SegStudioError, ValueError):
        return None


def folded(name: str) -> str:
    """Return a label as it is compared: spaces at the ends, doubled ones, and case do not count."""
    return " ".join(name.split()).casefold()
