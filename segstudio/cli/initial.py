"""From an earlier model to the recipe of the next round."""

from __future__ import annotations

from pathlib import Path


def changes_from(model: str, project: Path) -> list[str]:
    """Return what `--init-from MODEL` sets in a recipe, as `KEY=VALUE`: its file as first weights, and its head.

    Raises SegStudioError when there is no such model.
    """
    from segstudio.inference.finding import find_model
    from segstudio.networks.model_file import read_card
    from segstudio.runs.model_card import ModelCard

    path = find_model(model, project).absolute()
    card = ModelCard.from_json(read_card(path), where=str(path))
    return [f"head={card.head}", f"weights={path}"]
