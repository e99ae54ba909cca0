"""The one kind of error that a person sees: a sentence that says what, where and what to do."""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_REFUSED = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})


class SegStudioError(Exception):
    """A problem told in one sentence, shown as it is.

    `problem` says what happened, `where` the place (file, image, shape: outermost first) and `fix` what to
    do about it. Neither needs its closing full stop.
    """

    def __init__(self, problem: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(problem)
        self.problem = problem.rstrip(".")
        self.where = where
        self.fix = fix.rstrip(".")

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.fix}." if self.fix else ""
        return f"{place}{self.problem}.{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.problem, self.where, self.fix)

    def within(self, outer: str) -> SegStudioError:
        """Return the same error with a wider place put before its own."""
        where = f"{outer}, {self.where}" if self.where else outer
        return type(self)(self.problem, where=where, fix=self.fix)


class WorkStopped(SegStudioError):  # noqa: N818 (a wish of the person, not an error of theirs)
    """The person stopped it; the project is unchanged."""


class ProjectAwayError(SegStudioError):
    """The folder of a project that was open is not there, such as one on a drive that was taken off."""


def _rebuild(kind: type[SegStudioError], problem: str, where: str, fix: str) -> SegStudioError:
    return kind(problem, where=where, fix=fix)


@contextmanager
def inside(where: str) -> Iterator[None]:
    """Put `where` before the place of every SegStudioError raised inside the block."""
    try:
        yield
    except SegStudioError as error:
        raise error.within(where) from error


def disk_refusal(error: OSError) -> SegStudioError | None:
    """Return the sentence for what a disk says that is full, or may only be read: no mistake of the program, whoever asked
    it. None for any other error.
    """
    if error.errno not in _REFUSED:
        return None
    return SegStudioError(
        f"could not be written ({error.strerror})",
        where=os.fsdecode(error.filename or ""),
        fix=f"Make {'it writable' if error.errno == errno.EROFS else 'room'}, and do it again",
    )


@contextmanager
def told_of(stand_in: Path, meant: Path) -> Iterator[None]:
    """Let every SegStudioError raised inside the block that names something in `stand_in` name it in `meant`, where a
    person looks for it.
    """
    try:
        yield
    except SegStudioError as error:
        error.where, error.problem, error.fix = (
            words.replace(str(stand_in), str(meant)) for words in (error.where, error.problem, error.fix)
        )
        raise


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ` (did you mean "…"?)` for the closest of `choices`, or an empty string."""
    by_lower = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f' (did you mean "{by_lower[close[0]]}"?)' if close else ""
