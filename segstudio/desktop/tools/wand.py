"""Magic wand: selects what has the colour under the pointer, shows it, and paints it when it is right."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.drawing import draw_cross
from segstudio.desktop.tools.options import ToolOptions
from segstudio.desktop.tools.painting_tool import WAITS, PaintingTool
from segstudio.desktop.tools.region_drawing import RegionDrawing
from segstudio.desktop.tools.tool import Pointer, Surface, Viewport
from segstudio.painting.points import Position, pixel_at
from segstudio.painting.region import Region
from segstudio.painting.wand import Wand

_AT_ONCE_PIXELS = 1_500_000
"""Up to this size a step takes a few milliseconds; larger photos are looked at in a worker."""

_PX_FOR_ONE = 4
"""So many screen pixels to the right raise the tolerance by one."""

_STILL_PX = 3

_TURNS = {
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Equal: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_Down: -1,
}
_BIG_TURN = 5


@dataclass(frozen=True, slots=True)
class _Settings:
    """On what a selection depends, beside the place."""

    tolerance: float
    contiguous: bool
    smoothing_px: int


class WandTool(PaintingTool):
    """A press selects, dragging to the left or right changes the tolerance; the selection then waits.

    Return paints it, as does a press elsewhere (which selects anew there) and another tool; Escape drops it. The
    options and the arrow keys change it until then. While the photo cannot be painted it goes on waiting.
    """

    hint = "Click a colour · drag sideways for more or less of it · Alt: pick the class"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._wand: Wand | None = None
        self._seed: Position = (0.0, 0.0)
        self._made_for: tuple[str, int] = ("", 0)
        self._region: Region | None = None
        self._shown: _Settings | None = None
        self._due: ToolOptions | None = None  # with what it is to be painted as soon as it is worked out
        self._place: Hashable | None = None  # the photo of the selection
        self._waiting: dict[Hashable, Position] = {}  # where to select anew when a photo is back
        self._start: tuple[float, float] | None = None  # x where dragging began, and the tolerance then
        self._drawing = RegionDrawing()

    @property
    def selected(self) -> Region | None:
        """What is selected, as far as it is worked out."""
        return self._region if self._wand is not None else None

    @property
    def is_ready(self) -> bool:
        """Whether what is shown is what the options ask for."""
        return self._wand is not None and self._shown == _settings(self._bench.options)

    @property
    def advice(self) -> str:
        """What can be done with the selection now."""
        if self._wand is None or not self._is_same_photo():
            return self.hint
        if self._same_ground() is None:
            return WAITS
        options = self._bench.options
        name = self._bench.class_name(options.value)
        return f"Return paints {name} · drag sideways: tolerance {options.tolerance:g} · Escape drops it"

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Return, Escape, and up, down, plus and minus for the tolerance, while something is selected."""
        if self._wand is None:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        elif key == Qt.Key.Key_Escape:
            self._drop()
            self._bench.say(self.hint)
        elif key in _TURNS:
            far = _BIG_TURN if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            self._bench.choose_tolerance(self._bench.options.tolerance + _TURNS[key] * far)
        else:
            return False
        return True

    def double_click(self, at: Pointer) -> None:
        """Paint what the first press selected."""
        if self._last is None:
            self.press(at)
        if self._wand is not None and not self._picking:
            self._commit()

    def finish(self) -> None:
        """Paint what is selected; what is not worked out, or cannot be painted now, waits for the tool's return."""
        super().finish()
        self._start = None
        if self.is_ready:
            self._commit()
        elif self._due is None:
            self._bench.forget_work(self)

    def stop(self) -> None:
        """Drop the selection."""
        super().stop()
        self._drop()

    def take_back(self) -> bool:
        """Drop the selection."""
        had = self._wand is not None
        self._drop()
        return had

    def options_changed(self) -> None:
        """Select anew at the same place."""
        surface = self._bench.surface
        if self._wand is None or surface is None or not self._is_same_photo():
            return
        if self._made_for != _look(self._bench.options):
            self._wand, self._shown = self._wand_at(surface, self._seed), None
        if self._due is not None:
            self._due = self._bench.options
        if self.is_ready:
            self._bench.say(self.advice)
        else:
            self._renew()

    def put_aside(self) -> None:
        """Keep where something is selected that could not be painted: it is selected anew when its photo is back."""
        self._set_aside()
        self.stop()

    def take_up(self) -> None:
        """Select anew where something was selected in this photo."""
        surface = self._bench.surface
        if surface is not None and surface.mask is not None and surface.place in self._waiting:
            self._put_down(self._waiting.pop(surface.place), surface)

    def draw(self, painter: QPainter, view: Viewport) -> None:
        """Draw the selection, and where it began."""
        if self._wand is None or not self._is_same_photo():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._region:
            colour = self._bench.colour(self._bench.options.value)
            self._drawing.draw(painter, view, self._region, colour)
        draw_cross(painter, view.to_screen(self._seed))

    # -- one press

    def _on_press(self, at: Pointer) -> None:
        self._start = None
        if not self._is_same_photo():
            self._set_aside()
        if self._due is not None:
            self._bench.say("Still painting what was selected…")
            return
        if self._wand is not None:
            if _distance(at.position, self._seed) < _STILL_PX * at.px:  # take hold of it once more
                self._start = (at.position[0], self._bench.options.tolerance)
                return
            if not self._commit():
                return
        surface = self._ground()
        if surface is not None:
            self._begin(at, surface)

    def _begin(self, at: Pointer, surface: Surface) -> None:
        if pixel_at(at.position, self._size(surface)) is None:
            self._bench.say("Click on the photo to select a colour")
            return
        self._put_down(at.position, surface)
        self._start = (at.position[0], self._bench.options.tolerance)
        self._renew()

    def _put_down(self, position: Position, surface: Surface) -> None:
        self._mask, self._place, self._seed = surface.mask, surface.place, position
        self._wand = self._wand_at(surface, position)

    def _on_drag(self, way: Sequence[Pointer]) -> None:
        if self._start is None or self._wand is None:
            return
        at = way[-1]
        x, tolerance = self._start
        right = (at.position[0] - x) / at.px
        if abs(right) >= _STILL_PX:
            self._bench.choose_tolerance(float(round(tolerance + right / _PX_FOR_ONE)))

    # -- inside

    def _wand_at(self, surface: Surface, position: Position) -> Wand | None:
        options = self._bench.options
        self._made_for = _look(options)
        if surface.photo is None:
            return None
        return Wand(surface.photo, position, metric=options.metric, sample_px=options.sample_px)

    def _renew(self) -> None:
        wand, settings, surface = self._wand, _settings(self._bench.options), self._bench.surface
        if wand is None or surface is None or surface.mask is None:
            return
        at_once = surface.mask.size <= _AT_ONCE_PIXELS
        if not at_once and self._region is None:
            self._bench.say("Looking for the colour…")
        make, then = partial(_select, wand, settings), partial(self._on_selected, wand, settings)
        self._bench.work_out(self, make, then, partial(self._on_failed, wand), at_once=at_once)

    def _on_selected(self, wand: Wand, settings: _Settings, region: Region) -> None:
        if wand is not self._wand:
            return
        self._region, self._shown = region, settings
        self._bench.ask_for_redraw()
        if self._due is not None and settings == _settings(self._due):
            self._paint(self._due)
        elif self._due is None:
            self._bench.say(self.advice)

    def _on_failed(self, wand: Wand) -> None:
        if wand is self._wand:
            self._drop()
            self._bench.say(self.hint)

    def _commit(self) -> bool:
        """Paint what is selected; False when it has to be worked out first, or cannot be painted at the moment."""
        if not self._is_same_photo():
            self._set_aside()
        elif self._same_ground() is None:
            self._bench.say(WAITS)
            return False
        elif not self.is_ready:
            self._due = self._bench.options
            self._bench.say("Painted as soon as it is worked out… · Escape drops it")
            return False
        else:
            self._paint(self._bench.options)
        return True

    def _paint(self, options: ToolOptions) -> None:
        surface, region = self._same_ground(), self._region
        self._drop()
        if surface is not None and region:
            self._paint_once(surface, "Wand", (region,), options)
        self._bench.say(self.hint)

    def _set_aside(self) -> None:
        if self._wand is not None and self._place is not None:
            self._waiting[self._place] = self._seed
        self._drop()

    def _drop(self) -> None:
        had = self._wand is not None
        self._wand = self._region = self._shown = self._start = self._due = None
        self._drawing = RegionDrawing()
        if had:
            self._bench.forget_work(self)
            self._bench.ask_for_redraw()


def _select(wand: Wand, settings: _Settings) -> Region:
    return wand.region(settings.tolerance, contiguous=settings.contiguous, smoothing_px=settings.smoothing_px)


def _settings(options: ToolOptions) -> _Settings:
    return _Settings(options.tolerance, options.contiguous, options.smoothing_px)


def _look(options: ToolOptions) -> tuple[str, int]:
    return options.metric, options.sample_px


def _distance(one: Position, other: Position) -> float:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))
