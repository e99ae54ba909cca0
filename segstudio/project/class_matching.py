"""A model's classes and a project's: matched by name, or as a person says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from segstudio.errors import SegStudioError
from segstudio.project.classes import MAX_CLASSES, VOID, ClassList, LabelClass
from segstudio.wrong_values import wrong_value


@dataclass(frozen=True, slots=True, eq=False)
class ClassMatch:
    """How a model's answers are read in a project.

    `classes` are the project's but for those that the model was taught to take for others (`merged`, name → name),
    and after them those that only the model knows, under numbers that the project does not use. `value_of` is
    uint8 (256): the model's mask value → that of `classes`; `truth_of` the same for the project's own mask values,
    void for classes that the model was taught to leave out (`left_out`): they count in no score.
    """

    classes: ClassList
    value_of: npt.NDArray[np.uint8]
    truth_of: npt.NDArray[np.uint8]
    merged: Mapping[str, str]
    left_out: tuple[str, ...]
    unknown_to_model: tuple[str, ...]
    only_in_model: tuple[str, ...]


def class_list_of(entries: Iterable[tuple[int, str, str]]) -> ClassList:
    """Return the classes (mask value, name, colour) of a model, in the order of the network's channels.

    Raises SegStudioError when they cannot be a class list (a number or a name twice).
    """
    try:
        return ClassList(classes=tuple(LabelClass(index=i, name=n, colour=c) for i, n, c in entries))
    except ValidationError as error:
        raise SegStudioError(
            f"the model's classes are damaged ({wrong_value(error)})",
            fix="Use another model, or a copy of this one",
        ) from error


def match_classes(
    model: ClassList,
    project: ClassList,
    chosen: Mapping[str, str | None] | None = None,
    *,
    merged: Mapping[str, str] | None = None,
    left_out: Collection[str] = (),
) -> ClassMatch:
    """Match by name (letter case aside); raises SegStudioError when not a single class is in both.

    `chosen` says of classes of the model, by name, which class of the project they are meant to be, or None where
    their pixels are void in the project. `merged` are the project's classes that the model was taught to take for
    one of its own (`ModelCard.merged`); those that are in the project are read so in its masks, too. `left_out` are
    the project's classes, by name, whose pixels the model was taught to pass over: void in its masks, unless they are a
    class of the model after all.
    """
    targets = {entry.index: _target(entry, project, chosen or {}) for entry in model.classes}
    if not any(isinstance(target, LabelClass) for target in targets.values()):
        raise SegStudioError(
            f"the model's classes ({', '.join(model.names)}) are none of the project's "
            f"({', '.join(project.names) or 'it has none'})",
            fix="Use a model of this project, or say which class is which",
        )
    folded = _folded(model, project, targets, merged or {})
    truth_of = np.arange(256, dtype=np.uint8)
    for entry, into in folded:
        truth_of[entry.index] = into.index
    only_in_model = tuple(target for target in targets.values() if isinstance(target, str))
    if len(project) + len(only_in_model) > MAX_CLASSES:
        raise SegStudioError("the project and the model have too many classes together")
    classes = project
    for entry, _ in folded:
        classes = classes.removed(entry.name)
    for name in only_in_model:
        own = model.find(name)
        classes = classes.added(name, own.colour if own is not None else None)
    value_of = np.full(256, VOID, dtype=np.uint8)
    for index, target in targets.items():
        if target is not None:
            value_of[index] = classes.named(target).index if isinstance(target, str) else target.index
    known = {target.index for target in targets.values() if isinstance(target, LabelClass)}
    known |= {entry.index for entry, _ in folded}
    passed = {entry.index: entry.name for entry in map(project.find, left_out) if entry is not None}
    passed = {index: name for index, name in passed.items() if index not in known}
    truth_of[list(passed)] = VOID
    known |= passed.keys()
    unknown = tuple(entry.name for entry in project.classes if entry.index not in known)
    told = {entry.name: into.name for entry, into in folded}
    return ClassMatch(classes, value_of, truth_of, told, tuple(passed.values()), unknown, only_in_model)


def _folded(
    model: ClassList,
    project: ClassList,
    targets: Mapping[int, LabelClass | str | None],
    merged: Mapping[str, str],
) -> list[tuple[LabelClass, LabelClass]]:
    """Return the project's classes that are read as another of its classes, with that one."""
    taken = {target.index for target in targets.values() if isinstance(target, LabelClass)}
    folded = []
    for name, into in merged.items():
        entry, own = project.find(name), model.find(into)
        target = targets.get(own.index) if own is not None else None
        if entry is not None and isinstance(target, LabelClass) and entry.index not in taken:
            folded.append((entry, target))
    return folded


def _target(
    entry: LabelClass, project: ClassList, chosen: Mapping[str, str | None]
) -> LabelClass | str | None:
    """Return the project's class that a model's is; its name when the project has none; None for void."""
    if entry.name in chosen:
        name = chosen[entry.name]
        return None if name is None else project.named(name)
    return project.find(entry.name) or entry.name
