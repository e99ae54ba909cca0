"""The fields of a recipe as people read them: default, range, unit and help, read off the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segstudio.runs.recipe import Recipe

_KINDS = {"boolean": "true, false", "array": "names", "object": "a table by name"}


@dataclass(frozen=True, slots=True)
class DescribedField:
    """One field; `range_text` says what it takes, with its unit, or names the choices."""

    name: str
    default: str
    range_text: str
    help: str


def described_fields() -> tuple[DescribedField, ...]:
    """Return all fields in the model's order."""
    properties: Mapping[str, Mapping[str, Any]] = Recipe.model_json_schema()["properties"]
    return tuple(_described(name, each) for name, each in properties.items())


def field_table() -> str:
    """Return the fields as a Markdown table, as docs/training.md has it."""
    lines = ["| field | default | range | meaning |", "|---|---|---|---|"]
    lines += [f"| `{f.name}` | {f.default} | {f.range_text} | {f.help} |" for f in described_fields()]
    return "\n".join(lines) + "\n"


def _described(name: str, schema: Mapping[str, Any]) -> DescribedField:
    default = schema.get("default", {})
    shown = (
        "–"
        if default in ("", [], {})
        else str(default).lower()
        if isinstance(default, bool)
        else str(default)
    )
    return DescribedField(name, shown, _range(schema), str(schema["description"]))


def _range(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        parts = (_range(part) for part in schema["anyOf"])
        return ", ".join(part for part in parts if part)
    if "enum" in schema or "const" in schema:
        return ", ".join(map(str, schema.get("enum", [schema.get("const")])))
    kind = str(schema.get("type"))
    if kind in ("integer", "number"):
        return " ".join(part for part in (_numbers(schema), str(schema.get("unit", ""))) if part)
    return _KINDS.get(kind, "text")


def _numbers(schema: Mapping[str, Any]) -> str:
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    start = f"≥ {low:,}" if low is not None else f"> {above:,}" if above is not None else ""
    end = f"≤ {high:,}" if high is not None else f"< {below:,}" if below is not None else ""
    return ", ".join(part for part in (start, end) if part)
