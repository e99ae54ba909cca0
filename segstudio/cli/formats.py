"""`segstudio formats`: which annotation files can be imported."""

from __future__ import annotations

from segstudio.cli.output import JsonOption, Output
from segstudio.formats.table import FORMATS


def formats(json: JsonOption = False) -> None:
    """List the annotation formats."""
    out = Output(json)
    out.table(
        "Formats that can be imported; they are recognised by their content",
        ["name", "format", "files", "becomes a mask", "is only listed"],
        [[row.name, row.title, " ".join(row.extensions), row.carries, row.told] for row in FORMATS],
    )
    out.say("Folders and ZIP files of them can be given as they are.")
    out.finish(
        {
            "formats": [
                {
                    "name": row.name,
                    "title": row.title,
                    "extensions": list(row.extensions),
                    "carries": row.carries,
                    "told": row.told,
                }
                for row in FORMATS
            ]
        }
    )
