"""The pictures inside a figure: one class lit, the errors marked. All at the size they are shown in."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.classes import VOID
from segstudio.review.drawing import ALARM, WHITE, Image, Rgb, resized

_DIMMED = 0.36
_FAINTEST_EDGE = 96
_STRIPE_PX = 10
_BEYOND_PX = 8
_CASING: Rgb = (20, 20, 20)


@dataclass(frozen=True, slots=True)
class Stage:
    """A photo at the size in which it is shown, once in its colours, once dimmed and once paled."""

    photo: Image
    dimmed: Image
    paled: Image

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.photo.shape[0], self.photo.shape[1]


def stage(photo: Image, size: tuple[int, int]) -> Stage:
    """Prepare a photo (uint8 (rows, columns, 3) RGB) to be shown at `size` (rows, columns)."""
    small = resized(photo, size)
    grey = cv2.cvtColor(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    dimmed = cv2.convertScaleAbs(grey, alpha=_DIMMED)
    paled = cv2.convertScaleAbs(grey, alpha=0.45, beta=140)
    return Stage(small, np.asarray(dimmed, dtype=np.uint8), np.asarray(paled, dtype=np.uint8))


def lit(
    shown: Stage,
    area: npt.NDArray[np.bool_],
    rgb: Rgb,
    *,
    truth: npt.NDArray[np.bool_] | None = None,
) -> Image:
    """Return the stage with `area` in its colours and outlined in `rgb`; all else is dimmed.

    `area` and `truth` are bool (rows, columns) at the photo's own size; `truth` adds a thin white line.
    """
    cover = coverage(area, shown.size)
    picture = _mixed(shown.dimmed, shown.photo, cover)
    # Around the area, not over it: a distant skydiver is smaller than the line is wide.
    outline(
        picture, np.asarray(cv2.dilate(cover, np.ones((5, 5))), dtype=np.uint8), rgb, width_px=2, casing_px=1
    )
    if truth is not None:
        outline(picture, coverage(truth, shown.size), WHITE, width_px=1)
    return picture


def marked_errors(shown: Stage, predicted: npt.NDArray[np.uint8], truth: npt.NDArray[np.uint8]) -> Image:
    """Return the paled stage with wrong pixels in the alarm colour and pixels without truth striped."""
    unknown = truth == VOID
    picture = _mixed(shown.paled, _stripes(shown.size), coverage(unknown, shown.size))
    wrong = coverage((predicted != truth) & ~unknown, shown.size)
    return _mixed(picture, np.full_like(picture, ALARM), wrong)


def coverage(area: npt.NDArray[np.bool_], size: tuple[int, int]) -> Image:
    """Return how far every shown pixel is covered by `area`: uint8 of `size`, 255 meaning wholly."""
    return resized(area.view(np.uint8) * np.uint8(255), size)


def outline(picture: Image, cover: Image, rgb: Rgb, *, width_px: int, casing_px: int = 0) -> None:
    """Draw the edge of a covered area into `picture`; a dark casing sets it off from anything."""
    # A third of a pixel counts: what is thin would lose its outline otherwise.
    inside = (cover >= _FAINTEST_EDGE).astype(np.uint8)
    # Continued past the picture, the edges that run along its border are drawn outside it.
    beyond = cv2.copyMakeBorder(inside, *(_BEYOND_PX,) * 4, cv2.BORDER_REPLICATE)
    offset = (-_BEYOND_PX, -_BEYOND_PX)
    contours, _ = cv2.findContours(beyond, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE, offset=offset)
    if casing_px:
        cv2.drawContours(picture, contours, -1, _CASING, width_px + 2 * casing_px, cv2.LINE_AA)
    cv2.drawContours(picture, contours, -1, rgb, width_px, cv2.LINE_AA)


def _mixed(below: Image, above: Image, cover: Image) -> Image:
    weight = cover[..., None].astype(np.uint16)
    mixed = below * (255 - weight) + above * weight + 127
    return (mixed // 255).astype(np.uint8)


def _stripes(size: tuple[int, int]) -> Image:
    rows, columns = np.ogrid[: size[0], : size[1]]
    dark = (rows + columns) // _STRIPE_PX % 2 == 0
    return np.where(dark[..., None], np.uint8(214), np.uint8(236)).repeat(3, axis=2)
