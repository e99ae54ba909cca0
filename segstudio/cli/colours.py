"""In which colours a model's classes are shown: its own, its project's of today, or the default ones."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from segstudio.cli.opening import open_project
from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList

_PROJECT_FILE = "project.json"


class ColourChoice(StrEnum):
    """Whose colours are shown."""

    MODEL = "model"
    PROJECT = "project"
    DEFAULT = "default"


def in_colours(classes: ClassList, choice: ColourChoice, *, model: Path, project: Path | None) -> ClassList:
    """Return a model's classes in the colours that are wished for.

    Those of the project, which is the one given or that in which the model file lies, go by name; a class that it does not
    have keeps the model's. The default ones are those of a new project. Raises SegStudioError where there is no project.
    """
    match choice:
        case ColourChoice.MODEL:
            return classes
        case ColourChoice.DEFAULT:
            colours = {
                entry.name.casefold(): entry.colour for entry in ClassList.from_names(classes.names).classes
            }
        case ColourChoice.PROJECT:
            home = home_of(model, project)
            if home is None:
                raise SegStudioError(
                    "the model lies in no project whose colours could be taken",
                    where=str(model),
                    fix="Name one with --project, or use --colours default",
                )
            colours = {entry.name.casefold(): entry.colour for entry in open_project(home).classes.classes}
    for entry in classes.classes:
        if entry.name.casefold() in colours:
            classes = classes.recoloured(entry.name, colours[entry.name.casefold()])
    return classes


def home_of(model: Path, project: Path | None) -> Path | None:
    """Return the project that is meant: the one given, else that in which the model file lies, else None."""
    folders = [each for each in (project, *model.absolute().parents) if each is not None]
    return next((folder for folder in folders if (folder / _PROJECT_FILE).is_file()), None)
