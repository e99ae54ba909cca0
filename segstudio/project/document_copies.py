"""Copies of project.json in conflict: what a program that synchronises a folder leaves when two machines wrote it.

Each machine knows classes and photos of its own then. What only the copy knows is brought in; what both say otherwise is
told, because masks that were painted there mean it so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList, LabelClass
from segstudio.project.conflict_copies import move_away
from segstudio.project.conflict_names import copied_file
from segstudio.project.document import FILE_NAME, ProjectDocument, read_document
from segstudio.project.project import Project
from segstudio.project.times import file_time

_STEM = Path(FILE_NAME).stem


@dataclass(frozen=True, slots=True)
class DocumentCopy:
    """A copy of project.json that lies at `path`, and what it holds; `when` it was written (by its file)."""

    path: Path
    when: datetime
    document: ProjectDocument


@dataclass(frozen=True, slots=True)
class Differences:
    """What a copy says otherwise. Only it has `classes` that can come in, and refers to `photos` (paths by key).

    `clashes` tells in sentences what cannot be both: whoever painted there meant it so. `others` is what is of less weight
    (name, colours, order), in a few words each.
    """

    classes: tuple[LabelClass, ...] = ()
    photos: dict[str, str] | None = None
    clashes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def can_come_in(self) -> bool:
        """Whether there is anything that only the copy knows."""
        return bool(self.classes or self.photos)

    def told(self) -> tuple[str, ...]:
        """Return all of it in lines, the gravest first."""
        photos = self.photos or {}
        return (
            *self.clashes,
            *(f"only the copy has the class {entry.name} (number {entry.index})" for entry in self.classes),
            *(f"only the copy knows the photo {key} ({path})" for key, path in photos.items()),
            *self.others,
        )


def document_copies(project: Path) -> tuple[DocumentCopy, ...]:
    """Return the copies of a project's project.json, the oldest first. Files of such names that are none are passed over."""
    return tuple(sorted(_found(project), key=lambda copy: (copy.when, copy.path)))


def differences(now: ProjectDocument, copy: ProjectDocument) -> Differences:
    """Compare a copy with what is in use; pure."""
    mine, theirs = now.classes, copy.classes
    coming, clashes = [], []
    for entry in theirs.classes:
        here, same = mine.at(entry.index), mine.find(entry.name)
        if here is not None and here.name != entry.name:
            clashes.append(f"number {entry.index} is {here.name} here, and {entry.name} in the copy")
        elif here is None and same is not None:
            clashes.append(f"{entry.name} is number {same.index} here, and number {entry.index} in the copy")
        elif here is None and entry.index < mine.next_index:
            clashes.append(f"{entry.name} (number {entry.index}) is in the copy, and was deleted here")
        elif here is None:
            coming.append(entry)
    gone = [entry.name for entry in mine.classes if theirs.at(entry.index) is None]
    photos = {key: path for key, path in copy.references.items() if key not in now.references}
    others = [f"the copy has not {name}" for name in gone]
    others += [f"the copy knows not the photo {key}" for key in now.references if key not in copy.references]
    if copy.name != now.name:
        others.append(f"the project is called {copy.name} in the copy")
    colours = [e.name for e in mine.classes if (t := theirs.at(e.index)) is not None and t.colour != e.colour]
    if colours:
        others.append(f"other colours: {', '.join(colours)}")
    if not coming and not gone and (mine.indices, mine.draw_order) != (theirs.indices, theirs.draw_order):
        others.append("the classes are in another order")
    return Differences(tuple(coming), photos, tuple(clashes), tuple(others))


def compared(project: Project, copy: DocumentCopy) -> Differences:
    """Compare a copy with the project as it is."""
    return differences(project.document, copy.document)


def bring_in_copy(project: Project, copy: DocumentCopy) -> Differences:
    """Take what only the copy knows, classes with their numbers and photos that are referred to; returns all that differed.

    Raises SegStudioError as `Project.change` does; nothing has changed then.
    """
    project.refresh()
    found = compared(project, copy)
    there = {photo.key.casefold() for photo in project.photos()}
    with project.change() as change:
        if found.classes:
            change.set_classes(_with(project.classes, found.classes))
        for key, path in (found.photos or {}).items():
            if key.casefold() not in there:
                change.add_photo(key, project.folder / path, copy=False)
    return found


def put_copy_away(project: Project, copy: DocumentCopy) -> Path:
    """Move a copy to the project's trash; returns the folder there, from which `conflict_copies.bring_back` takes it."""
    return move_away(project.folder, [copy.path])


def _found(project: Path) -> Iterator[DocumentCopy]:
    for path in project.glob(f"{_STEM}*"):
        if copied_file(path.name, {_STEM}, ".json") is None:
            continue
        with suppress(OSError, SegStudioError):  # another file of such a name, or it went meanwhile
            yield DocumentCopy(path, file_time(path.stat().st_mtime_ns), read_document(path))


def _with(classes: ClassList, coming: tuple[LabelClass, ...]) -> ClassList:
    numbers = [entry.index for entry in coming]
    return ClassList(
        classes=(*classes.classes, *coming),
        draw_order=(*classes.draw_order, *numbers),
        unpainted=classes.unpainted,
        next_index=max(classes.next_index, *(number + 1 for number in numbers)),
    )
