"""`segstudio name`: by which name others know who works here."""

from __future__ import annotations

from typing import Annotated

import typer

from segstudio.cli.output import JsonOption, Output
from segstudio.project.person import VARIABLE, choose_name, name_file, named_by_environment, person


def name(
    new: Annotated[
        str | None, typer.Argument(metavar="NAME", help='The name from now on; "" for that of the login.')
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Tell by which name others know you, in locks, at photos and in versions; or choose another, for all projects."""
    out = Output(json)
    if new is not None:
        choose_name(new)
    now = person()
    out.say(f"Others know you as {now}." if now else "Others are told no name.")
    if new is not None and named_by_environment():
        out.warn(f"The environment variable {VARIABLE} goes before what was chosen.")
    out.finish({"name": now, "file": str(name_file())})
