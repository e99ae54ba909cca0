"""Problem: what went wrong, in words for the person and details for who helps them."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from segstudio.errors import ProjectAwayError, SegStudioError, disk_refusal

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way out, shown as a button: it triggers the action with the id `action`, or calls `do` (GUI thread)."""

    text: str
    action: str = ""
    do: Callable[[], object] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence (`text`), `details` to unfold, which may be empty, and what can be done about it.

    What only informs (`level` info) goes away by itself; what is wrong stays until it was seen. `is_away`: the folder of
    the project is not there, and nothing is wrong with what lies in it.
    """

    text: str
    details: str = ""
    level: Level = "error"
    actions: tuple[Remedy, ...] = ()
    is_away: bool = False


_OF_THE_COMMAND_LINE = re.compile(r"(^|[\s\"'(`])(--[a-z]|segstudio [a-z])")


class Stopped(Exception):  # noqa: N818 (a wish of the person, not an error)
    """The person stopped what was under way; nothing was changed."""


def words_of(error: SegStudioError) -> str:
    """Return the error's sentence; advice that names words of the command line is of no use in a window."""
    fix = "" if _OF_THE_COMMAND_LINE.search(error.fix) else error.fix
    return str(SegStudioError(error.problem, where=error.where, fix=fix))


def problem_of(error: BaseException) -> Problem:
    """Return what to show for an exception: its own sentence, or that the fault is the program's."""
    details = "".join(traceback.format_exception(error)).strip()
    if isinstance(error, OSError) and (refused := disk_refusal(error)) is not None:
        return Problem(str(refused), details)
    if isinstance(error, SegStudioError):
        text, whole = words_of(error), str(error)
        details = details if error.__cause__ is not None else whole if text != whole else ""
        return Problem(text, details, is_away=isinstance(error, ProjectAwayError))
    kind = type(error).__name__
    return Problem(
        f"SegStudio made a mistake ({kind}). Your files are as they were last saved; the log file tells more.",
        details,
    )
