"""Fill: the patch of one class under the pointer becomes the chosen class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.options import ToolOptions
from segstudio.desktop.tools.painting_tool import PaintingTool
from segstudio.desktop.tools.tool import Pointer, Surface
from segstudio.painting.fill import flood_fill
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.points import Position
from segstudio.painting.region import Region
from segstudio.project.masks import Mask

_AT_ONCE_PIXELS = 8_000_000
"""Up to this size a fill is worked out in a few milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class _Click:
    """A click, and the mask and the options as they were then."""

    position: Position
    mask: Mask | LazyCopy
    options: ToolOptions


class FillTool(PaintingTool):
    """A click is one edit: the patch as it was then, whatever happens until it is found.

    On a large photo clicks are worked out in their order; Escape drops all that wait, undo the last one.
    """

    hint = "Click: the whole patch under the pointer gets the class · Alt: pick the class"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._clicks: list[_Click] = []  # the first one is being worked out

    @property
    def advice(self) -> str:
        """What can be done now."""
        return "Filling… · Escape drops it" if self._clicks else self.hint

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Escape drops what is not painted yet."""
        return key == Qt.Key.Key_Escape and self._drop(len(self._clicks))

    def stop(self) -> None:
        """Drop what is not painted yet."""
        super().stop()
        self._drop(len(self._clicks))

    def take_back(self) -> bool:
        """Drop the last click that is not painted yet."""
        return self._drop(1)

    def _on_press(self, at: Pointer) -> None:
        surface = self._ground()
        if surface is None or surface.mask is None:
            return
        if surface.mask is not self._mask:
            self._drop(len(self._clicks))
        self._mask = surface.mask
        is_small = surface.mask.size <= _AT_ONCE_PIXELS
        mask = surface.mask if is_small else surface.mask_as_now()
        if mask is not None:
            self._clicks.append(_Click(at.position, mask, self._bench.options))
            if len(self._clicks) == 1:
                self._work_out(at_once=is_small)

    def _work_out(self, *, at_once: bool) -> None:
        """Look for the patch of the click whose turn it is."""
        click = self._clicks[0]
        if not at_once:
            self._bench.say(self.advice)
        make, then = partial(flood_fill, click.mask, click.position), partial(self._on_found, click)
        self._bench.work_out(self, make, then, partial(self._on_failed, click), at_once=at_once)

    def _on_found(self, click: _Click, region: Region) -> None:
        surface = self._same_ground()
        if surface is None or click not in self._clicks:
            self._clicks.clear()
            return
        self._clicks.remove(click)
        self._bench.say(self.hint if region else "Click on the photo to fill a patch")
        try:
            self._fill(surface, region, click.options)
        finally:
            if self._clicks:
                self._work_out(at_once=False)

    def _on_failed(self, click: _Click) -> None:
        if click in self._clicks:
            self._clicks.remove(click)
        self._bench.say(self.hint)
        if self._clicks:
            self._work_out(at_once=False)

    def _fill(self, surface: Surface, region: Region, options: ToolOptions) -> None:
        if region:
            self._paint_once(surface, "Fill", (region,), options)

    def _drop(self, clicks: int) -> bool:
        """Drop the last `clicks` of those that are not painted yet; tell whether there was any."""
        if not self._clicks:
            return False
        del self._clicks[-clicks:]
        if not self._clicks:
            self._bench.forget_work(self)
            self._bench.say(self.hint)
        return True
