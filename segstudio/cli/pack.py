"""`segstudio pack`: a part of a project, handed out as a project of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.ending import tidy_when_ended
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output, in_megabytes
from segstudio.counting import counted
from segstudio.project.pack import chosen_photos, make_pack, read_pack
from segstudio.project.photos import Status

_STATUSES: tuple[Status, ...] = get_args(Status)


def pack(
    project: ProjectArgument,
    file: Annotated[
        Path, typer.Argument(metavar="PART.zip", help="The ZIP file to write; it must not be there.")
    ],
    *,
    photos: Annotated[
        list[str] | None,
        typer.Option(
            "--photos",
            metavar="NAME",
            help="Photos by name, * and ? standing for anything; may be given several times; without it all.",
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS", help=f"Only those that are {', '.join(_STATUSES)}; may be given again."
        ),
    ] = None,
    for_whom: Annotated[str, typer.Option("--for", metavar="NAME", help="Whom it is for.")] = "",
    json: JsonOption = False,
) -> None:
    """Write photos with their masks as a project of its own; `segstudio merge` takes back what was painted there."""
    wanted: list[Status] = [each for each in _STATUSES if each in (status or ())]
    if len(wanted) != len(set(status or ())):
        raise typer.BadParameter(f"--status takes {', '.join(_STATUSES)}")
    out, opened = Output(json), open_project(project)
    chosen = chosen_photos(opened, photos or (), wanted)
    goes_back = read_pack(opened.folder) is not None
    with tidy_when_ended(), in_megabytes(out, "Packing, MB written and read back") as progress:
        seal = make_pack(opened, file, chosen, for_whom=for_whom, progress=progress)
    out.say(f"{file}: {seal.name}, {counted(len(chosen), 'photo')}, {seal.size_bytes / 1e6:,.1f} MB.")
    if goes_back:
        out.say(f"Taken back with: segstudio merge PROJECT {file}")
    else:
        out.say(
            f"Opened with: segstudio restore {file} FOLDER; taken back with: segstudio merge {project} FOLDER"
        )
    out.finish(
        {
            "project": str(opened.folder),
            "file": str(file.resolve()),
            "name": seal.name,
            "photos": [photo.key for photo in chosen],
            "bytes": seal.size_bytes,
        }
    )
