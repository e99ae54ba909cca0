"""The history of a project's class list: what was done, and the files that bring it back.

Each edit has a folder `history/classes/<number>/` with `entry.json` and, below `masks/`, the mask files and stroke
journals as they were before it; below `later/` lie journals that an undo has ended. The newest LIMIT edits are kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.project.classes import ClassList

FOLDER = "history/classes"
LIMIT = 30
_ENTRY = "entry.json"


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
        return f"{FOLDER}/{self.number:06}"

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
    """The edits of a project, oldest first, as they are on disk now. What cannot be read is left out."""

    def __init__(self, project: Path) -> None:
        self._project = project
        folders = sorted((project / FOLDER).glob("*/")) if (project / FOLDER).is_dir() else []
        self._numbers = [int(folder.name) for folder in folders if folder.name.isdecimal()]
        self.entries = tuple(entry for folder in folders if (entry := _read(folder / _ENTRY)) is not None)

    @property
    def undoable(self) -> Entry | None:
        """The edit that undo would take back."""
        return next((entry for entry in reversed(self.entries) if entry.state == "done"), None)

    @property
    def redoable(self) -> Entry | None:
        """The edit that redo would do again."""
        last = self.undoable
        return next(
            (e for e in self.entries if e.state == "undone" and (last is None or e.number > last.number)),
            None,
        )

    @property
    def next_number(self) -> int:
        """The number of the next edit."""
        return max(self._numbers, default=0) + 1

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


def _read(path: Path) -> Entry | None:
    try:
        return Entry.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        return None
