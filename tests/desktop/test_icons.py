"""The icons: one family, in the theme's colours, crisp."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from segstudio.desktop.actions import ACTIONS
from segstudio.desktop.look import Look
from segstudio.resource_files import resource_path

DRAWINGS = sorted(resource_path("icons").glob("*.svg"))


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_drawing_is_of_the_family(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in text
    assert 'stroke="currentColor" stroke-width="1.75"' in text
    assert not re.search(r"#[0-9A-Fa-f]{3,6}", text)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_every_drawing_is_drawn_at_the_pixels_of_the_screen(look: Look, path: Path, ratio: float) -> None:
    picture = look.icon(path.stem).pixmap(QSize(20, 20), ratio)
    assert picture.size() == QSize(round(20 * ratio), round(20 * ratio))
    image = picture.toImage()
    alphas = [image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())]
    assert max(alphas) > 200
    assert min(alphas) == 0


def test_an_icon_has_the_colour_of_the_theme(look: Look) -> None:
    def strongest(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> str:
        image = icon.pixmap(QSize(64, 64), 1.0, mode).toImage()
        colours = [image.pixelColor(x, y) for x in range(64) for y in range(64)]
        return max(colours, key=QColor.alpha).name().upper()

    assert strongest(look.icon("menu", "accent")) == look.theme.tokens.accent
    assert strongest(look.icon("menu"), QIcon.Mode.Disabled) == look.theme.tokens.line_strong
    light = strongest(look.icon("menu"))
    look.theme.choose("dark")
    assert strongest(look.icon("menu")) == look.theme.tokens.text != light


def test_every_action_names_a_drawing() -> None:
    names = {path.stem for path in DRAWINGS}
    assert {spec.icon for spec in ACTIONS if spec.icon} <= names
