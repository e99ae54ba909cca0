"""What can be done to a class list, each as a value, and what the list is then; no files."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from segstudio.errors import SegStudioError
from segstudio.project.classes import VOID, ClassList, LabelClass
from segstudio.project.colours import parse_colour

MAX_NAME_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Add:
    """One more class, last in the list and painted last; without `colour` (`#RRGGBB`) it gets one unlike the others'."""

    name: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for the class `index`; masks keep their numbers."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class Recolour:
    """Another colour (`#RRGGBB`) for the class `index`; a mask file gets it in its palette when it is saved next."""

    index: int
    colour: str


@dataclass(frozen=True, slots=True)
class Reorder:
    """All classes in another order: of the list, which gives the keys 1–9, or of drawing, later over earlier."""

    order: tuple[int, ...]
    of: Literal["list", "drawing"] = "list"


@dataclass(frozen=True, slots=True)
class Merge:
    """All pixels of the class `index` become the class `into`, and the class goes."""

    index: int
    into: int


@dataclass(frozen=True, slots=True)
class Delete:
    """All pixels of the class `index` become void (not labelled), and the class goes."""

    index: int


ClassEdit = Add | Rename | Recolour | Reorder | Merge | Delete


@dataclass(frozen=True, slots=True)
class Repaint:
    """What an edit does to masks: each pixel of the mask value `old` becomes `new`."""

    old: int
    new: int


def edited(classes: ClassList, edit: ClassEdit) -> ClassList:
    """Return the class list after `edit`; raises SegStudioError when it cannot be done."""
    match edit:
        case Add(name, colour):
            return classes.added(checked_name(classes, name), colour)
        case Rename(index, name):
            return classes.renamed(_at(classes, index).name, checked_name(classes, name, but=index))
        case Recolour(index, colour):
            return classes.recoloured(_at(classes, index).name, colour)
        case Reorder(order, of):
            return _reordered(classes, order, of)
        case Merge(index, into):
            return _merged(classes, index, into)
        case Delete(index):
            return classes.removed(_at(classes, index).name)


def repaint_of(edit: ClassEdit) -> Repaint | None:
    """Return what the edit does to masks; None: it touches none."""
    match edit:
        case Merge(index, into):
            return Repaint(index, into)
        case Delete(index):
            return Repaint(index, VOID)
        case _:
            return None


def label_of(classes: ClassList, edit: ClassEdit) -> str:
    """Return the edit in a few words, `classes` being the list before it: `delete rope`."""
    match edit:
        case Add(name, _):
            return f"add {_tidy(name)}"
        case Rename(index, name):
            return f"rename {_at(classes, index).name} to {_tidy(name)}"
        case Recolour(index, colour):
            return f"make {_at(classes, index).name} {parse_colour(colour)}"
        case Reorder(_, of):
            return "reorder the list" if of == "list" else "reorder the drawing"
        case Merge(index, into):
            return f"merge {_at(classes, index).name} into {_at(classes, into).name}"
        case Delete(index):
            return f"delete {_at(classes, index).name}"


def checked_name(classes: ClassList, name: str, *, but: int | None = None) -> str:
    """Return `name` as it is kept: composed (NFC), without outer and doubled spaces.

    Raises SegStudioError for one that is empty, too long, cannot be seen, or reads like that of a class other than
    `but`: capitals and ways to write the same letter do not make two names different.
    """
    tidy = _tidy(name)
    if not tidy:
        raise SegStudioError("a class needs a name")
    if len(tidy) > MAX_NAME_LETTERS:
        raise SegStudioError(f"a name may have {MAX_NAME_LETTERS} letters, this has {len(tidy)}")
    if not tidy.isprintable():
        raise SegStudioError("the name holds a character that cannot be seen", fix="Type it anew")
    same = next((c for c in classes.classes if c.index != but and _read(c.name) == _read(tidy)), None)
    if same is not None:
        fix = "Choose another name" if but is None else "Merge the two, or choose another name"
        raise SegStudioError(f'there is already a class "{same.name}"', fix=fix)
    return tidy


def taken_back(before: ClassList, after: ClassList, now: ClassList) -> ClassList:
    """Return `now` without what led from `before` to `after`; whatever else was changed since stays.

    A number that was ever given out is not given out again. Raises SegStudioError when the same thing was changed
    since.
    """
    old, new, there = _by_index(before), _by_index(after), _by_index(now)
    result = dict(there)
    for index in {**old, **new}:
        if old.get(index) == new.get(index):
            continue
        if there.get(index) != new.get(index):
            raise _changed_since(new.get(index) or old.get(index))
        result.pop(index, None)
        if index in old:
            result[index] = old[index]
    _check_names(result, old)
    listed = _order_back(before.indices, after.indices, now.indices, result)
    return ClassList(
        classes=tuple(result[index] for index in listed),
        draw_order=_order_back(before.draw_order, after.draw_order, now.draw_order, result),
        unpainted=before.unpainted
        if now.unpainted == after.unpainted
        else now.unpainted
        if now.unpainted in result
        else VOID,
        next_index=max(before.next_index, after.next_index, now.next_index),
    )


def _tidy(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _read(name: str) -> str:
    return unicodedata.normalize("NFKC", _tidy(name)).casefold()


def _by_index(classes: ClassList) -> dict[int, LabelClass]:
    return {entry.index: entry for entry in classes.classes}


def _at(classes: ClassList, index: int) -> LabelClass:
    found = classes.at(index)
    if found is None:
        raise SegStudioError(f"there is no class number {index} any more", fix="Look at the list again")
    return found


def _reordered(classes: ClassList, order: tuple[int, ...], of: Literal["list", "drawing"]) -> ClassList:
    if sorted(order) != sorted(classes.indices):
        raise SegStudioError("the new order does not hold every class once", fix="Look at the list again")
    if of == "drawing":
        return classes.model_copy(update={"draw_order": order})
    by_index = _by_index(classes)
    return classes.model_copy(update={"classes": tuple(by_index[index] for index in order)})


def _merged(classes: ClassList, index: int, into: int) -> ClassList:
    gone, kept = _at(classes, index), _at(classes, into)
    if gone.index == kept.index:
        raise SegStudioError("a class cannot be merged into itself", fix="Choose another one")
    less = classes.removed(gone.name)
    return less.with_unpainted(kept.name) if classes.unpainted == gone.index else less


def _order_back(
    before: Sequence[int], after: Sequence[int], now: Sequence[int], kept: dict[int, LabelClass]
) -> tuple[int, ...]:
    """Return the order of `before`, what came since behind it; that of `now` where somebody has chosen another."""
    chosen = [index for index in now if index in after] != [index for index in after if index in now]
    first = now if chosen else before
    rest = before if chosen else now
    return tuple(dict.fromkeys(index for index in (*first, *rest) if index in kept))


def _check_names(result: dict[int, LabelClass], old: dict[int, LabelClass]) -> None:
    names: dict[str, LabelClass] = {}
    for entry in result.values():
        same = names.setdefault(_read(entry.name), entry)
        if same is not entry:
            other = same if old.get(same.index) != same else entry
            raise SegStudioError(
                f'there is another class "{other.name}" by now', fix="Give that one another name first"
            )


def _changed_since(entry: LabelClass | None) -> SegStudioError:
    name = f'the class "{entry.name}"' if entry is not None else "a class"
    return SegStudioError(f"{name} was changed by something else since", fix="Change it by hand")
