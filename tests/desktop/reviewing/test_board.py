"""What the board tells of models."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from segstudio.desktop.problems import Problem
from segstudio.project.project import Project
from tests.desktop.reviewing.conftest import Show


@pytest.mark.usefixtures("quick")
def test_models_that_are_refused_one_after_the_other_do_not_pile_up(
    show: Show, jumps: Project, tmp_path: Path
) -> None:
    shown = show(jumps)
    over: list[Problem] = []
    shown.session.problem_over.connect(over.append)
    for name in ("one.pt", "two.pt"):
        (tmp_path / name).write_bytes(b"nothing of a model")
        shown.tab.take([tmp_path / name])
        shown.wait(partial(shown.told, name))
    assert [problem.text for problem in over] == [shown.problems[0].text]
