"""`segstudio merge`: a pack that comes back, or another project: told photo by photo, and brought in as one change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.ending import tidy_when_ended
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output, in_megabytes
from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.agreement import Agreement
from segstudio.project.merged import Merge, last_merge, merge, unmerge
from segstudio.project.merging import (
    FATES_TOLD,
    MergePlan,
    Pair,
    Side,
    choices_of,
    is_zip,
    opened_pack,
    pairs_to_show,
    plan_merge,
)
from segstudio.project.project import Project

_SHOWN = 60


def merge_(
    project: ProjectArgument,
    source: Annotated[
        Path | None, typer.Argument(metavar="PART", help="A pack (ZIP file), or the folder of a project.")
    ] = None,
    *,
    prefer: Annotated[
        str | None,
        typer.Option(metavar="mine|theirs|newer", help="Whose mask wins where both sides changed it."),
    ] = None,
    mine: Annotated[
        list[str] | None,
        typer.Option(metavar="PHOTO", help="Keep this one as it is here; may be given again."),
    ] = None,
    theirs: Annotated[
        list[str] | None,
        typer.Option(metavar="PHOTO", help="Take this one as it is there; may be given again."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen; change nothing.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last merge back.")] = False,
    json: JsonOption = False,
) -> None:
    """Bring in what was painted in a pack or another project, as one change; masks that lose are kept as versions."""
    if undo == (source is not None):
        raise typer.BadParameter("name the pack to merge, or give --undo")
    if prefer not in (None, "mine", "theirs", "newer"):
        raise typer.BadParameter("--prefer takes mine, theirs or newer")
    out, opened = Output(json), open_project(project)
    if source is None:
        _undo(opened, out)
        return
    chosen: dict[str, Side] = {**dict.fromkeys(mine or (), "mine"), **dict.fromkeys(theirs or (), "theirs")}
    if len(chosen) < len(mine or ()) + len(theirs or ()):
        raise typer.BadParameter("a photo is named twice")
    wanted: Side | Literal["newer"] | None = prefer  # type: ignore[assignment]
    with (
        tidy_when_ended(),
        in_megabytes(out, "Unpacking, MB") as unpacking,
        opened_pack(source, progress=unpacking) as part,
    ):
        with out.progress("Comparing photos", len(part.keys())) as advance:
            plan = plan_merge(
                opened,
                part,
                StrokeJournals(),
                from_zip=is_zip(source),
                progress=lambda _done, _all: advance(1),
            )
        choices = choices_of(plan, prefer=wanted, chosen=chosen)
        _tell(plan, choices, out)
        done = None if dry_run else _carry_out(opened, plan, choices, out, prefer=prefer)
    merged = done is not None and not done.is_empty
    out.finish({"project": str(opened.folder), **_as_json(plan, choices), "merged": merged})


def _carry_out(
    project: Project, plan: MergePlan, choices: dict[str, Side], out: Output, *, prefer: str | None
) -> Merge:
    if len(choices) < len(plan.conflicts):
        left = len(plan.conflicts) - len(choices)
        photos = f"{counted(left, 'photo')} {'was' if left == 1 else 'were'}"
        unknown, sides = "", "mine, theirs or newer"
        if prefer == "newer":
            unknown, sides = ", nobody knows on which last", "mine or theirs"
        raise SegStudioError(
            f"{photos} changed on both sides{unknown}, and nothing was written",
            where=plan.name,
            fix=f"Say --prefer {sides}, or --mine PHOTO and --theirs PHOTO for each",
        )
    done = merge(project, plan, choices, StrokeJournals())
    if done.is_empty:
        out.say(f"{done.told(plan)}.")
    else:
        photos = counted(len(done.photos), "photo")
        out.say(f"Merged: {photos}. Taken back with: segstudio merge {project.folder} --undo")
    return done


def _undo(project: Project, out: Output) -> None:
    record = last_merge(project.folder)
    if record is None:
        raise SegStudioError("there is no merge to take back", where=str(project.folder))
    done = unmerge(project, record, StrokeJournals())
    out.say(
        f"The merge of {record.name} is taken back: {_are(len(done.back))} as before, "
        f"{_are(len(done.gone))} in the trash."
    )
    if done.classes or done.kept_classes:
        out.say(done.told_classes())
    if done.left:
        out.warn(f"Painted or removed since, and left as they are: {', '.join(done.left)}")
    out.finish(
        {
            "project": str(project.folder),
            "undone": record.name,
            "back": list(done.back),
            "gone": list(done.gone),
            "left": list(done.left),
            "classes": list(done.classes),
            "kept_classes": list(done.kept_classes),
        }
    )


def _are(photos: int) -> str:
    return f"{counted(photos, 'photo')} {'is' if photos == 1 else 'are'}"


def _tell(plan: MergePlan, choices: dict[str, Side], out: Output) -> None:
    pairs = list(pairs_to_show(plan))
    rows = [_row(pair, choices) for pair in pairs[:_SHOWN]]
    if rows:
        columns = ["photo", "what", "differs", "here", "there", "takes"]
        out.table(plan.name, columns, rows)
    if len(pairs) > _SHOWN:
        out.say(f"… and {len(pairs) - _SHOWN:,} more.")
    for pair in pairs:
        if pair.fate == "unreadable":
            out.warn(f"{pair.key} is left out: {pair.problem}")
    counts = ", ".join(f"{FATES_TOLD[fate]}: {number:,}" for fate, number in plan.counts().items())
    out.say(f"{counts or 'The pack is empty'}.")
    _tell_agreement(plan.agreement, out)


def _tell_agreement(agreement: Agreement, out: Output) -> None:
    if agreement.same is None or agreement.mean_iou is None:
        return
    rows = [
        [row.name, f"{row.iou:.1%}", f"{row.first_pixels:,}", f"{row.second_pixels:,}"]
        for row in agreement.classes
    ]
    title = f"Agreement on {counted(agreement.photos, 'photo')} that both painted"
    out.table(title, ["class", "IoU", "pixels here", "pixels there"], rows)
    out.say(
        f"Mean IoU {agreement.mean_iou:.1%}; {agreement.same:.1%} of the pixels that both labelled are the same."
    )


def _row(pair: Pair, choices: dict[str, Side]) -> list[str]:
    takes = {"new": "theirs", "theirs": "theirs", "status": "their status", "mine": "mine"}.get(pair.fate, "")
    if pair.fate == "both":
        takes = choices.get(pair.key, "?")
    here = pair.mine.state if pair.mine is not None else None
    there = pair.theirs.state
    return [
        pair.key,
        FATES_TOLD[pair.fate],
        "" if pair.differs is None else f"{pair.differs:.2%}",
        "" if here is None else f"{here.who} {here.when[:16].replace('T', ' ')}".strip(),
        f"{there.who} {there.when[:16].replace('T', ' ')}".strip(),
        takes,
    ]


def _as_json(plan: MergePlan, choices: dict[str, Side]) -> dict[str, object]:
    agreement = plan.agreement
    return {
        "name": plan.name,
        "photos": [
            {"photo": p.key, "what": p.fate, "differs": p.differs, "takes": choices.get(p.key)}
            for p in plan.pairs
        ],
        "agreement": {
            "photos": agreement.photos,
            "same": agreement.same,
            "mean_iou": agreement.mean_iou,
            "iou": {row.name: row.iou for row in agreement.classes},
        },
    }
