"""Brush: paints where it is dragged, without gaps; Shift goes straight."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.options import rule_for
from segstudio.desktop.tools.painting_tool import PaintingTool, restoring
from segstudio.desktop.tools.tip_drawing import TipDrawing, tip_bounds, way_bounds
from segstudio.desktop.tools.tool import Pointer, Surface, Viewport
from segstudio.painting.brush import Brush, Stroke, length_px
from segstudio.painting.points import Position
from segstudio.painting.region import Region
from segstudio.painting.rules import Rule

_SNAP = math.radians(15)


@dataclass(slots=True)
class _Doing:
    """A stroke under way: what it paints was settled when the button went down."""

    stroke: Stroke
    brush: Brush
    value: int
    rule: Rule
    end: Pointer
    """Where it has come to."""
    pointer: Position
    """Where the pointer was last; elsewhere than `end` when a straight line goes in steps of an angle."""
    straight_to: Pointer | None = None
    """Where the straight line goes that waits for Shift to be let go."""


class BrushTool(PaintingTool):
    """One press, drag and release is one edit.

    Shift and click: a straight line from the end of the last stroke. Shift while dragging: the stroke waits, and goes
    straight to where Shift or the button is let go. Ctrl with Shift: in steps of 15 degrees.
    """

    cursor = Qt.CursorShape.BlankCursor
    hint = "Drag to paint · Shift: straight line from the last stroke · Alt: pick the class"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._doing: _Doing | None = None
        self._at: Pointer | None = None
        self._came_from: Position | None = None
        self._drawing = TipDrawing()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Escape takes the stroke under way back."""
        if key != Qt.Key.Key_Escape or self._doing is None:
            return False
        self._drop()
        return True

    def stop(self) -> None:
        """Take the stroke under way back; the next straight line has no beginning."""
        self._drop()
        self._came_from = None
        super().stop()

    def bounds(self, view: Viewport) -> QRectF:
        """Return where the tip is, and the straight line that would come."""
        at = self._at
        if at is None:
            return QRectF()
        brush, start, end = self._brush(), self._line_start(at), at.position
        if start is None:
            return tip_bounds(view, brush, position=end, pressure=at.pressure)
        end = _straight(start, at)
        tip = tip_bounds(view, brush, position=end, pressure=at.pressure)
        return tip | way_bounds(view, brush, start=start, end=end)

    def draw(self, painter: QPainter, view: Viewport) -> None:
        """Draw the tip's outline where it would paint, and the straight line that would come."""
        at = self._at
        if at is None:
            return
        brush, start, end = self._brush(), self._line_start(at), at.position
        if start is not None:
            end = _straight(start, at)
            self._drawing.draw_way(painter, view, brush, start=start, end=end)
        self._drawing.draw_tip(painter, view, brush, position=end, pressure=at.pressure)

    # -- what eraser and brush differ in

    def _value(self) -> int:
        return self._bench.options.value

    def _edit_label(self, value: int) -> str:
        return self._label("Brush", value)

    # -- one stroke

    def _on_press(self, at: Pointer) -> None:
        self._show(at)
        surface = self._ground()
        if surface is None:
            return
        options, value = self._bench.options, self._value()
        stroke = Stroke(options.brush, self._size(surface))
        start = self._came_from if at.shift else None
        end = at if start is None else _moved(at, _straight(start, at))
        if start is not None:
            stroke.start_at(start, pressure=at.pressure)
        self._doing = _Doing(stroke, options.brush, value, rule_for(value, options.rule), end, at.position)
        self._mask = surface.mask
        with self._or_drop(surface):
            surface.begin(self._edit_label(value))
        self._paint(surface, self._to(end))

    def _on_drag(self, way: Sequence[Pointer]) -> None:
        self._show(way[-1])
        surface, doing = self._going_on(), self._doing
        if surface is None or doing is None:
            return
        regions: list[Region] = []
        for at in way:
            if at.shift:
                doing.straight_to = at
            else:
                regions += self._straight_part()
                regions += self._to(at)
        doing.pointer = way[-1].position
        if doing.straight_to is not None:
            self._tell_length(doing.end.position, doing.straight_to)
        self._paint(surface, regions)

    def _on_release(self, at: Pointer) -> None:
        self._show(at)
        surface, doing = self._going_on(), self._doing
        if surface is None or doing is None:
            return
        regions = self._straight_part()
        if at.position != doing.pointer:
            # A pen that is lifted presses no more: the stroke keeps its width to the end.
            at = at if at.pressure > 0 else _moved(doing.end, at.position)
            regions += self._to(at)
        self._paint(surface, regions)
        self._doing = None
        self._came_from = doing.end.position
        with restoring(surface):
            surface.commit()

    def _on_hover(self, at: Pointer | None) -> None:
        self._show(at)
        start = None if at is None else self._line_start(at)
        if at is not None and start is not None:
            self._tell_length(start, at)

    # -- inside

    def _brush(self) -> Brush:
        return self._bench.options.brush if self._doing is None else self._doing.brush

    def _show(self, at: Pointer | None) -> None:
        if at is not None or self._at is not None:
            self._at = at
            self._bench.ask_for_redraw()

    def _tell_length(self, start: Position, at: Pointer) -> None:
        self._bench.say(f"{length_px(start, _straight(start, at)):.0f} px")

    def _line_start(self, at: Pointer) -> Position | None:
        """Return where the straight line begins that would be painted now, if one would."""
        if self._doing is not None:
            return None if self._doing.straight_to is None else self._doing.end.position
        return self._came_from if at.shift else None

    def _straight_part(self) -> list[Region]:
        """Return what the straight line covers that waited for Shift to be let go."""
        doing = self._doing
        if doing is None or doing.straight_to is None:
            return []
        at, doing.straight_to = doing.straight_to, None
        return self._to(_moved(at, _straight(doing.end.position, at)))

    def _to(self, at: Pointer) -> list[Region]:
        doing = self._doing
        if doing is None:
            return []
        doing.end = at
        return list(doing.stroke.to(at.position, pressure=at.pressure))

    def _paint(self, surface: Surface, regions: list[Region]) -> None:
        doing = self._doing
        if doing is not None and regions:
            with self._or_drop(surface):
                surface.paint(*regions, value=doing.value, rule=doing.rule)

    @contextmanager
    def _or_drop(self, surface: Surface) -> Iterator[None]:
        """Drop the stroke when the block fails."""
        try:
            with restoring(surface):
                yield
        except BaseException:
            self._doing = None
            raise

    def _going_on(self) -> Surface | None:
        """Return what the stroke goes on upon; the stroke is dropped when that is gone."""
        surface = None if self._doing is None else self._same_ground()
        if surface is None:
            self._drop()
        return surface

    def _drop(self) -> None:
        doing, self._doing = self._doing, None
        if doing is not None:
            if self._bench.surface is not None:
                self._bench.surface.abort()
            self._bench.ask_for_redraw()


def _straight(start: Position, at: Pointer) -> Position:
    """Return where a straight line to the pointer ends: with Ctrl, in the nearest direction of 15 degrees."""
    if not at.control:
        return at.position
    dx, dy = at.position[0] - start[0], at.position[1] - start[1]
    angle = round(math.atan2(dy, dx) / _SNAP) * _SNAP
    along = dx * math.cos(angle) + dy * math.sin(angle)
    return start[0] + along * math.cos(angle), start[1] + along * math.sin(angle)


def _moved(at: Pointer, position: Position) -> Pointer:
    return replace(at, position=position)
