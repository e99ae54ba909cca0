"""The history of a project's class list: what was done, and the files that bring it back.

Each edit has a folder `history/classes/<number>/` with `entry.json` and, below `masks/`, the mask files and stroke
journals as they were before it; below `later/` lie journals that an undo has ended. The newest LIMIT edits are kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.numbered import damaged, is_anything_below, next_number, numbers_in, read_numbered

FOLDER = "history/classes"
LIMIT = 30
_ENTRY, _DIGITS = "entry.json", 6


_Value = Annotated[int, Field(ge=0, le=255)]


class KeptMask(BaseModel):
    """A mask that was rewritten: `written` is the SHA-256 of the file that the edit has left."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    written: str


class KeptJournal(BaseModel):
    """A stroke journal that was taken away: `mask` is the SHA-256 of the mask file that the edit has left, or empty."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    mask: str


class Entry(BaseModel):
    """One edit: the list before and after it, and `old` → `new`, what it did to the pixels of masks (None: nothing)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    number: Annotated[int, Field(ge=0)]
    label: str
    when: str
    who: str = ""
    state: Literal["done", "undone"] = "done"
    before: ClassList
    after: ClassList
    old: _Value | None = None
    new: _Value | None = None
    masks: tuple[KeptMask, ...] = ()
    journals: tuple[KeptJournal, ...] = ()

    @property
    def folder(self) -> str:
        """Where its files lie, relative to the project."""
        return f"{FOLDER}/{self.number:0{_DIGITS}}"

    @property
    def file(self) -> str:
        """Where it is written, relative to the project."""
        return f"{self.folder}/{_ENTRY}"

    def kept_mask(self, key: str) -> str:
        """Where the photo's former mask lies, relative to the project."""
        return f"{self.folder}/masks/{key}.png"

    def kept_journal(self, key: str) -> str:
        """Where the photo's former stroke journal lies, relative to the project."""
        return f"{self.folder}/masks/{key}.undo"

    def later_journal(self, key: str) -> str:
        """Where a journal lies that an undo of this edit has ended, relative to the project."""
        return f"{self.folder}/later/{key}.undo"

    def encoded(self) -> bytes:
        """Return the bytes of its file."""
        return (self.model_dump_json(indent=1) + "\n").encode("utf-8")


class ClassHistory:
    """The edits of a project, oldest first, as they are on disk now. What cannot be read is left out of `entries`."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._numbers = numbers_in(project / FOLDER, digits=_DIGITS)
        read = {number: read_numbered(_record(project, number), Entry, number) for number in self._numbers}
        self.entries = tuple(entry for entry in read.values() if entry is not None)
        last = max((entry.number for entry in self.entries if entry.state == "done"), default=-1)
        unread = (number for number, entry in read.items() if entry is None and number > last)
        files = (_record(project, number) for number in unread)
        self._damaged = next((file for file in files if is_anything_below(file.parent)), None)

    @property
    def problem(self) -> SegStudioError | None:
        """Why nothing is undone or redone: the record of an edit after the last that is known to be done cannot be read."""
        return damaged(self._damaged, "the last change of the class list") if self._damaged else None

    @property
    def undoable(self) -> Entry | None:
        """The edit that undo would take back."""
        done = (entry for entry in reversed(self.entries) if entry.state == "done")
        return None if self._damaged else next(done, None)

    @property
    def redoable(self) -> Entry | None:
        """The edit that redo would do again."""
        if self._damaged:
            return None
        last = self.undoable
        return next(
            (e for e in self.entries if e.state == "undone" and (last is None or e.number > last.number)),
            None,
        )

    @property
    def next_number(self) -> int:
        """The number of the next edit."""
        return next_number(self._numbers)

    def outdated(self) -> tuple[Entry, ...]:
        """Return the edits that go when a new one comes: those undone, and the oldest beyond the limit."""
        done = [entry for entry in self.entries if entry.state == "done"]
        return (
            *done[: max(0, len(done) - LIMIT + 1)],
            *(entry for entry in self.entries if entry.state == "undone"),
        )

    def files_of(self, entry: Entry) -> tuple[str, ...]:
        """Return all files of an edit, relative to the project."""
        found = (self._project / entry.folder).rglob("*")
        return tuple(path.relative_to(self._project).as_posix() for path in found if path.is_file())


def _record(project: Path, number: int) -> Path:
    return project / FOLDER / f"{number:0{_DIGITS}}" / _ENTRY
