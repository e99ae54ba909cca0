"""The part of a process that is not the first one of a training, and its last duty where the first one has died."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from segstudio.cli.train_ends import stop_on_interrupt, told_of_machine
from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.runs.events import RunFailed, RunStarted, StepDone, decode_event
from segstudio.runs.folder import RunFolder, appending
from segstudio.runs.recipe import Recipe
from segstudio.runs.resuming import way_on

if TYPE_CHECKING:
    from segstudio.training.team import Team
    from segstudio.training.trainer import Trainer

_PATIENCE_S = 20.0
"""How long the first process, or another that is left, may take to save: torchrun ends all after thirty."""

_SAME_MOMENT_S = 2.0
"""How much later than this process the first one may tell what both have met."""


def helped(
    project: Project, recipe: Recipe, folder: RunFolder, *, device: str, resume: bool, team: Team
) -> dict[str, object]:
    """Train with the others, and write nothing.

    Where the first process has died, one of those that are left writes in its place: the checkpoint, the end of the log,
    and the sentence, which is raised here.
    """
    from segstudio.training.prepare import prepare
    from segstudio.training.team import TeamLostError, TeamShortOfMemoryError

    newest: StepDone | None = None
    with stop_on_interrupt(in_team=True) as interrupted:
        prepared = prepare(project, recipe, folder, device=device, resume=resume, team=team)
        with closing(prepared):
            try:
                for event in prepared.trainer.run(lambda: bool(interrupted)):
                    newest = event if isinstance(event, StepDone) else newest
            except TeamShortOfMemoryError:
                raise
            except TeamLostError as error:
                if told := _ended_in_place_of_first(prepared.trainer, folder, newest, team):
                    raise told from error
                raise
            except SegStudioError as error:
                if _is_told_by_first(folder, error):
                    raise SystemExit(1) from error
                raise
            except (RuntimeError, MemoryError) as error:
                if told := told_of_machine(error, folder):
                    raise told from error
                raise
    return {}


def _ended_in_place_of_first(
    trainer: Trainer, folder: RunFolder, newest: StepDone | None, team: Team
) -> SegStudioError | None:
    """Save, end the log, and return what is to be told, where the first process has died; None where somebody else does so.

    Who holds the run writes. It cannot be had before the first process has ended, and whoever of the others comes later
    finds the log at its end.
    """
    with suppress(SegStudioError), folder.held(timeout_s=_PATIENCE_S), appending(folder.log) as log:
        if folder.state() != "open":
            return None
        if newest is not None and newest.step > _last_step_told(folder):
            log.append(newest)
        with suppress(RuntimeError, MemoryError, SegStudioError):
            if saved := trainer.save_in_place_of_first():
                log.append(saved)
        told = SegStudioError(
            f"the first of the {team.size} processes of this training was ended",
            where=str(folder.path),
            fix=way_on(folder, team.size),
        )
        log.append(RunFailed(problem=str(told)))
        return told
    return None


def _is_told_by_first(folder: RunFolder, error: SegStudioError) -> bool:
    """Tell whether the first process has ended the run with the same sentence: what all meet at once is told once."""
    end = time.monotonic() + _SAME_MOMENT_S
    while time.monotonic() < end:
        last = folder.events(steps=False)[-1:]
        if any(isinstance(event, RunFailed) and event.problem == str(error) for event in last):
            return True
        time.sleep(0.1)
    return False


def _last_step_told(folder: RunFolder) -> int:
    for line in reversed(folder.lines()):
        event = decode_event(line)
        if isinstance(event, StepDone | RunStarted):
            return event.step
    return 0
