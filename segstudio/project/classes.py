"""LabelClass and ClassList: what the numbers in a mask mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.project.colours import next_colours, parse_colour, to_rgb

VOID = 255
"""The mask value of a pixel that is not labelled."""

VOID_RGB = (32, 32, 32)
"""The colour in which void is shown in mask files and legends."""

BACKGROUND_COLOUR = "#7F7F7F"
"""The colour of a background that was given none: quiet, so that the other classes are seen."""

MAX_CLASSES = 255

_BACKGROUND_NAMES = frozenset(
    {"background", "no-label", "nolabel", "no label", "unlabelled", "unlabeled", "other", "_background_"}
)


def is_background_name(name: str) -> bool:
    """Tell whether a class of that name is what lies around everything else."""
    return " ".join(name.split()).casefold() in _BACKGROUND_NAMES


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        raise ValueError("a class needs a name")
    return cleaned


class LabelClass(BaseModel):
    """One class: its mask value, name and colour (`#RRGGBB`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Annotated[int, Field(ge=0, lt=MAX_CLASSES)]
    name: Annotated[str, AfterValidator(_clean_name)]
    colour: Annotated[str, AfterValidator(parse_colour)]

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, 0–255 each."""
        return to_rgb(self.colour)


class ClassList(BaseModel):
    """The ordered classes of a project or model.

    An index never changes its meaning: removing a class leaves a hole, and adding one never reuses a hole.
    `draw_order` holds every index once; what stands later is painted over what stands earlier.
    `unpainted` is the mask value that an import gives to pixels under no shape: VOID, or a class.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    classes: tuple[LabelClass, ...] = ()
    draw_order: tuple[int, ...] = ()
    unpainted: int = VOID
    next_index: int = 0

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, data: Any) -> Any:
        if isinstance(data, dict):
            entries = data.get("classes", ())
            indices = [_index_of(entry) for entry in entries] if isinstance(entries, list | tuple) else []
            if "draw_order" not in data:
                data = {**data, "draw_order": tuple(indices)}
            if "next_index" not in data:
                data = {**data, "next_index": max(indices, default=-1) + 1}
        return data

    @model_validator(mode="after")
    def _is_consistent(self) -> ClassList:
        indices = [entry.index for entry in self.classes]
        names = [entry.name.casefold() for entry in self.classes]
        if len(set(indices)) < len(indices):
            raise ValueError("two classes have the same number")
        if len(set(names)) < len(names):
            raise ValueError("two classes have the same name")
        if sorted(self.draw_order) != sorted(indices):
            raise ValueError("the draw order must hold every class once")
        if self.unpainted != VOID and self.unpainted not in indices:
            raise ValueError("unpainted must be void (255) or the number of a class")
        if self.next_index <= max(indices, default=-1):
            raise ValueError("next_index must be above every class number")
        return self

    @classmethod
    def from_names(cls, specifications: Sequence[str]) -> ClassList:
        """Return classes numbered 0, 1, 2 … from `name` or `name:#RRGGBB`.

        A first class named like a background ("background", "no-label", …) becomes the value of unpainted
        pixels, and grey unless it is given a colour; otherwise they are void. Raises SegStudioError for a bad
        colour or a doubled name.
        """
        pairs = [_split_specification(text) for text in specifications]
        if len(pairs) > MAX_CLASSES:
            raise SegStudioError(
                f"{len(pairs)} classes are too many", fix=f"At most {MAX_CLASSES} fit in a mask"
            )
        counts = Counter(name.casefold() for name, _ in pairs)
        doubled = [name for name, _ in pairs if counts[name.casefold()] > 1]
        if doubled:
            raise SegStudioError(f'the class "{doubled[0]}" is given twice', fix="Give every class one name")
        first_is_background = bool(pairs) and is_background_name(pairs[0][0])
        given = tuple(colour for _, colour in pairs if colour)
        if first_is_background and pairs[0][1] is None and BACKGROUND_COLOUR not in given:
            pairs[0] = (pairs[0][0], BACKGROUND_COLOUR)
            given = (BACKGROUND_COLOUR, *given)
        spare = iter(next_colours(len(pairs) - len(given), given))
        classes = tuple(
            LabelClass(index=index, name=name, colour=colour or next(spare))
            for index, (name, colour) in enumerate(pairs)
        )
        return cls(classes=classes, unpainted=0 if first_is_background else VOID)

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in list order."""
        return tuple(entry.name for entry in self.classes)

    @property
    def indices(self) -> tuple[int, ...]:
        """The mask values, in list order."""
        return tuple(entry.index for entry in self.classes)

    def find(self, name: str) -> LabelClass | None:
        """Return the class of that name (outer and doubled spaces and case do not count), or None."""
        wanted = " ".join(name.split()).casefold()
        return next((entry for entry in self.classes if entry.name.casefold() == wanted), None)

    def named(self, name: str) -> LabelClass:
        """Return the class of that name; raises SegStudioError with the closest name when there is none."""
        found = self.find(name)
        if found is None:
            raise SegStudioError(
                f'unknown class "{name}"{did_you_mean(name, self.names)}',
                fix=f"The classes are: {', '.join(self.names) or 'none yet'}",
            )
        return found

    def at(self, index: int) -> LabelClass | None:
        """Return the class with that mask value, or None."""
        return next((entry for entry in self.classes if entry.index == index), None)

    def palette(self) -> npt.NDArray[np.uint8]:
        """Return the colour of every mask value: uint8 of shape (256, 3), RGB; unused values are void's."""
        table = np.full((256, 3), VOID_RGB, dtype=np.uint8)
        for entry in self.classes:
            table[entry.index] = entry.rgb
        return table

    def added(self, name: str, colour: str | None = None) -> ClassList:
        """Return the list with one more class, painted last; raises SegStudioError when it cannot be."""
        if self.find(name) is not None:
            raise SegStudioError(f'there is already a class "{name}"', fix="Choose another name")
        if self.next_index >= MAX_CLASSES:
            raise SegStudioError(
                "no class number is left", fix=f"A mask can hold numbers up to {MAX_CLASSES - 1}"
            )
        chosen = colour or next_colours(1, tuple(entry.colour for entry in self.classes))[0]
        entry = LabelClass(index=self.next_index, name=_named(name), colour=chosen)
        return self._replaced(
            classes=(*self.classes, entry),
            draw_order=(*self.draw_order, entry.index),
            next_index=entry.index + 1,
        )

    def renamed(self, old: str, new: str) -> ClassList:
        """Return the list with the class `old` named `new`; its number stays."""
        entry, same = self.named(old), self.find(new)
        if same is not None and same.index != entry.index:
            raise SegStudioError(
                f'there is already a class "{new}"', fix="Merge the two, or choose another name"
            )
        return self._with_entry(entry.model_copy(update={"name": _named(new)}))

    def recoloured(self, name: str, colour: str) -> ClassList:
        """Return the list with another colour (`#RRGGBB`) for the class `name`."""
        return self._with_entry(self.named(name).model_copy(update={"colour": parse_colour(colour)}))

    def removed(self, name: str) -> ClassList:
        """Return the list without the class `name`; its number is not given out again."""
        gone = self.named(name).index
        return self._replaced(
            classes=tuple(entry for entry in self.classes if entry.index != gone),
            draw_order=tuple(index for index in self.draw_order if index != gone),
            unpainted=VOID if self.unpainted == gone else self.unpainted,
        )

    def drawn_in_order(self, names: Sequence[str]) -> ClassList:
        """Return the list with the named classes painted in this order, first to last, after all others.

        Raises SegStudioError for an unknown or doubled name.
        """
        wanted = [self.named(name).index for name in names]
        doubled = [name for position, name in enumerate(names) if wanted.index(wanted[position]) != position]
        if doubled:
            raise SegStudioError(f'the class "{doubled[0]}" stands twice in the draw order')
        others = [index for index in self.draw_order if index not in wanted]
        return self._replaced(draw_order=(*others, *wanted))

    def with_unpainted(self, name: str) -> ClassList:
        """Return the list in which pixels under no shape become the class `name`, or void for "void"."""
        value = VOID if name.casefold() == "void" and self.find(name) is None else self.named(name).index
        return self._replaced(unpainted=value)

    def _with_entry(self, changed: LabelClass) -> ClassList:
        return self._replaced(
            classes=tuple(changed if entry.index == changed.index else entry for entry in self.classes)
        )

    def _replaced(self, **changes: object) -> ClassList:
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return ClassList.model_validate({**fields, **changes})


def _index_of(entry: Any) -> int:
    if isinstance(entry, LabelClass):
        return entry.index
    index = entry.get("index", -1) if isinstance(entry, dict) else -1
    return index if isinstance(index, int) else -1


def _split_specification(text: str) -> tuple[str, str | None]:
    name, separator, colour = text.rpartition(":")
    if separator and colour.strip().startswith("#"):
        return _named(name), parse_colour(colour)
    return _named(text), None


def _named(name: str) -> str:
    try:
        return _clean_name(name)
    except ValueError as error:
        raise SegStudioError("a class needs a name", fix="Write name or name:#RRGGBB") from error
