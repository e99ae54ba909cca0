"""How a model's classes stand to those of the project: by name, or as the person said; plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from segstudio.errors import did_you_mean
from segstudio.project.classes import VOID, ClassList, LabelClass
from segstudio.runs.model_card import ModelCard

Chosen = Mapping[str, str | None]
"""What a person said: a model's class → the project's class that it is, or None for none of them; by name."""

NO_CLASS: Chosen = {}


@dataclass(frozen=True, slots=True)
class Matched:
    """How a model's classes stand to the project's: for each of the model's mask values the project's, VOID for none.
    `taken` holds further mask values of the project: of classes that the model was taught to take for one of its own.
    Several of the model's classes may stand for one of the project's: the first of them is shown in the place of all.
    """

    to_project: Mapping[int, int]
    taken: Mapping[int, int] = field(default_factory=dict)

    @property
    def table(self) -> npt.NDArray[np.uint8]:
        """From the model's mask values to the project's: uint8 (256,)."""
        table = np.full(256, VOID, dtype=np.uint8)
        for value, there in self.to_project.items():
            table[value] = there
        return table

    @property
    def back(self) -> npt.NDArray[np.uint8]:
        """From the project's mask values to the model's, void where the model knows no such class: uint8 (256,)."""
        table = np.full(256, VOID, dtype=np.uint8)
        for value, there in self.to_project.items():
            if there != VOID and table[there] == VOID:
                table[there] = value
        for there, value in self.taken.items():
            if table[there] == VOID:
                table[there] = self.shown_as.get(value, value)
        return table

    @property
    def shown_as(self) -> dict[int, int]:
        """Those of the model's mask values that are shown as another one, with that one."""
        first: dict[int, int] = {}
        folded = {}
        for value, there in self.to_project.items():
            if there != VOID and first.setdefault(there, value) != value:
                folded[value] = first[there]
        return folded

    @property
    def fold(self) -> npt.NDArray[np.uint8] | None:
        """From the model's mask values to those that are shown: uint8 (256,); None where they are the same."""
        folded = self.shown_as
        if not folded:
            return None
        table = np.arange(256, dtype=np.uint8)
        table[list(folded)] = list(folded.values())
        return table


def matched_classes(card: ModelCard, classes: ClassList, chosen: Chosen = NO_CLASS) -> Matched:
    """Match classes as the person said, the others by name, whatever the case of its letters; pure."""
    taken = {
        entry.index: each.index
        for each in card.classes
        for name in each.includes
        if (entry := classes.find(name)) is not None
    }
    to_project = {}
    for each in card.classes:
        name = chosen.get(each.name, each.name)
        entry = classes.find(name) if name is not None else None
        to_project[each.index] = entry.index if entry is not None else VOID
    return Matched(to_project, taken)


def shown_classes(card: ModelCard, classes: ClassList, matched: Matched) -> ClassList:
    """Return the classes in which answers are shown: the project's names and colours under the model's mask values;
    of several of the model's that stand for one, the first. Pure.
    """
    folded = matched.shown_as
    known = {each.index: classes.at(matched.to_project.get(each.index, VOID)) for each in card.classes}
    used = {entry.name.casefold() for entry in known.values() if entry is not None}
    entries = []
    for each in card.classes:
        if each.index in folded:
            continue
        entry = known[each.index]
        if entry is None:
            name = f"{each.name} (model)" if each.name.casefold() in used else each.name
            entries.append(LabelClass(index=each.index, name=name, colour=each.colour))
        else:
            entries.append(LabelClass(index=each.index, name=entry.name, colour=entry.colour))
    return ClassList(classes=tuple(entries))


def unmatched(card: ModelCard, matched: Matched) -> tuple[str, ...]:
    """Return the names of the model's classes that are none of the project's; pure."""
    return tuple(entry.name for entry in card.classes if matched.to_project.get(entry.index, VOID) == VOID)


def open_questions(card: ModelCard, classes: ClassList, chosen: Chosen) -> tuple[str, ...]:
    """Return the model's classes of which neither name nor person says which of the project's they are; pure.

    What was said of a class that the project no longer has is asked again.
    """
    return tuple(
        entry.name
        for entry in card.classes
        if classes.find(entry.name) is None
        and (entry.name not in chosen or not _is_there(chosen[entry.name], classes))
    )


def proposed(card: ModelCard, classes: ClassList, chosen: Chosen) -> dict[str, str | None]:
    """Return what to propose for each of the model's classes: what was said, the same name, or a name alike; pure."""
    found: dict[str, str | None] = {}
    for entry in card.classes:
        known = classes.find(entry.name)
        if entry.name in chosen and _is_there(chosen[entry.name], classes):
            found[entry.name] = chosen[entry.name]
        else:
            found[entry.name] = known.name if known is not None else _alike(entry.name, classes)
    return found


def _is_there(name: str | None, classes: ClassList) -> bool:
    return name is None or classes.find(name) is not None


def _alike(name: str, classes: ClassList) -> str | None:
    told = did_you_mean(name, classes.names).split('"')
    return told[1] if len(told) > 1 else None
