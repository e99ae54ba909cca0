"""CanvasLook: how the photo and its mask are shown. It changes nothing but the view."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CanvasLook:
    """How the canvas draws.

    `opacity` 0–1 of the class colours; `outlines`: the classes' borders as lines instead of areas; `hidden`: mask
    values that are not drawn; `alone`: the photo without any mask. The photo is shown from `black` to `white` (0–1, the
    values that are shown as such; 0 and 1 leave it), then with `brightness` −1…1 and
    `contrast` −1…1 (0 leaves it) and `gamma` 0.1…10 (1 leaves it, more lightens the shadows). `pixel_grid` draws
    lines between pixels when they are large.
    """

    opacity: float = 0.5
    outlines: bool = False
    hidden: frozenset[int] = frozenset()
    alone: bool = False
    black: float = 0.0
    white: float = 1.0
    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 1.0
    pixel_grid: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"opacity is a share from 0 to 1, not {self.opacity}")
        if not 0 <= self.black < self.white <= 1:
            raise ValueError(f"black lies below white, between 0 and 1, not at {self.black} and {self.white}")
        if not (-1 <= self.brightness <= 1 and -1 <= self.contrast <= 1):
            raise ValueError("brightness and contrast lie between -1 and 1")
        if not 0.1 <= self.gamma <= 10:
            raise ValueError(f"gamma lies between 0.1 and 10, not {self.gamma}")
