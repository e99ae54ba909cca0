from __future__ import annotations

import json
from pathlib import Path

import pytest

from segstudio.project.classes import VOID
from segstudio.project.project import Project
from tests.cli.conftest import Run


def test_classes_are_numbered_in_the_order_given(run: Run, tmp_path: Path) -> None:
    words = ("--class", "background", "--class", "sky:#0000ff,two words", "--class", "größe")
    code, out, err = run("new", tmp_path / "p", *words)
    assert (code, err) == (0, "")
    classes = Project.open(tmp_path / "p").classes
    assert [(entry.index, entry.name) for entry in classes.classes] == [
        (0, "background"),
        (1, "sky"),
        (2, "two words"),
        (3, "größe"),
    ]
    assert (classes.classes[0].colour, classes.classes[1].colour) == ("#7F7F7F", "#0000FF")
    assert "with 4 classes" in out
    for entry in classes.classes:
        assert any(entry.name in line and entry.colour in line for line in out.splitlines())
    assert 'Pixels under no shape become "background".' in out


def test_a_project_may_start_without_classes(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("new", tmp_path / "p")
    assert code == 0
    assert "with 0 classes" in out
    assert "void: training ignores them" in out
    assert len(Project.open(tmp_path / "p").classes) == 0


@pytest.mark.parametrize(("unpainted", "value"), [("void", VOID), ("sky", 1), ("SKY", 1)])
def test_what_is_unpainted_can_be_said(run: Run, tmp_path: Path, unpainted: str, value: int) -> None:
    words = ("--class", "background,sky", "--unpainted", unpainted, "--json")
    code, out, _ = run("new", tmp_path / "p", *words)
    assert code == 0
    assert json.loads(out)["unpainted"] == value
    assert Project.open(tmp_path / "p").classes.unpainted == value


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--class", "sky,Sky"), '"sky" is given twice'),
        (("--class", "sky:#12"), '"#12" is not a colour'),
        (("--class", "sky,,ground"), "a class needs a name"),
        (("--class", "sky", "--unpainted", "skye"), 'did you mean "sky"'),
    ],
)
def test_a_bad_class_makes_no_project(run: Run, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    code, _, err = run("new", tmp_path / "p", *words)
    assert code == 1
    assert told in err
    assert not (tmp_path / "p").exists()


def test_a_second_project_is_not_made_over_the_first(run: Run, tmp_path: Path) -> None:
    assert run("new", tmp_path / "p", "--class", "a")[0] == 0
    code, _, err = run("new", tmp_path / "p", "--class", "b")
    assert code == 1
    assert "there is already a project" in err
    assert Project.open(tmp_path / "p").classes.names == ("a",)
