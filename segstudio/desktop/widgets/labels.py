"""Text: labels in the theme's sizes, paths shortened in the middle, class colours beside their names."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

TextKind = Literal["body", "caption", "title", "display", "dim", "code"]

_SWATCH_PX = 14
_SHORTEST_PX = 96


def label(text: str, kind: TextKind = "body", *, wraps: bool = False) -> QLabel:
    """Return a label of one of the style sheet's kinds; its text is plain."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("kind", kind)
    made.setWordWrap(wraps)
    return made


def shortened(text: str, letters: int) -> str:
    """Return `text`, shortened in the middle where it has more letters than that; pure."""
    if len(text) <= letters:
        return text
    tail = letters // 2
    return f"{text[: letters - tail - 1]}…{text[len(text) - tail :]}"


def shown_path(path: Path) -> str:
    """Return a path as people write it: what lies in their home folder from `~` on (not on Windows)."""
    if sys.platform == "win32" or not path.is_relative_to(Path.home()):
        return str(path)
    return str(Path("~") / path.relative_to(Path.home()))


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and let the widget be styled anew if it is another."""
    told = str(value).lower() if isinstance(value, bool) else value
    if widget.property(name) != told:
        widget.setProperty(name, told)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line, shortened where it does not fit (in the middle, unless told otherwise), with the whole in the tooltip."""

    def __init__(
        self,
        text: str = "",
        kind: TextKind = "body",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__()
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""
        self.set_whole(text)

    def set_whole(self, text: str) -> None:
        """Show another text."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the text anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._whole, self._mode, self.width())
        if shown != self.text():
            self.setText(shown)


class ElidedButton(QPushButton):
    """A button no wider than its text. Where there is no room for it, it is drawn shortened in the middle, and the
    tooltip has the whole of it before `tip`.
    """

    def __init__(self, tip: str = "") -> None:
        super().__init__()
        self._tip = tip
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip)

    @property
    def shown_text(self) -> str:
        """The text as it is drawn."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)

    def minimumSizeHint(self) -> QSize:
        """Return the size that shows some letters."""
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), _SHORTEST_PX), wanted.height())

    def event(self, event: QEvent) -> bool:
        """Let the tooltip tell what is cut."""
        if event.type() == QEvent.Type.ToolTip:
            whole = self.shown_text == self.text()
            self.setToolTip(self._tip if whole else f"{self.text()}\n{self._tip}")
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text as far as there is room."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown_text
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


class Swatch(QWidget):
    """A small square in a class's colour, with a thin edge so that white and black show on any ground."""

    def __init__(self, colour: str, edge: QColor) -> None:
        super().__init__()
        self._colour = QColor(colour)
        self._edge = edge
        self.setFixedSize(QSize(_SWATCH_PX, _SWATCH_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._edge, 1))
        painter.setBrush(self._colour)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
