from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.training.balance import class_weights, drawn_counts, repeat_factors

COUNTS = np.array([[500, 100, 0, 0], [300, 50, 50, 0]], dtype=np.int64)
NAMES = ("sky", "ground", "person", "rope")


def uncounted() -> npt.NDArray[np.int64]:
    raise AssertionError("the pixels were counted for nothing")


def weights(choice: str, **options: float) -> list[float]:
    made = class_weights(choice, NAMES, lambda: COUNTS, **options)
    assert made is not None
    assert float(made[3]) == 0
    assert float(made[:3].mean()) == pytest.approx(1)
    return [float(each) for each in made]


def test_class_weights() -> None:
    assert class_weights("none", NAMES, uncounted) is None
    sky, _, person, _ = weights("inverse")
    assert person / sky == pytest.approx(16)
    sky, ground, person, _ = weights("median-frequency")
    assert ground / sky == pytest.approx(800 / 150)
    assert person / sky == pytest.approx((400 / 50) / (1000 / 800)), "only the photo that shows it counts"
    table = class_weights({"person": 4.0}, NAMES, uncounted)
    assert table is not None
    assert table.tolist() == [1, 1, 4, 1]


def test_effective_numbers() -> None:
    assert weights("effective-number", beta=0.0)[:3] == pytest.approx([1, 1, 1])
    assert weights("effective-number", beta=1 - 1e-12)[:3] == pytest.approx(weights("inverse")[:3], rel=1e-3)
    sky, _, person, _ = weights("effective-number", beta=0.99)
    assert person / sky == pytest.approx((1 - 0.99**800) / (1 - 0.99**50))


def test_unknown_class_in_the_table() -> None:
    with pytest.raises(SegStudioError, match='did you mean "person"'):
        class_weights({"persons": 1.0}, NAMES, uncounted)


def test_weights_of_nothing_but_zeros_are_refused() -> None:
    with pytest.raises(SegStudioError, match="nothing is learnt"):
        class_weights(dict.fromkeys(NAMES, 0.0), NAMES, uncounted)


def test_photos_with_a_rare_class_are_to_come_more_often() -> None:
    shown = np.array([[True, False], [True, False], [True, False], [True, True]])
    factors = repeat_factors(shown, 1.0)
    assert factors is not None
    assert factors.tolist() == [1, 1, 1, 2]
    assert repeat_factors(shown, 0.0) is None
    assert repeat_factors(shown, 0.2) is None, "the rarest is in a quarter of them"


@given(
    factors=st.lists(st.floats(1, 20), min_size=1, max_size=30),
    each=st.integers(1, 5),
    offset=st.floats(0, 1, exclude_max=True),
)
def test_drawn_counts_are_the_shares_up_to_one(factors: list[float], each: int, offset: float) -> None:
    total = each * len(factors)
    counts = drawn_counts(np.array(factors), total, offset)
    assert counts.sum() == total
    assert (np.abs(counts - np.array(factors) * total / sum(factors)) < 1 + 1e-6).all()
