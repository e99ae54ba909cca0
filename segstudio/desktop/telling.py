"""Telling: of what goes wrong again and again with the same thing, the newest word alone is shown, until it is over."""

from __future__ import annotations

from collections.abc import Callable

from segstudio.desktop.problems import Problem


class Telling:
    """Tells problems by what they are about, and takes each away when it is over or another takes its place.

    `met` is called with each one, and `over` with one that is no more to be shown.
    """

    def __init__(self, met: Callable[[Problem], object], over: Callable[[Problem], object]) -> None:
        self._met, self._over = met, over
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
        self._met(problem)

    def over(self, about: str) -> None:
        """Take away what was told of it."""
        problem = self._told.pop(about, None)
        if problem is not None:
            self._over(problem)
