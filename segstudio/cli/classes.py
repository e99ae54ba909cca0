"""`segstudio classes`: the classes of a project, and changing them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.errors import SegStudioError
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Add, ClassEdit, Delete, Merge, Recolour, Rename, Reorder
from segstudio.project.class_edits import ClassEditing
from segstudio.project.class_history import ClassHistory
from segstudio.project.classes import VOID, ClassList
from segstudio.project.project import Project


def classes(
    project: ProjectArgument,
    *,
    add: Annotated[
        str | None, typer.Option(metavar="NAME[:#RRGGBB]", help="Add a class, painted last.")
    ] = None,
    rename: Annotated[
        str | None, typer.Option(metavar="OLD=NEW", help="Give a class another name; masks stay as they are.")
    ] = None,
    recolour: Annotated[
        str | None, typer.Option(metavar="NAME:#RRGGBB", help="Give a class another colour.")
    ] = None,
    merge: Annotated[
        str | None, typer.Option(metavar="NAME=INTO", help="Make all pixels of a class another class.")
    ] = None,
    delete: Annotated[
        str | None, typer.Option(metavar="NAME", help="Make all pixels of a class void (not labelled).")
    ] = None,
    order: Annotated[
        str | None, typer.Option(metavar="A,B,C", help="Put these classes first in the list, in this order.")
    ] = None,
    draw_order: Annotated[
        str | None, typer.Option(metavar="A,B,C", help="Draw these classes last at an import, in this order.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last change of the list back.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Do again what was taken back last.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen; change nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """List the classes of a project, or change them: one change each time, whole or not at all, and it can be undone."""
    out = Output(json)
    opened = open_project(project)
    given = (
        (add, _add),
        (rename, _rename),
        (recolour, _recolour),
        (merge, _merge),
        (delete, _delete),
        (order, _order),
        (draw_order, _draw_order),
    )
    asked = [(make, value) for value, make in given if value is not None]
    if len(asked) + undo + redo > 1:
        raise typer.BadParameter("one change each time, so that each can be undone")
    if dry_run and (undo or redo):
        raise typer.BadParameter("--dry-run is for changes, not for --undo and --redo")
    result: dict[str, object] = {"project": str(opened.folder)}
    if asked:
        make, value = asked[0]
        result |= _edit(opened, make(opened.classes, value), out, dry_run=dry_run)
    elif undo or redo:
        result |= _step(opened, out, back=undo)
    opened.refresh()
    if not dry_run:
        _list(opened, out)
    out.finish(result | _as_json(opened))


def _as_json(project: Project) -> dict[str, object]:
    history = ClassHistory(project.folder)
    return {
        "undo": history.undoable.label if history.undoable is not None else None,
        "redo": history.redoable.label if history.redoable is not None else None,
        "classes": [entry.model_dump() for entry in project.classes.classes],
    }


def _step(project: Project, out: Output, *, back: bool) -> dict[str, object]:
    with _editing(project, out) as editing:
        done = editing.undo() if back else editing.redo()
    out.say(f"{'Undone' if back else 'Done again'}: {done.label}. {done.told}")
    return {"did": done.label, "masks": done.masks}


def _edit(project: Project, edit: ClassEdit, out: Output, *, dry_run: bool) -> dict[str, object]:
    with _editing(project, out) as editing:
        if dry_run:
            preview = editing.preview(edit, None if isinstance(edit, Merge | Delete) else editing.uses())
            out.say(preview.told)
            return {"would": preview.told, "photos": list(preview.photos), "ends": list(preview.ends)}
        done = editing.commit(edit)
    out.say(f"Done: {done.label}. {done.told}")
    return {"did": done.label, "masks": done.masks}


@contextmanager
def _editing(project: Project, out: Output) -> Iterator[ClassEditing]:
    with out.progress("Reading and writing masks") as advance:
        yield ClassEditing(project, StrokeJournals(), progress=lambda _what, _done, _total: advance(1))


def _list(project: Project, out: Output) -> None:
    uses = ClassEditing(project, StrokeJournals()).uses()
    rows = [
        [
            str(entry.index),
            entry.name,
            entry.colour,
            str(uses.photos_with(entry.index)),
            f"{uses.share(entry.index):.2%}",
        ]
        for entry in project.classes.classes
    ]
    out.table("", ["number", "class", "colour", "photos", "of all pixels"], rows)
    there = project.classes
    out.say(
        f"Drawn in this order: {', '.join(_name(there, index) for index in there.draw_order) or 'none yet'}."
    )
    unpainted = "void" if there.unpainted == VOID else _name(there, there.unpainted)
    out.say(f"Pixels under no shape become {unpainted}.")
    for error in uses.unread:
        out.warn(str(error))


def _add(_there: ClassList, text: str) -> Add:
    name, _, colour = text.rpartition(":") if ":#" in text else (text, "", None)
    return Add(name, colour)


def _rename(there: ClassList, text: str) -> Rename:
    old, new = _pair(text, "=", "OLD=NEW")
    return Rename(there.named(old).index, new)


def _recolour(there: ClassList, text: str) -> Recolour:
    name, colour = _pair(text, ":", "NAME:#RRGGBB")
    return Recolour(there.named(name).index, colour)


def _merge(there: ClassList, text: str) -> Merge:
    name, into = _pair(text, "=", "NAME=INTO")
    return Merge(there.named(name).index, there.named(into).index)


def _delete(there: ClassList, name: str) -> Delete:
    return Delete(there.named(name).index)


def _order(there: ClassList, text: str) -> Reorder:
    first = _indices(there, text)
    return Reorder((*first, *(index for index in there.indices if index not in first)))


def _draw_order(there: ClassList, text: str) -> Reorder:
    last = _indices(there, text)
    return Reorder((*(index for index in there.draw_order if index not in last), *last), of="drawing")


def _indices(there: ClassList, text: str) -> tuple[int, ...]:
    return tuple(there.named(name).index for name in text.split(","))


def _pair(text: str, separator: str, form: str) -> tuple[str, str]:
    first, found, second = text.rpartition(separator)
    if not found or not first.strip() or not second.strip():
        raise SegStudioError(f'"{text}" is not of the form {form}')
    return first, second


def _name(there: ClassList, index: int) -> str:
    found = there.at(index)
    return found.name if found is not None else str(index)
