"""What a brush costs on the canvas: mouse event, edit of the mask and repaint, beside a bare Qt canvas in one run.

The real canvas, tool box, brush and MaskEditor take real mouse events; each time is from the event to the end of the
repaint that it caused. The bare canvas is the least that can be done: QPainter draws the line into a mask, numpy colours the tiles that it
touches, paintEvent copies them; it has no undo, no rules, no outline of the tip. Both take turns with the same strokes,
so that other load meets them alike. Each stroke is somewhere else on the photo.

The aim, which holds for each brush, is twice the time of the bare canvas.

    make benchmarks
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.look import Look
from segstudio.desktop.tools.box import ToolBox
from segstudio.painting.brush import Brush
from segstudio.painting.editor import MaskEditor
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.points import Position
from segstudio.painting.region import Region
from segstudio.painting.rules import Rule
from segstudio.project.classes import ClassList
from segstudio.project.images import RgbImage
from segstudio.project.masks import Mask

SMALL_PX, LARGE_PX, STEP_PX = 1024, 8192, 50
WIDTH, HEIGHT = 1280, 720
STROKES, MOVES, DROPPED = 12, 30, 2
TIMES_BARE = {5: 2.0, 50: 2.0, 500: 1.5}
"""For each brush, how many times as long as on the bare canvas a move may take."""

TILE_PX = 256


class Ground:
    """What tools paint on: an editor, whose changes the canvas is told."""

    can_paint = True
    place = "bench"

    def __init__(self, photo: RgbImage, editor: MaskEditor, canvas: Canvas) -> None:
        self.photo = photo
        self.editor = editor
        self.canvas = canvas

    @property
    def mask(self) -> Mask | None:
        return self.editor.mask

    def mask_as_now(self) -> LazyCopy | None:
        return self.editor.as_now()

    def begin(self, label: str) -> None:
        self.editor.begin(label)

    def paint(self, *regions: Region, value: int, rule: Rule) -> None:
        self.canvas.mask_changed(self.editor.paint(*regions, value=value, rule=rule))

    def commit(self) -> None:
        self.editor.commit()

    def abort(self) -> None:
        self.canvas.mask_changed(self.editor.abort())


class BareCanvas(QWidget):
    """A mask into which QPainter draws lines; the tiles that a line touches are coloured by numpy, and copied."""

    def __init__(self, side_px: int) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.scale, self.corner, self.diameter_px, self.value = 1.0, QPointF(0, 0), 5, 0
        self.last: QPointF | None = None
        self.values = np.full((side_px, side_px), 255, dtype=np.uint8)
        self.lut = np.zeros(256, dtype=np.uint32)
        self.lut[:5] = 0x80000000 + np.arange(5) * 0x102010
        self.ink = QImage(self.values.data, side_px, side_px, side_px, QImage.Format.Format_Grayscale8)
        photo = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
        photo.fill(QColor(90, 120, 150))
        self.tiles = {}
        for row in range(side_px // TILE_PX):
            for column in range(side_px // TILE_PX):
                mask = QImage(TILE_PX, TILE_PX, QImage.Format.Format_ARGB32_Premultiplied)
                mask.fill(Qt.GlobalColor.transparent)
                self.tiles[row, column] = (photo.copy(), mask)

    def show_at(self, scale: float, corner: QPointF) -> None:
        self.scale, self.corner = scale, corner
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.last = (event.position() - self.corner) / self.scale
        self._line(self.last)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._line((event.position() - self.corner) / self.scale)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.last = None

    def _line(self, end: QPointF) -> None:
        start, self.last = self.last or end, end
        margin = self.diameter_px / 2 + 1
        dirty = QRectF(start, end).normalized().adjusted(-margin, -margin, margin, margin)
        painter = QPainter(self.ink)
        grey = QColor(self.value, self.value, self.value)
        painter.setPen(QPen(grey, self.diameter_px, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(start, end)
        painter.end()
        for row, column in self._touched(dirty):
            top, left = row * TILE_PX, column * TILE_PX
            image = self.tiles[row, column][1]
            pixels = np.frombuffer(image.bits(), dtype=np.uint32).reshape(TILE_PX, TILE_PX)
            pixels[:] = self.lut[self.values[top : top + TILE_PX, left : left + TILE_PX]]
        seen = QRectF(dirty.topLeft() * self.scale + self.corner, dirty.size() * self.scale)
        self.update(seen.toAlignedRect())

    def _touched(self, rect: QRectF) -> Iterator[tuple[int, int]]:
        for row in range(int(rect.top()) // TILE_PX, int(rect.bottom()) // TILE_PX + 1):
            for column in range(int(rect.left()) // TILE_PX, int(rect.right()) // TILE_PX + 1):
                if (row, column) in self.tiles:
                    yield row, column

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor("#777777"))
        painter.translate(self.corner)
        painter.scale(self.scale, self.scale)
        shown = QRectF(event.rect())
        seen = QRectF((shown.topLeft() - self.corner) / self.scale, shown.size() / self.scale)
        for row, column in self._touched(seen):
            tile = QRect(column * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX)
            part = tile & seen.toAlignedRect()
            for image in self.tiles[row, column]:
                painter.drawImage(part, image, part.translated(-tile.topLeft()))


@dataclass
class Times:
    """Milliseconds of events and their repaints."""

    moves: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return float(np.median(self.moves))

    @property
    def late(self) -> float:
        return float(np.quantile(self.moves, 0.95))

    def row(self, name: str) -> str:
        return (
            f"  {name:<12} median {self.median:6.3f}  95th {self.late:6.3f}  worst {max(self.moves):6.2f}  "
            f"press/release {max(self.ends):6.2f} ms"
        )


def event_ms(widget: QWidget, kind: QEvent.Type, at: QPointF) -> float:
    """Send one mouse event, let the repaint come, and return the milliseconds of both."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    start = time.perf_counter()
    QApplication.sendEvent(widget, event)
    QApplication.processEvents()
    return (time.perf_counter() - start) * 1000


def stroke(widget: QWidget, way: list[QPointF], times: Times) -> None:
    """Drag along the way."""
    times.ends.append(event_ms(widget, QEvent.Type.MouseButtonPress, way[0]))
    times.moves += [event_ms(widget, QEvent.Type.MouseMove, place) for place in way[1:]]
    times.ends.append(event_ms(widget, QEvent.Type.MouseButtonRelease, way[-1]))


def walk(rng: np.random.Generator, inside: QRectF, step: float) -> list[QPointF]:
    """Return places in the widget `step` apart that turn gently and stay inside."""
    at = np.array((rng.uniform(inside.left(), inside.right()), rng.uniform(inside.top(), inside.bottom())))
    heading, way = rng.uniform(0, 2 * np.pi), [QPointF(*at)]
    for _ in range(MOVES):
        heading += rng.normal(0, 0.4)
        move = step * np.array((np.cos(heading), np.sin(heading)))
        if not inside.contains(QPointF(*(at + move))):
            heading += np.pi
            move = -move
        at = at + move
        way.append(QPointF(*at))
    return way


@dataclass
class Case:
    """One photo on both canvases."""

    side_px: int
    ours: Canvas
    bare: BareCanvas
    box: ToolBox

    def look_at(self, rng: np.random.Generator, *, fitting: bool) -> QRectF:
        """Show some part 1:1 or the whole on both; returns where strokes are to stay in the widgets."""
        self.ours.fit()
        if not fitting:
            self.ours.zoom_by(1 / self.ours.zoom)
            centre: Position = tuple(rng.uniform(0.3, 0.7, 2) * self.side_px)
            off = QPointF(WIDTH / 2, HEIGHT / 2) - self.ours.to_screen(centre)
            self.ours.pan(off.x(), off.y())
        self.bare.show_at(self.ours.scale, self.ours.to_screen((0, 0)))
        QApplication.processEvents()
        photo = QRectF(self.ours.to_screen((0, 0)), self.ours.to_screen((self.side_px, self.side_px)))
        return (photo & QRectF(self.ours.rect())).adjusted(5, 5, -5, -5)


def case(qtbot: QtBot, look: Look, side_px: int) -> Case:
    """Open a grey photo of that side on both canvases."""
    photo = np.full((side_px, side_px, 3), 120, dtype=np.uint8)
    ours, bare, box = Canvas(look), BareCanvas(side_px), ToolBox()
    classes = ClassList.from_names(["sky", "ground", "plane", "person", "rope"])
    editor = MaskEditor(np.full((side_px, side_px), 255, dtype=np.uint8))
    ours.set_classes(classes)
    ours.show_photo(Pyramid.of(photo), editor.mask)
    box.surface = Ground(photo, editor, ours)
    box.redraw.connect(ours.redraw_tool)
    ours.set_tool(box.tool)
    for widget in (ours, bare):
        qtbot.addWidget(widget)
        widget.resize(WIDTH, HEIGHT)
        widget.show()
        qtbot.waitExposed(widget)
    return Case(side_px, ours, bare, box)


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(qapp, "light")


@pytest.mark.benchmark
def test_a_stroke_costs_the_same_on_any_photo_and_little_more_than_bare_qt(qtbot: QtBot, look: Look) -> None:
    cv2.setNumThreads(1)
    cases = [case(qtbot, look, side) for side in (SMALL_PX, LARGE_PX)]
    against_bare, against_small, worst = dict[int, float](), list[float](), 0.0
    for fitting in (False, True):
        for diameter_px in (5, 50, 500):
            rng = np.random.default_rng(diameter_px)
            times = {(one.side_px, name): Times() for one in cases for name in ("ours", "bare")}
            for number in range(STROKES):
                for one in cases:
                    inside = one.look_at(rng, fitting=fitting)
                    one.box.change(value=number % 5, brush=Brush(diameter_px))
                    one.bare.diameter_px, one.bare.value = diameter_px, number % 5
                    way = walk(rng, inside, STEP_PX * one.ours.scale)
                    dropped = Times()  # the first strokes load what is loaded once
                    for name, widget in (("ours", one.ours), ("bare", one.bare)):
                        stroke(widget, way, dropped if number < DROPPED else times[one.side_px, name])
            print(f"\nbrush {diameter_px} px, {'whole photo in view' if fitting else '1:1'}")  # noqa: T201
            for (side_px, name), figures in times.items():
                print(figures.row(f"{name} {side_px}"))  # noqa: T201
            ours, bare = times[LARGE_PX, "ours"], times[LARGE_PX, "bare"]
            ratio = ours.median / bare.median
            against_bare[diameter_px] = max(ratio, against_bare.get(diameter_px, 0))
            against_small.append(ours.median / times[SMALL_PX, "ours"].median)
            worst = max(worst, *ours.moves, *ours.ends)
            print(f"  ratio to bare {ratio:.2f}, to 1024 {against_small[-1]:.2f}")  # noqa: T201
    print(f"\nworst event {worst:.1f} ms")  # noqa: T201
    for one in cases:
        assert one.box.surface is not None
        assert np.any(one.box.surface.mask != 255)
        assert np.any(one.bare.values != 255)
        one.box.shut_down()
    assert max(against_small) < 1.5
    assert {px: ratio for px, ratio in against_bare.items() if ratio > TIMES_BARE[px]} == {}
