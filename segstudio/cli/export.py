"""`segstudio export`: write a project's masks as the annotation files of other programs."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.ending import tidy_when_ended
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.stages import Stages
from segstudio.counting import counted
from segstudio.formats.exporting import EXPORTS, ExportOptions, ExportReport, export_format, export_project


class _Outlines(StrEnum):
    POLYGONS = "polygons"
    MASKS = "masks"


class _Which(StrEnum):
    LABELLED = "labelled"
    DONE = "done"
    CHECKED = "checked"


def _target(text: str | Path) -> Path:
    if not str(text).strip():  # as a path it would be the working folder
        raise typer.BadParameter("give the path of a folder or of a .zip")
    return Path(text)


def export(
    folder: Annotated[Path | None, typer.Argument(metavar="PROJECT", help="The project folder.")] = None,
    *,
    project: Annotated[Path | None, typer.Option("--project", "-p", help="The same, as an option.")] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", help=f"One of: {', '.join(entry.id for entry in EXPORTS)}.")
    ],
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            "-o",
            "--out",
            metavar="PATH",
            parser=_target,
            help="A new or empty folder, or a new .zip.",
        ),
    ],
    outlines: Annotated[
        _Outlines | None,
        typer.Option(help="How areas are told, where the format has both. Default: polygons."),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(
            metavar="PX", help="How far polygons may be from the pixels' edges; 0: pixel for pixel."
        ),
    ] = 0.0,
    with_photos: Annotated[bool, typer.Option("--with-photos", help="Copy the photos along.")] = False,
    which: Annotated[_Which, typer.Option(help="Which photos: all with a mask, or those done, checked.")] = (
        _Which.LABELLED
    ),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would come back; nothing is written.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Write a project's masks as the annotation files of other programs, whole or not at all."""
    where = folder or project
    if where is None:
        raise typer.BadParameter("give the project folder", param_hint="PROJECT")
    if folder is not None and project is not None:
        raise typer.BadParameter("give the project once", param_hint="PROJECT")
    out = Output(json)
    options = ExportOptions(
        format=format_,
        to=to,
        outlines=outlines.value if outlines else "",
        tolerance_px=tolerance,
        with_photos=with_photos,
        which=which.value,
    )
    with tidy_when_ended(), Stages(out) as stages:
        report = export_project(
            open_project(where), options, progress=stages.stage("Exporting"), dry_run=dry_run
        )
    _tell(out, report, name=export_format(format_).name, dry_run=dry_run)
    told = asdict(report) | {"to": str(report.to)}
    out.finish({"project": str(where), "format": export_format(format_).id, "dry_run": dry_run, **told})


def _tell(out: Output, report: ExportReport, *, name: str, dry_run: bool) -> None:
    shapes = f" ({counted(report.shapes, 'shape')}" if report.shapes else ""
    shapes += f", {counted(report.points, 'point')}" if report.points else ""
    what = f"{counted(report.photos, 'photo')} as {name}{shapes}{')' if shapes else ''}"
    if dry_run:
        out.say(f"{what} would be written to {report.to}.")
    else:
        out.say(f"{what} in {report.to}, {report.seconds:.1f} s.")
    if report.agreement == 1:
        out.say("Read back, every pixel is the same.")
    else:
        out.say(f"Read back, {_per_cent(report.agreement)} of the pixels are the same.")
        out.table("Worst", ["photo", "same"], [[key, _per_cent(share)] for key, share in report.worst])
    for remark in report.remarks:
        out.warn(remark)
    for key, why in report.left_out:
        out.warn(f"Left out: {key}: {why}")
    if dry_run:
        out.say("Nothing was written.")


def _per_cent(share: float) -> str:
    """Return a share with as many digits as tell it from all: 99.9 %, 99.9998 %."""
    for digits in (1, 2, 3, 4, 5):
        text = f"{100 * share:.{digits}f}"
        if float(text) < 100:
            return f"{text} %"
    return "all but a few in ten million"
