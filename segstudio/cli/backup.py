"""`segstudio backup`: the whole project as one ZIP file that was read back and compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.ending import tidy_when_ended
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output, in_megabytes
from segstudio.project.backup import PARTS, Part, back_up


def backup(
    project: ProjectArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.zip", help="The ZIP file to write; it must not be there.")
    ],
    *,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PART", help=f"Leave a part out: {', '.join(PARTS)}. May be given several times."
        ),
    ] = None,
    with_outside: Annotated[
        bool, typer.Option("--with-outside", help="Take photos along that lie outside the project.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Write a project as it is at this moment into one ZIP file, whole or not at all, and compare what was written."""
    parts: list[Part] = [part for part in PARTS if part in (without or ())]
    if len(parts) != len(set(without or ())):
        raise typer.BadParameter(f"--without takes {', '.join(PARTS)}")
    out, opened = Output(json), open_project(project)
    with tidy_when_ended(), in_megabytes(out, "Backing up, MB written and read back") as progress:
        taken = back_up(opened, file, without=parts, with_outside=with_outside, progress=progress)
    out.say(f"{file}: {taken.told()}")
    out.finish(
        {
            "project": str(opened.folder),
            "file": str(file.resolve()),
            "files": len(taken.seal.files),
            "bytes": taken.seal.size_bytes,
            "zip_bytes": file.stat().st_size,
            "outside": taken.not_taken,
            "left_out": list(taken.files.left_out),
            "renamed": taken.files.renamed,
            "linked": {name: str(place) for name, place in taken.files.linked.items()},
        }
    )
