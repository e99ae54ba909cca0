"""`segstudio restore`: a project of a backup, every file compared with what was put in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.ending import tidy_when_ended
from segstudio.cli.output import JsonOption, Output, in_megabytes
from segstudio.project.backup import photos_in
from segstudio.project.backup import restore as restore_project
from segstudio.project.project import Project
from segstudio.project.sealed_zip import verify


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A backup of a project.")],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="The folder to make; it must not be there or be empty."),
    ] = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare what the ZIP file holds; write nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Make the project of a backup in a new folder, whole or not at all; every file is compared first."""
    if check == (folder is not None):
        raise typer.BadParameter("name the folder to make, or give --check")
    out = Output(json)
    if folder is None:
        with in_megabytes(out, "Comparing, MB") as progress:
            seal = verify(file, progress=progress)
        out.say(f"{file}: a {seal.kind} of {seal.name}, {seal.when[:16].replace('T', ' ')}; it is whole.")
    else:
        with tidy_when_ended(), in_megabytes(out, "Restoring, MB") as progress:
            seal = restore_project(file, folder, progress=progress)
        missing = Project.open(folder).missing()
        out.say(f"{folder}: {seal.name} as it was {seal.when[:16].replace('T', ' ')}.")
        if missing:
            out.warn(f"Of {len(missing):,} photos the file is not there: it was not in the backup.")
    out.finish(
        {
            "file": str(file.resolve()),
            "folder": str(folder.resolve()) if folder is not None else None,
            "kind": seal.kind,
            "name": seal.name,
            "when": seal.when,
            "files": len(seal.files),
            "photos": photos_in(seal),
            "bytes": seal.size_bytes,
        }
    )
