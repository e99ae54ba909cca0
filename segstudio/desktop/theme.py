"""Theme: the colours and text sizes of the window, light and dark, from resources/theme.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from segstudio.desktop.drawings import Drawings
from segstudio.resource_files import resource_path

ThemeChoice = Literal["system", "light", "dark"]
THEME_CHOICES: tuple[ThemeChoice, ...] = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, each `#RRGGBB`.

    `raised` lies on `surface`; `line` separates, `line_strong` borders what can be typed into or pressed;
    `canvas` surrounds photos and is the same neutral grey in both themes.
    """

    surface: str
    raised: str
    hover: str
    selection: str
    line: str
    line_strong: str
    text: str
    text_dim: str
    accent: str
    accent_hover: str
    on_accent: str
    good: str
    warn: str
    bad: str
    canvas: str


@cache
def read_tokens(name: Literal["light", "dark"]) -> Tokens:
    """Return the colours of one theme."""
    return Tokens(**cast("dict[str, str]", _document()[name]))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (`#RRGGBB`), 1–21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def style_sheet(tokens: Tokens, body_pt: float, drawings: Drawings) -> str:
    """Return resources/style.qss with every `@name` replaced; `body_pt` is the system font's size in points."""
    document = _document()
    scale = cast("Mapping[str, float]", document["text_scale"])
    values = {field.name: getattr(tokens, field.name) for field in fields(tokens)}
    values |= {f"{name}_pt": f"{factor * body_pt:.1f}pt" for name, factor in scale.items()}
    values["radius"] = f"{document['radius_px']}px"
    for name, drawing, colour in (
        ("chevron", "chevron-down", tokens.text_dim),
        ("chevron_up", "chevron-up", tokens.text_dim),
        ("check", "check", tokens.on_accent),
        ("dash", "dash", tokens.on_accent),
    ):
        values[name] = drawings.path(drawing, colour).as_posix()
    template = resource_path("style.qss").read_text(encoding="utf-8")
    return re.sub(r"@([a-z_]+)", lambda match: values[match[1]], template)


def palette(tokens: Tokens) -> QPalette:
    """Return the palette from which the Fusion style draws what the style sheet does not name."""
    roles = {
        QPalette.ColorRole.Window: tokens.surface,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.raised,
        QPalette.ColorRole.AlternateBase: tokens.surface,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.Button: tokens.raised,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.ToolTipBase: tokens.raised,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.PlaceholderText: tokens.text_dim,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.Accent: tokens.accent,
        QPalette.ColorRole.Mid: tokens.line,
    }
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.text_dim))
    return made


class Theme(QObject):
    """The theme in use. It follows the system unless the person chose one; `changed` says that it is another."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: ThemeChoice) -> None:
        super().__init__()
        self._app = app
        self._choice: ThemeChoice = choice
        self._body = QFont(app.font())
        self._body.setFeature(QFont.Tag("tnum"), 1)  # numbers that change do not jump
        app.setFont(self._body)
        self.drawings = Drawings()
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._tokens = read_tokens(self._wanted())
        self._put_on()

    @property
    def tokens(self) -> Tokens:
        """The colours in use."""
        return self._tokens

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose."""
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or stay light or dark."""
        self._choice = choice
        self._refresh()

    def font(self, scale: str, *, bold: bool = False) -> QFont:
        """Return the system's font in one of the text sizes: caption, body, title, display."""
        factors = cast("Mapping[str, float]", _document()["text_scale"])
        font = QFont(self._body)
        font.setPointSizeF(self._body_pt() * factors[scale])
        font.setBold(bold)
        return font

    def _body_pt(self) -> float:
        size = self._body.pointSizeF()
        return size if size > 0 else 10.0  # a font told in pixels

    def _wanted(self) -> Literal["light", "dark"]:
        if self._choice != "system":
            return self._choice
        return "dark" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    @Slot(Qt.ColorScheme)
    def _on_system_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._refresh()

    def _refresh(self) -> None:
        tokens = read_tokens(self._wanted())
        if tokens == self._tokens:
            return
        self._tokens = tokens
        self._put_on()
        self.changed.emit()

    def _put_on(self) -> None:
        self._app.setPalette(palette(self._tokens))
        self._app.setStyleSheet(style_sheet(self._tokens, self._body_pt(), self.drawings))


@cache
def _document() -> Mapping[str, object]:
    document: Mapping[str, object] = json.loads(resource_path("theme.json").read_text(encoding="utf-8"))
    return document


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
