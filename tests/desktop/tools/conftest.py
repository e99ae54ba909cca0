"""A tool box with something to paint on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from segstudio.desktop.tools.box import ToolBox
from tests.desktop.tools.ground import Ground


@pytest.fixture
def ground() -> Ground:
    """Void, 60 rows, 80 columns."""
    return Ground.of(60, 80)


@pytest.fixture
def box(qapp: QApplication, ground: Ground) -> Iterator[ToolBox]:
    made = ToolBox()
    made.class_names = {0: "sky", 1: "ground", 2: "plane", 3: "person"}
    made.class_colours = {0: "#56B4E9", 1: "#009E73", 2: "#D55E00", 3: "#F0E442"}
    made.surface = ground
    made.change(value=3)
    yield made
    made.shut_down()


@pytest.fixture
def said(box: ToolBox) -> list[str]:
    """What the tools said."""
    lines: list[str] = []
    box.message.connect(lines.append)
    return lines
