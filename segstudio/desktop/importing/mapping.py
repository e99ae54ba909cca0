"""What becomes of each label in the files: a class of the project, a new one, void, or nothing; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.formats.label_tables import VOID_LABELS
from segstudio.formats.labels import LabelUse, folded, is_void, meant_by
from segstudio.formats.options import Boxes, ImportOptions, SplitChoice
from segstudio.project.classes import ClassList
from segstudio.project.colours import next_colours, parse_colour


class Kind(Enum):
    """Where the shapes of a label go. OPEN: nobody has said yet, and their photos stay out."""

    CLASS = "class"
    NEW = "new class"
    VOID = "void"
    OUT = "left out"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Target:
    """What a label becomes; `name` is that of the class, `colour` (`#RRGGBB`) that of a new one."""

    kind: Kind
    name: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label, how many shapes carry it in how many photos, and what it becomes. `hint` is a class that is alike,
    `colour` what the files declare or paint it with (`#RRGGBB`, or empty); a new class for it is `called` so (empty: as the
    label).
    """

    label: str
    shapes: int
    photos: int
    target: Target
    hint: str = ""
    colour: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person chose for the whole import. `keep_unlabelled` and `boxes` None: as the files suggest. `masks`: what looks
    like a label image is the mask of its photo.
    """

    split: SplitChoice | None = None
    keep_unlabelled: bool | None = None
    scale: bool = False
    replace: bool = False
    reference: bool = False
    masks: bool = False
    label_images: bool = False
    keep_doubles: bool = False
    under: str = ""
    boxes: Boxes | None = None


def label_rows(
    uses: Sequence[LabelUse],
    classes: ClassList,
    before: Sequence[LabelRow] = (),
    *,
    depth_of: Mapping[str, float] | None = None,
    keep_order: bool = True,
    is_fresh: bool = False,
) -> tuple[LabelRow, ...]:
    """Return a row for each label, in draw order: later paints over earlier. Labels that differ in case are one.

    What the person chose in `before`, and with `keep_order` their order there, stays as far as it goes. A label is
    the class of its name; else a new class if the project has none yet; else it is left open: it may be misspelt.
    What has no order yet finds its place by `depth_of`, the larger the deeper.
    While the project `is_fresh`, nothing painted in it yet, that holds for its own classes, too.
    """
    met = _together(uses)
    taken = tuple(entry.colour for entry in classes.classes)
    kept = {folded(row.label): row for row in before}
    rows: list[LabelRow] = []
    for use in met:
        old = kept.get(folded(use.name))
        target = _still(old.target, classes) if old is not None else None
        if target is None:
            target = _default(use, classes, (*taken, *_new_colours(rows)))
        hint = _alike(use.name, classes) if target.kind is Kind.OPEN else ""
        called = meant_by(use, classes) if use.role else ""
        rows.append(LabelRow(use.name, use.shapes, use.photos, target, hint, _parsed(use.colour), called))
    order = {folded(row.label): place for place, row in enumerate(before)}
    rows = _in_depth(rows, ClassList() if is_fresh and depth_of else classes, depth_of or {})
    if before and keep_order:
        rows.sort(key=lambda row: order.get(folded(row.label), len(order)))
    return tuple(rows)


def _in_depth(rows: Sequence[LabelRow], classes: ClassList, depth_of: Mapping[str, float]) -> list[LabelRow]:
    """Return the rows of the project's classes in its order, and each of the others before the first that lies less deep."""
    rank = {index: place for place, index in enumerate(classes.draw_order)}
    found = [(row, classes.find(row.target.name)) for row in rows if row.target.kind is Kind.CLASS]
    known = sorted(
        ((rank[entry.index], row) for row, entry in found if entry is not None), key=lambda pair: pair[0]
    )
    ordered = [row for _, row in known]
    for row in sorted(rows, key=lambda row: -depth_of.get(row.label, 0.0)):
        if row not in ordered:
            depth = depth_of.get(row.label, 0.0)
            above = (n for n, other in enumerate(ordered) if depth_of.get(other.label, depth) < depth)
            ordered.insert(next(above, len(ordered)), row)
    return ordered


def moved(rows: Sequence[LabelRow], start: int, end: int) -> tuple[LabelRow, ...]:
    """Return the rows with the one at `start` taken out and put back so that it is the one at `end`."""
    others = [row for number, row in enumerate(rows) if number != start]
    end = max(0, min(end, len(others)))
    return (*others[:end], rows[start], *others[end:])


def put_on_top(
    rows: Sequence[LabelRow], names: Sequence[str], depth_of: Mapping[str, float]
) -> tuple[LabelRow, ...]:
    """Return the rows with those of the classes `names` painted last, of them the largest first."""
    wanted = {folded(name) for name in names}
    found = [row for row in rows if folded(row.target.name) in wanted]
    found.sort(key=lambda row: -depth_of.get(row.label, 0.0))
    return (*(row for row in rows if row not in found), *found)


def aimed(rows: Sequence[LabelRow], label: str, target: Target) -> tuple[LabelRow, ...]:
    """Return the rows with another target for `label`."""
    return tuple(replace(row, target=target) if row.label == label else row for row in rows)


def aimed_in_order(
    rows: Sequence[LabelRow], label: str, target: Target, classes: ClassList
) -> tuple[LabelRow, ...]:
    """Return the rows with another target for `label`; one that is a class of the project takes that class's place.

    Saying what a label means does not change what is painted over what in the project: only dragging does.
    """
    rows = aimed(rows, label, target)
    wanted = classes.find(target.name) if target.kind is Kind.CLASS else None
    start = next((n for n, row in enumerate(rows) if row.label == label), -1)
    if wanted is None or start < 0:
        return rows
    rank = {index: place for place, index in enumerate(classes.draw_order)}
    others = [row for row in rows if row.label != label]
    found = [classes.find(row.target.name) if row.target.kind is Kind.CLASS else None for row in others]
    places = [-1 if entry is None else rank[entry.index] for entry in found]
    above = (n for n, place in enumerate(places) if place >= rank[wanted.index])
    below = (n + 1 for n, place in reversed(list(enumerate(places))) if 0 <= place < rank[wanted.index])
    return moved(rows, start, next(above, next(below, start)))


def carried(rows: Sequence[LabelRow], before: ClassList, now: ClassList) -> tuple[LabelRow, ...]:
    """Return the rows with the classes of the list `before` under the names that they have `now`."""
    found = []
    for row in rows:
        was = before.find(row.target.name) if row.target.kind is Kind.CLASS else None
        there = now.at(was.index) if was is not None else None
        found.append(row if there is None else replace(row, target=Target(Kind.CLASS, there.name)))
    return tuple(found)


def told_of_new_classes(before: Sequence[LabelRow], now: Sequence[LabelRow]) -> str:
    """Return the sentence on a class list that was changed while an import is prepared: what it means for the choices."""
    was = {folded(row.label): row.target.kind for row in before}
    lost = [
        f"“{row.label}”"
        for row in now
        if row.target.kind is Kind.OPEN and was.get(folded(row.label), Kind.OPEN) is not Kind.OPEN
    ]
    if not lost:
        return "The class list was changed: the import goes on with the new one, and what you chose is kept."
    return (
        f"The class list was changed: say anew what becomes of {', '.join(lost)};"
        " everything else that you chose is kept."
    )


def order_change(rows: Sequence[LabelRow], classes: ClassList) -> str:
    """Return the project's draw order as the import would leave it, in words, or nothing where it stays."""
    names = {entry.index: entry.name for entry in classes.classes}
    there = [names[index] for index in classes.draw_order]
    after = [name for name in draw_order(rows, classes) if classes.find(name) is not None]
    return "" if after == there else f"The project's draw order becomes: {', '.join(after)}"


def new_target(row: LabelRow, rows: Sequence[LabelRow], classes: ClassList, colour: str = "") -> Target:
    """Return a new class for a label, called like it, in `colour`, that of the files, or one that is not in use."""
    used = (*(entry.colour for entry in classes.classes), *_new_colours(rows))
    name = row.called or " ".join(row.label.split()) or "unnamed"
    told = row.colour if row.colour not in used else ""
    return Target(Kind.NEW, name, _parsed(colour) or told or next_colours(1, used)[0])


def all_new(rows: tuple[LabelRow, ...], classes: ClassList) -> tuple[LabelRow, ...]:
    """Return the rows with a new class for every label that is open and has a name."""
    for row in rows:
        if row.target.kind is Kind.OPEN and row.label.strip():
            rows = aimed(rows, row.label, new_target(row, rows, classes))
    return rows


def named_target(row: LabelRow, name: str, rows: Sequence[LabelRow], classes: ClassList) -> Target:
    """Return what a label becomes whose new class is called `name` now: what is called so already, if there is any."""
    there = classes.find(name)
    if there is not None:
        return Target(Kind.CLASS, there.name)
    for other in rows:
        alike = other.target.kind is Kind.NEW and folded(other.target.name) == folded(name)
        if alike and name.strip() and other.label != row.label:
            return other.target
    return Target(Kind.NEW, name, row.target.colour)


def options_of(
    rows: Sequence[LabelRow], classes: ClassList, choices: Choices, *, only_photos: bool
) -> ImportOptions:
    """Return the choices of person and rows as options of an import that takes what is ready and leaves the rest.

    A new class without a name is as good as none.
    """
    named = (row for row in rows if row.target.kind in (Kind.CLASS, Kind.NEW) and row.target.name.strip())
    renames = {row.label: row.target.name for row in named}
    called = {*map(folded, classes.names), *(folded(name) for name in _new_classes(rows))}
    void = next((label for label in VOID_LABELS if label not in called), VOID_LABELS[0])
    renames |= {row.label: void for row in rows if row.target.kind is Kind.VOID}
    keep = choices.keep_unlabelled
    return ImportOptions(
        order=draw_order(rows, classes),
        split=choices.split,
        renames=renames,
        leave_out=frozenset(row.label for row in rows if row.target.kind is Kind.OUT),
        new_classes=_new_classes(rows),
        skip_bad=True,
        hold_unknown=True,
        scale=choices.scale,
        reference=choices.reference,
        replace=choices.replace,
        keep_unlabelled=only_photos if keep is None else keep,
        label_images=choices.label_images,
        keep_doubles=choices.keep_doubles,
        under=choices.under,
        boxes=choices.boxes,
    )


def draw_order(rows: Sequence[LabelRow], classes: ClassList) -> tuple[str, ...]:
    """Return the names of all classes, first painted first: those in `rows` change places only among themselves.

    Of two labels of one class the later decides.
    """
    names = {entry.index: entry.name for entry in classes.classes}
    all_names = [names[index] for index in classes.draw_order]
    all_names += [name for name in _new_classes(rows) if classes.find(name) is None]
    by_fold = {folded(name): name for name in all_names}
    wanted: dict[str, str] = {}
    for row in rows:
        name = by_fold.get(folded(row.target.name)) if row.target.kind in (Kind.CLASS, Kind.NEW) else None
        if name is not None:
            wanted.pop(name, None)
            wanted[name] = name
    places = iter(wanted)
    return tuple(next(places) if name in wanted else name for name in all_names)


def _new_classes(rows: Sequence[LabelRow]) -> Mapping[str, str]:
    """Return the classes to add with their colours, by name; of names that differ in case the first counts."""
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.target.kind is Kind.NEW and row.target.name.strip():
            found.setdefault(folded(row.target.name), (row.target.name, row.target.colour))
    return dict(found.values())


def _new_colours(rows: Sequence[LabelRow]) -> tuple[str, ...]:
    return tuple(row.target.colour for row in rows if row.target.kind is Kind.NEW and row.target.colour)


def _together(uses: Sequence[LabelUse]) -> list[LabelUse]:
    """Labels that differ in case or spaces alone are one, called as it was met first."""
    found: dict[str, LabelUse] = {}
    for use in uses:
        first = found.get(folded(use.name))
        if first is None:
            found[folded(use.name)] = use
        else:
            found[folded(use.name)] = replace(
                first,
                shapes=first.shapes + use.shapes,
                photos=max(first.photos, use.photos),
                colour=first.colour or use.colour,
            )
    return list(found.values())


def _still(target: Target, classes: ClassList) -> Target | None:
    """Return a choice as it stands with these classes; None where it cannot stand."""
    there = classes.find(target.name) if target.kind in (Kind.CLASS, Kind.NEW) else None
    if there is not None:
        return Target(Kind.CLASS, there.name)
    return None if target.kind in (Kind.CLASS, Kind.OPEN) else target


def _default(use: LabelUse, classes: ClassList, taken: tuple[str, ...]) -> Target:
    label = meant_by(use, classes)
    there = classes.find(label)
    if there is not None:
        return Target(Kind.CLASS, there.name)
    if is_void(label, classes):
        return Target(Kind.VOID)
    if len(classes) or not use.name.strip():
        return Target(Kind.OPEN if use.shapes else Kind.OUT)
    declared = _parsed(use.colour)
    return Target(
        Kind.NEW,
        " ".join(label.split()),
        declared if declared and declared not in taken else next_colours(1, taken)[0],
    )


def _alike(name: str, classes: ClassList) -> str:
    found = did_you_mean(name, classes.names).split('"')
    return found[1] if len(found) > 1 else ""


def _parsed(colour: str) -> str:
    try:
        return parse_colour(colour) if colour else ""
    except SegStudioError:
        return ""
