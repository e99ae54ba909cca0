"""PaintingTool: what all tools share: one edit at a time, lost releases, Alt to pick a class, and refusals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.options import ToolOptions, rule_for
from segstudio.desktop.tools.tool import Pointer, Surface, Tool
from segstudio.painting.points import Position, pick
from segstudio.painting.region import Region
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask

CANNOT_PAINT = "This photo cannot be painted now"
WAITS = "This photo cannot be painted now: what you made waits · Return paints it then · Escape drops it"


class PaintingTool(Tool):
    """Sorts what the canvas calls: a press, its drags and one release, whatever got lost on the way.

    A subclass says in `_on_press`, `_on_drag`, `_on_release` what it does; `_on_drag` and `_on_release` come only
    after an `_on_press`. Positions that are no numbers never arrive there.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._last: Pointer | None = None
        """Where the pointer was last while the button is down; None while it is up."""
        self._picking = False
        self._mask: Mask | None = None
        """The mask on which something was begun; another one means that another photo is shown."""

    @property
    def is_pressed(self) -> bool:
        """Whether the button is down."""
        return self._last is not None

    # -- what the canvas calls

    def press(self, at: Pointer) -> None:
        """The left button went down; a release that got lost is made up for."""
        self._make_up()
        if not _is_somewhere(at):
            return
        self._last = at
        self._picking = at.alt
        if self._picking:
            self._pick(at.position)
        else:
            self._on_press(at)

    def drag(self, way: Sequence[Pointer]) -> None:
        """The pointer moved with the button down."""
        way = [at for at in way if _is_somewhere(at)]
        if self._last is None or not way:
            return
        self._last = way[-1]
        if self._picking:
            self._pick(way[-1].position)
        else:
            self._on_drag(way)

    def release(self, at: Pointer) -> None:
        """The button came up."""
        last, self._last = self._last, None
        if last is None:
            return
        if self._picking:
            self._picking = False
        else:
            self._on_release(at if _is_somewhere(at) else last)

    def double_click(self, at: Pointer) -> None:
        """The second press of a double click, which takes the place of `press`."""
        if self._last is None:
            self.press(at)

    def hover(self, at: Pointer | None) -> None:
        """The pointer moved with no button down."""
        self._make_up()
        self._on_hover(at if at is not None and _is_somewhere(at) else None)

    def finish(self) -> None:
        """Another tool is chosen: as if the button came up."""
        self._make_up()
        self._on_hover(None)

    def stop(self) -> None:
        """Drop what is not committed."""
        self._last, self._picking = None, False
        self._mask = None
        self._on_hover(None)

    # -- for subclasses

    def _on_press(self, at: Pointer) -> None:
        """The button went down."""

    def _on_drag(self, way: Sequence[Pointer]) -> None:
        """The pointer went on; at least one position."""

    def _on_release(self, at: Pointer) -> None:
        """The button came up."""

    def _on_hover(self, at: Pointer | None) -> None:
        """The pointer moved with no button down, or is gone."""

    def _ground(self) -> Surface | None:
        """Return the surface when it can be painted; else the person is told."""
        surface = self._bench.surface
        if surface is None or surface.mask is None or not surface.can_paint:
            self._bench.say(CANNOT_PAINT)
            return None
        return surface

    def _same_ground(self) -> Surface | None:
        """Return the surface while it is still the photo on which something was begun."""
        surface = self._bench.surface
        return surface if surface is not None and surface.can_paint and self._is_same_photo() else None

    def _is_same_photo(self) -> bool:
        """Tell whether that photo is still shown, even where it cannot be painted for the moment."""
        surface = self._bench.surface
        return surface is not None and surface.mask is not None and surface.mask is self._mask

    def _size(self, surface: Surface) -> tuple[int, int]:
        mask = surface.mask
        return (0, 0) if mask is None else (mask.shape[0], mask.shape[1])

    def _paint_once(
        self, surface: Surface, word: str, regions: Iterable[Region], options: ToolOptions
    ) -> None:
        """Make one whole edit, called for instance `Fill ground`."""
        value = options.value
        with restoring(surface):
            surface.begin(self._label(word, value))
            surface.paint(*regions, value=value, rule=rule_for(value, options.rule))
            surface.commit()

    def _label(self, word: str, value: int) -> str:
        return f"{word} {self._bench.class_name(value)}"

    # -- inside

    def _make_up(self) -> None:
        """Do what a release that never came would have done."""
        if self._last is not None:
            self.release(self._last)

    def _pick(self, position: Position) -> None:
        pick_class(self._bench, position)


def pick_class(bench: Bench, position: Position) -> None:
    """Paint from now on with the class under `position`; outside the photo nothing happens."""
    surface = bench.surface
    value = None if surface is None or surface.mask is None else pick(surface.mask, position)
    if value is not None:
        bench.choose_value(value)
        bench.say("Paints void: not labelled" if value == VOID else f"Paints {bench.class_name(value)}")


@contextmanager
def restoring(surface: Surface) -> Iterator[None]:
    """Take the edit back when the block fails; the error goes on."""
    try:
        yield
    except BaseException:
        surface.abort()
        raise


def _is_somewhere(at: Pointer) -> bool:
    return math.isfinite(at.position[0]) and math.isfinite(at.position[1])
