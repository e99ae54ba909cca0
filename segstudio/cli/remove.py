"""`segstudio remove`: photos go to the project's trash, and come back."""

from __future__ import annotations

from typing import Annotated

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.errors import SegStudioError
from segstudio.project.removal import bring_back, removals, remove_photos, removed_last


def remove(
    project: ProjectArgument,
    photos: Annotated[
        list[str] | None, typer.Argument(metavar="PHOTO…", help="Photos by their names in the project.")
    ] = None,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Bring back what was removed last.")] = False,
    json: JsonOption = False,
) -> None:
    """Move photos, with masks and undo histories, to the project's trash; --undo brings the last ones back."""
    if bool(photos) == undo:
        raise typer.BadParameter("name the photos to remove, or give --undo")
    out, opened, told = Output(json), open_project(project), ""
    if undo:
        there, removal = removals(opened.folder), removed_last(opened.folder)
        if removal is None:
            raise SegStudioError(
                "nothing was removed that could be brought back",
                where=str(opened.folder),
                fix=f"What went with {there[-1].taken_back}: segstudio trash {project}" if there else "",
            )
        told = bring_back(opened, removal)
        out.say(f"Back in the project: {removal.told()}.")
        if told:
            out.warn(told)
        if there[-1].taken_back:
            out.say(
                f"Still in the trash: {there[-1].told()}, which went with {there[-1].taken_back}. "
                f"Listed by: segstudio trash {project}"
            )
    else:
        removal = remove_photos(opened, photos or ())
        out.say(f"In the trash: {removal.told()}. Back with: segstudio remove {project} --undo")
    out.finish({"project": str(opened.folder), "photos": list(removal.keys), "undone": undo, "told": told})
