"""What the canvas draws, pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.painting.rect import Rect
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import RgbImage
from segstudio.project.masks import Mask
from tests.desktop.canvas.seen import SURROUND, Colours, Recorder, pixels_of, seen

SKY, GROUND = (0x00, 0x80, 0xFF), (0xFF, 0x80, 0x00)
GREY = (100, 110, 120)

MakeCanvas = Callable[..., Canvas]


def grey(rows: int, columns: int) -> RgbImage:
    return np.full((rows, columns, 3), GREY, dtype=np.uint8)


def show(canvas: Canvas, photo: RgbImage, mask: Mask | None, zoom: float | None = None) -> None:
    """Show a photo at 1:1 or another zoom, its middle in the middle."""
    canvas.show_photo(Pyramid.of(photo), mask)
    if zoom is not None:
        canvas.zoom_by(zoom / canvas.zoom)
        canvas.zoom_by(zoom / canvas.zoom)  # it stopped at 1:1 on its way
        assert canvas.zoom == pytest.approx(zoom)
    QApplication.processEvents()


def at(canvas: Canvas, picture: Colours, x: float, y: float, ratio: float = 1.0) -> tuple[int, ...]:
    """Return the colour that is seen at a photo position."""
    place = canvas.to_screen((x, y)) * ratio
    return tuple(int(channel) for channel in picture[int(place.y()), int(place.x())])


def halves(rows: int = 40, columns: int = 60) -> Mask:
    """Left sky, right ground, the upper left quarter void."""
    mask = np.zeros((rows, columns), dtype=np.uint8)
    mask[:, columns // 2 :] = 1
    mask[: rows // 2, : columns // 2] = VOID
    return mask


def test_without_a_photo_there_is_only_the_surround(canvas: Canvas) -> None:
    assert not canvas.has_photo
    assert (seen(canvas) == SURROUND).all()
    canvas.mask_changed(Rect(0, 0, 5, 5))
    show(canvas, grey(40, 60), halves())
    canvas.show_photo(None, None)
    assert (seen(canvas) == SURROUND).all()


@pytest.mark.parametrize("zoom", [1.0, 4.0, 7.3])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_every_pixel_has_the_colour_of_its_class(canvas: Canvas, zoom: float, ratio: float) -> None:
    show(canvas, grey(40, 60), halves(), zoom)
    picture = seen(canvas, ratio=ratio)
    for y in (0, 19, 20, 39):
        for x in (0, 29, 30, 59):
            if canvas.rect().contains(canvas.to_screen((x + 0.5, y + 0.5)).toPoint()):
                wanted = GROUND if x >= 30 else GREY if y < 20 else SKY
                assert at(canvas, picture, x + 0.5, y + 0.5, ratio) == wanted


def test_zoomed_out_areas_keep_their_colours(canvas: Canvas) -> None:
    show(canvas, grey(1140, 1560), halves(1140, 1560), 0.25)
    picture = seen(canvas)
    assert at(canvas, picture, 300, 900) == SKY
    assert at(canvas, picture, 1200, 200) == GROUND
    assert at(canvas, picture, 300, 200) == GREY
    assert at(canvas, picture, 300, -20) == SURROUND


def test_the_photo_ends_where_it_ends(canvas: Canvas) -> None:
    show(canvas, grey(40, 60), None, 4.0)
    picture = seen(canvas)
    inside = (picture == GREY).all(axis=2)
    assert inside.sum() == 160 * 240
    assert ((picture == SURROUND).all(axis=2) | inside).all()
    assert at(canvas, picture, 0, 0) == GREY
    assert at(canvas, picture, 60, 40) == SURROUND


def test_opacity_mixes_photo_and_class(canvas: Canvas) -> None:
    show(canvas, grey(40, 60), halves(), 2.0)
    canvas.set_look(CanvasLook(opacity=0.25))
    mixed = np.array(at(canvas, seen(canvas), 45, 10))
    assert np.abs(mixed - (np.array(GREY) * 0.75 + np.array(GROUND) * 0.25)).max() <= 2
    canvas.set_look(CanvasLook(opacity=0))
    assert at(canvas, seen(canvas), 45, 10) == GREY


def test_hidden_values_and_the_photo_alone(canvas: Canvas) -> None:
    show(canvas, grey(40, 60), halves(), 2.0)
    canvas.set_look(CanvasLook(opacity=1, hidden=frozenset({1})))
    picture = seen(canvas)
    assert (at(canvas, picture, 45, 10), at(canvas, picture, 15, 30)) == (GREY, SKY)
    canvas.set_look(CanvasLook(opacity=1, alone=True))
    assert at(canvas, seen(canvas), 15, 30) == GREY
    canvas.set_look(CanvasLook(opacity=1))
    assert at(canvas, seen(canvas), 45, 10) == GROUND


def test_outlines_leave_the_inside_free(canvas: Canvas) -> None:
    show(canvas, grey(40, 60), halves(), 4.0)
    canvas.set_look(CanvasLook(opacity=1, outlines=True))
    picture = seen(canvas)
    assert at(canvas, picture, 45, 10) == GREY
    assert at(canvas, picture, 30.1, 10) == GROUND
    assert at(canvas, picture, 29.9, 30) == SKY
    assert at(canvas, picture, 29.9, 10) == GREY  # void has no line


def test_other_classes_other_colours(canvas: Canvas) -> None:
    show(canvas, grey(40, 60), halves(), 2.0)
    assert at(canvas, seen(canvas), 15, 30) == SKY
    canvas.set_classes(ClassList.from_names(["sky:#102030", "ground:#FF8000"]))
    assert at(canvas, seen(canvas), 15, 30) == (0x10, 0x20, 0x30)


def test_tones_change_the_photo_and_not_the_classes(canvas: Canvas) -> None:
    show(canvas, grey(40, 60), halves(), 2.0)
    seen(canvas)
    canvas.set_look(CanvasLook(opacity=1, brightness=0.2))
    picture = seen(canvas)
    assert at(canvas, picture, 15, 10) == (151, 161, 171)
    assert at(canvas, picture, 15, 30) == SKY
    canvas.set_look(CanvasLook(opacity=1))
    assert at(canvas, seen(canvas), 15, 10) == GREY


@pytest.mark.parametrize("colour", [0, 128, 255])
def test_the_pixel_grid_is_seen_on_dark_and_on_bright(canvas: Canvas, colour: int) -> None:
    show(canvas, np.full((16, 16, 3), colour, dtype=np.uint8), None, 16.0)
    left, top = (int(side) for side in canvas.to_screen((0, 0)).toTuple())
    inner = seen(canvas)[top : top + 256, left : left + 256, 0].astype(int)
    columns = np.flatnonzero((inner[8] != colour) | (inner[9] != colour) | (inner[10] != colour))
    assert columns.tolist() == list(range(16, 256, 16))
    assert 15 <= np.abs(inner[:, 16] - colour).max() <= 100
    canvas.set_look(CanvasLook(opacity=1, pixel_grid=False))
    assert (seen(canvas)[top : top + 256, left : left + 256, 0] == colour).all()
    canvas.set_look(CanvasLook(opacity=1))
    canvas.zoom_by(7 / 16)
    assert (seen(canvas)[150, 180:220, 0] == colour).all()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])
@pytest.mark.parametrize("zoom", [0.37, 0.5, 0.83, 1.0, 1.17, 2.71, 5.0])
def test_tiles_meet_without_a_seam(make_canvas: MakeCanvas, zoom: float, ratio: float) -> None:
    canvas = make_canvas(900, 700)
    side = 2600
    canvas.set_look(CanvasLook(opacity=0.5, pixel_grid=False))
    show(canvas, grey(side, side), np.zeros((side, side), dtype=np.uint8), zoom)
    canvas.pan(13.3, -7.7)
    picture = seen(canvas, ratio=ratio)
    inner = picture[2:-2, 2:-2]
    assert (inner == inner[0, 0]).all()
    assert tuple(inner[0, 0]) != SURROUND


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(data=st.data())
def test_after_a_change_the_screen_is_as_if_all_were_drawn_anew(canvas: Canvas, data: st.DataObject) -> None:
    size = data.draw(st.tuples(st.integers(1, 700), st.integers(1, 900)))
    mask = np.random.default_rng(0).integers(0, 4, size, dtype=np.uint8)
    canvas.set_look(CanvasLook(opacity=1, outlines=data.draw(st.booleans())))
    canvas.show_photo(Pyramid.of(grey(*size)), mask)
    canvas.zoom_by(data.draw(st.floats(0.3, 30)))
    canvas.pan(data.draw(st.floats(-500, 500)), data.draw(st.floats(-500, 500)))
    QApplication.processEvents()
    for _ in range(data.draw(st.integers(1, 4))):
        top, left = data.draw(st.integers(0, size[0] - 1)), data.draw(st.integers(0, size[1] - 1))
        bottom, right = data.draw(st.integers(top + 1, size[0])), data.draw(st.integers(left + 1, size[1]))
        mask[top:bottom, left:right] = data.draw(st.integers(0, 4))
        canvas.mask_changed(Rect(top, left, bottom, right))
        if data.draw(st.booleans()):
            canvas.pan(data.draw(st.floats(-50, 50)), 0)
    QApplication.processEvents()
    on_screen = pixels_of(canvas.screen().grabWindow(canvas.winId()).toImage())
    np.testing.assert_array_equal(seen(canvas), on_screen)
    canvas.show_photo(canvas._layers.photo if canvas._layers else None, mask)  # all tiles anew
    np.testing.assert_array_equal(seen(canvas), on_screen)


def test_a_change_is_seen_at_every_zoom(canvas: Canvas) -> None:
    mask = np.zeros((40, 60), dtype=np.uint8)
    show(canvas, grey(40, 60), mask, 2.0)
    assert at(canvas, seen(canvas), 30, 20) == SKY
    canvas.zoom_by(2)
    QApplication.processEvents()
    mask[:] = 1
    canvas.mask_changed(Rect(0, 0, 40, 60))
    QApplication.processEvents()
    canvas.zoom_by(0.5)
    assert at(canvas, seen(canvas), 30, 20) == GROUND


def test_a_tool_is_drawn_on_top_and_wiped_when_it_moves(canvas: Canvas) -> None:
    show(canvas, grey(100, 100), None, 1.0)
    tool = Recorder()
    canvas.set_tool(tool)
    for position in ((10.0, 10.0), (80.0, 60.0), (-20.0, 5.0), None):
        tool.at = position
        canvas.redraw_tool()
        QApplication.processEvents()
        on_screen = pixels_of(canvas.screen().grabWindow(canvas.winId()).toImage())
        red = (on_screen == (255, 0, 0)).all(axis=2)
        assert red.sum() == (81 if position else 0)
        np.testing.assert_array_equal(seen(canvas), on_screen)


@pytest.mark.parametrize("size", [(16, 16), (1, 300), (300, 1), (1, 1)])
def test_the_smallest_photos_are_seen(canvas: Canvas, size: tuple[int, int]) -> None:
    canvas.set_look(CanvasLook(opacity=1, pixel_grid=False))
    show(canvas, grey(*size), np.ones(size, dtype=np.uint8))
    for _ in range(30):
        assert (seen(canvas) == GROUND).all(axis=2).any()
        canvas.zoom_by(1.3)
    for _ in range(60):
        canvas.zoom_by(0.8)
    assert (seen(canvas) == GROUND).all(axis=2).any()


def test_tiles_stay_within_their_budget(canvas: Canvas) -> None:
    show(canvas, grey(4000, 4000), np.zeros((4000, 4000), dtype=np.uint8))
    for _ in range(40):
        canvas.zoom_by(1.1)
        canvas.pan(-300, -200)
        QApplication.processEvents()
    assert canvas._layers is not None
    assert canvas._layers.size_bytes <= 300 << 20


def test_a_mask_of_another_size_is_refused(canvas: Canvas) -> None:
    with pytest.raises(ValueError, match="does not lie on a photo"):
        canvas.show_photo(Pyramid.of(grey(10, 10)), np.zeros((10, 11), dtype=np.uint8))


def test_the_theme_says_what_surrounds_the_photo(canvas: Canvas) -> None:
    assert QColor(*SURROUND).name() == "#777777"
    assert tuple(seen(canvas)[0, 0]) == SURROUND
    assert canvas.to_screen((0, 0)) == QPointF(0, 0)
