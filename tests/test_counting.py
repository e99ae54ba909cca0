import pytest

from segstudio.counting import counted


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 photos"), (1, "1 photo"), (2, "2 photos"), (2000, "2,000 photos")]
)
def test_things_are_counted_in_the_plural_but_for_one(number: int, told: str) -> None:
    assert counted(number, "photo") == told


def test_a_plural_of_its_own_is_used() -> None:
    assert [counted(number, "class", "classes") for number in (1, 2)] == ["1 class", "2 classes"]
