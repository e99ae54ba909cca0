"""`segstudio weights`: list, fetch and import pretrained weights."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.output import JsonOption, Output
from segstudio.cli.stages import Stages
from segstudio.errors import SegStudioError
from segstudio.runs.heads import (
    HEADS,
    HeadInfo,
    WeightsInfo,
    head_named,
    imported_weights,
    weights_folder,
)

weights = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

_MEGABYTE = 1_000_000


@weights.command("list")
def list_(json: JsonOption = False) -> None:
    """List the weights that a training can start from, and which are on this machine."""
    out = Output(json)
    rows: list[list[str]] = []
    entries: list[dict[str, object]] = []
    for info in HEADS.values():
        for each in info.weights:
            rows.append(
                [
                    info.name,
                    each.name,
                    _megabytes(each.size_bytes),
                    _yes(each.is_here),
                    each.file_name,
                    each.score,
                ]
            )
            entries.append(_as_json(info, each))
        for path in imported_weights(info):
            size = path.stat().st_size
            rows.append([info.name, "imported", _megabytes(size), "yes", path.name, ""])
            entries.append(
                {"head": info.name, "name": path.name, "here": True, "path": str(path), "size_bytes": size}
            )
    out.table("", ["head", "weights", "MB", "here", "file", "score of its first training"], rows)
    out.say("")
    out.say(f"Folder: {weights_folder()}")
    licences = {each.name: each.licence for info in HEADS.values() for each in info.weights}
    for name, licence in sorted(licences.items()):
        out.say(f"{name}: {licence}.")
    out.finish({"folder": str(weights_folder()), "weights": entries})


@weights.command()
def fetch(
    head: Annotated[str, typer.Argument(metavar="HEAD", help="See `segstudio heads`.")],
    name: Annotated[
        str | None,
        typer.Option(
            "--weights", metavar="coco|imagenet", help="Which; coco where there is one, else imagenet."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Download torchvision's weights for a head into torch's cache, and check their hash."""
    out = Output(json)
    row = head_named(head)
    if not name and not row.weights:
        raise SegStudioError(
            "torchvision publishes no weights for this head: it starts at random", where=head
        )
    info = row.weights_named(name) if name else row.weights[0]

    from segstudio.networks import published

    file = published.published(row.name, info.name)
    if file is None:
        raise SegStudioError(f"this torchvision does not publish {info.file_name}", where=row.name)
    with Stages(out) as stages:
        shown = told_to_programs if json else stages.bytes_stage(f"Fetching {info.file_name}")
        path = published.fetch(file, progress=shown)
    out.say(f"{info.name} weights for {row.name} are in {path}")
    out.say(f"Licence: {info.licence}.")
    out.finish(
        {"head": row.name, "weights": info.name, "path": str(path), "url": file.url, "licence": info.licence}
    )


def told_to_programs(done: int, total: int) -> None:
    """Tell how far a download is on standard error, as `fetched DONE of TOTAL` in bytes."""
    sys.stderr.write(f"fetched {done} of {total}\n")
    sys.stderr.flush()


@weights.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PyTorch file with a state dict.")],
    head: Annotated[
        str | None, typer.Option(metavar="HEAD", help="For which head; found out when not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check a weights file that was carried here by hand, and keep it where training finds it."""
    out = Output(json)
    if head is not None:
        head_named(head)

    from segstudio.networks.importing import import_file

    imported = import_file(file, head)
    report = imported.report
    choice = imported.published.kind if imported.published else imported.path.name
    out.say(f"Imported {file.name} as {imported.path}")
    out.say(f"It suits {', '.join(imported.heads)}; train with --set weights={choice}")
    out.table(
        f"Its tensors in {imported.heads[0]}",
        ["", "tensors", "for example"],
        [
            _counted("matched", report.matched),
            _counted("missing (start at random)", report.missing),
            _counted("of another shape (start at random)", report.other_shape),
            _counted("foreign (not used)", report.foreign),
        ],
    )
    random = len(report.missing) + len(report.other_shape)
    if random and report.is_whole_backbone:
        out.say("The whole backbone is there; the classifier starts at random.")
    elif random:
        total = random + len(report.matched)
        out.say(f"A partial state dict: {random} of the network's {total} tensors are not in it.")
    if not report.is_whole_backbone:
        out.warn("Even of the backbone it holds only a part: expect less of it than of a whole one.")
    out.say(f"Licence: {report.licence}.")
    out.finish(
        {
            "path": str(imported.path),
            "weights": choice,
            "heads": list(imported.heads),
            "whole_backbone": report.is_whole_backbone,
            "matched": list(report.matched),
            "missing": list(report.missing),
            "other_shape": list(report.other_shape),
            "foreign": list(report.foreign),
            "licence": report.licence,
        }
    )


def _counted(what: str, keys: tuple[str, ...]) -> list[str]:
    return [what, str(len(keys)), ", ".join(keys[:2]) + (" …" if len(keys) > 2 else "")]


def _as_json(info: HeadInfo, each: WeightsInfo) -> dict[str, object]:
    return {
        "head": info.name,
        "name": each.name,
        "scope": each.scope,
        "here": each.is_here,
        "path": str(weights_folder() / each.file_name),
        "size_bytes": each.size_bytes,
        "sha256_prefix": each.sha_prefix,
        "score": each.score,
        "licence": each.licence,
    }


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / _MEGABYTE:.1f}"


def _yes(here: bool) -> str:
    return "yes" if here else "no"
