from __future__ import annotations

from typing import Any

import pytest

from segstudio.runs.only_with import IDLE_WITH, ONLY_WITH, is_in_use, told_of_unused
from segstudio.runs.recipe import Recipe


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"loss": "focal", "focal_gamma": 3.0}, ()),
        (
            {"focal_gamma": 3.0},
            ("focal_gamma counts for nothing with loss=cross-entropy: it is for loss=focal",),
        ),
        (
            {"step_epochs": 3, "schedule": "cosine"},
            ("step_epochs counts for nothing with schedule=cosine: it is for schedule=halving or step",),
        ),
        (
            {"unfreeze_after": 3},
            ("unfreeze_after counts for nothing with freeze_backbone=false: it is for freeze_backbone=true",),
        ),
        (
            {"freeze_backbone": True, "backbone_learning_rate": 0.5},
            ("backbone_learning_rate counts for nothing with freeze_backbone=true and unfreeze_after=0",),
        ),
        (
            {"class_weights": {"sky": 2.0}, "effective_number_beta": 0.9},
            (
                "effective_number_beta counts for nothing with class_weights={'sky': 2.0}: it is for"
                " class_weights=effective-number",
            ),
        ),
    ],
)
def test_what_was_set_in_vain_is_told(values: dict[str, object], told: tuple[str, ...]) -> None:
    assert told_of_unused(Recipe.model_validate(values), values) == told


@pytest.mark.parametrize(
    ("name", "values", "counts"),
    [
        ("epochs", {}, True),
        ("poly_power", {}, True),
        ("poly_power", {"schedule": "cosine"}, False),
        ("step_factor", {"schedule": "plateau"}, True),
        ("momentum", {"optimizer": "adam"}, False),
        ("unfreeze_after", {"freeze_backbone": True}, True),
        ("effective_number_beta", {"class_weights": {"sky": 1.0}}, False),
        ("effective_number_beta", {"class_weights": "effective-number"}, True),
        ("backbone_learning_rate", {"freeze_backbone": True}, False),
        ("backbone_learning_rate", {"freeze_backbone": True, "unfreeze_after": 3}, True),
        ("freeze_batch_norm", {"freeze_backbone": True}, False),
        ("freeze_batch_norm", {}, True),
        ("decay_norms", {"weight_decay": 0}, False),
        ("decay_norms", {}, True),
    ],
)
def test_what_counts_for_nothing_beside_the_others_is_known(
    name: str, values: dict[str, Any], *, counts: bool
) -> None:
    recipe = Recipe.model_validate(values)
    assert is_in_use(name, lambda other: getattr(recipe, other)) is counts


def test_the_table_speaks_of_fields_and_values_that_there_are() -> None:
    for field, (other, needed) in ONLY_WITH.items():
        assert field in Recipe.model_fields
        for value in needed:
            Recipe.model_validate({other: value})
    for field, beside in IDLE_WITH.items():
        assert field in Recipe.model_fields
        Recipe.model_validate(beside)
