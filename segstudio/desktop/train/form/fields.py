"""What can be chosen of a recipe, read off the Recipe model itself: a field added there appears here by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from segstudio.desktop.train.launch import toml_value
from segstudio.runs.heads import HEADS
from segstudio.runs.recipe import Recipe, load_recipe, recipe_names
from segstudio.wrong_values import bound_told

Kind = Literal["whole", "number", "yes-no", "choice", "text"]

ELSEWHERE = frozenset({"description", "head", "ignore_classes", "merge", "class_weights"})
"""Fields that have a place of their own in the tab."""

ON_TOP = ("epochs", "batch_size", "crop_px", "learning_rate")
"""The few that matter to most people; the rest is folded away."""

_NAMES = {
    "crop_px": "Crop",
    "max_side_px": "Longest side",
    "cache_mb": "Photo memory",
    "batch_size": "Batch",
    "log_every": "Log every",
    "save_minutes": "Save every",
    "warmup_steps": "Warm-up",
    "ema_decay": "Average of weights (EMA)",
    "ohem_threshold": "OHEM threshold",
    "ohem_least": "OHEM least share",
    "tensorboard": "TensorBoard",
    "compile_network": "Compile the network",
    "scale_min": "Smallest scale",
    "scale_max": "Largest scale",
    "head": "Network",
    "ignore_classes": "Classes left out",
    "merge": "Classes learnt as others",
}

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[, ]\d{3})+")
"""A whole number in groups of three digits; any other comma may be a decimal one."""

_SETTING = re.compile(r"`?--set (\w+)=([\w*-]+(?:\.\w+)*)`?")
_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""What is surely the name of a field where it stands in a sentence: fields of one word are words, too."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how it is edited, what it may be, its unit, and its help; `section` is the part of the form that it
    stands in, `choices` are pairs of value and words.
    """

    name: str
    title: str
    kind: Kind
    help: str
    range_text: str = ""
    unit: str = ""
    section: str = ""
    choices: tuple[tuple[Any, str], ...] = ()


@cache
def recipe_fields() -> tuple[Field, ...]:
    """Return every field that the form shows: those on top first, then the rest in the model's order."""
    properties: Mapping[str, Mapping[str, Any]] = Recipe.model_json_schema()["properties"]
    found = {name: _field(name, described) for name, described in properties.items() if name not in ELSEWHERE}
    return (*(found.pop(name) for name in ON_TOP if name in found), *found.values())


def _field(name: str, described: Mapping[str, Any]) -> Field:
    kind, choices = _kind(described)
    help_ = in_titles(str(described.get("description", "")))
    unit = str(described.get("unit", ""))
    return Field(name, title_of(name), kind, help_, _range(described), unit, _section(name), choices)


def title_of(name: str) -> str:
    """Return what a field is called in the window."""
    return _NAMES.get(name, name.replace("_", " ").capitalize())


def in_titles(sentence: str) -> str:
    """Return a sentence with the fields in it called as the window calls them, in quotes."""

    def setting(found: re.Match[str]) -> str:
        name, value = found.groups()
        return f'"{title_of(name)}" {value}' if name in Recipe.model_fields else found[0]

    def name(found: re.Match[str]) -> str:
        return f'"{title_of(found[0])}"' if found[0] in Recipe.model_fields else found[0]

    return _NAME.sub(name, _SETTING.sub(setting, sentence))


def _section(name: str) -> str:
    """Return the part of the model that a field belongs to: Network, Photos, Learning, Machine."""
    of = next(part for part in reversed(Recipe.__mro__) if name in getattr(part, "model_fields", {}))
    part = of.__name__.strip("_").removesuffix("Choices")
    return {"Photo": "Photos"}.get(part, part)


def _kind(described: Mapping[str, Any]) -> tuple[Kind, tuple[tuple[Any, str], ...]]:
    if "enum" in described:
        return "choice", tuple((value, str(value)) for value in described["enum"])
    if "anyOf" in described:
        choices = [choice for part in described["anyOf"] for choice in _choices_of(part)]
        plain = all(
            part.get("type") == "boolean" or "const" in part or "enum" in part for part in described["anyOf"]
        )
        return ("choice", tuple(choices)) if plain else ("text", ())
    match described.get("type"):
        case "boolean":
            return "yes-no", ()
        case "integer":
            return "whole", ()
        case "number":
            return "number", ()
        case _:
            return "text", ()


def _choices_of(part: Mapping[str, Any]) -> list[tuple[Any, str]]:
    if part.get("type") == "boolean":
        return [(True, "yes"), (False, "no")]
    if "const" in part:
        return [(part["const"], str(part["const"]))]
    return [(value, str(value)) for value in part.get("enum", ())]


def _range(described: Mapping[str, Any]) -> str:
    """Say what numbers a field takes, as people do; nothing when any goes."""
    low, above = described.get("minimum"), described.get("exclusiveMinimum")
    high, below = described.get("maximum"), described.get("exclusiveMaximum")
    least = f"at least {low:,}" if low is not None else f"above {above:,}" if above is not None else ""
    most = f"at most {high:,}" if high is not None else f"below {below:,}" if below is not None else ""
    numbers, unit = ", ".join(part for part in (least, most) if part), described.get("unit", "")
    return f"{numbers} ({unit})" if numbers and unit else numbers or unit


def text_of(value: Any) -> str:
    """Return a value as it stands in a text field."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:g}"
    return toml_value(value)


def value_of(field: Field, text: str) -> Any:
    """Return what a person has typed, as the model takes it; what is no number stays text, and the model says so."""
    typed = text.strip()
    try:
        match field.kind:
            case "whole":
                return int(re.sub("[, ]", "", typed) if _THOUSANDS.fullmatch(typed) else typed)
            case "number":
                return float(typed.replace(",", "."))
            case _:
                return typed
    except ValueError:
        return typed


def changes_from(base: Recipe, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of `values` that differ from the recipe."""
    there = base.model_dump()
    return {name: value for name, value in values.items() if _plain(there.get(name)) != _plain(value)}


def nearest_recipe(recipe: Recipe) -> str:
    """Return the named recipe of which the fewest fields were changed for this one."""
    values = recipe.model_dump(exclude={"description"})
    return min(recipe_names(), key=lambda name: len(changes_from(load_recipe(name), values)))


def problems_with(base: Recipe, values: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence for each field of `values` that the model refuses; under `""` what does not go together.

    The words are the window's own: the model's are written for programs.
    """
    from pydantic import ValidationError

    try:
        recipe = Recipe.model_validate({**base.model_dump(), **values})
    except ValidationError as error:
        found: dict[str, str] = {}
        for each in error.errors():
            place = str(each["loc"][0]) if each["loc"] else str(each.get("ctx", {}).get("field", ""))
            found.setdefault(place, _said(place, each["type"], each.get("ctx", {}), each["msg"]))
        return found
    head = HEADS.get(recipe.head)
    if recipe.auxiliary and head is not None and not head.has_auxiliary:
        return {"auxiliary": f"{head.title} has no auxiliary classifier."}
    return {}


def _said(place: str, kind: str, facts: Mapping[str, Any], message: str) -> str:
    """Return what is wrong with a value in one short sentence."""
    if bound := bound_told(kind, facts):
        return f"Must be {bound}."
    field = next((field for field in recipe_fields() if field.name == place), None)
    if field is not None and kind not in ("value_error", "not_beside"):
        match field.kind:
            case "whole":
                return "Must be a whole number."
            case "number":
                return "Must be a number."
            case "choice":
                return f"Must be one of {', '.join(words for _, words in field.choices)}."
            case "yes-no":
                return "Must be yes or no."
    told = in_titles(facts.get("problem") or message.removeprefix("Value error, ")).rstrip(".")
    told = told.removeprefix("Input ")
    return f"{told[:1].upper()}{told[1:]}."


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
