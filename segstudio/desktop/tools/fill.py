"""Fill: the patch of one class under the pointer becomes the chosen class."""

from __future__ import annotations

from functools import partial

from segstudio.desktop.tools.painting_tool import PaintingTool
from segstudio.desktop.tools.tool import Pointer
from segstudio.painting.fill import flood_fill
from segstudio.painting.region import Region

_AT_ONCE_PIXELS = 8_000_000
"""Up to this size a fill is worked out in a few milliseconds."""


class FillTool(PaintingTool):
    """A click is one edit."""

    hint = "Click: the whole patch under the pointer gets the class · Alt: pick the class"

    def _on_press(self, at: Pointer) -> None:
        surface = self._ground()
        mask = None if surface is None else surface.mask
        if mask is None:
            return
        self._mask = mask
        small = mask.size <= _AT_ONCE_PIXELS
        if not small:
            self._bench.say("Filling…")
        value = self._bench.options.value
        self._bench.work_out(
            partial(flood_fill, mask, at.position), partial(self._on_found, value), at_once=small
        )

    def _on_found(self, value: int, region: Region) -> None:
        surface = self._same_ground()
        if surface is None:
            return
        if not region:
            self._bench.say("Click on the photo to fill a patch")
            return
        self._paint_once(surface, "Fill", (region,), value)
        self._bench.say(self.hint)

    def stop(self) -> None:
        """Drop the fill that is being worked out."""
        self._bench.forget_work()
        super().stop()
