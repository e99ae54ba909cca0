"""What is wrong in a file whose values are not what they should be, in our words: the checker's are for programmers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segstudio.counting import counted

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_SHOWN = 40
"""Characters of a value: a damaged file may hold megabytes in one."""

_SHOULD_BE = {
    "int": "a whole number",
    "float": "a number",
    "finite_number": "a number that is not endless",
    "string": "a text",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "dict": "names with values, in braces",
    "mapping": "names with values, in braces",
    "model": "names with values, in braces",
    "datetime": "a time such as 2026-05-01T14:30:00+02:00",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
    "multiple_of": ("a multiple of", "multiple_of"),
}
_LENGTHS = {
    "too_short": ("of at least", "min_length", ("entry", "entries")),
    "too_long": ("of at most", "max_length", ("entry", "entries")),
    "string_too_short": ("of at least", "min_length", ("character",)),
    "string_too_long": ("of at most", "max_length", ("character",)),
}
_OURS = ("value_error", "assertion_error")


def wrong_value(error: ValidationError) -> str:
    """Return what is wrong with the first bad value: which one, what it is, and what it should be.

    What is no such file at all is cut off or damaged.
    """
    first = error.errors()[0]
    kind = first["type"]
    place = ".".join(str(part) for part in first["loc"])
    if kind in _OURS:
        told = first["msg"].partition(", ")[2]
        return f"{place}: {told[:1].lower()}{told[1:]}" if place else told
    if not place:
        return "it is cut off or damaged"
    if kind == "missing":
        return f"{place} is missing"
    if kind == "extra_forbidden":
        return f"{place} is nothing that this SegStudio knows"
    value = first["input"]
    plain = value is None or isinstance(value, str | int | float)
    told = f" is {_shown(value)} but" if plain else ""
    return f"{place}{told} should be {_should_be(first)}"


def bound_told(kind: str, facts: Mapping[str, Any]) -> str:
    """Return the bound that an error of this kind is about, as `at least 1`; nothing where it is about none."""
    if kind not in _BOUNDS:
        return ""
    words, name = _BOUNDS[kind]
    return f"{words} {_plain(facts[name]):,}"


def _shown(value: object) -> str:
    """Return a value as the file has it, all of it or its beginning."""
    if value is None or isinstance(value, bool):
        return "empty" if value is None else str(value).lower()
    if isinstance(value, str):
        return f'"{value[:_SHOWN]}"' if value else '""'
    return str(value)[:_SHOWN]


def _should_be(first: ErrorDetails) -> str:
    kind, facts = first["type"], first.get("ctx", {})
    if bound := bound_told(kind, facts):
        return bound
    if kind in _LENGTHS:
        words, name, what = _LENGTHS[kind]
        return f"{words} {counted(facts[name], *what)}"
    if kind == "literal_error":
        return str(facts["expected"]).replace("'", '"')
    if kind == "string_pattern_mismatch":
        return f"of the form {facts['pattern']}"
    named = (words for beginning, words in _SHOULD_BE.items() if kind.startswith(beginning))
    return next(named, first["msg"].removeprefix("Input should be ").removeprefix("Input should "))


def _plain(bound: float) -> float:
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound
