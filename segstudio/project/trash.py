"""The project's trash: photos that were removed, classes that were deleted or merged away, and masks that an import that
was taken back had brought. Each comes back by itself, until the trash is emptied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.project.change import file_stamp
from segstudio.project.class_history import ClassHistory, Entry
from segstudio.project.classes import ClassList
from segstudio.project.inside import check_inside
from segstudio.project.project import Project
from segstudio.project.removal import Removal, removals

FOLDER = ".trash"


@dataclass(frozen=True, slots=True)
class Trashed:
    """One thing in the trash: photos that were removed together (`removal`), or a class that went (`entry`).

    `size_bytes` is what its files take on the disk.
    """

    removal: Removal | None
    entry: Entry | None
    size_bytes: int

    @property
    def when(self) -> str:
        """When it went (ISO 8601 with offset)."""
        return self.removal.when if self.removal is not None else self.entry.when if self.entry else ""

    @property
    def who(self) -> str:
        """Who did it."""
        return self.removal.who if self.removal is not None else self.entry.who if self.entry else ""

    def told(self) -> str:
        """Return what it is, in a few words: `photo a.jpg`, `3 photos`, `class rope`, `class rope, merged into sky`,
        `photo a.jpg, taken back with the merge of Anna`."""
        if self.removal is not None:
            told = self.removal.told()
            told = f"photo {told}" if len(self.removal.keys) == 1 else told
            return f"{told}, taken back with {self.removal.taken_back}" if self.removal.taken_back else told
        return f"class: {self.entry.label}" if self.entry is not None else ""


def trash_of(project: Project) -> tuple[Trashed, ...]:
    """Return what is in the trash, the newest first; raises SegStudioError where it is a link: that is none of its own."""
    folder = project.folder
    check_inside(folder, [folder / FOLDER])
    photos = [
        Trashed(removal, None, _size(folder, _files_below(folder, removal.folder)))
        for removal in removals(folder)
    ]
    history = ClassHistory(folder)
    classes = [
        Trashed(None, entry, _size(folder, history.files_of(entry)))
        for entry in history.entries
        if entry.state == "done" and _gone(entry, project.classes)
    ]
    return tuple(sorted((*photos, *classes), key=_order((*photos, *classes)), reverse=True))


def unlisted(project: Project, things: Sequence[Trashed]) -> tuple[str, ...]:
    """Return the files in the folder of the trash, relative to the project, that are none of these things: masks that an
    import had brought, or what somebody put there. They go when the trash is emptied.
    """
    listed = tuple(f"{thing.removal.folder}/" for thing in things if thing.removal is not None)
    return tuple(name for name in _files_below(project.folder, FOLDER) if not name.startswith(listed))


def empty_trash(project: Project, things: Sequence[Trashed] | None = None) -> int:
    """Delete what is in the trash, or only `things`, for good; returns how many bytes that were.

    Raises SegStudioError when one of them is no longer there, and as `Project.change` does; nothing has changed then.
    """
    folder = project.folder
    history = ClassHistory(folder)
    chosen = trash_of(project) if things is None else tuple(things)
    names: list[str] = []
    for thing in chosen:
        if thing.removal is not None:
            found: Sequence[str] = _files_below(folder, thing.removal.folder)
        else:
            found = history.files_of(thing.entry) if thing.entry is not None else ()
        if not found:
            raise SegStudioError(f"{thing.told()}: it is no longer in the trash", where=str(folder))
        names.extend(found)
    if things is None:
        names.extend(_files_below(folder, FOLDER))
    names = sorted(set(names))
    size = _size(folder, names)
    with project.change() as change:
        for name in names:
            change.rely_on_file(name, file_stamp(folder / name))
            change.remove_file(name)
    return size


def _gone(entry: Entry, classes: ClassList) -> bool:
    return any(
        old.index not in classes.indices for old in entry.before.classes if entry.after.at(old.index) is None
    )


def _order(things: Sequence[Trashed]) -> Callable[[Trashed], tuple[float, int]]:
    """Return what puts things in the order in which they went: numbers grow, whatever the clock told."""
    reached: dict[Trashed, float] = {}
    for kind in ([thing for thing in things if thing.removal], [thing for thing in things if thing.entry]):
        latest = 0.0
        for thing in sorted(kind, key=_number):
            latest = reached[thing] = max(latest, _time(thing))
    return lambda thing: (reached[thing], _number(thing))


def _number(thing: Trashed) -> int:
    return thing.removal.number if thing.removal is not None else thing.entry.number if thing.entry else 0


def _time(thing: Trashed) -> float:
    try:
        return datetime.fromisoformat(thing.when).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _files_below(project: Path, name: str) -> tuple[str, ...]:
    return tuple(
        path.relative_to(project).as_posix() for path in sorted((project / name).rglob("*")) if path.is_file()
    )


def _size(project: Path, names: Sequence[str]) -> int:
    """Return what files take; one that has another name in the project, too, takes nothing more."""
    total = 0
    for name in names:
        try:
            told = (project / name).stat()
        except OSError:
            continue
        total += told.st_size if told.st_nlink < 2 else 0
    return total
