"""`segstudio check`: what would spoil a training, and the fix."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.project.class_uses import count_masks
from segstudio.project.classes import VOID
from segstudio.project.learnt_classes import LearntClass, learnt_classes
from segstudio.project.photos import Photo
from segstudio.project.preflight import Demand, Finding, examine
from segstudio.project.project import Project
from segstudio.project.splits import Grouping, one_group_told
from segstudio.project.splitting import split_project
from segstudio.project.statistics import total
from segstudio.runs.heads import head_named
from segstudio.runs.patience import told_of_waiting
from segstudio.runs.recipe import Recipe, load_recipe

_MEGABYTE = 1_000_000
_SAVED_COPIES = 3
"""best.pt is one copy of the weights, last.pt one more and the optimizer's numbers."""

_SEVERITIES = ("error", "warning", "hint")

SplitChoice = Literal["random", "folder", "burst"]


def check(
    project: ProjectArgument,
    *,
    recipe: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The recipe that is planned.")
    ] = "quick-cpu",
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one recipe field.")
    ] = None,
    split: Annotated[
        SplitChoice | None,
        typer.Option(help="Split the labelled photos anew first, keeping folders or bursts together."),
    ] = None,
    fraction: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Part of the photos to validate on.")
    ] = 0.2,
    seed: Annotated[int, typer.Option(min=0, help="Start of the random split.")] = 0,
    json: JsonOption = False,
) -> None:
    """Tell what would spoil a training, and the fix. Exit status 1 when something would stop it."""
    out = Output(json)
    opened = open_project(project)
    planned = load_recipe(recipe, set_ or [])
    if split is not None:
        _split(opened, split, out, fraction=fraction, seed=seed)
    learnt = learnt_classes(opened.classes, ignored=planned.ignore_classes, merged=planned.merge)
    photos = opened.photos()
    with out.progress("Reading photos", len(photos)) as advance:
        demand = _demand(opened, planned)
        findings = examine(opened, demand, lambda done, count: advance(1), learnt=learnt)
    findings = sorted(
        [*findings, *_waiting(photos, planned)], key=lambda each: _SEVERITIES.index(each.severity)
    )
    errors = sum(finding.severity == "error" for finding in findings)
    balance = [] if errors else _balance(opened)
    if not errors:
        _tell_classes(balance, learnt, out)
    for finding in findings:
        out.say(f"{finding.severity}: {finding.problem}. {finding.fix}.")
    if not findings:
        out.say("Nothing to complain about.")
    rows = [asdict(row) for row in balance if row.index != VOID]
    out.finish({"photos": len(photos), "findings": [_as_json(each) for each in findings], "classes": rows})
    if errors:
        raise SegStudioError(
            f"{errors} problem{'s' if errors > 1 else ''} would stop a training (told above)",
            where=str(opened.folder),
            fix="Mend what is called an error first",
        )


def _split(project: Project, split: SplitChoice, out: Output, *, fraction: float, seed: int) -> None:
    grouping: Grouping = "none" if split == "random" else split
    sizes = split_project(project, fraction=fraction, seed=seed, grouping=grouping)
    out.say(
        f"Split ({split}): {counted(sizes['train'], 'photo')} for training, {sizes['val']} for validation."
    )
    if divided := one_group_told([photo.key for photo in project.photos() if photo.is_labelled], grouping):
        out.say(f"{divided}.")


def _waiting(photos: Sequence[Photo], recipe: Recipe) -> list[Finding]:
    """Return what of the recipe waits for validation in vain; photos of no split are split when the training starts."""
    labelled = [photo for photo in photos if photo.is_labelled]
    undecided = sum(photo.split is None for photo in labelled)
    validates = undecided > 1 or any(photo.split == "val" for photo in labelled)
    fix = "Train longer, or let it wait for fewer" if validates else "Give some photos the split val"
    code = "waits-too-long" if validates else "waits-in-vain"
    return [
        Finding("warning", code, told, fix)
        for told in told_of_waiting(recipe, validates=validates)
        if labelled
    ]


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity,
        "code": finding.code,
        "problem": finding.problem,
        "fix": finding.fix,
        "photos": list(finding.photos),
        "changes": dict(finding.changes),
    }


def _demand(project: Project, recipe: Recipe) -> Demand:
    """Estimate what the training will need; on a machine with a GPU its memory is not looked at here."""
    import psutil

    head = head_named(recipe.head)
    moments = 1 if recipe.optimizer == "sgd" else 2
    needed = head.training_bytes(
        batch_size=recipe.batch_size, crop_px=recipe.crop_px, optimizer_values=moments
    )
    weights = head.parameters * 4
    return Demand(
        batch_size=recipe.batch_size,
        crops_per_photo=recipe.crops_per_photo,
        memory_mb=needed / _MEGABYTE,
        memory_free_mb=psutil.virtual_memory().available / _MEGABYTE,
        disk_mb=weights * (_SAVED_COPIES + moments) / _MEGABYTE,
        disk_free_mb=shutil.disk_usage(project.folder).free / _MEGABYTE,
    )


@dataclass(frozen=True, slots=True)
class _Balance:
    """How much of one class there is: its part of the labelled pixels (for void: of all), and photos that hold it."""

    index: int
    name: str
    share: float
    photos: int
    train: int
    val: int


def _balance(project: Project) -> list[_Balance]:
    """Count every class, and void behind them."""
    photos = project.photos()
    counts = count_masks(project, photos)
    val = {photo.key for photo in photos if photo.split == "val"}
    # Beside validation photos those of no split train; without any, training will split them first.
    train = {photo.key for photo in photos if photo.split == "train" or (val and photo.split is None)}
    everywhere = total(counts)
    void = everywhere.pixels.get(VOID, 0)
    rows = []
    for index, name in [(entry.index, entry.name) for entry in project.classes.classes] + [(VOID, "void")]:
        holders = {count.key for count in counts if index in count.pixels}
        share = everywhere.share(index) if index != VOID else void / max(1, void + everywhere.labelled_pixels)
        rows.append(_Balance(index, name, share, len(holders), len(holders & train), len(holders & val)))
    return rows


def _tell_classes(balance: Sequence[_Balance], learnt: Sequence[LearntClass], out: Output) -> None:
    rows = [
        [row.name, f"{row.share:.2%}", str(row.photos), str(row.train), str(row.val)]
        for row in balance
        if row.index != VOID
    ]
    out.table("", ["class", "of labelled pixels", "photos", "training", "validation"], rows)
    void = next(row.share for row in balance if row.index == VOID)
    if void:
        out.say(f"{void:.2%} of all pixels are void (not labelled).")
    for each in learnt:
        if each.includes:
            out.say(f"{each.entry.name} is learnt with {', '.join(entry.name for entry in each.includes)}.")
