"""The list of classes beside the canvas: digit, colour, name, share of the photo, and an eye."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle

from segstudio.desktop.annotating.class_rows import ClassRow
from segstudio.desktop.look import Look
from segstudio.desktop.named_rows import ROW_ROLE, NamedRowModel
from segstudio.desktop.row_drawing import Index, RowDelegate
from segstudio.project.classes import VOID

ROW_PX = 32
_SWATCH_PX = 14
_EYE_PX = 16
_EYE_ROOM_PX = 28
_DIGIT_PX = 12
_TIP = "Click, or press its key, to paint with it.\nThe eye (Space) hides it; Alt+click on the eye (Shift+Space) hides all others."


def _tip_of(row: ClassRow) -> str:
    return f"{row.name}\n{_TIP if row.value != VOID else _TIP.splitlines()[0]}"


class ClassListView(QListView):
    """`chosen` carries a mask value, `eye_clicked` a mask value and whether all others are meant."""

    chosen = Signal(int)
    eye_clicked = Signal(int, bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("palette")
        self.setAccessibleName("Classes")
        self.rows = NamedRowModel[ClassRow](lambda row: row.value, _tip_of)
        self.setModel(self.rows)
        self.setItemDelegate(_ClassDelegate(look, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        look.theme.changed.connect(self.viewport().update)
        self._chosen: int | None = None

    def show_rows(self, rows: tuple[ClassRow, ...], chosen: int) -> None:
        """List other rows and mark the one of the mask value `chosen`; nothing is told."""
        self.rows.show_rows(rows)
        self._chosen = chosen
        place = next((number for number, row in enumerate(rows) if row.value == chosen), -1)
        if self.currentIndex().row() != place:
            self.setCurrentIndex(self.rows.index(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space is the eye, with Shift that of all others."""
        row = self.currentIndex().data(ROW_ROLE)
        if event.key() == Qt.Key.Key_Space and isinstance(row, ClassRow) and row.value != VOID:
            self.eye_clicked.emit(row.value, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the eye shows or hides; it does not choose."""
        row = self._eye_at(event)
        if row is None:
            super().mousePressEvent(event)
        else:
            self.eye_clicked.emit(row.value, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two quick clicks are two clicks."""
        self.mousePressEvent(event)

    def eye_rect(self, row: QRect) -> QRect:
        """Return where the eye of a row lies."""
        return QRect(row.right() + 1 - _EYE_ROOM_PX, row.top(), _EYE_ROOM_PX, row.height())

    def _eye_at(self, event: QMouseEvent) -> ClassRow | None:
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROW_ROLE)
        on_eye = self.eye_rect(self.visualRect(index)).contains(event.position().toPoint())
        return row if on_eye and isinstance(row, ClassRow) and row.value != VOID else None

    @Slot(QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        row = current.data(ROW_ROLE)
        if isinstance(row, ClassRow) and row.value != self._chosen:
            self._chosen = row.value
            self.chosen.emit(row.value)


class _ClassDelegate(RowDelegate):
    def __init__(self, look: Look, view: ClassListView) -> None:
        super().__init__(look, view, row_px=ROW_PX)
        self._view = view

    def draw_row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index) -> None:
        """Draw digit, colour, name, share and eye."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, ClassRow):
            return
        self.draw_ground(painter, rect, state)
        eye = self._view.eye_rect(rect)
        caption, body = self._look.theme.font("caption"), self._look.theme.font("body")
        body.setBold(bool(state & QStyle.StateFlag.State_Selected))
        digit = QRect(rect.left() + 10, rect.top(), _DIGIT_PX, rect.height())
        swatch = QRect(digit.right() + 5, rect.center().y() - _SWATCH_PX // 2, _SWATCH_PX, _SWATCH_PX)
        share_px = QFontMetrics(caption).horizontalAdvance(row.share) + 2
        share = QRect(eye.left() - share_px - 2, rect.top(), share_px, rect.height())
        name = QRect(swatch.right() + 9, rect.top(), 0, rect.height())
        name.setRight(share.left() - 6)
        self._write(painter, digit, row.digit, font=caption, token="text_dim")
        self._draw_swatch(painter, swatch, row)
        self._write(painter, name, row.name, font=body, token="text" if row.shown else "text_dim")
        self._write(painter, share, row.share, font=caption, token="text_dim")
        if row.value != VOID:
            place = QRect(0, 0, _EYE_PX, _EYE_PX)
            place.moveCenter(eye.center())
            self._look.icon("review" if row.shown else "eye-off", "text_dim").paint(painter, place)

    def _draw_swatch(self, painter: QPainter, place: QRect, row: ClassRow) -> None:
        painter.setPen(QPen(self._look.colour("line_strong"), 1))
        void = row.value == VOID  # a hatch: it has no colour on the canvas either
        painter.setBrush(
            QBrush(self._look.colour("text_dim"), Qt.BrushStyle.BDiagPattern) if void else QColor(row.colour)
        )
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _write(self, painter: QPainter, room: QRect, words: str, *, font: QFont, token: str) -> None:
        painter.setFont(font)
        painter.setPen(self._look.colour(token))
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
