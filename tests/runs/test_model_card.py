from __future__ import annotations

import json

import pytest

from segstudio.errors import SegStudioError
from segstudio.runs.model_card import CARD_VERSION, IMAGENET_MEAN, IMAGENET_STD, ModelCard, ModelClass

_CLASSES = (
    ModelClass(index=0, name="sky", colour="#56B4E9"),
    ModelClass(index=7, name="größe", colour="#009E73"),
)


def _raw(**changes: object) -> str:
    return json.dumps({**json.loads(ModelCard(head="x", classes=_CLASSES).model_dump_json()), **changes})


def _refused(text: str) -> str:
    with pytest.raises(SegStudioError) as caught:
        ModelCard.from_json(text, where="best.pt")
    assert str(caught.value).startswith("best.pt: ")
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_a_card_comes_back_as_it_was() -> None:
    card = ModelCard(
        head="lraspp_mobilenet_v3_large",
        classes=_CLASSES,
        recipe={"epochs": 3, "class_weights": {"sky": 0.5}},
        scores={"miou": 0.5},
        train_photos=("ü/日本.jpg",),
        max_side_px=640,
    )
    assert ModelCard.from_json(card.model_dump_json(), where="x") == card
    assert card.class_names == ("sky", "größe")
    assert (card.mean, card.std, card.version) == (IMAGENET_MEAN, IMAGENET_STD, CARD_VERSION)


@pytest.mark.parametrize(("told", "names"), [(["rope", "Tree"], ("rope", "Tree")), ((), ()), ("rope", ())])
def test_classes_that_were_left_out_stand_in_the_recipe(told: object, names: tuple[str, ...]) -> None:
    assert ModelCard(head="x", classes=_CLASSES, recipe={"ignore_classes": told}).left_out == names
    assert ModelCard(head="x", classes=_CLASSES).left_out == ()


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert ModelCard.from_json(_raw(invented_later=1), where="x").head == "x"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"classes": []}, "classes"),
        ({"classes": [{"index": 255, "name": "a", "colour": "#000000"}]}, "classes.0.index"),
        ({"classes": [{"index": 0, "name": "a", "colour": "red"}]}, "classes.0.colour"),
        ({"head": None}, "head"),
        ({"std": [0.2, 0, 0.2]}, "std.1"),
        ({"std": [0.2, 0.2]}, "std.2"),
        ({"max_side_px": -1}, "max_side_px"),
    ],
)
def test_a_damaged_card_is_told_by_file_and_place(changes: dict[str, object], place: str) -> None:
    told = _refused(_raw(**changes))
    assert f"description is damaged ({place} " in told
    assert told.endswith("). Use another model, or a copy of this one.")


@pytest.mark.parametrize("text", ["", "[]", "{", "5"])
def test_what_is_no_card_is_told(text: str) -> None:
    assert "description is damaged (it is cut off or damaged). Use" in _refused(text)


def test_a_newer_card_is_told_as_such_even_when_it_looks_different() -> None:
    assert "newer SegStudio" in _refused(_raw(version=CARD_VERSION + 1))
    assert "newer SegStudio" in _refused(_raw(version=CARD_VERSION + 1, classes="elsewhere now"))
