"""Telling: of what goes wrong again and again with the same thing, the newest word alone is shown, until it is over."""

from __future__ import annotations

from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession


class Telling:
    """Tells problems by what they are about, and takes each away when it is over or another takes its place."""

    def __init__(self, session: ProjectSession) -> None:
        self._session = session
        self._told: dict[str, Problem] = {}

    @property
    def about(self) -> frozenset[str]:
        """What there is a word about."""
        return frozenset(self._told)

    def tell(self, about: str, problem: Problem) -> None:
        """Tell it; what was told of the same thing is over, unless it was the same."""
        if self._told.get(about) != problem:
            self.over(about)
        self._told[about] = problem
        self._session.problem_met.emit(problem)

    def over(self, about: str) -> None:
        """Take away what was told of it."""
        problem = self._told.pop(about, None)
        if problem is not None:
            self._session.problem_over.emit(problem)
