"""What tools draw lies where they paint."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPicture
from PySide6.QtWidgets import QApplication

from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.drawing import beside, luminance
from segstudio.desktop.tools.region_drawing import RegionDrawing
from segstudio.desktop.tools.tool import Tool
from segstudio.painting.brush import Brush
from segstudio.painting.rect import Rect
from segstudio.painting.region import Region
from tests.desktop.tools.ground import Ground, View, at, click, stroke

SCALE = 10


def drawn(tool: Tool, view: View, ratio: float = 1.0) -> np.ndarray:
    """Return bool (rows, columns): where something is drawn."""
    image = QImage(round(800 * ratio), round(600 * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    tool.draw(painter, view)
    painter.end()
    bits = np.frombuffer(image.constBits(), dtype=np.uint8)
    return bits.reshape(image.height(), image.width(), 4)[..., 3] > 0


def measured(tool: Tool, view: View) -> QRect:
    told = tool.bounds(view)
    if told is not None:
        return told.toAlignedRect()
    picture = QPicture()
    painter = QPainter(picture)
    tool.draw(painter, view)
    painter.end()
    return picture.boundingRect()


@pytest.mark.parametrize("shape", ["round", "square"])
@pytest.mark.parametrize("diameter", [1, 2, 7, 16])
def test_the_tip_is_drawn_around_the_pixels_that_a_click_paints(
    box: ToolBox, ground: Ground, shape: str, diameter: int
) -> None:
    box.change(brush=Brush(diameter, "round" if shape == "round" else "square"))
    box.tool.hover(at(30.3, 20.8))
    line = drawn(box.tool, View(SCALE))
    click(box.tool, at(30.3, 20.8))
    painted = np.kron(ground.editor.mask == 3, np.ones((SCALE, SCALE), dtype=bool))
    edge = np.zeros_like(painted)
    for axis in (0, 1):
        edge |= painted != np.roll(painted, 1, axis=axis)
    assert line[edge].mean() > 0.95
    near = sum(np.roll(edge, (down, right), (0, 1)) for down in range(-3, 4) for right in range(-3, 4))
    assert not line[near == 0].any()


@pytest.mark.parametrize("tool", ["brush", "polygon", "lasso", "box", "wand", "pick"])
@pytest.mark.parametrize("scale", [0.5, 3.0, 9.0])
def test_what_is_drawn_lies_where_the_canvas_measures_it(box: ToolBox, tool: str, scale: float) -> None:
    view, px = View(scale, (40.5, 30.25)), 1 / scale
    box.choose(tool)
    box.tool.hover(at(30, 20, px=px))
    if tool in ("polygon", "lasso"):
        stroke(box.tool, [at(10, 10, px=px), at(40, 12, px=px), at(30, 40, px=px)])
        box.tool.hover(at(33, 33, px=px))
    elif tool in ("box", "wand"):
        box.tool.press(at(10, 10, px=px))
        box.tool.drag([at(30, 33, px=px)])
    there = np.argwhere(drawn(box.tool, view))
    assert len(there)
    bounds = measured(box.tool, view).adjusted(-3, -3, 3, 3)
    (top, left), (bottom, right) = there.min(axis=0), there.max(axis=0)
    assert bounds.contains(QRect(left, top, right - left, bottom - top).intersected(QRect(0, 0, 800, 600)))


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize(
    "view", [View(1.0), View(7.3, (-31.5, -12.25)), View(0.4, (3, 3)), View(2.0, (1e6, 0))]
)
def test_a_region_is_drawn_on_its_pixels(qapp: QApplication, view: View, ratio: float) -> None:
    rng = np.random.default_rng(1)
    bitmap = np.kron(rng.random((8, 9)) > 0.5, np.ones((4, 4), dtype=bool))
    region = Region(Rect(5, 7, 5 + 32, 7 + 36), bitmap)
    image = QImage(round(300 * ratio), round(200 * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    RegionDrawing().draw(painter, view, region, QColor("#F0E442"))
    painter.end()
    bits = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.width(), 4)
    yellow = (bits[..., 2] > 120) & (bits[..., 0] < 120)
    ys, xs = (
        np.floor(((np.arange(count) + 0.5) / ratio - corner) / view.scale).astype(int)
        for count, corner in ((image.height(), view.corner[1]), (image.width(), view.corner[0]))
    )
    whole = region.spread((60, 80))
    inside = (ys[:, None] >= 0) & (ys[:, None] < 60) & (xs >= 0) & (xs < 80)
    wanted = whole[np.clip(ys, 0, 59)[:, None], np.clip(xs, 0, 79)] & inside
    assert (yellow == wanted).all()


def test_a_line_stands_out_from_its_colour() -> None:
    for name in ("#F0E442", "#56B4E9", "#000000", "#202020", "#FFFFFF", "#0072B2", "#7F7F7F"):
        colour, other = QColor(name), beside(QColor(name))
        bright, dark = sorted((luminance(colour), luminance(other)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("place", [(30.3, 20.8), (31.0, 21.5), (29.77, 20.01)])
def test_a_tip_too_small_to_see_has_a_cross_around_its_place(
    box: ToolBox, place: tuple[float, float], ratio: float
) -> None:
    box.change(brush=Brush(3))
    for scale in (0.37, 1.0, 1.9):
        view = View(scale, (11.3, 7.9))
        box.tool.hover(at(*place))
        there = np.argwhere(drawn(box.tool, view, ratio))
        tip = box.options.brush.tip(place)
        middle = (there.min(axis=0) + there.max(axis=0) + 1) / 2 / ratio
        wanted = view.to_screen((tip.x, tip.y))
        assert middle == pytest.approx((wanted.y(), wanted.x()), abs=0.8 / ratio)
        assert (np.ptp(there, axis=0) / ratio).tolist() == pytest.approx([20, 20], abs=2)
        bounds = measured(box.tool, view)
        (top, left), (bottom, right) = there.min(axis=0) / ratio, there.max(axis=0) / ratio
        assert bounds.left() <= left <= right <= bounds.right() + 1
        assert bounds.top() <= top <= bottom <= bounds.bottom() + 1
