"""What a person does with the folders of runs: rename, throw away, take back."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from segstudio.desktop.train.launch import output_of
from segstudio.errors import SegStudioError
from segstudio.files import is_link
from segstudio.runs.folder import RunFolder, run_name

TRASH = ".trash"


class RunUnderWayError(SegStudioError):
    """A process trains the run: it cannot be moved."""


def rename_run(run: Path, name: str) -> Path:
    """Give a run another name and return where it lies now; raises SegStudioError when that cannot be."""
    target = run.parent / run_name(name)
    if target == run:
        return run
    if target.exists():
        raise SegStudioError(
            f'there is a run "{target.name}" already', where=str(run), fix="Choose another name"
        )
    _move(run, target)
    with suppress(OSError):
        output_of(run).rename(output_of(target))
    return target


def trash_run(run: Path) -> Path:
    """Move a run to the trash folder of its project and return where it lies there; raises SegStudioError."""
    for number in range(1, 1000):
        target = run.parent / TRASH / (run.name if number == 1 else f"{run.name}-{number}")
        if not target.exists():
            break
    _move(run, target)
    return target


def restore_run(trashed: Path, run: Path) -> None:
    """Put a run back from the trash; raises SegStudioError when its place is taken."""
    if run.exists():
        raise SegStudioError(
            f'there is another run "{run.name}" now', where=str(trashed), fix="Rename that one first"
        )
    _move(trashed, run)


def _move(run: Path, target: Path) -> None:
    if RunFolder(run).is_held():
        raise RunUnderWayError(f"The run {run.name} is under way", fix="Stop it first")
    if is_link(target.parent) and target.parent.name == TRASH:
        raise SegStudioError(
            "the trash of the runs is a link: the run would be moved out of the project",
            where=str(target.parent),
            fix="Remove the link",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        run.rename(target)
    except OSError as error:
        raise SegStudioError(
            f"the run could not be moved ({error.strerror})",
            where=str(run),
            fix="Check that the project may be written and that no other program has the folder open",
        ) from error
