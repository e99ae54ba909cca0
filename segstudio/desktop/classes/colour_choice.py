"""ColourChoice: colours to choose from, far from those in use, in a small window at the class."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QFrame,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label
from segstudio.project.colours import next_colours

_COLUMNS, _COUNT = 6, 12
_SIDE_PX = 32


class ColourChoice(QFrame):
    """A pop-up; `chosen` carries `#RRGGBB`. Arrows go from colour to colour, Return takes one, Escape none."""

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, colour: str, taken: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("class_colours")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._name, self._colour = name, colour
        others = tuple(other for other in taken if other != colour)
        offered = (colour, *(each for each in next_colours(_COUNT, others) if each != colour))[:_COUNT]
        grid = QGridLayout()
        grid.setSpacing(4)
        self.swatches = [_Swatch(look, each, self) for each in offered]
        for number, swatch in enumerate(self.swatches):
            swatch.clicked.connect(self._on_swatch_clicked)
            grid.addWidget(swatch, number // _COLUMNS, number % _COLUMNS)
        other = QPushButton("Other…")
        other.setObjectName("classes.other_colour")
        other.setProperty("kind", "quiet")
        other.setToolTip("Choose any colour.")
        other.clicked.connect(self._on_other_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(label("Unlike the colours in use", "caption"))
        column.addLayout(grid)
        column.addWidget(other, 0, Qt.AlignmentFlag.AlignLeft)

    def show_at(self, place: QPoint) -> None:
        """Open below `place` (on the screen), inside the screen."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = min(max(place.x(), room.left()), room.right() - self.width())
        y = min(place.y() + 4, room.bottom() - self.height())
        self.move(x, y)
        self.show()
        self.swatches[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from colour to colour."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -_COLUMNS,
            Qt.Key.Key_Down: _COLUMNS,
        }
        step = steps.get(Qt.Key(event.key()))
        at = next((number for number, each in enumerate(self.swatches) if each.hasFocus()), None)
        if step is None or at is None or not 0 <= at + step < len(self.swatches):
            super().keyPressEvent(event)
        else:
            self.swatches[at + step].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _on_swatch_clicked(self) -> None:
        swatch = self.sender()
        if isinstance(swatch, _Swatch):
            self._take(swatch.colour)

    @Slot()
    def _on_other_clicked(self) -> None:
        dialog = QColorDialog(QColor(self._colour), self.parentWidget())
        dialog.setWindowTitle(f"Colour of {self._name}")
        dialog.colorSelected.connect(self._on_other_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self.deleteLater)  # and not before: it tells what was chosen
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.close()
        dialog.open()

    @Slot(QColor)
    def _on_other_chosen(self, colour: QColor) -> None:
        self.chosen.emit(colour.name().upper())

    def _take(self, colour: str) -> None:
        self.chosen.emit(colour)
        self.close()


class _Swatch(QAbstractButton):
    """One colour."""

    def __init__(self, look: Look, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.colour = colour
        self._look = look
        self.setFixedSize(QSize(_SIDE_PX, _SIDE_PX))
        self.setToolTip(colour)
        self.setAccessibleName(f"Colour {colour}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the colour, as Space does; what moves on is the choice's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the colour; a ring says that it has the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(self._look.colour("accent" if self.hasFocus() else "line_strong"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(QPen(self._look.colour("line_strong"), 1))
        painter.setBrush(QColor(self.colour))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(4.5, 4.5, -4.5, -4.5), 4, 4)
