"""`segstudio new`: an empty project with its classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.output import JsonOption, Output
from segstudio.project.classes import VOID, ClassList
from segstudio.project.project import Project


def new(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="The folder to make.")],
    class_: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            metavar="NAME[:#RRGGBB]",
            help="A class, or several with commas; repeat it. Numbered 0, 1, 2 …",
        ),
    ] = None,
    unpainted: Annotated[
        str | None,
        typer.Option(help="What pixels under no shape become at import: a class, or void (not labelled)."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make an empty project with its classes."""
    out = Output(json)
    classes = ClassList.from_names([name for given in class_ or [] for name in given.split(",")])
    if unpainted is not None:
        classes = classes.with_unpainted(unpainted)
    made = Project.create(project, classes=classes)
    out.say(f"Made {made.folder} with {len(classes)} class{'es' if len(classes) != 1 else ''}.")
    out.table("", ["number", "class", "colour"], [[str(c.index), c.name, c.colour] for c in classes.classes])
    meaning = "void: training ignores them" if classes.unpainted == VOID else f'"{_name(classes)}"'
    out.say(f"Pixels under no shape become {meaning}.")
    out.finish({"project": str(made.folder), "classes": list(classes.names), "unpainted": classes.unpainted})


def _name(classes: ClassList) -> str:
    found = classes.at(classes.unpainted)
    return found.name if found else "void"
