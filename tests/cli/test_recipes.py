from __future__ import annotations

import json
from pathlib import Path

from segstudio.runs.recipe import Recipe, load_recipe, recipe_names
from tests.cli.conftest import Run


def test_every_recipe_is_listed_with_what_it_is_for(run: Run) -> None:
    code, out, err = run("recipes")
    assert (code, err) == (0, "")
    for name in recipe_names():
        (line,) = [line for line in out.splitlines() if line.split()[:1] == [name]]
        assert load_recipe(name).head in line
        assert load_recipe(name).description.split(":")[0] in line


def test_a_printed_recipe_can_be_used_as_a_file(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("recipes", "balanced")
    assert code == 0
    (tmp_path / "mine.toml").write_text(out, encoding="utf-8")
    assert load_recipe(str(tmp_path / "mine.toml")) == load_recipe("balanced")
    assert json.loads(run("recipes", tmp_path / "mine.toml", "--json")[1]) == load_recipe(
        "balanced"
    ).model_dump(mode="json")


def test_every_field_is_explained(run: Run) -> None:
    _, out, _ = run("recipes", "--fields")
    for name in Recipe.model_fields:
        assert any(line.split()[:1] == [name] for line in out.splitlines())
    answer = json.loads(run("recipes", "--fields", "--json")[1])
    assert set(answer["fields"]) == set(Recipe.model_fields)
