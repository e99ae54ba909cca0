"""`segstudio train`: a run, from the first step or from where it stopped."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.output import JsonOption, Output
from segstudio.cli.scores import score_rows, score_text
from segstudio.cli.stages import Stages
from segstudio.cli.telling import Teller
from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.project.splitting import split_project
from segstudio.runs.events import EpochDone, RunFailed, RunFinished
from segstudio.runs.folder import RunFolder, appending, find_run, list_runs
from segstudio.runs.recipe import Recipe, load_recipe


def train(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="The project folder.")],
    *,
    recipe: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="A named recipe or a TOML file: see `segstudio recipes`.")
    ] = "quick-cpu",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one recipe field; repeat it."),
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with this run (its name, or `last`).")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    json: JsonOption = False,
) -> None:
    """Train a model on a project.

    Ctrl-C stops at the next step and keeps everything; go on with --resume.
    """
    out = Output(json)
    opened = Project.open(project)
    if resume is not None:
        if set_:
            raise SegStudioError(
                "a run goes on with its own recipe", fix="Leave --set out, or start a new run"
            )
        folder = _run_named(opened.runs_folder, resume)
        chosen = folder.recipe()
    else:
        chosen = load_recipe(recipe, set_ or [])
        make_split(opened, chosen, out)
        folder = RunFolder.create(opened.runs_folder, chosen)
    out.finish(train_in(opened, chosen, folder, out, device=device, resume=resume is not None))


def make_split(project: Project, recipe: Recipe, out: Output) -> None:
    """Split the labelled photos at random when none is for validation yet, and say so."""
    labelled = [photo for photo in project.photos() if photo.has_mask]
    if any(photo.split == "val" for photo in labelled) or len(labelled) < 2:
        return
    if all(photo.split == "train" for photo in labelled):
        out.warn("No photo is for validation: there will be no score (segstudio check --split random).")
        return
    sizes = split_project(project, seed=recipe.seed)
    out.say(f"Split at random: {sizes['train']} photos for training, {sizes['val']} for validation.")


def train_in(
    project: Project, recipe: Recipe, folder: RunFolder, out: Output, *, device: str, resume: bool
) -> dict[str, object]:
    """Run the training of `folder` to its end or until Ctrl-C; return what a program wants to know."""
    from segstudio.training.prepare import prepare

    folder.forget_stop()
    scores, finished = None, None
    with appending(folder.log) as log, _stop_on_interrupt() as interrupted, _failure_told(folder):
        with Stages(out) as stages:
            prepared = prepare(
                project,
                recipe,
                folder,
                device=device,
                resume=resume,
                say=out.say,
                progress=stages.stage("Reading photos"),
                fetching=stages.bytes_stage("Fetching weights"),
            )
        with closing(prepared), Teller(out, folder) as teller:
            for event in prepared.trainer.run(lambda: bool(interrupted) or folder.is_asked_to_stop()):
                log.append(event)
                teller.tell(event)
                if isinstance(event, EpochDone) and event.scores is not None:
                    scores = event.scores
                if isinstance(event, RunFinished):
                    finished = event
    folder.forget_stop()
    if scores is not None and finished is not None:
        out.table("Validation after the last epoch", *score_rows(scores))
    if finished is not None:
        out.say(
            f"Finished. Best mIoU {score_text(finished.best_miou)} in epoch {finished.best_epoch or '–'}."
        )
        out.say(f"The model: {folder.best if folder.best.exists() else folder.last}")
    return {
        "run": folder.name,
        "folder": str(folder.path),
        "state": folder.state(),
        "best_miou": finished.best_miou if finished else None,
        "model": str(folder.best if folder.best.exists() else folder.last),
    }


def _run_named(runs: Path, name: str) -> RunFolder:
    if name == "last":
        found = list_runs(runs)
        if not found:
            raise SegStudioError("there is no run to go on with", where=str(runs))
        return max(found, key=lambda run: run.path.stat().st_mtime)
    return find_run(runs, name)


@contextmanager
def _stop_on_interrupt() -> Iterator[list[int]]:
    """Turn the first Ctrl-C (or SIGTERM) into a wish: the list is no longer empty. A second one interrupts."""
    seen: list[int] = []
    handled = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in handled}

    def note(number: int, _frame: object) -> None:
        seen.append(number)
        for each, handler in before.items():
            signal.signal(each, handler)

    for number in handled:
        signal.signal(number, note)
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _failure_told(folder: RunFolder) -> Iterator[None]:
    """Write a problem into the event log too, so that whoever follows the run learns of it."""
    try:
        yield
    except SegStudioError as error:
        with appending(folder.log) as log:
            log.append(RunFailed(problem=str(error)))
        raise
    except MemoryError as error:
        raise _out_of_memory(folder) from error
    except RuntimeError as error:
        # torch has no common type for it: the CPU's allocator raises a plain RuntimeError.
        if "memory" not in str(error).lower():
            raise
        raise _out_of_memory(folder) from error


def _out_of_memory(folder: RunFolder) -> SegStudioError:
    error = SegStudioError(
        "training ran out of memory",
        where=str(folder.path),
        fix="Use a smaller batch_size or crop_px (--set batch_size=2), or a smaller head",
    )
    with appending(folder.log) as log:
        log.append(RunFailed(problem=str(error)))
    return error
