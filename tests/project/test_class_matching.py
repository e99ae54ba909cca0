import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.class_matching import class_list_of, match_classes
from segstudio.project.classes import VOID, ClassList

PROJECT = ClassList.from_names(["sky", "ground", "person"])


def test_names_decide_whatever_their_case_and_number() -> None:
    model = ClassList.from_names(["Person", "SKY", "ground"])
    match = match_classes(model, PROJECT)
    assert match.value_of[:3].tolist() == [2, 0, 1]
    assert (match.value_of[3:] == VOID).all()
    assert match.classes == PROJECT
    assert (match.unknown_to_model, match.only_in_model) == ((), ())


def test_a_model_of_this_very_project_is_the_same() -> None:
    match = match_classes(PROJECT, PROJECT)
    assert (match.unknown_to_model, match.only_in_model) == ((), ())
    mask = np.array([[0, 2, VOID]], dtype=np.uint8)
    assert np.array_equal(match.value_of[mask], mask)


def test_what_only_one_of_them_knows_is_told() -> None:
    match = match_classes(ClassList.from_names(["sky", "rope"]), PROJECT)
    assert match.classes.names == ("sky", "ground", "person", "rope")
    assert match.value_of[:2].tolist() == [0, 3]
    assert match.unknown_to_model == ("ground", "person")
    assert match.only_in_model == ("rope",)


def test_a_person_may_say_which_class_is_which() -> None:
    model = ClassList.from_names(["heaven", "earth", "rope"])
    match = match_classes(model, PROJECT, {"heaven": "sky", "earth": "ground", "rope": None})
    assert match.value_of[:3].tolist() == [0, 1, VOID]
    assert match.classes == PROJECT
    assert (match.unknown_to_model, match.only_in_model) == (("person",), ())


def test_two_classes_of_the_model_may_be_one_of_the_project() -> None:
    model = ClassList.from_names(["man", "woman"])
    match = match_classes(model, PROJECT, {"man": "person", "woman": "person"})
    assert match.value_of[:2].tolist() == [2, 2]


def test_nothing_in_common_is_one_sentence_with_a_way_out() -> None:
    with pytest.raises(SegStudioError, match=r"car.* are none of the project's .*sky.*say which"):
        match_classes(ClassList.from_names(["car"]), PROJECT)
    with pytest.raises(SegStudioError, match="did you mean"):
        match_classes(ClassList.from_names(["car", "sky"]), PROJECT, {"car": "persn"})
    with pytest.raises(SegStudioError, match="none of the project"):
        match_classes(ClassList.from_names(["sky"]), PROJECT, {"sky": None})


def test_too_many_classes_together_are_refused() -> None:
    many = ClassList.from_names([f"c{number}" for number in range(250)])
    other = ClassList.from_names(["c0", *(f"d{number}" for number in range(10))])
    with pytest.raises(SegStudioError, match="too many classes together"):
        match_classes(other, many)


def test_the_classes_of_a_card_must_be_a_class_list() -> None:
    assert class_list_of([(4, "b", "#112233"), (1, "a", "#445566")]).indices == (4, 1)
    with pytest.raises(SegStudioError, match="classes are damaged"):
        class_list_of([(1, "a", "#112233"), (1, "b", "#445566")])


def test_what_a_model_was_taught_to_take_for_another_is_read_so_in_the_truth() -> None:
    project = ClassList.from_names(["sky", "ground", "person", "rope", "kite"])
    model = ClassList.from_names(["Ground", "person", "sky"])
    match = match_classes(model, project, merged={"rope": "person", "gone": "sky"})
    assert match.classes.names == ("sky", "ground", "person", "kite")
    assert match.truth_of[:5].tolist() == [0, 1, 2, 2, 4]
    assert match.truth_of[VOID] == VOID
    assert match.value_of[:3].tolist() == [1, 2, 0]
    assert (dict(match.merged), match.unknown_to_model) == ({"rope": "person"}, ("kite",))


def test_a_class_that_a_person_chose_for_the_model_is_not_folded_away() -> None:
    project = ClassList.from_names(["sky", "person", "rope"])
    model = ClassList.from_names(["sky", "person"])
    match = match_classes(model, project, {"person": "rope"}, merged={"rope": "person"})
    assert match.truth_of[:3].tolist() == [0, 1, 2]
    assert match.classes == project
    nowhere = match_classes(model, project, {"person": None}, merged={"rope": "person"})
    assert nowhere.truth_of[2] == 2
    assert nowhere.unknown_to_model == ("person", "rope")


def test_what_the_model_was_taught_to_leave_out_is_void_in_masks() -> None:
    match = match_classes(ClassList.from_names(["sky", "ground"]), PROJECT, left_out=("Person", "gone"))
    assert match.truth_of[:3].tolist() == [0, 1, VOID]
    assert match.left_out == ("person",)
    assert match.classes == PROJECT
    assert match.unknown_to_model == ()


def test_a_class_that_was_left_out_counts_where_a_person_says_which_it_is() -> None:
    model = ClassList.from_names(["sky", "man"])
    match = match_classes(model, PROJECT, {"man": "person"}, left_out=("person",))
    assert match.truth_of[2] == 2
    assert (match.left_out, match.unknown_to_model) == ((), ("ground",))
