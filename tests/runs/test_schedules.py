from __future__ import annotations

from typing import get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segstudio.runs.choices import Schedule
from segstudio.runs.recipe import Recipe
from segstudio.runs.schedules import learning_rate_factor


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


def test_halving() -> None:
    rates = factors(60, schedule="halving", halving_after=2, step_epochs=1)
    assert (rates[19], rates[20], rates[29], rates[30], rates[59]) == (1, 0.5, 0.5, 0.25, 0.0625)


def test_one_cycle_is_that_of_pytorch() -> None:
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=1001, pct_start=0.3)
    ours = factors(1000, schedule="one-cycle", one_cycle_rise=0.3)
    for step in range(1000):
        assert ours[step] == pytest.approx(optimizer.param_groups[0]["lr"], abs=0.006), step
        optimizer.step()
        theirs.step()


def test_plateau_falls_as_often_as_it_was_met() -> None:
    recipe = Recipe(schedule="plateau", step_factor=0.1, warmup_steps=2)
    rates = [
        learning_rate_factor(recipe, step, steps=50, steps_per_epoch=5, falls=falls)
        for step, falls in ((0, 2), (10, 0), (10, 1), (40, 2))
    ]
    assert rates == pytest.approx([1 / 3, 1, 0.1, 0.01])


def test_warm_up_rises_to_the_full_rate() -> None:
    rates = factors(100, schedule="constant", warmup_steps=4)
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_one_cycle_rises_once_whatever_the_warm_up() -> None:
    rates = factors(100, schedule="one-cycle", one_cycle_rise=0.3, warmup_steps=20)
    highest = rates.index(max(rates))
    assert highest == 30
    assert rates[: highest + 1] == sorted(rates[: highest + 1])
    assert rates[highest:] == sorted(rates[highest:], reverse=True)


def test_the_warm_up_takes_half_of_the_training_at_most() -> None:
    rates = factors(20, schedule="constant", warmup_steps=1000)
    assert rates[10:] == [1.0] * 10


@given(
    steps=st.integers(1, 300),
    warmup=st.integers(0, 500),
    schedule=st.sampled_from(get_args(Schedule)),
)
def test_always_between_zero_and_one(steps: int, warmup: int, schedule: str) -> None:
    rates = factors(steps, schedule=schedule, warmup_steps=warmup)
    assert all(0 <= rate <= 1 for rate in rates)
    assert max(rates) > 0
