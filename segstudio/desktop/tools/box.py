"""ToolBox: the tool that is chosen, what it paints and how, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QColor

from segstudio.desktop.tools.bench import Result
from segstudio.desktop.tools.options import ToolOptions, stepped_size
from segstudio.desktop.tools.table import TOOLS
from segstudio.desktop.tools.tool import Surface, Tool
from segstudio.desktop.tools.worker import NewestWork
from segstudio.painting.wand import MAX_TOLERANCE
from segstudio.project.classes import VOID, VOID_RGB

FIRST_TOOL = "brush"

_LATE_MS = 30
"""So often it is tried again to paint what was worked out while that was not possible."""


class ToolBox(QObject):
    """Holds one of each tool. Made and used in the GUI thread; `shut_down` before the end.

    `class_names` and `class_colours` tell of the mask values. Before another photo is shown, call `finish` to
    keep what is complete, or `stop` to drop it; once it is shown, `follow_photo`.
    """

    tool_changed = Signal()
    options_changed = Signal()
    redraw = Signal()
    message = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.class_names: Mapping[int, str] = {}
        self.class_colours: Mapping[int, QColor | str] = {}
        self._surface: Surface | None = None
        self._options = ToolOptions()
        self._works: dict[Tool, NewestWork] = {}
        self._late: list[tuple[Tool, Callable[[], None]]] = []
        self._try_late = QTimer(self, interval=_LATE_MS, singleShot=True)
        self._try_late.timeout.connect(self._on_try_late)
        self._tools = {row.id: row.make(self) for row in TOOLS}
        self._id = self._before = FIRST_TOOL

    # -- for the window

    @property
    def tool(self) -> Tool:
        """The tool that is chosen."""
        return self._tools[self._id]

    @property
    def tool_id(self) -> str:
        """Its id in the table of tools."""
        return self._id

    @property
    def options(self) -> ToolOptions:
        """What to paint and how."""
        return self._options

    @property
    def surface(self) -> Surface | None:
        """What is painted on."""
        return self._surface

    @surface.setter
    def surface(self, surface: Surface | None) -> None:
        self.stop()
        self._surface = surface

    @property
    def hint(self) -> str:
        """What can be done with the chosen tool now, in one line."""
        return self.tool.advice

    def choose(self, tool_id: str) -> None:
        """Choose a tool. What the one before has complete is painted; a polygon half made waits for its return.

        What the one before has still to work out is painted as soon as it is.
        """
        if tool_id == self._id:
            return
        if tool_id not in self._tools:
            raise KeyError(tool_id)
        self.tool.finish()
        self._before, self._id = self._id, tool_id
        self.tool.options_changed()
        self.tool_changed.emit()
        self.message.emit(self.tool.advice)
        self.redraw.emit()

    def change(self, **fields: object) -> None:
        """Change fields of the options; raises ValueError for what is out of range, TypeError for no field."""
        options = replace(self._options, **fields)  # type: ignore[arg-type]
        if options != self._options:
            self._options = options
            self.options_changed.emit()
            self.tool.options_changed()
            self.redraw.emit()

    def size_step(self, steps: int) -> None:
        """Make the tip of brush and eraser larger, or smaller."""
        brush = self._options.brush
        self.change(brush=replace(brush, diameter_px=stepped_size(brush.diameter_px, steps)))

    def finish(self) -> None:
        """Paint what is complete (a stroke, a closed polygon, what the wand selected); an open outline waits."""
        self.tool.finish()
        self.tool.options_changed()

    def follow_photo(self) -> None:
        """Another photo is shown: an open outline waits for the return of its own."""
        self._forget_all()
        for tool in self._tools.values():
            tool.put_aside()
            tool.take_up()
        self.tool.options_changed()
        self.redraw.emit()

    def stop(self) -> None:
        """Drop what no tool has painted yet."""
        self._forget_all()
        for tool in self._tools.values():
            tool.stop()

    def take_back(self) -> bool:
        """Undo was asked: take back the last step of what is not painted yet. False when there is no such thing."""
        return self.tool.take_back()

    def shut_down(self) -> None:
        """Drop what is not painted, and end the workers."""
        self.stop()
        for work in self._works.values():
            work.shut_down()

    # -- for the tools

    def colour(self, value: int) -> QColor:
        """Return the colour of a class (or void)."""
        colour = self.class_colours.get(value)
        return QColor(colour) if colour is not None else QColor(*VOID_RGB)

    def class_name(self, value: int) -> str:
        """Return the name of a class (or void)."""
        return self.class_names.get(value, "void" if value == VOID else f"class {value}")

    def ask_for_redraw(self) -> None:
        """Let the canvas draw the tool anew."""
        self.redraw.emit()

    def say(self, message: str) -> None:
        """Show one line to the person."""
        self.message.emit(message)

    def choose_value(self, value: int) -> None:
        """Paint with this class (or void) from now on."""
        self.change(value=value)

    def choose_tolerance(self, tolerance: float) -> None:
        """Change the tolerance of the magic wand."""
        self.change(tolerance=min(max(tolerance, 0.0), MAX_TOLERANCE))

    def go_back(self) -> None:
        """Choose the tool again that was chosen before this one."""
        self.choose(self._before)

    # -- what is worked out beside the window

    def work_out(
        self,
        owner: Tool,
        make: Callable[[], Result],
        then: Callable[[Result], None],
        failed: Callable[[], None],
        *,
        at_once: bool,
    ) -> None:
        """Call `then` with what `make` returns, now or from a worker; `failed` when it raises."""
        if at_once:
            try:
                result = make()
            except Exception:
                failed()
                raise
            then(result)
            return
        work = self._works.get(owner)
        if work is None:
            work = self._works[owner] = NewestWork(self)
        work.ask(make, partial(self._take, owner, cast("Callable[[object], None]", then)), failed)

    def forget_work(self, owner: Tool) -> None:
        """Drop what is being worked out for a tool."""
        if owner in self._works:
            self._works[owner].forget()
        self._late = [late for late in self._late if late[0] is not owner]

    def _forget_all(self) -> None:
        for tool in self._tools.values():
            self.forget_work(tool)

    def _take(self, owner: Tool, then: Callable[[object], None], result: object) -> None:
        if self._can_take(owner):
            then(result)
        else:
            self._late.append((owner, partial(then, result)))
            self._try_late.start()

    def _can_take(self, owner: Tool) -> bool:
        """Tell whether what was worked out may be painted: not in mid-stroke, nor while nothing can be."""
        is_free = owner is self.tool or not self.tool.is_pressed
        return is_free and (self._surface is None or self._surface.can_paint)

    @Slot()
    def _on_try_late(self) -> None:
        late, self._late = self._late, []
        for owner, take in late:
            if self._can_take(owner):
                take()
            else:
                self._late.append((owner, take))
                self._try_late.start()
