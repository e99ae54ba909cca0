"""What a project keeps under numbers, the later the greater, each a folder or some files with a record of what was done.

So one whose record cannot be read is still known to be there, and after what: nothing is taken back in its place unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from segstudio.errors import SegStudioError
from segstudio.files import read_json

_NUMBER = re.compile(r"[0-9]{1,18}")
_END = 10**18

_Record = TypeVar("_Record", bound=BaseModel)


def numbers_in(folder: Path, *, digits: int = 1, suffix: str = "") -> list[int]:
    """Return the numbers, sorted, that something in `folder` is called by: `digits` at least, and then `suffix`.

    What has more than 18 was never given. None is told of a folder that is not there, or that nobody may look into.
    """
    try:
        names = [path.name.removesuffix(suffix) for path in folder.iterdir() if path.name.endswith(suffix)]
    except OSError:
        return []
    found = {name: int(name) for name in names if _NUMBER.fullmatch(name)}
    return sorted(number for name, number in found.items() if name == f"{number:0{digits}}")


def next_number(taken: Collection[int], *, at_least: int = 1) -> int:
    """Return a number that is greater than those `taken`, or a free one where no greater one could be read again."""
    number = max(at_least, max(taken, default=0) + 1)
    if number < _END:
        return number
    return next(free for free in range(at_least, _END) if free not in taken)


def number_of_now(taken: Collection[int]) -> int:
    """Return the time (UTC) in figures down to milliseconds, or more where a clock was set back: unlike a count, it is
    given once, also when nothing is left of those before.
    """
    now = datetime.now(UTC)
    return next_number(taken, at_least=int(f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}"))


def read_numbered(path: Path, kind: type[_Record], number: int) -> _Record | None:
    """Return the record of what lies under `number`, whatever it says of that; None where it cannot be read."""
    try:
        return kind.model_validate_json(read_json(path)).model_copy(update={"number": number})
    except (OSError, ValidationError):
        return None


def is_anything_below(folder: Path) -> bool:
    """Tell whether a folder holds a file, at any depth."""
    return any(path.is_file() for path in folder.rglob("*"))


def damaged(record: Path, what: str) -> SegStudioError:
    """Return the sentence for `what` was done last, which cannot be taken back; nor is what was done before, unasked."""
    return SegStudioError(
        f"{what} cannot be taken back: its record cannot be read",
        where=str(record),
        fix="Bring this file back from a backup, or move its folder away: what was done before can be taken back then",
    )
