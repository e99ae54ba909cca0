"""Progress of work that goes through several stages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from segstudio.cli.output import Output

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""

_MEGABYTE = 1_000_000


class Stages:
    """Progress bars of stages that come one after the other: a terminal shows one at a time."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._open = ExitStack()
        self._shown = ""
        self._done = 0
        self._advance: Callable[[int], None] | None = None

    def __enter__(self) -> Stages:
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def stage(self, what: str) -> Progress:
        """Return the `progress` of one stage; its bar replaces the one before when it is first called."""

        def progress(done: int, total: int) -> None:
            if self._shown != what or self._advance is None:
                self._open.close()
                self._advance = self._open.enter_context(self._out.progress(what, total))
                self._shown, self._done = what, 0
            self._advance(done - self._done)
            self._done = done

        return progress

    def bytes_stage(self, what: str) -> Progress:
        """Return the `progress` of a stage that counts bytes; its bar counts megabytes."""
        progress = self.stage(f"{what} (MB)")
        return lambda done, total: progress(done // _MEGABYTE, max(1, total // _MEGABYTE))
