"""ScheduleView: a small picture of the learning rate over the epochs, which changes with the choices."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.form.schedule_curve import ScheduleCurve, Values
from segstudio.desktop.widgets.labels import label

_HEIGHT_PX = 84
_LINE_PX = 1.6
_SHADE = 28
_ROOM = 1.06
"""The axis goes a little higher than the curve."""


class ScheduleView(QWidget):
    """The picture, and below it the same in words."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.picture = _Picture(look)
        self.told = label("", "caption", wraps=True)
        self.told.setObjectName("schedule.told")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.picture)
        column.addWidget(self.told)

    def show_curve(self, curve: ScheduleCurve) -> None:
        """Show another curve."""
        self.told.setText(curve.told)
        self.picture.show_curve(curve)


class _Picture(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._curve: ScheduleCurve | None = None
        self._pointed: float | None = None
        self.setObjectName("schedule.picture")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a strip."""
        return QSize(200, _HEIGHT_PX)

    def show_curve(self, curve: ScheduleCurve) -> None:
        """Show another curve."""
        self._curve = curve
        self.setAccessibleName(f"Learning rate over the epochs. {curve.told}")
        self.setToolTip("Learning rate\nHow it goes over the epochs, worked out as the training does.")
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the rate below the pointer."""
        self._pointed = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell the highest rate again."""
        super().leaveEvent(event)
        self._pointed = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw axes, curves, and two numbers."""
        curve = self._curve
        if curve is None:
            return
        painter = QPainter(self)
        painter.setFont(self._look.theme.font("caption"))
        text_px = painter.fontMetrics().height()
        room = QRectF(self.rect()).adjusted(0.5, text_px + 2, -0.5, -text_px - 2.5)
        painter.setPen(QPen(self._look.colour("line"), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_curves(painter, room, curve)
        place = (
            None
            if self._pointed is None
            else min(1.0, max(0.0, (self._pointed - room.left()) / room.width()))
        )
        self._tell(painter, room, curve, place)

    def _draw_curves(self, painter: QPainter, room: QRectF, curve: ScheduleCurve) -> None:
        accent = self._look.colour("accent")

        def line(rates: Values) -> QPolygonF:
            x = room.left() + curve.epochs / curve.length * room.width()
            y = room.bottom() - rates / (curve.highest * _ROOM) * room.height()
            return QPolygonF([QPointF(*each) for each in zip(x.tolist(), y.tolist(), strict=True)])

        main = line(curve.rates)
        below = self._look.colour("accent")
        below.setAlpha(_SHADE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(below)
        painter.drawPolygon(QPolygonF([room.bottomLeft(), *main.toList(), room.bottomRight()]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dashed = QPen(accent, 1, Qt.PenStyle.DashLine)
        if curve.lowest is not None:
            painter.setPen(dashed)
            painter.drawPolyline(line(curve.lowest))
        painter.setPen(QPen(accent, _LINE_PX))
        painter.drawPolyline(main)

    def _tell(self, painter: QPainter, room: QRectF, curve: ScheduleCurve, place: float | None) -> None:
        """Write the highest rate and the last epoch at the edges, or what is below the pointer."""
        above = QRectF(room.left(), 0, room.width(), room.top() - 2)
        below = QRectF(room.left(), room.bottom() + 2, room.width(), self.height() - room.bottom() - 2)
        left, right = (
            side | Qt.AlignmentFlag.AlignVCenter
            for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        )
        painter.setPen(self._look.colour("text_dim"))
        painter.drawText(below, left, "epoch 0")
        painter.drawText(below, right, f"{curve.length:,}")
        if place is None:
            painter.drawText(above, left, f"up to {curve.highest:.3g}")
        else:
            x, epoch = room.left() + place * room.width(), place * curve.length
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            painter.setPen(self._look.colour("text"))
            painter.drawText(above, left, f"epoch {epoch:.1f}: {curve.rate_at(epoch):.3g}")
        if curve.backbone != 1:
            painter.setPen(self._look.colour("text_dim"))
            words = f"backbone × {curve.backbone:g}" if curve.backbone else "backbone frozen"
            painter.drawText(above, right, words)
