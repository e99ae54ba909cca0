"""`segstudio train`: a run, from the first step or from where it stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.gpus import Silent, check_devices, own_place, train_on_many
from segstudio.cli.initial import changes_from
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.scores import score_rows, score_text
from segstudio.cli.stages import Stages
from segstudio.cli.tables import Tables
from segstudio.cli.telling import Teller
from segstudio.cli.train_ends import failure_told, stop_on_interrupt
from segstudio.cli.train_helping import helped
from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.project.splitting import split_project
from segstudio.runs.events import EpochDone, RunFinished
from segstudio.runs.folder import NEWEST, RunFolder, appending, find_run, list_runs
from segstudio.runs.only_with import told_of_unused
from segstudio.runs.recipe import Recipe, load_recipe
from segstudio.runs.resuming import check_processes

if TYPE_CHECKING:
    from segstudio.training.team import Team


def train(
    project: ProjectArgument,
    *,
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="A named recipe or a TOML file: see `segstudio recipes`. Default: quick-cpu.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one recipe field; repeat it."),
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with this run (its name or folder, or `last`).")
    ] = None,
    init_from: Annotated[
        str | None,
        typer.Option(
            metavar="RUN|FILE",
            help="Start from this model, with its head; classes of the same name keep what was learnt.",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What the run is called. Default: its time and head.")
    ] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    gpus: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Train on N GPUs of this machine (with --device cpu: N processes)."
        ),
    ] = 1,
    heed_stop: Annotated[
        bool, typer.Option("--heed-stop", hidden=True, help="Heed a wish to stop that is there already.")
    ] = False,
    watched: Annotated[
        bool,
        typer.Option("--watched", hidden=True, help="Whoever began this begins it again without memory."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Train a model on a project.

    Ctrl-C stops at the next step and keeps everything; go on with --resume. For several machines start it with torchrun:
    see docs/training.md.
    """
    if resume is not None and (set_ or recipe or name or init_from):
        raise SegStudioError(
            "a run goes on with its own recipe and name",
            fix="Leave --recipe, --set, --init-from and --name out, or start a new run",
        )
    if init_from and any(change.partition("=")[0].strip() == "weights" for change in set_ or ()):
        raise SegStudioError(
            "--init-from and --set weights both say where the weights start", fix="Leave one of them out"
        )
    if gpus > 1:
        check_devices(device, gpus)
    with own_place(device, watched=watched) as (team, own_device):
        out = Output(json) if team is None or team.is_first else Silent()
        opened = open_project(project)

        def chosen() -> str:
            """Find the run to go on with, or make a new one."""
            if resume is not None:
                found = _run_named(opened.runs_folder, resume)
                found.check_links()
                check_processes(found, gpus if team is None else team.size)
                return str(found.path)
            first = changes_from(init_from, opened.folder, set_ or []) if init_from else []
            new = load_recipe(recipe or "quick-cpu", [*first, *(set_ or [])])
            for told in told_of_unused(new, [change.partition("=")[0].strip() for change in set_ or ()]):
                out.warn(f"{told}.")
            make_split(opened, new, out)
            return str(RunFolder.create(opened.runs_folder, new, name=name).path)

        folder = RunFolder(Path(chosen() if team is None else team.told(chosen)))
        with _gone_unless_begun(folder, is_ours=resume is None and (team is None or team.is_first)):
            if gpus > 1:
                if not heed_stop:
                    folder.forget_stop()
                train_on_many(opened.folder, folder, gpus=gpus, device=device, json=json)
                return
            out.finish(
                train_in(
                    opened,
                    folder.recipe(),
                    folder,
                    out,
                    device=own_device,
                    resume=resume is not None,
                    heed_stop=heed_stop,
                    team=team,
                    watched=watched,
                )
            )


def make_split(project: Project, recipe: Recipe, out: Output) -> None:
    """Split the photos that nobody decided about at random when none is for validation yet, and say so."""
    left_out = [photo.key for photo in project.photos() if photo.damage]
    if left_out:
        out.warn(f"Left out, as their records cannot be read: {', '.join(left_out)} (see segstudio check).")
    labelled = [photo for photo in project.photos() if photo.is_labelled]
    undecided = [photo for photo in labelled if photo.split is None]
    if not labelled or any(photo.split == "val" for photo in labelled):
        return
    if len(undecided) < 2:
        out.warn("No photo is for validation: there will be no score (segstudio check --split random).")
        return
    sizes = split_project(project, seed=recipe.seed, only_undecided=True)
    out.say(
        f"Split at random: {counted(sizes['train'], 'photo')} for training, {sizes['val']} for validation."
    )


def train_new(
    project: Project, recipe: Recipe, out: Output, *, device: str, name: str = "", heed_stop: bool = False
) -> dict[str, object]:
    """Start a new run and follow it like `train_in`; when it cannot even begin, it leaves no folder."""
    folder = RunFolder.create(project.runs_folder, recipe, name=name)
    with _gone_unless_begun(folder):
        return train_in(project, recipe, folder, out, device=device, resume=False, heed_stop=heed_stop)


@contextmanager
def _gone_unless_begun(folder: RunFolder, *, is_ours: bool = True) -> Iterator[None]:
    try:
        yield
    finally:
        if is_ours and not folder.has_begun:
            folder.forget_stop()
            shutil.rmtree(folder.path, ignore_errors=True)


def train_in(
    project: Project,
    recipe: Recipe,
    folder: RunFolder,
    out: Output,
    *,
    device: str,
    resume: bool,
    heed_stop: bool = False,
    team: Team | None = None,
    watched: bool = False,
) -> dict[str, object]:
    """Run the training of `folder` to its end or until Ctrl-C; return what a program wants to know.

    Of the processes of a `team` only the first one holds the run, writes its log, and is told wishes to stop. A team that
    is `watched` and has run out of memory has not failed: it is started again.

    A wish to stop that is there already is old and forgotten, unless `heed_stop` says that it is not: who starts this
    process may wish it to stop before it is as far as this. One that is left while photos are read holds always.
    """
    from segstudio.training.prepare import prepare
    from segstudio.training.team import ALONE

    team = team or ALONE
    tables = Tables(folder, recipe)
    if not team.is_first:
        return helped(project, recipe, folder, device=device, resume=resume, team=team)
    best: EpochDone | None = None
    finished = None
    with folder.held(), ExitStack() as stack:
        if not heed_stop:
            folder.forget_stop()
        with Stages(out) as stages:
            prepared = prepare(
                project,
                recipe,
                folder,
                device=device,
                resume=resume,
                progress=stages.stage("Reading photos"),
                fetching=stages.bytes_stage("Fetching weights"),
                team=team,
            )
        stack.enter_context(closing(prepared))
        log = stack.enter_context(appending(folder.log))
        stack.enter_context(failure_told(log, folder, watched=watched))
        interrupted = stack.enter_context(stop_on_interrupt(in_team=team.size > 1))
        teller = stack.enter_context(Teller(out, folder))
        stack.enter_context(closing(tables))
        for event in prepared.trainer.run(lambda: bool(interrupted) or folder.is_asked_to_stop()):
            log.append(event)
            tables.take(event)
            teller.tell(event)
            if isinstance(event, EpochDone) and _is_better(event, best):
                best = event
            if isinstance(event, RunFinished):
                finished = event
        folder.forget_stop()
    model = folder.best if folder.best.exists() else folder.last
    # After a resume that found nothing better, the best epoch's scores were told before.
    if finished and best and best.scores and best.epoch == finished.best_epoch:
        out.table(f"Validation of the best model (epoch {best.epoch})", *score_rows(best.scores))
    if finished is not None:
        epoch = f" in epoch {finished.best_epoch}" if finished.best_epoch else ""
        out.say(f"Finished. Best mIoU {score_text(finished.best_miou)}{epoch}.")
        out.say(f"The model: {model}")
    return {
        "run": folder.name,
        "folder": str(folder.path),
        "state": folder.state(),
        "best_miou": finished.best_miou if finished else None,
        "model": str(model),
    }


def _is_better(event: EpochDone, best: EpochDone | None) -> bool:
    if event.scores is None or event.scores.miou is None:
        return False
    return best is None or best.scores is None or event.scores.miou > (best.scores.miou or 0)


def _run_named(runs: Path, name: str) -> RunFolder:
    if name == NEWEST:
        found = [run for run in list_runs(runs) if run.has_begun]
        if not found:
            raise SegStudioError("there is no run to go on with", where=str(runs))
        return found[-1]
    return find_run(runs, name)
