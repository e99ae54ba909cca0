"""ClassChoices: what was said of a model's classes is remembered with the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.project.class_choices import ClassChoices


def test_what_was_said_is_there_again_and_each_model_has_its_own(tmp_path: Path) -> None:
    choices = ClassChoices(tmp_path)
    assert choices.read("one") == {}
    choices.put("one", "first", {"car": None, "road": "ground"})
    choices.put("two", "second", {"car": "ground"})
    assert ClassChoices(tmp_path).read("one") == {"car": None, "road": "ground"}
    assert ClassChoices(tmp_path).read("two") == {"car": "ground"}


def test_a_damaged_file_is_asked_anew(tmp_path: Path) -> None:
    choices = ClassChoices(tmp_path)
    choices.put("one", "first", {"car": None})
    next(choices.folder.iterdir()).write_text("[]")
    assert choices.read("one") == {}


def test_nothing_is_written_behind_a_link(tmp_path: Path) -> None:
    choices, own = ClassChoices(tmp_path / "project"), tmp_path / "own"
    own.mkdir()
    choices.folder.parent.mkdir(parents=True)
    try:
        choices.folder.symlink_to(own, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    with pytest.raises(SegStudioError, match="link"):
        choices.put("one", "first", {"car": None})
    assert not list(own.iterdir())
