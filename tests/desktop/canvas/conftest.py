"""A canvas in its window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.look import Look
from segstudio.project.classes import ClassList

CLASSES = ClassList.from_names(["sky:#0080FF", "ground:#FF8000", "plane:#00C040", "person:#C000C0"])

MakeCanvas = Callable[..., Canvas]


@pytest.fixture
def make_canvas(qtbot: QtBot, look: Look) -> MakeCanvas:
    """Return a function that opens a canvas of a width and height, without a photo, at full opacity."""

    def make(width: int = 400, height: int = 300) -> Canvas:
        canvas = Canvas(look)
        qtbot.addWidget(canvas)
        canvas.setMinimumSize(10, 10)
        canvas.resize(width, height)
        canvas.set_classes(CLASSES)
        canvas.set_look(CanvasLook(opacity=1))
        canvas.show()
        qtbot.waitExposed(canvas)
        return canvas

    return make


@pytest.fixture
def canvas(make_canvas: MakeCanvas) -> Canvas:
    return make_canvas()
