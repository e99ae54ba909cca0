"""`segstudio recipes`: the named recipes, one of them whole, or what every field means."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from segstudio.cli.output import JsonOption, Output
from segstudio.runs.field_table import described_fields
from segstudio.runs.recipe import Recipe, load_recipe, recipe_names, recipe_to_toml


def recipes(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE]", help="Print this recipe whole, as TOML.")
    ] = None,
    fields: Annotated[bool, typer.Option("--fields", help="Explain every field.")] = False,
    json: JsonOption = False,
) -> None:
    """List the named recipes, or show one."""
    out = Output(json)
    if fields:
        out.table("", ["field", "default", "range", "meaning"], _field_rows())
        out.finish({"fields": Recipe.model_json_schema()["properties"]})
    elif name is not None:
        recipe = load_recipe(name)
        if not json:
            sys.stdout.write(recipe_to_toml(recipe))
        out.finish(recipe.model_dump(mode="json"))
    else:
        loaded = {each: load_recipe(each) for each in recipe_names()}
        out.table("", ["recipe", "head", "what for"], [[n, r.head, r.description] for n, r in loaded.items()])
        out.finish({each: recipe.model_dump(mode="json") for each, recipe in loaded.items()})


def _field_rows() -> list[list[str]]:
    return [[field.name, field.default, field.range_text, field.help] for field in described_fields()]
