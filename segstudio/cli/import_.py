"""`segstudio import`: bring photos and annotations into a project, or only tell what would come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.ending import tidy_when_ended
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.preset_project import preset_import
from segstudio.cli.stages import Stages
from segstudio.errors import SegStudioError
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.labels import idle_renames
from segstudio.formats.options import ImportOptions, SplitChoice
from segstudio.formats.report import ImportReport
from segstudio.formats.sources import gather
from segstudio.formats.table import is_of_masks
from segstudio.formats.undoing import last_import, undo_import
from segstudio.project.project import Project

_LISTED = 5


class _Split(StrEnum):
    TRAIN = "train"
    VAL = "val"
    AUTO = "auto"


class _Rule(StrEnum):
    TRUNCATE = "truncate"
    ROUND = "round"


class _Boxes(StrEnum):
    AREAS = "areas"
    LEAVE_OUT = "leave-out"


class _Layers(StrEnum):
    CLASS = "class"
    FILE = "file"


def import_(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="SOURCE…", help="Photos, annotation files, folders or ZIPs, in any mix."),
    ] = None,
    *,
    project: Annotated[Path, typer.Option("--project", "-p", help="The project.")],
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="SET",
            help="SOURCE is the folder of a published set: camvid, coco-voc21, drinks, etrims or msrc. A project that is"
            " not there is made with its classes.",
        ),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="Read only this format (see `segstudio formats`).")
    ] = None,
    photos: Annotated[
        list[Path] | None,
        typer.Option(
            "--photos",
            help="Folder, ZIP file or film of the photos; repeat it. Default: beside the annotations.",
        ),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(
            metavar="a,b,c",
            help="Classes from bottom to top; the project remembers it. Default: while nothing is painted, by size.",
        ),
    ] = None,
    split: Annotated[_Split | None, typer.Option(help="What the photos are for.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report; nothing is written.")] = False,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="OLD=NEW", help="Take label OLD for class NEW (or void); repeat it."),
    ] = None,
    add_classes: Annotated[
        bool, typer.Option("--add-classes", help="Add classes that the project does not have.")
    ] = False,
    skip_unknown: Annotated[
        bool,
        typer.Option("--skip-unknown", help="Leave out shapes of classes that the project does not have."),
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out what is damaged, doubtful or of another size.")
    ] = False,
    scale: Annotated[
        bool, typer.Option("--scale", help="Scale annotations made on another size of their photo.")
    ] = False,
    reference: Annotated[
        bool, typer.Option("--reference", help="Leave the photos where they are, instead of copying them.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the masks of photos that the project already has.")
    ] = False,
    keep_unlabelled: Annotated[
        bool,
        typer.Option(
            "--keep-unlabelled",
            help="Bring in photos without annotation too, without mask. Photos alone come in anyway.",
        ),
    ] = False,
    blank_is_background: Annotated[
        bool,
        typer.Option(
            "--blank-is-background", help="An annotation without any shape means: nothing is there."
        ),
    ] = False,
    label_images: Annotated[
        bool, typer.Option("--label-images", help="Take pictures that look like label images for photos.")
    ] = False,
    keep_doubles: Annotated[
        bool, typer.Option("--keep-doubles", help="Take photos of equal content more than once.")
    ] = False,
    under: Annotated[
        str, typer.Option(metavar="FOLDER", help="Put the photos into this folder of the project.")
    ] = "",
    rule: Annotated[_Rule, typer.Option(help="How corners find their pixels.")] = _Rule.TRUNCATE,
    layers: Annotated[
        _Layers, typer.Option(help="What lies on top: by class (draw order), or as the file says.")
    ] = _Layers.CLASS,
    boxes: Annotated[
        _Boxes | None,
        typer.Option(
            help="A box is no outline. Default: those among outlines count as areas, and files of boxes alone are not read."
        ),
    ] = None,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Take the last import back; what was painted since stays."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Bring photos and annotations into a project, whole or not at all."""
    out = Output(json)
    if undo:
        _take_back(open_project(project), out, sources or [])
        return
    if not sources:
        raise typer.BadParameter(
            "give at least one photo, annotation file, folder or ZIP", param_hint="SOURCE…"
        )
    options = ImportOptions(
        format=format_,
        order=tuple(name.strip() for name in order.split(",") if name.strip()) if order else (),
        split=split.value if split else None,
        renames=_renames(map_ or []),
        add_classes=add_classes,
        skip_unknown=skip_unknown,
        skip_bad=skip_bad,
        scale=scale,
        reference=reference,
        replace=replace,
        keep_unlabelled=keep_unlabelled or None,
        blank_is_background=blank_is_background,
        label_images=label_images,
        keep_doubles=keep_doubles,
        under=under,
        rule=rule.value,
        layers=layers.value,
        boxes=boxes.value if boxes else None,
    )
    with ExitStack() as stack:
        stack.enter_context(tidy_when_ended())
        published = (
            stack.enter_context(preset_import(preset, sources, project, out, dry_run=dry_run))
            if preset is not None
            else None
        )
        opened = published.project if published is not None else open_project(project)
        stages = stack.enter_context(Stages(out))
        if published is not None:
            gathered, options = published.found.gathered, published.found.options(options)
        else:
            gathered = stack.enter_context(
                gather(
                    sources,
                    photos or [],
                    boxes=boxes is _Boxes.AREAS,
                    masks=is_of_masks(format_),
                    progress=stages.stage("Unpacking"),
                )
            )
        prepared = prepare(
            gathered,
            opened,
            options,
            keep_masks=not dry_run,
            propose_order=True,
            reading=stages.stage("Reading annotations"),
            examining=stages.stage("Looking at photos"),
        )
        report = prepared.report
        if not dry_run:
            commit_import(prepared, opened, progress=stages.stage("Writing"))
    for sentence in idle_renames(prepared.plan.uses, prepared.plan.made_from, options.renames):
        out.warn(f"--map: {sentence}.")
    _tell(out, report, proposed=prepared.proposed, ordered=order is not None, split=options.split)
    if dry_run:
        out.say(
            f"This import would be refused: {report.refusal}" if report.refusal else "Nothing was written."
        )
    out.finish(
        {
            "project": str(opened.folder),
            "dry_run": dry_run,
            "proposed_order": prepared.proposed,
            **report.as_json(),
        }
    )
    if report.refusal is not None:  # only a dry run comes here with one
        raise typer.Exit(1)


def _take_back(project: Project, out: Output, sources: Sequence[Path]) -> None:
    from segstudio.painting.stroke_journals import StrokeJournals

    if sources:
        raise typer.BadParameter("takes the last import back and nothing in", param_hint="--undo")
    with tidy_when_ended(), Stages(out) as stages:
        path = last_import(project.folder)
        undone = undo_import(project, path, StrokeJournals(), progress=stages.stage("Looking at masks"))
    out.say(undone.told())
    out.finish({"project": str(project.folder), "import": path.parent.name, **asdict(undone)})


def _renames(pairs: Sequence[str]) -> Mapping[str, str]:
    renames = {}
    for pair in pairs:
        old, separator, new = pair.rpartition("=")
        if not separator or not new.strip():
            raise SegStudioError(f'"{pair}" is no mapping', fix="Write --map OLD=NEW")
        renames[old] = new
    return renames


def _tell(
    out: Output, report: ImportReport, *, proposed: Sequence[str], ordered: bool, split: SplitChoice | None
) -> None:
    read = ", ".join(f"{count} {name}" for name, count in report.formats.items()) or "none"
    out.say(f"Annotation files: {read}.")
    out.table("", ["", "count", "which"], _rows(report))
    if proposed:
        names = ", ".join(proposed)
        out.say(f"Painted from bottom to top: {names}. --order says otherwise.")
    if report.boxes:
        out.say(
            "A box is no outline: all that it covers counts as its class. --boxes leave-out leaves boxes out."
        )
    for sentence in report.greys:
        out.say(f"{sentence}. --map says otherwise.")
    if report.told_splits:
        told = ", ".join(f"{count} {use}" for use, count in report.told_splits.items())
        taken = {None: "; --split auto takes that over", "auto": " and that holds"}.get(
            split, f"; all are {split}"
        )
        out.say(f"The files say what photos are for: {told}{taken}.")
    if report.hidden and not ordered:
        out.say("A class was painted over wholly: say with --order what lies on top, from bottom to top.")
    if report.label_images:
        out.say(
            "What looks like a label image stays out; --format index-png (of numbers) or colour-png takes it for the mask"
            " of its photo, --label-images for a photo."
        )
    if report.doubles:
        out.say("A photo comes in once, whatever its names; --keep-doubles takes it more often.")
    for sentence in report.oddities[:_LISTED]:
        out.warn(f"{sentence}.")
    if (more := len(report.oddities) - _LISTED) > 0:
        out.warn(
            f"{more} more {'shape is' if more == 1 else 'shapes are'} odd in such a way (--json tells all)."
        )
    for sentence in _one_of_each(report.not_read):
        out.warn(f"Not read: {sentence}")
    if report.shapes:
        out.table("Shapes", ["class", "count"], [[name, str(count)] for name, count in report.shapes.items()])


def _one_of_each(sentences: Iterable[str]) -> Iterator[str]:
    """Yield the first of those that say the same of different files, and how many more do."""
    kinds: dict[str, list[str]] = {}
    for sentence in sentences:
        kinds.setdefault(sentence.partition(": ")[2], []).append(sentence)
    for first, *others in kinds.values():
        yield f"{first} ({len(others)} more like it.)" if others else first


def _rows(report: ImportReport) -> list[list[str]]:
    """The lines of the report; those that count nothing are left out, except the first two."""
    unknown = [f"{label.name or '(none)'}{label.hint} × {label.shapes}" for label in report.unknown]
    rows = [
        _row("matched", report.matched, []),
        _row("imported with mask", len(report.imported), report.imported),
        _row("imported without mask", len(report.unlabelled), report.unlabelled),
        _row("added classes", len(report.added_classes), report.added_classes),
        _row("already there", len(report.already_there), report.already_there),
        _row("without photo", len(report.without_photo), report.without_photo),
        _row("photo has a better fit", len(report.outdone), report.outdone),
        _row("without annotation", len(report.without_annotation), report.without_annotation),
        _row("nothing to paint", len(report.blank), report.blank),
        _row("photo found by the file's name", len(report.by_file_name), report.by_file_name),
        _row("photo of another extension", len(report.by_stem), report.by_stem),
        _row("called otherwise here", len(report.renamed), report.renamed),
        _row("photo in another folder", len(report.other_folder), report.other_folder),
        _row("unknown class", len(report.unknown), unknown),
        _row("left out: class unknown", len(report.held), report.held),
        _row("clipped at the edge", sum(report.clipped.values()), _counted(report.clipped)),
        _row("empty shapes", sum(report.empty.values()), _counted(report.empty)),
        _row(
            "painted over wholly",
            len(report.hidden),
            [f"{k}: {', '.join(v)}" for k, v in report.hidden.items()],
        ),
        _row(
            "skipped shapes", sum(report.skipped.values()), [f"{k} × {n}" for k, n in report.skipped.items()]
        ),
        _row("boxes taken as areas", report.boxes, []),
        _row("deleted objects", report.deleted, []),
        _row("other size", len(report.other_size), report.other_size),
        _row("doubtful", len(report.doubtful), report.doubtful),
        _row("damaged", len(report.damaged), report.damaged),
        _row("name taken", len(report.name_taken), report.name_taken),
        _row("look like label images", len(report.label_images), report.label_images),
        _row("same photo twice", len(report.doubles), report.doubles),
    ]
    return rows[:2] + [row for row in rows[2:] if row[1] != "0"]


def _row(what: str, count: int, names: Sequence[str]) -> list[str]:
    shown = "; ".join(names[:_LISTED])
    more = f"; … ({len(names) - _LISTED} more)" if len(names) > _LISTED else ""
    return [what, str(count), shown + more]


def _counted(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} × {count}" if count > 1 else name for name, count in counts.items()]
