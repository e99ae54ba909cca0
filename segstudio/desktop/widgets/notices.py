"""Notices: which problems wait to be seen, in what order; plain values, no widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segstudio.desktop.problems import Problem

MOST = 20
"""More different problems than this are one fault that speaks often: the log file has them all."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A problem, and how often it was told."""

    problem: Problem
    times: int = 1


@dataclass(frozen=True, slots=True)
class Notices:
    """The problems that were told and not dismissed, oldest first, and which of them is looked at.

    What only informs comes before all others while it is there, and takes the place of what informed before.
    """

    waiting: tuple[Notice, ...] = ()
    at: int = 0
    informing: Notice | None = None

    @property
    def shown(self) -> Notice | None:
        """What is looked at."""
        if self.informing is not None:
            return self.informing
        return self.waiting[self.at] if self.waiting else None

    @property
    def place(self) -> str:
        """`1 of 3`, or nothing when one alone is there."""
        if self.informing is not None or len(self.waiting) < 2:
            return ""
        return f"{self.at + 1} of {len(self.waiting)}"

    def told(self, problem: Problem) -> Notices:
        """Add a problem behind the others; one that is there already is counted instead.

        An error comes up at once: it may be the answer to what the person did a moment ago; and so does what warns, unless
        an error is looked at.
        """
        if problem.level == "info":
            times = self.informing.times + 1 if self.informing and self.informing.problem == problem else 1
            return replace(self, informing=Notice(problem, times))
        counted = tuple(
            replace(notice, times=notice.times + 1) if notice.problem == problem else notice
            for notice in self.waiting
        )
        if counted == self.waiting and len(counted) < MOST:
            counted = (*counted, Notice(problem))
        places = (number for number, notice in enumerate(counted) if notice.problem == problem)
        waits = (
            bool(self.waiting) and problem.level != "error" and self.waiting[self.at].problem.level == "error"
        )
        return Notices(counted, self.at if waits else next(places, self.at))

    def dismissed(self) -> Notices:
        """Take away what is looked at; the next one takes its place."""
        if self.informing is not None:
            return self.without_information()
        left = self.waiting[: self.at] + self.waiting[self.at + 1 :]
        return Notices(left, min(self.at, max(0, len(left) - 1)))

    def without(self, problem: Problem) -> Notices:
        """Take away a problem that is over, wherever it waits; what is looked at stays, where that is another one."""
        informing = None if self.informing and self.informing.problem == problem else self.informing
        left = tuple(notice for notice in self.waiting if notice.problem != problem)
        before = sum(notice.problem != problem for notice in self.waiting[: self.at])
        return Notices(left, min(before, max(0, len(left) - 1)), informing)

    def without_information(self) -> Notices:
        """Take away what only informs."""
        return replace(self, informing=None)

    def next(self) -> Notices:
        """Look at the next one; after the last comes the first."""
        return replace(self, at=(self.at + 1) % max(1, len(self.waiting)))
