"""View: which part of the photo is seen, and how large. Plain values; all screen sizes are in device pixels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segstudio.painting.points import Position

MAX_SCALE = 64.0
MARGIN_PX = 16.0
"""What is left free around a photo that fits, in device independent pixels."""


@dataclass(frozen=True, slots=True)
class View:
    """A photo of `size` (rows, columns), seen in `room` (width, height) device pixels.

    `scale` is device pixels per photo pixel; `centre` the position on the photo that lies in the middle of the
    room. Photo pixels are drawn on whole device pixels: `corner`. `margin` is what fitting leaves free.
    """

    size: tuple[int, int]
    room: tuple[int, int]
    scale: float
    centre: Position
    margin: float = MARGIN_PX
    corner: tuple[int, int] = field(init=False, compare=False)
    """(x, y) of the device pixel on which the photo's upper left corner is drawn."""
    extent: tuple[int, int] = field(init=False, compare=False)
    """(columns, rows) of device pixels that the photo takes; the thinnest strip takes one."""

    def __post_init__(self) -> None:
        # Asked many times for every move of the pointer.
        x, y = (round(side / 2 - at * self.scale) for side, at in zip(self.room, self.centre, strict=True))
        columns, rows = (max(round(side * self.scale), 1) for side in reversed(self.size))
        object.__setattr__(self, "corner", (x, y))
        object.__setattr__(self, "extent", (columns, rows))

    @property
    def fitting_scale(self) -> float:
        """The scale at which the whole photo is seen, with a margin."""
        rows, columns = self.size
        across, down = (max(side - 2 * self.margin, 1.0) for side in self.room)
        return min(across / columns, down / rows)

    @property
    def scale_range(self) -> tuple[float, float]:
        """The smallest and the largest scale that make sense: the whole photo is seen, a pixel is a tile."""
        return min(self.fitting_scale, 1.0), max(self.fitting_scale, MAX_SCALE)

    def to_device(self, position: Position) -> Position:
        """Return where (x, y) a position of the photo is drawn."""
        corner = self.corner
        return corner[0] + position[0] * self.scale, corner[1] + position[1] * self.scale

    def to_photo(self, place: Position) -> Position:
        """Return the position of the photo that is drawn at a place (x, y)."""
        corner = self.corner
        return (place[0] - corner[0]) / self.scale, (place[1] - corner[1]) / self.scale

    def fitted(self) -> View:
        """Return the view of the whole photo."""
        rows, columns = self.size
        return replace(self, scale=self.fitting_scale, centre=(columns / 2, rows / 2))

    def zoomed(self, scale: float, anchor: Position) -> View:
        """Return the view at another scale in which what lies at the place `anchor` (x, y) stays there."""
        smallest, largest = self.scale_range
        scale = min(max(scale, smallest), largest)
        # Counted from the middle of the room, not from the corner on its whole pixel: nothing adds up.
        off = anchor[0] - self.room[0] / 2, anchor[1] - self.room[1] / 2
        gain = 1 / self.scale - 1 / scale
        centre = self.centre[0] + off[0] * gain, self.centre[1] + off[1] * gain
        return replace(self, scale=scale, centre=centre).clamped()

    def stepped(self, factor: float, anchor: Position) -> View:
        """Return the view some steps closer or farther around a place, stopping at 1:1 on the way through it.

        As far out as it goes, the whole photo is in the middle.
        """
        wanted = self.scale * factor
        if (self.scale - 1) * (wanted - 1) < 0:
            wanted = 1.0
        smallest, _ = self.scale_range
        if wanted <= smallest == self.fitting_scale:
            return self.fitted()
        return self.zoomed(wanted, anchor)

    def on(self, ratio: float) -> View:
        """Return the same view on a device with `ratio` times as many pixels."""
        return replace(
            self,
            room=(round(self.room[0] * ratio), round(self.room[1] * ratio)),
            scale=self.scale * ratio,
            margin=self.margin * ratio,
        )

    def panned(self, right: float, down: float) -> View:
        """Return the view with the photo moved by so many device pixels."""
        centre = self.centre[0] - right / self.scale, self.centre[1] - down / self.scale
        return replace(self, centre=centre).clamped()

    def resized(self, room: tuple[int, int], *, was_fitting: bool) -> View:
        """Return the view in a room of another size: what was in the middle stays there."""
        changed = replace(self, room=room)
        if was_fitting:
            return changed.fitted()
        smallest, largest = changed.scale_range
        return replace(changed, scale=min(max(self.scale, smallest), largest)).clamped()

    def clamped(self) -> View:
        """Return the view with the middle of the room on the photo: it can never be lost."""
        rows, columns = self.size
        centre = min(max(self.centre[0], 0.0), float(columns)), min(max(self.centre[1], 0.0), float(rows))
        return replace(self, centre=centre)
