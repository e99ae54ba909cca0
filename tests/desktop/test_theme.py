"""Contrast of both themes, the style sheet, and whom the theme follows."""

from __future__ import annotations

import re
from itertools import product
from typing import Literal

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.drawings import Drawings
from segstudio.desktop.theme import Theme, contrast, read_tokens, style_sheet
from segstudio.resource_files import resource_path
from tests.desktop.conftest import WAIT_MS

_GROUNDS = ("surface", "raised", "hover", "selection")
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("name", _THEMES)
def test_text_is_read_on_every_ground(name: Literal["light", "dark"]) -> None:
    tokens = read_tokens(name)
    pairs = [
        *product(("text", "text_dim"), _GROUNDS),
        *product(("accent", "good", "warn", "bad"), ("surface", "raised")),
        *product(("accent",), ("hover", "selection")),
        *product(("on_accent",), ("accent", "accent_hover")),
    ]
    low = {
        (front, ground): round(contrast(getattr(tokens, front), getattr(tokens, ground)), 2)
        for front, ground in pairs
        if contrast(getattr(tokens, front), getattr(tokens, ground)) < 4.5
    }
    assert not low


def pairs_of_the_style_sheet() -> list[tuple[str, str, str]]:
    """Return selector, text token and ground token of every rule that sets a text colour; without a ground of its
    own it stands on the window's or on a panel's.
    """
    sheet = re.sub(r"/\*.*?\*/", "", resource_path("style.qss").read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        text = re.search(r"(?<![-\w])color:\s*@(\w+)", body)
        ground = re.search(r"background(?:-color)?:\s*@(\w+)", body)
        if text:
            grounds = [ground[1]] if ground else ["surface", "raised"]
            found += [(" ".join(selector.split()), text[1], each) for each in grounds]
    return found


@pytest.mark.parametrize("name", _THEMES)
def test_every_pair_of_the_style_sheet_can_be_read(name: Literal["light", "dark"]) -> None:
    tokens, pairs = read_tokens(name), pairs_of_the_style_sheet()
    assert len(pairs) > 20
    low = [
        (selector, text, ground)
        for selector, text, ground in pairs
        if contrast(getattr(tokens, text), getattr(tokens, ground)) < (3 if ":disabled" in selector else 4.5)
    ]
    assert not low


@pytest.mark.parametrize("name", _THEMES)
def test_borders_of_controls_and_focus_are_seen(name: Literal["light", "dark"]) -> None:
    tokens = read_tokens(name)
    for front, ground in product((tokens.line_strong, tokens.accent), (tokens.surface, tokens.raised)):
        assert contrast(front, ground) >= 3


def test_the_canvas_is_one_neutral_grey() -> None:
    light, dark = read_tokens("light").canvas, read_tokens("dark").canvas
    assert light == dark
    assert light[1:3] == light[3:5] == light[5:7]


@pytest.mark.parametrize("name", _THEMES)
def test_the_style_sheet_has_every_name_replaced(name: Literal["light", "dark"]) -> None:
    sheet = style_sheet(read_tokens(name), 10.0, Drawings())
    assert "@" not in sheet
    assert read_tokens(name).accent in sheet
    assert "font-size: 13.0pt" in sheet


def test_a_choice_changes_palette_and_tells_once(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    with qtbot.waitSignal(theme.changed, timeout=WAIT_MS):
        theme.choose("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == read_tokens("dark").surface
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose("dark")
    theme.choose("light")
    assert theme.tokens == read_tokens("light")


def test_text_sizes_are_multiples_of_the_systems(qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    body = theme.font("body").pointSizeF()
    assert theme.font("title").pointSizeF() == pytest.approx(1.3 * body)
    assert theme.font("caption").pointSizeF() == pytest.approx(0.85 * body)


def test_no_selector_of_the_style_sheet_has_two_blocks() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", resource_path("style.qss").read_text(encoding="utf-8"), flags=re.DOTALL)
    headers = [" ".join(header.split()) for header in re.findall(r"([^{}]+)\{", sheet)]
    assert [header for header in headers if headers.count(header) > 1] == []
