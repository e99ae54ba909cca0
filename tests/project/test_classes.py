from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from segstudio.errors import SegStudioError
from segstudio.project.classes import (
    BACKGROUND_COLOUR,
    MAX_CLASSES,
    VOID,
    VOID_RGB,
    ClassList,
    LabelClass,
)

_names = st.lists(
    st.text(min_size=1, max_size=12).filter(lambda text: bool(text.split()) and ":" not in text),
    max_size=12,
    unique_by=lambda text: " ".join(text.split()).casefold(),
)


def test_classes_are_numbered_in_the_order_given() -> None:
    classes = ClassList.from_names(["sky", "person: #ff0000", "ground"])
    assert [(entry.index, entry.name) for entry in classes.classes] == [
        (0, "sky"),
        (1, "person"),
        (2, "ground"),
    ]
    assert classes.named("person").rgb == (255, 0, 0)
    assert len({entry.colour for entry in classes.classes}) == 3


def test_a_given_colour_is_not_given_to_another_class() -> None:
    first = ClassList.from_names(["a"]).named("a").colour
    classes = ClassList.from_names(["x", f"y:{first}"])
    assert classes.named("x").colour != first


def test_a_colon_may_stand_in_a_name() -> None:
    assert ClassList.from_names(["a:b", "c:d:#112233"]).names == ("a:b", "c:d")


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["sky", "Sky "], 'the class "sky" is given twice'),
        (["sky", "s  k", "s k"], "is given twice"),
        (["sky:#12"], '"#12" is not a colour'),
        ([" "], "a class needs a name"),
        ([":#112233"], "a class needs a name"),
        ([str(number) for number in range(MAX_CLASSES + 1)], "256 classes are too many"),
    ],
)
def test_a_bad_list_is_told_in_one_sentence(names: list[str], problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem):
        ClassList.from_names(names)


@pytest.mark.parametrize("name", ["background", "no-label", "Background", "unlabelled", "_background_"])
def test_a_first_class_named_like_a_background_is_what_is_unpainted(name: str) -> None:
    classes = ClassList.from_names([name, "sky"])
    assert classes.unpainted == 0
    assert classes.named(name).colour == BACKGROUND_COLOUR
    assert ClassList.from_names(["sky", name]).unpainted == VOID


def test_a_background_keeps_the_colour_that_it_is_given() -> None:
    assert ClassList.from_names(["background:#010203", "sky"]).classes[0].colour == "#010203"
    classes = ClassList.from_names(["background", f"road:{BACKGROUND_COLOUR}"])
    assert classes.classes[0].colour != BACKGROUND_COLOUR


def test_names_are_found_whatever_their_case_and_spaces() -> None:
    classes = ClassList.from_names(["traffic light"])
    assert classes.find("  Traffic   LIGHT ") == classes.classes[0]
    assert classes.find("traffic") is None
    with pytest.raises(SegStudioError, match='did you mean "traffic light"'):
        classes.named("trafic light")


def test_a_number_never_changes_its_meaning() -> None:
    classes = ClassList.from_names(["a", "b", "c"]).removed("b")
    assert classes.indices == (0, 2)
    assert classes.added("d").indices == (0, 2, 3)
    assert classes.removed("c").added("e").named("e").index == 3
    assert ClassList.from_names(["a"]).removed("a").added("b").named("b").index == 1


def test_numbers_run_out_at_the_void_value() -> None:
    full = ClassList.from_names([f"c{number}" for number in range(MAX_CLASSES)])
    assert max(full.indices) == VOID - 1
    with pytest.raises(SegStudioError, match="no class number is left"):
        full.removed("c7").added("one more")


def test_removing_the_unpainted_class_leaves_void() -> None:
    assert ClassList.from_names(["background", "a"]).removed("background").unpainted == VOID


def test_renaming_and_recolouring_keep_the_number() -> None:
    classes = ClassList.from_names(["a", "b"]).renamed("a", " x  y ").recoloured("x y", "010203")
    assert classes.classes[0] == LabelClass(index=0, name="x y", colour="#010203")
    assert classes.renamed("b", "B").names == ("x y", "B")
    with pytest.raises(SegStudioError, match='already a class "b"'):
        classes.renamed("x y", "b")


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_told(name: str) -> None:
    classes = ClassList.from_names(["a"])
    with pytest.raises(SegStudioError, match="a class needs a name"):
        classes.renamed("a", name)
    with pytest.raises(SegStudioError, match="a class needs a name"):
        classes.added(name)


def test_adding_a_class_twice_is_told() -> None:
    with pytest.raises(SegStudioError, match="already"):
        ClassList.from_names(["a"]).added("A")


def test_what_is_named_last_is_painted_last() -> None:
    classes = ClassList.from_names(["a", "b", "c", "d"])
    assert classes.drawn_in_order(["c", "a"]).draw_order == (1, 3, 2, 0)
    assert classes.drawn_in_order(["c"]).added("e").draw_order == (0, 1, 3, 2, 4)
    assert classes.drawn_in_order(["d", "a"]).removed("d").draw_order == (1, 2, 0)
    with pytest.raises(SegStudioError, match='"A " stands twice'):
        classes.drawn_in_order(["a", "A "])
    with pytest.raises(SegStudioError, match="unknown class"):
        classes.drawn_in_order(["x"])


def test_unpainted_pixels_are_void_or_a_class() -> None:
    classes = ClassList.from_names(["a", "b"])
    assert classes.with_unpainted("b").unpainted == 1
    assert classes.with_unpainted("b").with_unpainted("VOID").unpainted == VOID
    assert ClassList.from_names(["a", "void"]).with_unpainted("void").unpainted == 1
    with pytest.raises(SegStudioError):
        classes.with_unpainted("c")


def test_the_palette_has_a_colour_for_every_value() -> None:
    palette = ClassList.from_names(["a:#010203", "b:#040506"]).removed("a").palette()
    assert palette.shape == (256, 3)
    assert palette[1].tolist() == [4, 5, 6]
    assert {tuple(row) for row in palette[[0, 2, VOID]].tolist()} == {VOID_RGB}


@given(_names)
def test_a_list_comes_back_from_json_as_it_was(names: list[str]) -> None:
    classes = ClassList.from_names(names)
    for name in names[1::3]:
        classes = classes.removed(name)
    classes = classes.drawn_in_order(list(reversed(classes.names[:3])))
    back = ClassList.model_validate_json(classes.model_dump_json())
    assert back == classes
    assert back.draw_order == classes.draw_order
    assert back.next_index == len(names)


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": [{"index": 0, "name": "a", "colour": "#000000"}] * 2},
        {"classes": [{"index": 255, "name": "a", "colour": "#000000"}]},
        {"classes": [{"index": 0, "name": " ", "colour": "#000000"}]},
        {"classes": [{"index": 0, "name": "a"}]},
        {"classes": 5},
        {"classes": {"a": 1}},
        {"classes": ["a"]},
        {"classes": None},
        {"draw_order": [0]},
        {"unpainted": 3},
        {"next_index": 0, "classes": [{"index": 0, "name": "a", "colour": "#000000"}]},
        {"extra": 1},
    ],
)
def test_a_damaged_list_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ClassList.model_validate(changes)
