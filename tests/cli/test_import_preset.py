from __future__ import annotations

import json
from pathlib import Path

import pytest

from segstudio.project.project import Project
from tests.cli.conftest import Run
from tests.formats import published_sets


@pytest.fixture
def etrims(tmp_path: Path) -> Path:
    published_sets.etrims(tmp_path / "etrims-db_v1")
    return tmp_path / "etrims-db_v1"


def test_a_published_set_becomes_a_project_at_once(run: Run, etrims: Path, tmp_path: Path) -> None:
    code, out, err = run("import", "--preset", "etrims", etrims, "--project", tmp_path / "facades")
    assert (code, err) == (0, "")
    assert "eTRIMS Image Database, 8 classes" in out
    assert "with 8 classes" in out
    project = Project.open(tmp_path / "facades")
    assert project.name == "facades"
    assert len(project.photos()) == 3
    again = run("import", "--preset", "etrims", etrims, "--project", tmp_path / "facades", "--json")
    assert json.loads(again[1].splitlines()[-1])["already_there"]


def test_a_dry_run_makes_nothing(run: Run, etrims: Path, tmp_path: Path) -> None:
    code, out, _ = run("import", "--preset", "etrims", etrims, "--project", tmp_path / "facades", "--dry-run")
    assert code == 0
    assert "Nothing was written" in out
    assert not (tmp_path / "facades").exists()


def test_an_empty_project_gets_the_classes_and_another_is_refused(
    run: Run, etrims: Path, tmp_path: Path
) -> None:
    assert run("new", tmp_path / "empty")[0] == 0
    assert run("import", "--preset", "etrims", etrims, "--project", tmp_path / "empty")[0] == 0
    assert len(Project.open(tmp_path / "empty").classes) == 8
    assert run("new", tmp_path / "other", "--class", "sky,ground")[0] == 0
    code, _, err = run("import", "--preset", "etrims", etrims, "--project", tmp_path / "other")
    assert code == 1
    assert "lacks classes of the set: Building, Car" in err


def test_what_is_no_such_set_leaves_no_project(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    code, _, err = run("import", "--preset", "drinks", tmp_path / "photos", "--project", tmp_path / "new")
    assert code == 1
    assert "should hold *.jpg and segmentation_train.npy" in err
    assert not (tmp_path / "new").exists()
    code, _, err = run("import", "--preset", "drink", tmp_path / "photos", "--project", tmp_path / "new")
    assert code == 1
    assert 'did you mean "drinks"' in err
