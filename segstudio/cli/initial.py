"""From an earlier model to the recipe of the next round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from segstudio.errors import SegStudioError


def changes_from(model: str, project: Path, others: Sequence[str] = ()) -> list[str]:
    """Return what `--init-from MODEL` sets in a recipe, as `KEY=VALUE`: its file as first weights, and its head.

    Raises SegStudioError when there is no such model, and when `others`, the person's own changes, want another head.
    """
    from segstudio.inference.finding import find_model
    from segstudio.networks.model_file import read_card
    from segstudio.runs.model_card import ModelCard

    path = find_model(model, project).absolute()
    card = ModelCard.from_json(read_card(path), where=str(path))
    for key, _, value in (change.partition("=") for change in others):
        if key.strip() == "head" and value.strip().strip("\"'") != card.head:
            raise SegStudioError(
                f"--init-from brings the model's own head, {card.head}", fix="Leave --set head out"
            )
    return [f"head={card.head}", f"weights={path}"]
