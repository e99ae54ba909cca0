"""How a row of the class editor is drawn, and its name typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyle, QStyleOptionViewItem, QWidget

from segstudio.desktop.classes.rows import EditorRow
from segstudio.desktop.look import Look
from segstudio.desktop.named_rows import ROW_ROLE
from segstudio.desktop.row_drawing import Index, RowDelegate
from segstudio.desktop.widgets.labels import set_property

ROW_PX = 36
_GRIP_PX, _KEY_PX, _SWATCH_PX, _GAP_PX = 12, 12, 18, 8
_LEFT_PX = 10

NameCheck = Callable[[int, str], str]
"""Says in one sentence why the class of that index cannot have that name, or nothing."""


def swatch_rect(row: QRect) -> QRect:
    """Return where the colour of a row lies."""
    left = row.left() + _LEFT_PX + _GRIP_PX + _GAP_PX + _KEY_PX + _GAP_PX
    return QRect(left, row.center().y() - _SWATCH_PX // 2 + 1, _SWATCH_PX, _SWATCH_PX)


class ClassDelegate(RowDelegate):
    """Draws a row, and lets its name be typed; `refused` tells why a name cannot be, or nothing."""

    refused = Signal(str)

    def __init__(self, look: Look, view: QAbstractItemView, check: NameCheck) -> None:
        super().__init__(look, view, row_px=ROW_PX)
        self._check = check

    def draw_row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index) -> None:
        """Draw grip, key, colour, name, and how much there is of it."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, EditorRow):
            return
        self.draw_ground(painter, rect, state)
        caption, body = self._look.theme.font("caption"), self._look.theme.font("body")
        swatch = swatch_rect(rect)
        self._draw_grip(painter, rect)
        key = QRect(swatch.left() - _GAP_PX - _KEY_PX, rect.top(), _KEY_PX, rect.height())
        used_px = QFontMetrics(caption).horizontalAdvance(row.used) + 4
        used = QRect(rect.right() - used_px - 10, rect.top(), used_px, rect.height())
        name = _name_rect(rect)
        name.setRight(used.left() - _GAP_PX)
        self._write(painter, key, row.key, caption, "text_dim")
        painter.setPen(QPen(self._look.colour("line_strong"), 1))
        painter.setBrush(QColor(row.colour))
        painter.drawRoundedRect(QRectF(swatch).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        self._write(painter, name, row.name, body, "text")
        self._write(painter, used, row.used, caption, "text_dim")

    def _draw_grip(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("line_strong"))
        middle = QRectF(rect).center().y()
        for down in (-5, 0, 5):
            for across in (3, 8):
                painter.drawEllipse(
                    QRectF(rect.left() + _LEFT_PX + across - 1.25, middle + down - 1.25, 2.5, 2.5)
                )

    def _write(
        self, painter: QPainter, room: QRect, words: str, font: QFont, token: Literal["text", "text_dim"]
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._look.colour(token))
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        """Return a field for the name that says at once what cannot be."""
        row: EditorRow = index.data(ROW_ROLE)
        field = QLineEdit(parent)
        field.setObjectName("classes.rename")
        field.setAccessibleName(f"New name of {row.name}")
        field.textChanged.connect(lambda text: self._on_typed(field, row, text))
        field.destroyed.connect(self._on_closed)
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:  # noqa: N802
        """The field stands where the name was."""
        rect: QRect = getattr(option, "rect")  # noqa: B009
        editor.setGeometry(_name_rect(rect).adjusted(-9, 2, -8, -2))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        """Take the name over, unless it cannot be: then the old one stays."""
        if isinstance(editor, QLineEdit) and editor.property("wrong") != "true":
            model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802
        """Return takes the name over, at once and here only, unless it cannot be."""
        is_return = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and event.type() == QEvent.Type.KeyPress and isinstance(editor, QLineEdit):
            if editor.property("wrong") != "true":
                self.commitData.emit(editor)
                self.closeEditor.emit(editor, self.EndEditHint.NoHint)
            return True
        return super().eventFilter(editor, event)

    def _on_typed(self, field: QLineEdit, row: EditorRow, text: str) -> None:
        told = self._check(row.index, text)
        set_property(field, "wrong", bool(told))
        self.refused.emit(told)

    def _on_closed(self) -> None:
        self.refused.emit("")


def _name_rect(row: QRect) -> QRect:
    left = swatch_rect(row).right() + _GAP_PX + 5
    return QRect(left, row.top(), row.right() - left, row.height())
