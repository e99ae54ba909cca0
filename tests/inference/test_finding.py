import os
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.inference.finding import find_model

FIRST, SECOND = "2026-11-20-1432-fcn_resnet50", "2026-11-21-0800-lraspp_mobilenet_v3_large"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my-jumps"
    for name in (FIRST, SECOND):
        (folder / "runs" / name).mkdir(parents=True)
        (folder / "runs" / name / "best.pt").touch()
    (folder / "project.json").touch()
    return folder


def test_a_file_and_a_run_folder_are_what_they_are(project: Path) -> None:
    best = project / "runs" / FIRST / "best.pt"
    assert find_model(str(best)) == best
    assert find_model(str(best.parent)) == best


def test_a_run_is_found_by_its_name_or_how_it_begins(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    best = project / "runs" / SECOND / "best.pt"
    assert find_model(SECOND, project) == best
    assert find_model("2026-11-21", project) == best
    (project / "photos").mkdir()
    monkeypatch.chdir(project / "photos")
    assert find_model(SECOND) == best


def test_a_beginning_of_two_runs_is_told(project: Path) -> None:
    with pytest.raises(SegStudioError, match=f"begins the names of 2 runs. Name one of: {SECOND}, {FIRST}"):
        find_model("2026", project)


def test_a_misspelt_run_is_told_with_the_closest(project: Path) -> None:
    with pytest.raises(SegStudioError, match=f'did you mean "{FIRST}"'):
        find_model(FIRST.replace("fcn", "fnc"), project)


def test_a_project_stands_for_its_newest_model(project: Path) -> None:
    first, second = (project / "runs" / name / "best.pt" for name in (FIRST, SECOND))
    os.utime(first, (2000, 2000))
    os.utime(second, (1000, 1000))
    assert find_model(str(project)) == first
    first.unlink()
    assert find_model(str(project)) == second
    second.unlink()
    with pytest.raises(SegStudioError, match="no trained run"):
        find_model(str(project))


def test_a_run_that_was_not_evaluated_names_what_it_has(project: Path) -> None:
    (project / "runs" / FIRST / "best.pt").rename(project / "runs" / FIRST / "last.pt")
    with pytest.raises(SegStudioError, match=r"no best.pt yet.* Use .*last.pt"):
        find_model(FIRST, project)


def test_nothing_there_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SegStudioError, match=r"no run and no model file.*Train one with"):
        find_model("best.pt")
    with pytest.raises(SegStudioError, match="holds no model"):
        find_model(str(tmp_path))
