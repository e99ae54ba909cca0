"""What becomes of classes, and what follows from it for the others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.desktop.train.form.learning import (
    LEARN,
    LEAVE_OUT,
    Fate,
    Learning,
    fates_of,
    weight_of,
    weights_among,
    weights_problem,
)
from segstudio.runs.recipe import Recipe

NAMES = ("sky", "ground", "person", "rope")


def test_what_may_become_of_a_class() -> None:
    learning = Learning(("sky",), {"rope": "person"})
    words = [fate.words for fate in fates_of("rope", learning.learnt(NAMES))]
    assert words == ["learn", "leave out", "as ground", "as person"]
    assert [fate.words for fate in fates_of("person", learning.learnt(NAMES))] == [
        "learn",
        "leave out",
        "as ground",
    ]


def test_those_learnt_as_a_class_follow_it_or_are_free() -> None:
    learning = Learning((), {"rope": "person"})
    assert learning.with_fate("person", Fate("as", "sky")).merged == {"rope": "sky", "person": "sky"}
    left = learning.with_fate("person", LEAVE_OUT)
    assert (left.ignored, left.merged, left.fate("rope")) == (("person",), {}, LEARN)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 9)), max_size=12))
def test_whatever_is_chosen_is_a_recipe(clicks: list[tuple[str, int]]) -> None:
    learning = Learning((), {})
    for name, click in clicks:
        fates = fates_of(name, learning.learnt(NAMES))
        fate = fates[click % len(fates)]
        learning = learning.with_fate(name, fate)
        assert learning.fate(name) == fate
    recipe = Recipe(ignore_classes=learning.ignored, merge=dict(learning.merged))
    assert learning.among(NAMES) == learning
    assert set(recipe.merge.values()) <= set(learning.learnt(NAMES))


def test_classes_that_are_gone_are_forgotten() -> None:
    learning = Learning(("sky",), {"rope": "person", "ground": "x"})
    assert learning.among(("person", "rope", "ground")) == Learning((), {"rope": "person"})
    assert weights_among({"sky": 1.0, "rope": 2.0}, ("sky",)) == {"sky": 1.0}
    assert weights_among("inverse", ()) == "inverse"


@pytest.mark.parametrize(
    ("text", "weight"),
    [("2,5", 2.5), (" 0 ", 0.0), ("-1", "-1"), ("nan", "nan"), ("inf", "inf"), ("", "")],
)
def test_a_weight_is_a_number_of_at_least_nothing(text: str, weight: Any) -> None:
    assert weight_of(text) == weight


def test_what_is_wrong_with_weights() -> None:
    assert weights_problem("none") == weights_problem({}) == weights_problem({"a": 0.0, "b": 1.0}) == ""
    assert "above 0" in weights_problem({"a": 0.0})
    assert weights_problem({"a": "x"}).startswith("The weight of a ")
