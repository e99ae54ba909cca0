import pytest

from segstudio.counting import counted, listed, percent, sized


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 photos"), (1, "1 photo"), (2, "2 photos"), (2000, "2,000 photos")]
)
def test_things_are_counted_in_the_plural_but_for_one(number: int, told: str) -> None:
    assert counted(number, "photo") == told


def test_a_plural_of_its_own_is_used() -> None:
    assert [counted(number, "class", "classes") for number in (1, 2)] == ["1 class", "2 classes"]


@pytest.mark.parametrize(
    ("most", "told"), [(1, "a and 2 more"), (2, "a, b and 1 more"), (3, "a, b, c"), (4, "a, b, c")]
)
def test_the_first_names_are_listed_and_the_others_counted(most: int, told: str) -> None:
    assert listed(["a", "b", "c"], most) == told


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 MB"),
        (640_400_000, "640 MB"),
        (8_430_000_000, "8.4 GB"),
        (128e9, "128 GB"),
        (83_915_453e6, "83.9 TB"),
        (2.5e16, "25,000 TB"),
    ],
)
def test_a_size_is_told_in_the_unit_that_people_take(count: float, told: str) -> None:
    assert sized(count) == told


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0 %"), (0.0001, "< 0.1 %"), (0.234, "23.4 %"), (0.99999, "99.9 %"), (1, "100 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == text
