"""Layers: the photo and the mask over it, drawn on device pixels from tiles."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.colours import mask_table, photo_tones
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.canvas.sampling import Pixels, changed_place, colour_mask, draw_photo, outline_mask
from segstudio.desktop.canvas.tiles import TILE_PX, TileCache
from segstudio.desktop.canvas.view import View
from segstudio.painting.rect import Rect
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask

_PHOTO_BUDGET_BYTES = 192 << 20
_MASK_BUDGET_BYTES = 96 << 20


class Layers:
    """One photo and its live mask as they are drawn. Made and used in the GUI thread; quick at any size."""

    def __init__(self, photo: Pyramid, mask: Mask | None) -> None:
        if mask is not None and mask.shape != photo.size:
            raise ValueError(f"a mask of {mask.shape} does not lie on a photo of {photo.size}")
        self.photo = photo
        self.mask = mask
        self._look = CanvasLook()
        self._line_px = 1
        self._table = mask_table(ClassList(), self._look)
        self._tones = photo_tones(self._look)
        self._photo_tiles = TileCache(
            QImage.Format.Format_RGB32, self._fill_photo, budget_bytes=_PHOTO_BUDGET_BYTES
        )
        self._mask_tiles = TileCache(
            QImage.Format.Format_ARGB32_Premultiplied, self._fill_mask, budget_bytes=_MASK_BUDGET_BYTES
        )
        self._mask_scale = 0.0

    @property
    def size_bytes(self) -> int:
        """How much memory the tiles take."""
        return self._photo_tiles.size_bytes + self._mask_tiles.size_bytes

    def colour(self, classes: ClassList, look: CanvasLook, *, line_px: int) -> None:
        """Draw in these colours from now on, outlines `line_px` device pixels wide; keeps the tiles it can."""
        table, before = mask_table(classes, look), self._look
        if (look.outlines, line_px) != (before.outlines, self._line_px) or (table != self._table).any():
            self._mask_tiles.spoil_all()
        if (look.brightness, look.contrast, look.gamma) != (before.brightness, before.contrast, before.gamma):
            self._photo_tiles.spoil_all()
        self._table, self._tones, self._look, self._line_px = table, photo_tones(look), look, line_px

    def change(self, rect: Rect, view: View) -> Rect:
        """Take note that the mask has changed in `rect`; returns the device pixels to paint, from the photo's corner."""
        grown = self._line_px if self._look.outlines else 0
        place = changed_place(rect, view.scale, _extent(view), grown_px=grown)
        if place and self._mask_scale == view.scale:
            self._mask_tiles.spoil(view.scale, place)
        elif self._mask_scale != view.scale:
            self._mask_tiles.clear()
        return place

    def paint(self, painter: QPainter, view: View, exposed: Iterable[QRect]) -> None:
        """Draw what is `exposed` (device pixels of the room) of the photo; the painter draws on device pixels."""
        if self._mask_scale != view.scale:
            self._mask_tiles.clear()  # they would have to be kept up to date
            self._mask_scale = view.scale
        layers = [self._photo_tiles]
        if self.mask is not None and not self._look.alone and self._look.opacity > 0:
            layers.append(self._mask_tiles)
        extent, (right, down) = _extent(view), view.corner
        for rect in exposed:
            top, left = rect.top() - down, rect.left() - right
            seen = Rect(top, left, top + rect.height(), left + rect.width()) & extent
            for row, column in seen.tiles(TILE_PX):
                for layer in layers:
                    tile = layer.tile(view.scale, row, column, extent=extent, seen=seen)
                    part = tile.place & seen
                    inner = part.within(tile.place)
                    painter.drawImage(
                        part.left + right,
                        part.top + down,
                        tile.image,
                        inner.left,
                        inner.top,
                        inner.columns,
                        inner.rows,
                    )

    def _fill_photo(self, scale: float, place: Rect, out: Pixels) -> None:
        draw_photo(self.photo, self._tones, scale, place, out)

    def _fill_mask(self, scale: float, place: Rect, out: Pixels) -> None:
        if self.mask is None:
            return
        if self._look.outlines:
            outline_mask(self.mask, self._table, scale, place, out, width_px=self._line_px)
        else:
            colour_mask(self.mask, self._table, scale, place, out)


def _extent(view: View) -> Rect:
    columns, rows = view.extent
    return Rect(0, 0, rows, columns)
