"""What runs that are laid over each other were trained differently with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segstudio.desktop.train.form.fields import recipe_fields, text_of, title_of
from segstudio.runs.folder import RunFolder
from segstudio.runs.heads import HEADS
from segstudio.runs.recipe import Recipe

_CHOSEN_ELSEWHERE = ("head", "ignore_classes", "merge", "class_weights")
"""Fields that have a place of their own in the tab."""


def differences_of(runs: Sequence[Path]) -> str:
    """Return what the recipes of runs differ in, in the order of the runs. Raises SegStudioError. In a worker thread."""
    return told_differences([RunFolder(run).recipe() for run in runs])


def told_differences(recipes: Sequence[Recipe]) -> str:
    """Return each field in which recipes differ with the value of each; pure."""
    titles = field_titles()
    chosen = [recipe.model_dump(exclude={"description"}) for recipe in recipes]
    told = [
        f"{titles[name]} {' | '.join(_said(name, values[name]) for values in chosen)}"
        for name in titles
        if any(values[name] != chosen[0][name] for values in chosen)
    ]
    return " · ".join(told) or "Trained with the same choices."


def field_titles() -> dict[str, str]:
    """Return what each field is called in the tab, by name."""
    names = (*_CHOSEN_ELSEWHERE, *(field.name for field in recipe_fields()))
    return {name: title_of(name) for name in names}


def _said(name: str, value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str() if name == "head":
            return HEADS[value].title if value in HEADS else value
        case [] | {} if not value:
            return "none"
        case list() | tuple():
            return ", ".join(map(str, value))
        case dict():
            between = " as " if name == "merge" else " "
            return ", ".join(f"{each}{between}{text_of(its)}" for each, its in value.items())
    return text_of(value)
