"""The newest word about each thing is the one that is shown."""

from __future__ import annotations

import pytest

from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.desktop.telling import Telling
from segstudio.desktop.widgets.notices import Notices


@pytest.fixture
def session(qapp: object) -> ProjectSession:
    return ProjectSession(Places.of_this_user())


def test_files_that_are_refused_one_after_the_other_do_not_pile_up(session: ProjectSession) -> None:
    shown = [Notices()]
    session.problem_met.connect(lambda problem: shown.append(shown[-1].told(problem)))
    session.problem_over.connect(lambda problem: shown.append(shown[-1].without(problem)))
    telling = Telling(session.problem_met.emit, session.problem_over.emit)
    telling.tell("split", Problem("The split failed."))
    for name in ("a", "b", "b"):
        telling.tell("weights", Problem(f"{name}.pth holds no weights."))
    assert [(each.problem.text, each.times) for each in shown[-1].waiting] == [
        ("The split failed.", 1),
        ("b.pth holds no weights.", 2),
    ]
    telling.over("weights")
    telling.over("weights")
    assert [each.problem.text for each in shown[-1].waiting] == ["The split failed."]
    assert telling.about == {"split"}
