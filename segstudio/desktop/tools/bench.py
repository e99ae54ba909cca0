"""Bench: what every tool has at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtGui import QColor

from segstudio.desktop.tools.options import ToolOptions
from segstudio.desktop.tools.tool import Surface, Tool

Result = TypeVar("Result")


class Bench(Protocol):
    """What a tool works with; the tool box gives it. In the GUI thread."""

    @property
    def surface(self) -> Surface | None:
        """What is painted on; None while there is nothing."""

    @property
    def options(self) -> ToolOptions:
        """What to paint and how, as it is now."""

    def colour(self, value: int) -> QColor:
        """Return the colour of a class (or void)."""

    def class_name(self, value: int) -> str:
        """Return the name of a class (or void)."""

    def ask_for_redraw(self) -> None:
        """Let the canvas draw the tool anew."""

    def say(self, message: str) -> None:
        """Show one line to the person."""

    def choose_value(self, value: int) -> None:
        """Paint with this class (or void) from now on."""

    def choose_tolerance(self, tolerance: float) -> None:
        """Change the tolerance of the magic wand."""

    def go_back(self) -> None:
        """Choose the tool again that was chosen before this one."""

    def work_out(
        self,
        owner: Tool,
        make: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[], None],
        *,
        at_once: bool,
    ) -> None:
        """Call `then` with what `make` returns: in this very call when `at_once`, else made in a worker thread.

        Of the wishes of one `owner` that wait, only the newest is worked out. From a worker, `then` comes neither in
        the middle of another tool's stroke nor while the photo cannot be painted: it waits until then.
        When `make` raises, `failed` is called and what was raised goes on.
        """

    def forget_work(self, owner: Tool) -> None:
        """Drop what is being worked out for a tool: its `then` will not be called."""
