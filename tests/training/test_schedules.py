from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.runs.recipe import Recipe
from segstudio.training.schedules import learning_rate_factor


def factors(steps: int, steps_per_epoch: int = 10, **fields: object) -> list[float]:
    recipe = Recipe.model_validate({"warmup_steps": 0, **fields})
    return [
        learning_rate_factor(recipe, step, steps=steps, steps_per_epoch=steps_per_epoch)
        for step in range(steps)
    ]


def test_poly() -> None:
    rates = factors(100, schedule="poly", poly_power=0.9)
    assert rates[0] == 1
    assert rates[50] == pytest.approx(0.5**0.9)
    assert 0 < rates[-1] < 0.02


def test_cosine() -> None:
    rates = factors(100, schedule="cosine")
    assert rates[0] == 1
    assert rates[50] == pytest.approx(0.5)
    assert rates[-1] == pytest.approx(0, abs=1e-3)


def test_step() -> None:
    rates = factors(60, schedule="step", step_epochs=2, step_factor=0.5)
    assert rates[19] == 1
    assert rates[20] == 0.5
    assert rates[40] == 0.25


def test_warm_up_rises_to_the_full_rate() -> None:
    rates = factors(100, schedule="constant", warmup_steps=4)
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


@given(
    steps=st.integers(1, 300),
    warmup=st.integers(0, 500),
    schedule=st.sampled_from(["poly", "cosine", "step", "constant"]),
)
def test_always_between_zero_and_one(steps: int, warmup: int, schedule: str) -> None:
    rates = factors(steps, schedule=schedule, warmup_steps=warmup)
    assert all(0 <= rate <= 1 for rate in rates)
    assert max(rates) > 0
