"""Photo: one image of the project with its mask, split and status; and the key that names it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.errors import SegStudioError
from segstudio.files import read_json
from segstudio.project.images import MAX_PIXELS
from segstudio.wrong_values import wrong_value

Split = Literal["train", "val"]
Status = Literal["todo", "doing", "done", "checked"]

_BEGIN_ANEW = "Restore the file, or move it away: the mask stays, use and status begin anew"

_MOST_BYTES = 1 << 20
"""A photo's record takes a few hundred."""

_LONGEST = 255
"""Bytes (UTF-8) in the name of a file or folder: no system has longer ones."""

_LONGEST_BESIDE = ".lock.by.part"
"""What is written beside the mask of a photo is called as it is, and this at most."""

_LONGEST_KEY = 1000
"""Bytes of a whole key: a path of four times as many is one that no system opens."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class PhotoState(BaseModel):
    """What `masks/<photo>.json` holds: everything about a photo that is not in its pixels.

    `size` is rows and columns of the upright photo; `source` says where the mask came from; `who` wrote it last, and
    `when` is an ISO 8601 time with offset; `labelled_by` painted or finished it last, `checked_by` said that it is right.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    split: Split | None = None
    status: Status = "todo"
    size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]] | None = None
    who: str = ""
    when: str = ""
    source: str = ""
    labelled_by: str = ""
    checked_by: str = ""

    def marked(self, fields: Mapping[str, object], *, who: str, when: str) -> PhotoState:
        """Return the state with other `fields`, as `who` has set them: it is kept who finished and who checked."""
        told: dict[str, object] = {**fields, "who": who, "when": when}
        if "status" in fields:
            told["checked_by"] = who if fields["status"] == "checked" else ""
        if fields.get("status") == "done":
            told["labelled_by"] = self.labelled_by or who
        return self.model_copy(update=told)

    @classmethod
    def read(cls, path: Path) -> PhotoState:
        """Read the state file `path`; raises SegStudioError when it is damaged."""
        try:
            text = read_json(path, most_bytes=_MOST_BYTES).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SegStudioError(
                "the photo's record cannot be read", where=str(path), fix=_BEGIN_ANEW
            ) from error
        return cls.from_json(text, where=str(path))

    @classmethod
    def from_json(cls, text: str, *, where: str) -> PhotoState:
        """Read a state back; raises SegStudioError that names `where` when it is not one."""
        try:
            state = cls.model_validate_json(text)
        except ValidationError as error:
            raise SegStudioError(
                f"the photo's record cannot be read ({wrong_value(error)})", where=where, fix=_BEGIN_ANEW
            ) from error
        if state.size is not None and state.size[0] * state.size[1] > MAX_PIXELS:
            raise SegStudioError(
                "the photo's record cannot be read (it tells an impossible size)",
                where=where,
                fix=_BEGIN_ANEW,
            )
        return state


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo of a project.

    `key` is its path below `photos/` with forward slashes and extension, or, for a referenced photo, the name
    given to it; `path` is where the file lies. `size` is (rows, columns) of the upright photo; for a file that
    cannot be read and whose size was not remembered, that of its mask, or (0, 0). `damage` is the sentence on why
    its state file cannot be read, often empty; the state is then a new one.
    """

    key: str
    path: Path
    size: tuple[int, int]
    has_mask: bool
    state: PhotoState = field(default_factory=PhotoState)
    damage: str = ""

    @property
    def is_labelled(self) -> bool:
        """Whether it has a mask, and is known for what: of a damaged state nobody knows whether it was held out."""
        return self.has_mask and not self.damage

    @property
    def split(self) -> Split | None:
        """`train`, `val`, or None when it was not decided."""
        return self.state.split

    @property
    def status(self) -> Status:
        """How far its labelling has come."""
        return self.state.status


@lru_cache(maxsize=1 << 14)  # a change asks a dozen times for each of its files
def clean_key(name: str) -> str:
    """Return `name` as a photo key: forward slashes, NFC, no `.` parts.

    Raises SegStudioError for a name that is empty, absolute, too long for the files beside its mask, climbs with `..`, or
    holds control characters.
    """
    path = _relative(name)
    if path is None or _is_too_long(path):
        raise SegStudioError(
            f"{name[:300]!r} cannot name a photo",
            fix="Use a relative path without .. and without control characters, of at most "
            f"{_LONGEST - len(_LONGEST_BESIDE)} bytes in a name, and {_LONGEST_KEY} in all",
        )
    return str(path)


@lru_cache(maxsize=1 << 14)
def clean_path(name: str) -> str:
    """Return the path of a file of a project, relative to it, in the same way.

    Raises SegStudioError for one that is empty, absolute, too long for any system, climbs with `..`, or holds control
    characters.
    """
    path = _relative(name)
    if path is None or max(map(_bytes, path.parts)) > _LONGEST:
        raise SegStudioError(f"{name[:300]!r} cannot name a file of a project")
    return str(path)


def is_too_long(name: str) -> bool:
    """Tell whether a name cannot be a photo's because it is too long, and for nothing else."""
    path = _relative(name)
    return path is not None and _is_too_long(path)


def _is_too_long(path: PurePosixPath) -> bool:
    longest = max(_bytes(f"{path.name}{_LONGEST_BESIDE}"), *map(_bytes, path.parts))
    return longest > _LONGEST or _bytes(str(path)) > _LONGEST_KEY


def _relative(name: str) -> PurePosixPath | None:
    """Return a name as a path that stays below its folder, None when it does not."""
    normal = unicodedata.normalize("NFC", name.replace("\\", "/"))
    path = PurePosixPath(normal)
    bad = (
        path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", normal) or _CONTROL.search(normal)
    )
    return None if bad or not path.name else path


def _bytes(name: str) -> int:
    return len(name.encode("utf-8", "replace"))
