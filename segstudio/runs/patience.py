"""What of a recipe waits for validation, and whether validation comes; pure."""

from __future__ import annotations

from segstudio.counting import counted
from segstudio.runs.recipe import Recipe


def told_of_waiting(recipe: Recipe, *, validates: bool) -> tuple[str, ...]:
    """Return a clause for each choice that waits for validations which never come; nothing where all may come.

    `validates` is whether anything can be scored. A first validation is never worse than the ones before: what waits
    for three worse ones hears of them at the fourth, and the last of all comes when nothing is left to be changed.
    """
    validations = -(-recipe.epochs // recipe.validate_every) if validates else 0
    are = "is" if validations == 1 else "are"
    why = f"there {are} only {counted(validations, 'validation')}" if validates else "there is no validation"
    waiting = []
    if recipe.early_stopping and recipe.early_stopping + 1 >= validations:
        waiting.append(f"early_stopping={recipe.early_stopping} never ends the training early: {why}")
    if recipe.schedule == "plateau" and recipe.plateau_patience + 1 >= validations:
        patience = f" with plateau_patience={recipe.plateau_patience}" if validates else ""
        waiting.append(f"schedule=plateau{patience} never lowers the learning rate: {why}")
    return tuple(waiting)
