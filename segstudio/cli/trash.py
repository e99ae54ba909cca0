"""`segstudio trash`: what was removed from a project, bringing it back, and emptying it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output, printable
from segstudio.counting import counted, listed
from segstudio.errors import SegStudioError
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edits import ClassEditing
from segstudio.project.project import Project
from segstudio.project.removal import bring_back
from segstudio.project.trash import Trashed, empty_trash, trash_of, unlisted

_NAMED = 5


def trash(
    project: ProjectArgument,
    *,
    restore: Annotated[
        int | None, typer.Option(metavar="N", help="Bring this one back, as numbered in the list.", min=1)
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="Delete all of it for good.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before emptying.")] = False,
    json: JsonOption = False,
) -> None:
    """List what was removed from a project (photos, classes), newest first; bring one back, or empty the trash."""
    if empty and restore is not None:
        raise typer.BadParameter("--restore or --empty, not both")
    out, opened = Output(json), open_project(project)
    things = trash_of(opened)
    if restore is not None:
        if restore > len(things):
            raise SegStudioError(f"there is no number {restore} in the trash", where=str(opened.folder))
        told = _restore(opened, things[restore - 1])
        out.say(told)
        out.finish({"project": str(opened.folder), "restored": things[restore - 1].told(), "told": told})
    elif empty:
        _empty(opened, things, out, asks=not yes)
    else:
        _list(opened, things, out)


def _restore(project: Project, thing: Trashed) -> str:
    if thing.removal is not None:
        told = bring_back(project, thing.removal)
        return f"Back in the project: {thing.removal.told()}. {told}".strip()
    if thing.entry is None:
        return ""
    done = ClassEditing(project, StrokeJournals()).undo(thing.entry)
    return f"Taken back: {done.label}. {done.told}"


def _empty(project: Project, things: tuple[Trashed, ...], out: Output, *, asks: bool) -> None:
    others = unlisted(project, things)
    if others:
        out.warn(f"Deleted with it, though not listed: {listed(others, _NAMED)}")
    if asks:
        if not sys.stdin.isatty():
            raise SegStudioError(
                "emptying the trash deletes for good, and nobody can be asked", fix="Say --yes as well"
            )
        question = (
            f"Delete {counted(len(things) + len(others), 'thing')} in the trash of {project.name} for good?"
        )
        if not typer.confirm(printable(question), err=True):
            out.say("Nothing was deleted.")
            out.finish({"project": str(project.folder), "bytes": 0})
            return
    size = empty_trash(project)
    out.say(f"The trash is empty: {size / 1e6:,.1f} MB are free again.")
    out.finish({"project": str(project.folder), "bytes": size})


def _list(project: Project, things: tuple[Trashed, ...], out: Output) -> None:
    rows = [
        [
            str(place),
            thing.told(),
            thing.when[:16].replace("T", " "),
            thing.who,
            f"{thing.size_bytes / 1e6:,.1f}",
        ]
        for place, thing in enumerate(things, start=1)
    ]
    if rows:
        out.table("", ["number", "what", "removed", "by", "MB"], rows)
        out.say(f"Back with: segstudio trash {project.folder} --restore NUMBER")
    others = unlisted(project, things)
    if others:
        out.say(f"Not listed, but emptied with it: {listed(others, _NAMED)}.")
    elif not rows:
        out.say("The trash is empty.")
    told = [{"what": t.told(), "when": t.when, "who": t.who, "bytes": t.size_bytes} for t in things]
    out.finish({"project": str(project.folder), "trash": told, "unlisted": list(others)})
