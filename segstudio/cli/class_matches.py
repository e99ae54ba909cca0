"""Which of a project's classes a model's are: as was said in the window, or with options, and by name otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from segstudio.cli.output import Output
from segstudio.errors import SegStudioError, did_you_mean
from segstudio.project.class_choices import ClassChoices
from segstudio.project.class_matching import ClassMatch, match_classes
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from segstudio.runs.model_card import ModelCard

MatchOption = Annotated[
    list[str] | None,
    typer.Option(
        "--match",
        metavar="MODEL=PROJECT",
        help="The model's class MODEL is the project's class PROJECT, or none of them (MODEL=). Goes before what was said"
        " in the window.",
    ),
]
ByNameOption = Annotated[
    bool,
    typer.Option("--by-name", help="Match classes by their names, whatever was said in the window."),
]


def matched(
    console: Output,
    card: ModelCard,
    model: ClassList,
    project: Project,
    *,
    given: Sequence[str],
    by_name: bool,
) -> ClassMatch:
    """Match a model's classes with the project's, and say what was not matched by name; raises SegStudioError."""
    said = {} if by_name else remembered(project, card)
    pairs = dict(_pair(each, model) for each in given)
    told = [
        f'"{name}" is {_quoted(target)}'
        for name, target in said.items()
        if name not in pairs and _by_name(name, project.classes) != target
    ]
    if told:
        console.say(
            f"As was said in the window, the model's {', '.join(told)}; --by-name goes by names alone."
        )
    match = match_classes(
        model, project.classes, {**said, **pairs}, merged=card.merged, left_out=card.left_out
    )
    if match.left_out:
        names = ", ".join(f'"{name}"' for name in match.left_out)
        console.say(f"The model was taught to leave out {names}: here too such pixels do not count.")
    return match


def remembered(project: Project, card: ModelCard) -> dict[str, str | None]:
    """Return what was said in the window of a model's classes, as far as the project has these classes still."""
    said = ClassChoices(project.folder).read(card.identity)
    return {
        name: target
        for name, target in said.items()
        if name in card.class_names and (target is None or project.classes.find(target) is not None)
    }


def _pair(given: str, model: ClassList) -> tuple[str, str | None]:
    name, equals, target = given.partition("=")
    entry = model.find(name.strip())
    if not equals:
        raise SegStudioError(f'--match "{given}" has no "="', fix='Write --match "model class=project class"')
    if entry is None:
        raise SegStudioError(
            f'the model has no class "{name.strip()}"{did_you_mean(name.strip(), model.names)}',
            fix=f"Its classes are {', '.join(model.names)}",
        )
    return entry.name, target.strip() or None


def _by_name(name: str, classes: ClassList) -> str | None:
    entry = classes.find(name)
    return entry.name if entry is not None else None


def _quoted(name: str | None) -> str:
    return f'"{name}"' if name is not None else "none of the project's"
