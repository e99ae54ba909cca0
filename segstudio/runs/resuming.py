"""Going on with a run: by as many processes as began it, and in which words it is told how."""

from __future__ import annotations

from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.runs.events import RunStarted
from segstudio.runs.folder import RunFolder


def check_processes(folder: RunFolder, processes: int) -> None:
    """Raise SegStudioError where so many processes cannot go on with the run from its checkpoint, for others have trained it.

    A step is of the crops of all processes: steps counted with another number of them are none of this one's epochs. A run
    without a checkpoint begins anew with any number, and one whose log is of a version that did not tell it is believed.
    """
    if not folder.last.exists():
        return
    started = next(
        (event for event in reversed(folder.events(steps=False)) if isinstance(event, RunStarted)), None
    )
    if started is None or "processes" not in started.model_fields_set or started.processes == processes:
        return
    own = f"with --gpus {started.processes}" if started.processes > 1 else "without --gpus"
    raise SegStudioError(
        f"this run was trained by {counted(started.processes, 'process', 'processes')} and cannot go on with {processes}",
        where=str(folder.path),
        fix=f"Go on {own}, or begin another run from its model with --init-from {folder.name}",
    )


def resume_words(name: str, processes: int) -> str:
    """Return the options that go on with the run of this name by so many processes."""
    return " ".join(("--resume", name, *(("--gpus", str(processes)) if processes > 1 else ())))


def way_on(folder: RunFolder, processes: int) -> str:
    """Return what a person can do after the run was ended by force: nothing is promised that was not saved."""
    if not folder.has_begun:
        return "It had not begun to learn: start it again, where memory is short with fewer processes or a smaller cache_mb"
    words = resume_words(folder.name, processes)
    if folder.last.exists():
        return f"Go on from the last checkpoint with {words}"
    return f"Nothing was saved yet: {words} begins the run anew"
