from __future__ import annotations

import pytest

from segstudio.runs.patience import told_of_waiting
from segstudio.runs.recipe import Recipe


def told(fields: dict[str, object], *, validates: bool = True) -> str:
    return "; ".join(told_of_waiting(Recipe.model_validate(fields), validates=validates))


def test_what_waits_for_nothing_is_not_told() -> None:
    assert told({}, validates=False) == ""
    assert told({"epochs": 1}) == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"early_stopping": 5}, "early_stopping=5 never ends the training early: there is no validation"),
        ({"schedule": "plateau"}, "schedule=plateau never lowers the learning rate: there is no validation"),
    ],
)
def test_without_validation_nothing_that_waits_for_it_comes(fields: dict[str, object], words: str) -> None:
    assert told(fields, validates=False) == words
    assert told(fields) == ""


@pytest.mark.parametrize(
    ("epochs", "every", "is_told"), [(4, 1, False), (3, 1, True), (7, 2, False), (6, 2, True)]
)
def test_the_last_validation_comes_when_nothing_can_be_ended_early(
    epochs: int, every: int, is_told: bool
) -> None:
    patient = {"early_stopping": 2, "schedule": "plateau", "plateau_patience": 2}
    words = told({**patient, "epochs": epochs, "validate_every": every})
    if not is_told:
        assert words == ""
        return
    assert words == (
        "early_stopping=2 never ends the training early: there are only 3 validations; "
        "schedule=plateau with plateau_patience=2 never lowers the learning rate: there are only 3 validations"
    )


def test_one_validation_is_told_of_as_one() -> None:
    assert told({"early_stopping": 2, "epochs": 1}).endswith("there is only 1 validation")
