"""How a training ends that does not come to its end: wishes to stop, and what is told of a failure."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from segstudio.errors import SegStudioError
from segstudio.runs.events import RunFailed
from segstudio.runs.folder import EventLog, RunFolder


@contextmanager
def stop_on_interrupt(*, in_team: bool = False) -> Iterator[list[int]]:
    """Turn the first Ctrl-C (or SIGTERM) into a wish: the list is no longer empty. A second one interrupts.

    A process `in_team` that leaves the block ends soon, and may have to say why: torchrun, which then ends all that are
    left with SIGTERM, is to let it speak.
    """
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
        if in_team:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


@contextmanager
def failure_told(log: EventLog, folder: RunFolder, *, watched: bool = False) -> Iterator[None]:
    """Write into the event log what ended the run, so that whoever follows it learns of it."""
    from segstudio.training.team import TeamShortOfMemoryError

    try:
        yield
    except TeamShortOfMemoryError as error:
        if not watched:
            _tell_failure(log, RunFailed(problem=str(error)))
        raise
    except SegStudioError as error:
        _tell_failure(log, RunFailed(problem=str(error)))
        raise
    except Exception as error:
        told = told_of_machine(error, folder)
        if told is None:
            _tell_failure(log, RunFailed(problem=f"{type(error).__name__}: {error}"))
            raise
        _tell_failure(log, RunFailed(problem=str(told)))
        raise told from error


def _tell_failure(log: EventLog, event: RunFailed) -> None:
    """Write it where the disk takes it: what ended the run is told in any case."""
    with suppress(SegStudioError):
        log.append(event)


def told_of_machine(error: Exception, folder: RunFolder) -> SegStudioError | None:
    """Return the sentence for a training that memory does not suffice for or whose GPU has failed, None for any other
    error.
    """
    from segstudio.training.devices import is_device_failure, is_out_of_memory

    if is_device_failure(error):
        return SegStudioError(
            f"the GPU failed in the middle of training ({str(error).splitlines()[0].rstrip('.')})",
            where=str(folder.path),
            fix="Resume the run: it goes on from its last checkpoint. If it fails again, restart the computer and bring the"
            " graphics driver up to date",
        )
    if not is_out_of_memory(error):
        return None
    return SegStudioError(
        "training ran out of memory",
        where=str(folder.path),
        fix="Train with fewer crops per step (batch_size), smaller ones (crop_px) or a smaller head;"
        " or free memory and resume",
    )
