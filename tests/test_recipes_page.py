"""docs/recipes.md names all that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segstudio.formats.presets import preset_named, preset_names
from segstudio.runs.heads import HEADS, head_named
from segstudio.runs.recipe import Recipe, recipe_names

PAGE = Path(__file__).parent.parent / "docs" / "recipes.md"


@pytest.fixture(scope="module")
def page() -> str:
    if not PAGE.is_file():
        pytest.skip("the documentation is not here")
    return PAGE.read_text(encoding="utf-8")


def test_every_recipe_and_preset_is_there(page: str) -> None:
    for name in (*recipe_names(), *preset_names()):
        assert f"`{name}`" in page
    for name in preset_names():
        for layout in preset_named(name).layouts:
            assert layout.labels[0].partition("/")[0] in page


def test_fields_and_heads_that_it_names_exist(page: str) -> None:
    for field in re.findall(r"`([a-z_]+) = ", page):
        assert field in Recipe.model_fields, field
    for head in re.findall(r'head = "(\w+)"', page):
        assert head_named(head)
    assert {name.partition("_")[0] for name in HEADS} >= {"deeplabv3plus", "unet", "fcn"}
