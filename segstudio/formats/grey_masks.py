"""Masks of few greys: what 0 and 255 mean where a set of masks holds nothing else.

Many programs save the mask of one object as 0 and 255, and those of three classes as 0, 127 and 255. Such values are no
numbers of classes, and 255 is not void there. What they mean is told by all masks of a set together: one mask that
holds 0 and 255 alone may well be one of many classes, with nothing on its photo but background and void.

A set are the masks that go by the same table of labels, or by none. Where the table says what 255 is, that holds; else:

- 0 and one other value, and the table has two names: the first is that of 0. Of one name alone, that is the object, and
  0 is background. Without a table 0 is background and the other value the object, whatever the project calls those two.
- 0 and 255, and the table has more names: 255 is a label of its own, `255`, and the person says what it means.
- As many values as names, none of them a number of the table but 0: the names in the order of the values.
- Values whose grey is a colour of the table go by that.
- Masks of one object in several folders that are called like classes are of those (`class_folders`): a set for each folder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from segstudio.errors import SegStudioError
from segstudio.formats.class_folders import ClassFolders
from segstudio.formats.label_picture import look_at
from segstudio.formats.label_tables import VOID_LABEL, VOID_LABELS, LabelTable, plain_of
from segstudio.formats.shapes import Annotation, PicturePart, Shape
from segstudio.project.classes import ClassList, is_background_name

Role = Literal["", "background", "object"]
"""What a label is in masks of one object: what lies around it, or the object; empty: nothing of that kind."""

_BACKGROUND: Role = "background"
_OBJECT: Role = "object"
_GREY = 0x010101
_WHITE = 0xFFFFFF
_VOID_NUMBER = 255


@dataclass(frozen=True, slots=True)
class GreySet:
    """Masks whose greys are no numbers of classes: their files, and the label of each grey, ascending. `is_named` tells that
    a table or a folder gives these labels, instead of those that were read; `roles` are what labels are that none gives. `folders` are
    several in which they lie, and which may be classes of their own.
    """

    files: frozenset[Path]
    labels: Mapping[int, str]
    roles: Mapping[str, Role]
    is_named: bool
    folders: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """Which greys they are, in words: `0 and 255`."""
        *others, last = map(str, self.labels)
        return f"{', '.join(others)} and {last}"


def greys_of(annotation: Annotation, table: LabelTable | None) -> frozenset[int] | None:
    """Return the greys that a mask holds (to 255; to 65535 of 16 bits); None where it has colours, or goes by those."""
    greys: set[int] = set()
    for shape in annotation.shapes:
        if not isinstance(shape, PicturePart):
            return None
        if shape.picture.coding == "index":
            if table is not None and any(_goes_by_palette(code, shape.label, table) for code in shape.codes):
                return None
            greys.update(shape.codes)
        elif (table is not None and table.by_colour) or any(code % _GREY for code in shape.codes):
            return None
        else:
            greys.update(code // _GREY for code in shape.codes)
    return frozenset(greys)


def grey_sets(
    masks: Iterable[tuple[Annotation, LabelTable | None]], told: ClassFolders | None = None
) -> list[GreySet]:
    """Return the sets of masks whose greys are no numbers of classes, and what those mean; `masks` come with the table
    that they go by. `told` is what their folders tell of classes.
    """
    members: dict[Path | None, list[Annotation]] = defaultdict(list)
    greys: dict[Path | None, set[int] | None] = {}
    tables: dict[Path | None, LabelTable | None] = {}
    for annotation, table in masks:
        key = table.path if table is not None else None
        if table is not None and key is None:
            continue  # one that everybody knows tells all
        held, known = greys_of(annotation, table), greys.setdefault(key, set())
        greys[key] = known | held if known is not None and held is not None else None
        members[key].append(annotation)
        tables[key] = table
    found = []
    for key, some in members.items():
        labels = _labels(sorted(greys[key] or ()), tables[key])
        if labels and not (_VOID_NUMBER in labels and any(map(_paints_void, some))):
            found += _by_folder(some, labels, tables[key], told or ClassFolders())
    return found


def relabelled(annotation: Annotation, labels: Mapping[int, str]) -> Annotation:
    """Return the annotation of a mask with these labels of its greys; one label for several greys stays as it is."""
    return replace(annotation, shapes=tuple(_renamed(shape, labels) for shape in annotation.shapes))


def with_role(role: Role, classes: ClassList) -> str:
    """Return the class that a label of that role means: that of the background, or the only other one; where there is
    none, the name of a new one.
    """
    ground = next((entry for entry in classes.classes if is_background_name(entry.name)), None)
    ground = ground or classes.at(classes.unpainted)
    if role == _BACKGROUND:
        return ground.name if ground is not None else _BACKGROUND
    others = [entry.name for entry in classes.classes if entry is not ground]
    return others[0] if len(others) == 1 else _OBJECT


def _goes_by_palette(code: int, label: str, table: LabelTable) -> bool:
    """Tell whether a pixel got its label by the colour that a palette gives it, and not by its number."""
    return code not in table.by_number and label not in (str(code), *VOID_LABELS)


def _renamed(shape: Shape, labels: Mapping[int, str]) -> Shape:
    if not isinstance(shape, PicturePart) or len(shape.codes) != 1:
        return shape
    grey = shape.codes[0] if shape.picture.coding == "index" else shape.codes[0] // _GREY
    label = labels.get(grey, shape.label)
    return replace(shape, label=label, where=f"label {label}")


def _by_folder(
    members: Sequence[Annotation], labels: Mapping[int, str], table: LabelTable | None, told: ClassFolders
) -> list[GreySet]:
    """Return one set, or one for each folder where the folders tell what the object is."""
    is_open = len(labels) == 2 and (table is None or labels[max(labels)] == str(max(labels)))
    folders = told.folders_of(one.file for one in members) if is_open else ()
    names = [row.name for row in table.rows] if table is not None else None
    if not folders or not told.are_classes(folders, names):
        return [replace(_set(members, labels, table), folders=folders)]
    around = labels[min(labels)]
    roles: Mapping[str, Role] = {_BACKGROUND: _BACKGROUND} if around == _BACKGROUND else {}
    return [
        GreySet(
            frozenset(one.file for one in members if told.of[one.file] == folder),
            {min(labels): around, max(labels): folder},
            roles,
            is_named=True,
        )
        for folder in folders
    ]


def _set(members: Sequence[Annotation], labels: Mapping[int, str], table: LabelTable | None) -> GreySet:
    files = frozenset(annotation.file for annotation in members)
    if table is not None:
        around: Mapping[str, Role] = {_BACKGROUND: _BACKGROUND} if _BACKGROUND in labels.values() else {}
        return GreySet(files, labels, around, is_named=True)
    roles: dict[str, Role] = {}
    own: dict[int, str] = {}
    for shape in (shape for annotation in members for shape in annotation.shapes):
        if isinstance(shape, PicturePart):
            own[max(labels) if shape.codes[0] else 0] = shape.label
            roles[shape.label] = _OBJECT if shape.codes[0] else _BACKGROUND
    return GreySet(files, dict(sorted(own.items())), roles, is_named=False)


def _labels(greys: Sequence[int], table: LabelTable | None) -> Mapping[int, str]:
    """Return the labels of a set's greys, ascending, where they are no numbers of classes; empty where they are."""
    is_of_one = len(greys) == 2 and greys[0] == 0
    if table is None:
        return {0: _BACKGROUND, greys[1]: _OBJECT} if is_of_one else {}
    numbers, colours = table.by_number, table.by_colour
    are_numbers = all(grey in numbers for grey in greys) or (
        greys != [0, _VOID_NUMBER] and all(grey in numbers or grey == _VOID_NUMBER for grey in greys)
    )
    if len(greys) < 2 or _VOID_NUMBER in numbers or are_numbers:
        return {}
    if all(grey * _GREY in colours for grey in greys):
        return {grey: colours[grey * _GREY] for grey in greys}
    names = [numbers[number] for number in sorted(numbers)]
    if any(plain_of(name, is_exact=table.is_exact) == VOID_LABEL for name in names):
        return {}  # it is the table's to say what is void
    if is_of_one:
        return _of_one(greys[1], names)
    is_ranked = len(greys) == len(names) and not any(grey in numbers for grey in greys if grey)
    return dict(zip(greys, names, strict=True)) if is_ranked and not table.is_numbered else {}


def _of_one(grey: int, names: Sequence[str]) -> Mapping[int, str]:
    """Return what 0 and a grey mean that is no number of these names."""
    if len(names) == 2:
        return {0: names[0], grey: names[1]}
    if len(names) == 1 and not is_background_name(names[0]):
        return {0: _BACKGROUND, grey: names[0]}
    return {0: names[0], grey: str(grey)} if grey == _VOID_NUMBER else {}


def _paints_void(annotation: Annotation) -> bool:
    """Tell whether a palette gives 255 a colour of its own, as Pascal VOC's does: then it is no white of a mask."""
    try:
        palette = look_at(annotation.file).palette
    except SegStudioError:
        return False  # it was read a moment ago: examining it tells
    return len(palette) > _VOID_NUMBER and palette[_VOID_NUMBER] != _WHITE
