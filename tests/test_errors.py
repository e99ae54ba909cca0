from __future__ import annotations

import pickle

import pytest

from segstudio.errors import SegStudioError, did_you_mean, inside


def test_an_error_is_place_problem_and_fix_in_one_line() -> None:
    error = SegStudioError("it is torn.", where="a.jpg", fix="Mend it.")
    assert str(error) == "a.jpg: it is torn. Mend it."
    assert str(SegStudioError("it is torn")) == "it is torn."


def test_places_are_put_before_each_other_on_the_way_out() -> None:
    with (
        pytest.raises(SegStudioError) as caught,
        inside("file.xml"),
        inside('image "a.jpg"'),
    ):
        raise SegStudioError("unknown class", fix="Add it")
    assert str(caught.value) == 'file.xml, image "a.jpg": unknown class. Add it.'


def test_inside_leaves_other_errors_alone() -> None:
    with pytest.raises(KeyError), inside("file.xml"):
        raise KeyError("x")


def test_an_error_survives_the_way_between_processes() -> None:
    error = SegStudioError("it is torn", where="a.jpg", fix="Mend it")
    back = pickle.loads(pickle.dumps(error))
    assert isinstance(back, SegStudioError)
    assert (back.problem, back.where, back.fix) == (error.problem, error.where, error.fix)


def test_a_subclass_stays_one_when_its_place_is_widened() -> None:
    class SpecialError(SegStudioError):
        pass

    assert isinstance(SpecialError("x").within("y"), SpecialError)


@pytest.mark.parametrize(
    ("word", "choices", "hint"),
    [
        ("epoch", ["epochs", "seed"], ' (did you mean "epochs"?)'),
        ("SKY", ["Sky", "ground"], ' (did you mean "Sky"?)'),
        ("zebra", ["sky", "ground"], ""),
        ("sky", [], ""),
    ],
)
def test_the_closest_word_is_suggested(word: str, choices: list[str], hint: str) -> None:
    assert did_you_mean(word, choices) == hint
