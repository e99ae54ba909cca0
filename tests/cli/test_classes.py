"""`segstudio classes`: list, change, undo."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segstudio.project.project import Project
from tests.cli.conftest import Run


def told(run: Run, project: Project, *words: str) -> str:
    code, out, err = run("classes", project.folder, *words)
    assert code == 0, err
    return out


def names(project: Project) -> tuple[str, ...]:
    return Project.open(project.folder).classes.names


def test_without_a_change_it_lists(labelled: Project, run: Run) -> None:
    out = told(run, labelled)
    assert [line.split() for line in out.splitlines()[1:3]] == [
        ["0", "sky", "#56B4E9", "6", "50.00%"],
        ["1", "ground", "#009E73", "6", "50.00%"],
    ]
    assert "Drawn in this order: sky, ground." in out
    assert "become void" in out


def test_every_change_and_its_undo(labelled: Project, run: Run) -> None:
    assert "Done: add rope." in told(run, labelled, "--add", "rope:#010203")
    assert Project.open(labelled.folder).classes.named("rope").colour == "#010203"
    told(run, labelled, "--rename", "rope=line")
    told(run, labelled, "--recolour", "line:#040506")
    told(run, labelled, "--order", "line,ground")
    assert names(labelled) == ("line", "ground", "sky")
    out = told(run, labelled, "--draw-order", "sky")
    assert "Drawn in this order: ground, line, sky." in out
    assert "Done: merge ground into sky. 6 masks rewritten." in told(run, labelled, "--merge", "ground=sky")
    assert "not labelled" in told(run, labelled, "--delete", "sky", "--dry-run")
    assert names(labelled) == ("line", "sky")
    told(run, labelled, "--delete", "sky")
    for _ in range(7):
        told(run, labelled, "--undo")
    assert names(labelled) == ("sky", "ground")
    project = Project.open(labelled.folder)
    mask = project.read_mask(project.photos()[0])
    assert mask is not None
    assert set(np.unique(mask)) == {0, 1}
    assert "Done again: add rope" in told(run, labelled, "--redo")


def test_a_dry_run_tells_and_changes_nothing(labelled: Project, run: Run) -> None:
    out = told(run, labelled, "--merge", "sky=ground", "--dry-run", "--json")
    result = json.loads(out.splitlines()[-1])
    assert result["would"] == "sky is in 6 of 6 photos, 50.0 % of the pixels; they become ground."
    assert len(result["photos"]) == 6
    assert names(labelled) == ("sky", "ground")
    assert not (labelled.folder / "history").exists()


def test_the_result_for_programs(labelled: Project, run: Run) -> None:
    result = json.loads(told(run, labelled, "--delete", "sky", "--json").splitlines()[-1])
    assert (result["did"], result["masks"], result["undo"], result["redo"]) == (
        "delete sky",
        6,
        "delete sky",
        None,
    )
    assert [entry["name"] for entry in result["classes"]] == ["ground"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--delete", "skyy"], 'did you mean "sky"'),
        (["--add", "SKY"], "already"),
        (["--rename", "sky"], "OLD=NEW"),
        (["--recolour", "sky:red"], "not a colour"),
        (["--order", "sky,sky"], "every class once"),
        (["--undo"], "undone"),
        (["--redo"], "redone"),
    ],
)
def test_what_cannot_be_is_one_sentence(labelled: Project, run: Run, words: list[str], sentence: str) -> None:
    code, _, err = run("classes", labelled.folder, *words)
    assert code == 1
    assert sentence in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["--undo", "--redo"], ["--add", "a", "--delete", "sky"], ["--undo", "--dry-run"]]
)
def test_two_changes_at_once_are_wrong_usage(labelled: Project, run: Run, words: list[str]) -> None:
    assert run("classes", labelled.folder, *words)[0] == 2
