"""Whatever a person does with mouse, keys and tools, in whatever order: masks and history stay what a plain model says.

Events go through the real canvas, tool box and surface. The model keeps whole copies of plain arrays, and paints what
the tools ask the surface for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.surface import PhotoSurface
from segstudio.desktop.look import Look
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.table import TOOLS
from segstudio.painting.brush import Brush
from segstudio.painting.editor import MaskEditor
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.region import Region
from segstudio.painting.rules import EVERYWHERE, ONLY_VOID, Rule, never_over, only_over
from segstudio.painting.sweep import Shape
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from tests.desktop.canvas.seen import FREE, LEFT, MIDDLE, NONE, move, pen, press, release

SIZES = {"1.jpg": (40, 60), "2.jpg": (23, 17)}
SHAPES: tuple[Shape, ...] = ("round", "square")
IDS = [row.id for row in TOOLS]
KEYS = ["Return", "Return", "Escape", "Backspace", "Delete", "Up", "Left", "Plus", "Home", "Space"]
SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)

places = st.builds(QPointF, st.integers(-30, 230), st.integers(-30, 180))
helds = st.sampled_from([FREE, FREE, FREE, SHIFT, CONTROL, SHIFT | CONTROL, ALT])


@dataclass
class Model:
    """One mask and its history as whole copies."""

    mask: Mask
    undone: list[Mask] = field(default_factory=list)
    done: list[Mask] = field(default_factory=list)
    before: Mask | None = None

    def paint(self, regions: tuple[Region, ...], value: int, rule: Rule) -> None:
        takes = np.array([rule.takes(under) for under in range(256)])
        for region in regions if self.before is not None else ():
            self.mask[region.spread(self.mask.shape) & takes[self.mask]] = value

    def commit(self) -> None:
        before, self.before = self.before, None
        if before is not None and (before != self.mask).any():
            self.done.append(before)
            self.undone.clear()

    def abort(self) -> None:
        if self.before is not None:
            self.mask, self.before = self.before, None

    def step(self, source: list[Mask], target: list[Mask]) -> None:
        if self.before is None and source:
            target.append(self.mask)
            self.mask = source.pop()


class ToldSurface(PhotoSurface):
    """The real surface; the model of the photo that is shown hears the same."""

    def __init__(self) -> None:
        super().__init__()
        self.photos = {key: _opened(key) for key in SIZES}
        self.models = {key: Model(photo.editor.mask.copy()) for key, photo in self.photos.items()}
        self.show("1.jpg")

    def show(self, key: str) -> None:
        """Show a photo, as the desk does."""
        if self._shown is not None:
            self.commit()
        self._shown, self.model = self.photos[key], self.models[key]

    def begin(self, label: str) -> None:
        super().begin(label)  # it closes what was open
        if self.can_paint:
            self.model.before = self.model.mask.copy()

    def paint(self, *regions: Region, value: int, rule: Rule = EVERYWHERE) -> None:
        self.model.paint(regions, value, rule)
        super().paint(*regions, value=value, rule=rule)

    def commit(self) -> None:
        self.model.commit()
        super().commit()

    def abort(self) -> None:
        self.model.abort()
        super().abort()


def _opened(key: str) -> OpenPhoto:
    rng, size = np.random.default_rng(len(key)), SIZES[key]
    coarse = rng.integers(0, 256, (size[0] // 8 + 1, size[1] // 8 + 1, 3), dtype=np.uint8)
    pixels = np.ascontiguousarray(coarse.repeat(8, axis=0).repeat(8, axis=1)[: size[0], : size[1]])
    photo = Photo(key, Path(key), size, has_mask=False)
    return OpenPhoto(photo, Pyramid.of(pixels), MaskEditor(np.full(size, VOID, dtype=np.uint8)))


class Person(RuleBasedStateMachine):
    """What somebody may do in the Annotate tab."""

    look: ClassVar[Look]

    def __init__(self) -> None:
        super().__init__()
        self.surface, self.box = ToldSurface(), ToolBox()
        self.canvas = Canvas(self.look)
        self.canvas.resize(200, 150)
        self.box.surface = self.surface
        self.box.redraw.connect(self.canvas.redraw_tool)
        self.box.tool_changed.connect(self.follow)
        self.surface.mask_changed.connect(self.canvas.mask_changed)
        self.held = NONE
        self.copies: list[tuple[LazyCopy, Mask]] = []

    @initialize(tool=st.sampled_from(IDS), key=st.sampled_from(sorted(SIZES)))
    def begin_somewhere(self, tool: str, key: str) -> None:
        self.box.choose(tool)
        self.show_photo(key)

    def follow(self) -> None:
        """Hand the tool to the canvas, as the workspace does."""
        self.canvas.set_tool(self.box.tool if self.surface.can_paint else None)

    # -- mouse and pen

    @rule(place=places, held=helds)
    def press(self, place: QPointF, held: Qt.KeyboardModifier) -> None:
        self.held = LEFT
        press(self.canvas, place, LEFT, held)

    @rule(way=st.lists(places, min_size=1, max_size=4), held=helds)
    def move(self, way: list[QPointF], held: Qt.KeyboardModifier) -> None:
        for place in way:
            move(self.canvas, place, self.held, held)

    @rule(way=st.lists(places, min_size=2, max_size=3), name=st.sampled_from(["Return", "Escape", "Escape"]))
    def press_a_key_in_mid_stroke(self, way: list[QPointF], name: str) -> None:
        self.press(way[0], FREE)
        self.move(way[1:], FREE)
        self.key(name, FREE)

    @rule(place=places)
    def release(self, place: QPointF) -> None:
        self.held = NONE
        release(self.canvas, place)
        self.nothing_is_under_way()

    @rule(way=st.lists(places, min_size=2, max_size=4))
    def click(self, way: list[QPointF]) -> None:
        for place in way:
            press(self.canvas, place)
            release(self.canvas, place)
        self.held = NONE

    @rule(way=st.lists(st.tuples(places, st.floats(0, 1)), min_size=1, max_size=4))
    @precondition(lambda self: self.held == NONE)
    def draw_with_a_pen(self, way: list[tuple[QPointF, float]]) -> None:
        for kind, part in (
            (QEvent.Type.TabletPress, way[:1]),
            (QEvent.Type.TabletMove, way[1:]),
            (QEvent.Type.TabletRelease, way[-1:]),
        ):
            for place, pressure in part:
                pen(self.canvas, kind, place, pressure)

    @rule(place=places, button=st.sampled_from([MIDDLE, Qt.MouseButton.RightButton]))
    def click_another_button(self, place: QPointF, button: Qt.MouseButton) -> None:
        press(self.canvas, place, button)
        release(self.canvas, place, button)

    @rule()
    def lose_the_release(self) -> None:
        self.held = NONE

    @rule()
    def leave(self) -> None:
        QApplication.sendEvent(self.canvas, QEvent(QEvent.Type.Leave))

    # -- keys, tools and options

    @rule(name=st.sampled_from(KEYS), held=helds)
    def key(self, name: str, held: Qt.KeyboardModifier) -> None:
        key = getattr(Qt.Key, f"Key_{name}")
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.canvas, QKeyEvent(kind, key, held))

    @rule(tool=st.sampled_from(IDS))
    def choose(self, tool: str) -> None:
        self.box.choose(tool)

    @rule(
        value=st.sampled_from([0, 1, 2, VOID]),
        size=st.integers(1, 40),
        shape=st.sampled_from(SHAPES),
        over=st.sampled_from([EVERYWHERE, EVERYWHERE, ONLY_VOID, only_over(1, 2), never_over(0)]),
    )
    def change_options(self, value: int, size: int, shape: Shape, over: Rule) -> None:
        self.box.change(value=value, brush=Brush(size, shape), rule=over)

    @rule(tolerance=st.integers(0, 60), contiguous=st.booleans(), smoothing=st.integers(0, 2))
    def change_wand(self, tolerance: int, contiguous: bool, smoothing: int) -> None:
        self.box.change(tolerance=float(tolerance), contiguous=contiguous, smoothing_px=smoothing)

    # -- history, photos and the window

    @rule()
    def undo(self) -> None:
        if not self.box.take_back():
            self.surface.undo()
            if self.surface.can_paint:
                self.surface.model.step(self.surface.model.done, self.surface.model.undone)

    @rule()
    def redo(self) -> None:
        self.surface.redo()
        if self.surface.can_paint:
            self.surface.model.step(self.surface.model.undone, self.surface.model.done)

    @rule(key=st.sampled_from(sorted(SIZES)))
    def show_photo(self, key: str) -> None:
        self.box.finish()
        self.surface.show(key)
        self.box.follow_photo()
        self.canvas.show_photo(self.surface.photos[key].pyramid, self.surface.mask)
        self.follow()
        self.nothing_is_under_way()

    @rule()
    def cannot_be_painted_or_can_again(self) -> None:
        self.box.finish()
        for photo in self.surface.photos.values():
            photo.read_only = not photo.read_only
        self.follow()

    @rule(size=st.sampled_from([(200, 150), (90, 200), (20, 20)]))
    def resize(self, size: tuple[int, int]) -> None:
        self.canvas.resize(*size)

    @rule(factor=st.sampled_from([0.5, 3.0]))
    def zoom(self, factor: float) -> None:
        self.canvas.zoom_by(factor)

    @rule()
    def copy(self) -> None:
        copy = self.surface.mask_as_now()
        assert copy is not None
        self.copies = [*self.copies[-3:], (copy, self.surface.model.mask.copy())]

    # -- what always holds

    @invariant()
    def masks_are_what_the_model_says(self) -> None:
        for key, photo in self.surface.photos.items():
            assert (photo.editor.mask == self.surface.models[key].mask).all()

    @invariant()
    def histories_are_what_the_model_says(self) -> None:
        for key, photo in self.surface.photos.items():
            history, model = photo.editor.history, self.surface.models[key]
            assert len(history.undo_edits) == len(model.done)
            assert len(history.redo_edits) == len(model.undone)

    @invariant()
    def what_is_not_seen_is_not_being_painted(self) -> None:
        for photo in self.surface.photos.values():
            assert photo is self.surface.shown or not photo.editor.is_open

    def nothing_is_under_way(self) -> None:
        assert not self.box.tool.is_pressed
        assert not any(photo.editor.is_open for photo in self.surface.photos.values())

    def teardown(self) -> None:
        self.box.finish()
        self.box.shut_down()
        self.nothing_is_under_way()
        for copy, mask in self.copies:
            assert (copy.pixels() == mask).all()
        for photo in self.surface.photos.values():
            final = photo.editor.mask.copy()
            done = _all(photo.editor.undo)
            assert (photo.editor.mask == VOID).all()
            for _ in range(done):
                photo.editor.redo()
            assert (photo.editor.mask == final).all()
        self.surface._end_errands()
        self.canvas.deleteLater()
        self.surface.deleteLater()
        self.box.deleteLater()


def _all(step: Callable[[], object]) -> int:
    done = 0
    while step() is not None:
        done += 1
    return done


def test_whatever_is_done_masks_and_history_are_what_a_plain_model_says(look: Look) -> None:
    Person.look = look
    run_state_machine_as_test(
        Person,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
