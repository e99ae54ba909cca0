"""`segstudio augment`: what a recipe's augmentation does to a few photos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.errors import SegStudioError
from segstudio.files import write_bytes
from segstudio.project.images import encode_jpeg
from segstudio.review.overlay import overlay
from segstudio.runs.recipe import load_recipe

_OPACITY = 0.4


def augment(
    project: ProjectArgument,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the pictures go.")],
    recipe: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The recipe that is planned.")
    ] = "quick-cpu",
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one recipe field.")
    ] = None,
    photos: Annotated[int, typer.Option(min=1, max=64, help="How many photos.")] = 3,
    crops: Annotated[int, typer.Option(min=1, max=64, help="How many crops of each.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Another number gives other crops.")] = 0,
    json: JsonOption = False,
) -> None:
    """Write crops of training photos as the network would be given them, masks laid over."""
    from segstudio.training.augmented import augmented_crops

    said = Output(json)
    opened = open_project(project)
    planned = load_recipe(recipe, set_ or [])
    written = []
    for crop in augmented_crops(opened, planned, photos=photos, crops=crops, seed=seed):
        path = out / f"{crop.photo.replace('/', '-')}-{crop.number}.jpg"
        write_bytes(path, encode_jpeg(overlay(crop.pixels, crop.mask, opened.classes, opacity=_OPACITY)))
        written.append({"photo": crop.photo, "file": str(path)})
    if not written:
        raise SegStudioError(
            "no labelled photo is for training", where=str(opened.folder), fix="Run `segstudio check` on it"
        )
    said.say(f"{len(written)} pictures are in {out}.")
    said.finish({"crops": written})
