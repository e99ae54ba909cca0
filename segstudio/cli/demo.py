"""`segstudio demo`: the sample project from its annotations to reviewed overlays, with nothing but this program."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.evaluate import evaluate
from segstudio.cli.import_ import import_
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.predict import predict
from segstudio.cli.train import train_new
from segstudio.cli.window import can_be_seen, open_window_apart
from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from segstudio.project.review_queue import ReviewQueue, ReviewRecord
from segstudio.project.splitting import split_project
from segstudio.resource_files import load_script
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import load_recipe

_CLASSES = ("sky:#56B4E9", "ground:#009E73", "airplane:#F0E442", "person:#D55E00")
_ORDER = "sky,ground,airplane,person"
_HELD_OUT = 0.25
_NEW_PHOTOS = 4
_NEW_SEED = 77
"""New photos are drawn with another seed than those of the project."""


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where everything goes; must not hold a demo yet.")
    ] = Path("segstudio-demo"),
    *,
    photos: Annotated[int, typer.Option(min=12, max=2000, help="Photos in the sample project.")] = 36,
    epochs: Annotated[int | None, typer.Option(min=1, help="Train longer or shorter.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    headless: Annotated[bool, typer.Option("--headless", help="Open no window at the end.")] = False,
    json: JsonOption = False,
) -> None:
    """Make the sample project by importing LabelMe XML, train on it, score it, segment new photos, and show it all.

    At the end the window opens on the project, with the new photos and those held out in Review, where there is a
    display; close it and the demo is over.
    """
    out = Output(json)
    started = time.monotonic()
    places = _Places(folder.absolute())
    places.refuse_an_old_demo()
    _draw(places, photos, out)
    project = _import(places, out)
    recipe = load_recipe("demo", [f"epochs={epochs}"] if epochs else [])
    out.say("")
    out.say(f"3. Training {recipe.head} from scratch …")
    trained = train_new(project, recipe, out, device=device)
    run = RunFolder(Path(str(trained["folder"])))
    if trained["state"] != "finished":
        out.finish({"folder": str(places.root), **trained})
        raise SegStudioError(
            "the demo's training was stopped",
            where=str(run.path),
            fix=f"Go on with: segstudio train {project.folder} --resume {run.name}",
        )
    out.say("")
    out.say("4. Scores on the photos that were held out:")
    evaluate(project.folder, model=str(run.best), out=places.scores, device=device, json=json)
    out.say("")
    out.say("5. Segmenting new photos that are not in the project …")
    predict([places.new], model=str(run.best), out=places.results, device=device, json=json)
    _lay_out_for_review(places, project)
    _tell(places, project, run, time.monotonic() - started, out)
    out.finish({"folder": str(places.root), "project": str(project.folder), **trained})
    if not headless and not json:
        _show(project, out)


class _Places:
    """Where the parts of the demo lie."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sample = root / "sample"
        self.new = root / "new-photos"
        self.project = root / "project"
        self.scores = root / "scores"
        self.results = root / "results"

    def refuse_an_old_demo(self) -> None:
        """Raise a SegStudioError when the folder holds anything: nothing is ever overwritten."""
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise SegStudioError(
                "the demo's folder is not empty",
                where=str(self.root),
                fix="Remove it, or name another: demo DIR",
            )


def _draw(places: _Places, photos: int, out: Output) -> None:
    sample = load_script("sample/skydiving.py")
    out.say(f"1. Drawing {photos} photos with LabelMe XML, and {_NEW_PHOTOS} new ones without …")
    with out.progress("Drawing", photos + _NEW_PHOTOS) as advance:
        sample.generate(places.sample, photos=photos, progress=lambda done, total: advance(1))
        drawn = sample.generate(
            places.root / ".new", photos=_NEW_PHOTOS, seed=_NEW_SEED, progress=lambda done, total: advance(1)
        )
    places.new.mkdir()
    for number, (picture, annotation) in enumerate(zip(drawn.photos, drawn.annotations, strict=True), 1):
        picture.rename(places.new / f"new_{number:04d}.jpg")
        annotation.unlink()
    for empty in ("photos", "annotations", ""):
        (places.root / ".new" / empty).rmdir()


def _import(places: _Places, out: Output) -> Project:
    out.say("")
    out.say("2. Importing the annotations into a new project …")
    Project.create(places.project, name="Sample jumps", classes=ClassList.from_names(_CLASSES))
    import_(
        [places.sample / "annotations"],
        project=places.project,
        photos=[places.sample / "photos"],
        order=_ORDER,
    )
    project = Project.open(places.project)
    sizes = split_project(project, fraction=_HELD_OUT)
    out.say(f"{sizes['train']} photos are for training, {sizes['val']} are held out.")
    return project


def _lay_out_for_review(places: _Places, project: Project) -> None:
    """Let the window find in Review the new photos, and those held out, whose truth is known."""
    queue = ReviewQueue(project.folder)
    for photo in sorted(places.new.iterdir()):
        queue.put(ReviewRecord(photo=queue.told(photo), outside=True))
    for held_out in project.photos():
        if held_out.split == "val":
            queue.put(ReviewRecord(photo=held_out.key))


def _show(project: Project, out: Output) -> None:
    if not can_be_seen():
        opening = f"segstudio {shlex.quote(str(project.folder))}"
        out.say("")
        out.say(f"There is no display here to open the window on. Where there is one:  {opening}")
        return
    out.say("")
    out.say("The window opens on the project: drop a photo on it, or train it further. Close it to end.")
    if not open_window_apart(project.folder, "review"):
        out.warn("The window could not be shown; everything above is there all the same.")


def _tell(places: _Places, project: Project, run: RunFolder, seconds: float, out: Output) -> None:
    out.say("")
    out.table(
        f"Done in {seconds / 60:.1f} minutes. Where everything is:",
        ["what", "where"],
        [
            ["overlays, masks and class panels of new photos", str(places.results)],
            ["scores, confusion matrix, panels with truth", str(places.scores)],
            ["the project", str(project.folder)],
            ["the run", str(run.path)],
            ["the model", str(run.best)],
            ["the photos and LabelMe XML it began with", str(places.sample)],
        ],
    )
    out.say(
        f"Try it on your own photo:  segstudio predict PHOTO --model {shlex.quote(str(run.best))} --out OUT"
    )
