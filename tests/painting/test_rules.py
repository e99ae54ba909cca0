from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.painting.region import Bitmap
from segstudio.painting.rules import EVERYWHERE, ONLY_VOID, Rule, never_over, only_over
from segstudio.project.masks import Mask

_values = st.sampled_from([0, 1, 2, 3, 254, 255])
_few = st.frozensets(_values)
_rules = st.one_of(
    st.sampled_from([EVERYWHERE, ONLY_VOID]),
    _few.map(lambda values: only_over(*values)),
    _few.map(lambda values: never_over(*values)),
)
_shape = (5, 6)


@given(
    _rules,
    hnp.arrays(np.bool_, _shape),
    hnp.arrays(np.uint8, (9, 9), elements=_values).map(lambda whole: whole[2:7, 1:7]),
)
def test_a_rule_lets_paint_take_where_it_says(rule: Rule, bitmap: Bitmap, under: Mask) -> None:
    allowed = rule.allowed(bitmap, under)
    for place in np.ndindex(_shape):
        assert allowed[place] == (bitmap[place] and rule.takes(int(under[place])))


@pytest.mark.parametrize(
    ("rule", "taken"),
    [(EVERYWHERE, {0, 1, 255}), (ONLY_VOID, {255}), (only_over(1), {1}), (never_over(1), {0, 255})],
)
def test_what_the_rules_mean(rule: Rule, taken: set[int]) -> None:
    assert {value for value in (0, 1, 255) if rule.takes(value)} == taken
