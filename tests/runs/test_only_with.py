from __future__ import annotations

import pytest

from segstudio.runs.only_with import ONLY_WITH, told_of_unused
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


def test_the_table_speaks_of_fields_and_values_that_there_are() -> None:
    for field, (other, needed) in ONLY_WITH.items():
        assert field in Recipe.model_fields
        for value in needed:
            Recipe.model_validate({other: value})
