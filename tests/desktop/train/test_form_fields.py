"""What the form can edit, read off the Recipe model."""

from __future__ import annotations

import re
from typing import Any

import pytest

from segstudio.desktop.train.form.fields import (
    ELSEWHERE,
    ON_TOP,
    changes_from,
    in_titles,
    problems_with,
    recipe_fields,
    text_of,
    value_of,
)
from segstudio.desktop.train.launch import recipe_words, toml_value
from segstudio.runs.recipe import Recipe, load_recipe

FIELDS = {field.name: field for field in recipe_fields()}


def test_every_field_of_the_model_can_be_edited_somewhere() -> None:
    assert set(FIELDS) | ELSEWHERE == set(Recipe.model_fields)
    assert list(FIELDS)[:4] == ["epochs", "batch_size", "crop_px", "learning_rate"]
    assert all(field.help for field in FIELDS.values())


def test_every_field_stands_in_a_part_of_the_form_with_its_unit() -> None:
    sections = list(dict.fromkeys(field.section for name, field in FIELDS.items() if name not in ON_TOP))
    assert sections == ["Network", "Photos", "Learning", "Machine"]
    assert (FIELDS["warmup_steps"].unit, FIELDS["save_minutes"].unit, FIELDS["momentum"].unit) == (
        "steps",
        "minutes",
        "",
    )


@pytest.mark.parametrize(
    ("name", "kind", "range_text"),
    [
        ("epochs", "whole", "at least 1, at most 1,000,000"),
        ("learning_rate", "number", "above 0, at most 10"),
        ("momentum", "number", "at least 0, below 1"),
        ("decay_norms", "yes-no", ""),
        ("schedule", "choice", ""),
        ("freeze_batch_norm", "choice", ""),
        ("weights", "text", ""),
    ],
)
def test_a_field_is_edited_as_its_type_wants(name: str, kind: str, range_text: str) -> None:
    assert (FIELDS[name].kind, FIELDS[name].range_text) == (kind, range_text)


def test_what_may_be_yes_no_or_a_word_is_a_choice_of_all_three() -> None:
    assert FIELDS["freeze_batch_norm"].choices == ((True, "yes"), (False, "no"), ("auto", "auto"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", " 1,000 ", 1000),
        ("epochs", "12,345,678", 12345678),
        ("epochs", "1 000", 1000),
        ("epochs", "x", "x"),
        ("epochs", "2,5", "2,5"),
        ("epochs", "1,0000", "1,0000"),
        ("epochs", "1000,000", "1000,000"),
        ("epochs", "2 5", "2 5"),
        ("epochs", "2.5", "2.5"),
        ("learning_rate", "0,001", 0.001),
        ("weights", " coco ", "coco"),
    ],
)
def test_what_is_typed_becomes_a_value(name: str, text: str, value: Any) -> None:
    assert value_of(FIELDS[name], text) == value


@pytest.mark.parametrize(
    ("values", "place", "words"),
    [
        ({"epochs": 0}, "epochs", "Must be at least 1."),
        ({"epochs": "x"}, "epochs", "Must be a whole number."),
        ({"epochs": "2,5"}, "epochs", "Must be a whole number."),
        ({"learning_rate": float("nan")}, "learning_rate", "Must be a number."),
        ({"scale_min": 3.0}, "scale_min", 'Must not be above "Largest scale".'),
        ({"max_side_px": 3}, "max_side_px", "Must be 0, for every pixel, or 32 and more."),
    ],
)
def test_the_model_says_what_is_wrong(values: dict[str, Any], place: str, words: str) -> None:
    assert words in problems_with(Recipe(), values)[place]


def test_no_words_of_a_terminal_stand_in_the_form() -> None:
    for field in FIELDS.values():
        assert not re.search(r"[a-z]_[a-z]", field.help + field.range_text), field.name
    assert FIELDS["unfreeze_after"].help.startswith('With "Freeze backbone": after so many epochs')


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Lower batch_size or crop_px", 'Lower "Batch" or "Crop"'),
        ("Use --set precision=auto, or bf16.", 'Use "Precision" auto, or bf16.'),
        ("`--set workers=0`", '"Workers" 0'),
        ("the folder my_jumps, --set nothing=1", "the folder my_jumps, --set nothing=1"),
    ],
)
def test_fields_are_called_in_a_sentence_as_the_form_calls_them(said: str, told: str) -> None:
    assert in_titles(said) == told


def test_only_what_differs_is_a_change() -> None:
    base = load_recipe("quick-cpu")
    assert changes_from(base, {"epochs": base.epochs, "seed": 3, "ignore_classes": []}) == {"seed": 3}


@pytest.mark.parametrize(
    "values",
    [
        {"epochs": 3, "learning_rate": 1e-5, "weights": 'a "b" ü.pth'},
        {"ignore_classes": ["sky, blue", "x"], "auxiliary": True},
        {"class_weights": {"sky": 1.5, 'the "odd" one': 2.0}},
        {"merge": {'the "odd", one': "sky=blue"}},
    ],
)
def test_the_words_of_an_order_say_the_same_as_the_form(values: dict[str, Any]) -> None:
    words = recipe_words("quick-cpu", values)
    changed = load_recipe(words[1], words[3::2])
    assert changed == Recipe.model_validate({**load_recipe("quick-cpu").model_dump(), **values})


def test_values_are_shown_as_people_write_them() -> None:
    assert (text_of(5e-4), text_of("auto"), text_of(True), toml_value("a")) == (
        "0.0005",
        "auto",
        "true",
        '"a"',
    )


def test_an_auxiliary_classifier_beside_a_head_that_has_none_is_wrong() -> None:
    base = load_recipe("quick-cpu")
    told = problems_with(base, {"head": "fcn_resnetv2_20", "auxiliary": True})
    assert told == {"auxiliary": "FCN, ResNet-v2-20 has no auxiliary classifier."}
    assert not problems_with(base, {"head": "deeplabv3_resnet50", "auxiliary": True})
    assert not problems_with(base, {"head": "fcn_resnetv2_20", "auxiliary": False})
