"""FigureTool: an outline whose corners can be moved, added and taken away until it is painted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.drawing import REACH_PX
from segstudio.desktop.tools.figure import FEWEST, Corner, Edge, Figure, Hit, Inside
from segstudio.desktop.tools.figure_drawing import draw_figure
from segstudio.desktop.tools.painting_tool import WAITS, PaintingTool
from segstudio.desktop.tools.tool import Pointer, Surface, Viewport
from segstudio.painting.points import Position
from segstudio.painting.polygon import polygon_region

_STILL_PX = 3
"""A hand that clicks moves the pointer less than so many screen pixels."""

_NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_BIG_NUDGE_PX = 10
_STEPS_KEPT = 200
_WAITING = 100
"""Of so many photos an outline is kept while others are shown."""


class FigureTool(PaintingTool):
    """What polygon and lasso share: the closed outline, its handles and keys, and its way into the mask."""

    word: ClassVar[str]
    """What the edit is called, before the class."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._figure = Figure()
        self._steps: list[Figure] = []  # what `take_back` goes back to
        self._place: Hashable | None = None  # the photo of the outline
        self._waiting: OrderedDict[Hashable, tuple[Figure, list[Figure]]] = OrderedDict()
        self._hit: Hit = None
        self._grabbed: Corner | Inside | None = None
        self._before_grab = Figure()
        self._pressed = Pointer((0.0, 0.0))
        self._at: Position | None = None

    @property
    def figure(self) -> Figure:
        """The outline as it is now."""
        return self._figure

    @property
    def advice(self) -> str:
        """What can be done with the outline now."""
        if not self._figure.points:
            return self.hint
        if not self._figure.closed:
            return "Return or a double click closes it · Backspace takes a corner back"
        if self._same_ground() is None:
            return WAITS
        name = self._bench.class_name(self._bench.options.value)
        return f"Return paints {name} · drag corners, edges, or all of it · Escape drops it"

    # -- what the canvas calls

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Return, Escape, Delete, Backspace, the arrow keys, Home and End while there is an outline."""
        figure = self._figure
        if not figure.points:
            return False
        if key == Qt.Key.Key_Escape:
            self._drop()
            self._bench.say(self.hint)
        elif self._last is not None:
            return False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if figure.closed:
                self._commit()
            else:
                self._close()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._take_corner_away(last=key == Qt.Key.Key_Backspace and not figure.closed)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._show(figure.selecting(-1 if key == Qt.Key.Key_Home else 1))
        elif key in _NUDGES:
            far = _BIG_NUDGE_PX if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            right, down = _NUDGES[key]
            self._change(figure.nudged(right * far, down * far))
        else:
            return False
        return True

    def finish(self) -> None:
        """Paint the outline when it is closed and can be painted; else it waits for the tool's return."""
        super().finish()
        if self._figure.closed:
            self._commit()

    def stop(self) -> None:
        """Drop the outline."""
        super().stop()
        self._drop()

    def put_aside(self) -> None:
        """Let the outline wait for its photo; a closed one is left only where the photo could not be painted."""
        self._set_aside()
        self.stop()

    def _set_aside(self) -> None:
        figure, steps = self._figure, self._steps
        if figure.points and self._place is not None:
            self._waiting[self._place] = figure, steps
            if len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)
        self._drop()

    def take_up(self) -> None:
        """Go on with the outline that waited for this photo."""
        surface = self._bench.surface
        if surface is None or surface.mask is None or surface.place not in self._waiting:
            return
        figure, self._steps = self._waiting.pop(surface.place)
        self._mask, self._place, self._before_grab = surface.mask, surface.place, figure
        self._show(figure)

    def take_back(self) -> bool:
        """Go back to the outline before the last change of it."""
        if not self._figure.points:
            return False
        if self._last is None:
            self._show(self._steps.pop() if self._steps else Figure())
            self._tell()
        return True

    def options_changed(self) -> None:
        """The class may be another."""
        if self._figure.points:
            self._tell()

    def draw(self, painter: QPainter, view: Viewport) -> None:
        """Draw the outline, what it would paint, and its handles."""
        if self._figure.points and self._is_same_photo():
            grabbed = self._grabbed if isinstance(self._grabbed, Corner) else None
            rubber = None if self._grabbed is not None else self._at
            colour = self._bench.colour(self._bench.options.value)
            hit = grabbed or self._hit
            draw_figure(painter, view, self._figure, colour=colour, hit=hit, pointer=rubber)

    # -- for subclasses

    def _begin_figure(self, at: Pointer, surface: Surface) -> None:
        """Begin a new outline: there is none, and the photo can be painted."""
        raise NotImplementedError

    def _press_open(self, at: Pointer) -> None:
        """The button went down while the outline is open."""

    def _on_press(self, at: Pointer) -> None:
        if not self._is_same_photo():
            self._set_aside()
        self._pressed, self._before_grab, self._grabbed = at, self._figure, None
        if self._figure.closed:
            self._press_closed(at)
        elif self._figure.points:
            self._press_open(at)
        else:
            self._begin(at)

    def _begin(self, at: Pointer) -> None:
        surface = self._ground()
        if surface is not None:
            self._mask, self._place = surface.mask, surface.place
            self._before_grab = self._figure
            self._begin_figure(at, surface)

    def _press_closed(self, at: Pointer) -> None:
        hit = self._figure.hit(at.position, REACH_PX * at.px)
        if isinstance(hit, Corner):
            self._grab(hit, self._selected(hit.index))
        elif isinstance(hit, Edge):
            self._grab(Corner(hit.index + 1), self._figure.with_corner_on(hit))
        elif isinstance(hit, Inside):
            self._grab(hit, Figure(self._figure.points, closed=True))
        else:
            self._commit()
            if not self._figure.points:
                self._begin(at)

    def _selected(self, index: int) -> Figure:
        return self._figure.moved(index, self._figure.points[index])

    def _on_drag(self, way: Sequence[Pointer]) -> None:
        at = way[-1]
        self._at = at.position
        if self._grabbed is None or not self._is_same_photo() or not self._has_moved(at):
            return
        if isinstance(self._grabbed, Corner):
            self._show(self._figure.moved(self._grabbed.index, at.position))
        else:
            (x, y), (to_x, to_y) = self._pressed.position, at.position
            self._show(Figure(self._before_grab.points, closed=True).shifted(to_x - x, to_y - y))

    def _on_release(self, at: Pointer) -> None:
        self._grabbed = None
        if self._figure.points != self._before_grab.points:
            self._keep_step(self._before_grab)
        self._on_hover(at)
        self._tell()

    def _on_hover(self, at: Pointer | None) -> None:
        self._at = None if at is None else at.position
        self._hit = None if at is None else self._figure.hit(at.position, REACH_PX * at.px)
        if self._figure.points:
            self._bench.ask_for_redraw()

    def _grab(self, what: Corner | Inside, figure: Figure) -> None:
        self._grabbed = what
        self._show(figure)

    def _has_moved(self, at: Pointer) -> bool:
        (x, y), (to_x, to_y) = self._pressed.position, at.position
        return self._figure.points != self._before_grab.points or (
            max(abs(to_x - x), abs(to_y - y)) >= _STILL_PX * at.px
        )

    def _close(self) -> None:
        if self._figure.can_close:
            self._grabbed = None
            self._change(self._figure.close())
            self._before_grab = self._figure
        else:
            self._bench.say(f"An area needs {FEWEST} corners · Escape drops it")

    def _change(self, figure: Figure) -> None:
        """Go on with another outline; `take_back` returns to this one."""
        self._keep_step(self._figure)
        self._show(figure)
        self._tell()

    def _keep_step(self, figure: Figure) -> None:
        self._steps = [*self._steps[-_STEPS_KEPT:], figure]

    def _show(self, figure: Figure) -> None:
        self._figure = figure
        self._hit = None
        self._bench.ask_for_redraw()

    def _tell(self) -> None:
        """Say what can be done now."""
        self._bench.say(self.advice)

    # -- inside

    def _take_corner_away(self, *, last: bool) -> None:
        figure = self._figure
        index = len(figure.points) - 1 if last else figure.selected
        if index is None:
            self._bench.say("Click a corner to choose it first")
        elif figure.closed and len(figure.points) <= FEWEST:
            self._bench.say(f"An area needs {FEWEST} corners · Escape drops it")
        else:
            self._change(figure.without(index))

    def _commit(self) -> None:
        """Paint the outline; where that cannot be done at the moment, it stays."""
        if not self._is_same_photo():
            self._set_aside()
            return
        figure, surface = self._figure, self._same_ground()
        if surface is None:
            self._bench.say(WAITS)
            return
        self._drop()
        region = polygon_region(figure.array, self._size(surface))
        if region:
            self._paint_once(surface, self.word, (region,), self._bench.options)
        self._bench.say(self.hint)

    def _drop(self) -> None:
        had, self._figure = self._figure, Figure()
        self._steps, self._hit, self._grabbed = [], None, None
        self._before_grab = Figure()
        if had.points:
            self._bench.ask_for_redraw()
