"""Problem: what went wrong, in words for the person and details for who helps them."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from segstudio.errors import SegStudioError

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

    What only informs (`level` info) goes away by itself; what is wrong stays until it was seen.
    """

    text: str
    details: str = ""
    level: Level = "error"
    actions: tuple[Remedy, ...] = ()


class Stopped(Exception):  # noqa: N818 (a wish of the person, not an error)
    """The person stopped what was under way; nothing was changed."""


def problem_of(error: BaseException) -> Problem:
    """Return what to show for an exception: its own sentence, or that the fault is the program's."""
    details = "".join(traceback.format_exception(error)).strip()
    if isinstance(error, SegStudioError):
        return Problem(str(error), details if error.__cause__ is not None else "")
    kind = type(error).__name__
    return Problem(
        f"SegStudio made a mistake ({kind}). Your files are as they were last saved; the log file tells more.",
        details,
    )
