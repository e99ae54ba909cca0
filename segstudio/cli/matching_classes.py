"""A model's classes and a project's: matched by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.project.classes import MAX_CLASSES, VOID, ClassList


@dataclass(frozen=True, slots=True, eq=False)
class ClassMatch:
    """How a model's answers are read in a project.

    `classes` are the project's, and after them those that only the model knows, under numbers that the
    project does not use. `value_of` is uint8 (256): the model's mask value → that of `classes`.
    """

    classes: ClassList
    value_of: npt.NDArray[np.uint8]
    unknown_to_model: tuple[str, ...]
    only_in_model: tuple[str, ...]


def match_classes(model: ClassList, project: ClassList) -> ClassMatch:
    """Match by name (letter case aside); raises SegStudioError when not a single class is in both."""
    shared = [entry for entry in model.classes if project.find(entry.name)]
    if not shared:
        raise SegStudioError(
            f"the model's classes ({', '.join(model.names)}) are none of the project's "
            f"({', '.join(project.names) or 'it has none'})",
            fix="Use a model of this project, or rename the classes of one of them",
        )
    only_in_model = tuple(entry.name for entry in model.classes if entry not in shared)
    if len(project) + len(only_in_model) > MAX_CLASSES:
        raise SegStudioError("the project and the model have too many classes together")
    classes = project
    for name in only_in_model:
        classes = classes.added(name)
    value_of = np.full(256, VOID, dtype=np.uint8)
    for entry in model.classes:
        value_of[entry.index] = classes.named(entry.name).index
    unknown = tuple(name for name in project.names if model.find(name) is None)
    return ClassMatch(classes, value_of, unknown, only_in_model)
