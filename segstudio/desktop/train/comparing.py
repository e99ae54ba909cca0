"""What runs that are laid over each other were trained differently with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segstudio.desktop.train.form.fields import recipe_fields, text_of
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe

_TITLES = {
    "head": "Network",
    "ignore_classes": "Classes left out",
    "merge": "Classes learnt as others",
    "class_weights": "Class weights",
}
"""Of fields that have a place of their own in the tab."""


def differences_of(runs: Sequence[Path]) -> str:
    """Return what the recipes of runs differ in, in the order of the runs. Raises SegStudioError. In a worker thread."""
    return told_differences([RunFolder(run).recipe() for run in runs])


def told_differences(recipes: Sequence[Recipe]) -> str:
    """Return each field in which recipes differ with the value of each; pure."""
    titles = field_titles()
    chosen = [recipe.model_dump(exclude={"description"}) for recipe in recipes]
    told = [
        f"{titles[name]} {' | '.join(_said(values[name]) for values in chosen)}"
        for name in titles
        if any(values[name] != chosen[0][name] for values in chosen)
    ]
    return " · ".join(told) or "Trained with the same choices."


def field_titles() -> dict[str, str]:
    """Return what each field is called in the tab, by name."""
    return {**_TITLES, **{field.name: field.title for field in recipe_fields()}}


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list | dict) and not value:
        return "none"
    return text_of(value)
