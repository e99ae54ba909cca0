from __future__ import annotations

import pytest

from segstudio.resource_files import load_script, resource_path


def test_packaged_files_are_found_by_their_name() -> None:
    assert "okabe-ito" in resource_path("palettes.toml").read_text(encoding="utf-8")
    assert resource_path("recipes").is_dir()


def test_a_script_is_loaded_by_its_path() -> None:
    assert load_script("sample/skydiving.py").__doc__


@pytest.mark.parametrize("name", ["nothing.toml", "recipes/nothing.toml"])
def test_what_is_not_packaged_is_a_fault_of_the_program(name: str) -> None:
    with pytest.raises(FileNotFoundError, match=name):
        resource_path(name)
    with pytest.raises(FileNotFoundError):
        load_script(name)
