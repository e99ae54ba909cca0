"""`segstudio formats`: which annotation files can be imported and exported."""

from __future__ import annotations

from segstudio.cli.output import JsonOption, Output
from segstudio.formats.exporting import EXPORTS
from segstudio.formats.table import BOX_FORMATS, FORMATS


def formats(json: JsonOption = False) -> None:
    """List the annotation formats."""
    out = Output(json)
    out.table(
        "Formats that can be imported; they are recognised by their content",
        ["name", "format", "files", "becomes a mask", "is only listed"],
        [
            [row.name, row.title, " ".join(row.extensions), row.carries, row.told]
            for row in (*FORMATS, *BOX_FORMATS)
        ],
    )
    out.say("Folders and ZIP files of them can be given as they are.")
    out.table(
        "Formats that can be exported",
        ["name", "format", "keeps", "cannot say", "areas as"],
        [[row.id, row.name, row.carries, row.loses, " or ".join(row.outlines)] for row in EXPORTS],
    )
    out.finish(
        {
            "exports": [
                {
                    "id": row.id,
                    "name": row.name,
                    "carries": row.carries,
                    "loses": row.loses,
                    "outlines": row.outlines,
                }
                for row in EXPORTS
            ],
            "formats": [
                {
                    "name": row.name,
                    "title": row.title,
                    "extensions": list(row.extensions),
                    "carries": row.carries,
                    "told": row.told,
                }
                for row in (*FORMATS, *BOX_FORMATS)
            ],
        }
    )
