"""TabStrip: the tabs of the header, each with what waits there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from segstudio.desktop.look import Look

_HEIGHT_PX = 48
_SIDE_PX = 14
_GAP_PX = 8
_BADGE_SIDE_PX = 7
_LINE_PX = 2


class TabButton(QAbstractButton):
    """One tab: its name, and a badge with a short text."""

    def __init__(self, look: Look, action: QAction) -> None:
        super().__init__()
        self._look = look
        self._badge = ""
        self.setText(action.text())
        self.setToolTip(action.toolTip())
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def badge(self) -> str:
        """The text of the badge; nothing when there is none."""
        return self._badge

    def set_badge(self, text: str, meaning: str) -> None:
        """Show another badge; `meaning` is for those who cannot see it."""
        self._badge = text
        self.setAccessibleName(f"{self.text()}, {meaning}" if meaning else self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for name and badge."""
        width = 2 * _SIDE_PX + QFontMetricsF(self._name_font()).horizontalAdvance(self.text())
        if self._badge:
            width += _GAP_PX + self._badge_width()
        return QSize(round(width), _HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the tab."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.isChecked() or self.underMouse()
        painter.setFont(self._name_font())
        painter.setPen(self._look.colour("text" if lit else "text_dim"))
        name_width = QFontMetricsF(self._name_font()).horizontalAdvance(self.text())
        name = QRectF(_SIDE_PX, 0, name_width + 1, self.height())
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._badge:
            self._paint_badge(painter, name.right() - 1 + _GAP_PX)
        if self.isChecked():
            below = QRectF(_SIDE_PX, self.height() - _LINE_PX, self.width() - 2 * _SIDE_PX, _LINE_PX)
            painter.fillRect(below, self._look.colour("accent"))
        if self.hasFocus():
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 7, -3, -7), 6, 6)

    def _paint_badge(self, painter: QPainter, left: float) -> None:
        font = self._look.theme.font("caption")
        height = QFontMetricsF(font).height() + 2
        box = QRectF(
            QPointF(left, (self.height() - height) / 2),
            QPointF(left + self._badge_width(), (self.height() + height) / 2),
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("selection"))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(self._look.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._badge)

    def _badge_width(self) -> float:
        metrics = QFontMetricsF(self._look.theme.font("caption"))
        return max(metrics.height() + 2, metrics.horizontalAdvance(self._badge) + 2 * _BADGE_SIDE_PX)

    def _name_font(self) -> QFont:
        return self._look.theme.font("body")


class TabStrip(QWidget):
    """The row of tabs; `chosen` carries the id of the one that the person picked."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._group = QButtonGroup(self)
        self._buttons: dict[str, TabButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._group.buttonClicked.connect(self._on_button_clicked)
        look.theme.changed.connect(self.update)

    def add(self, tab_id: str, action: QAction) -> None:
        """Add a tab at the right."""
        button = TabButton(self._look, action)
        button.setObjectName(f"tab.{tab_id}")
        self._buttons[tab_id] = button
        self._group.addButton(button)
        self._row.addWidget(button)

    def __getitem__(self, tab_id: str) -> TabButton:
        return self._buttons[tab_id]

    def chosen_button(self) -> TabButton | None:
        """The tab that is shown."""
        return next((button for button in self._buttons.values() if button.isChecked()), None)

    def show_chosen(self, tab_id: str) -> None:
        """Mark a tab as the one shown."""
        self._buttons[tab_id].setChecked(True)

    @Slot(QAbstractButton)
    def _on_button_clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(next(tab_id for tab_id, made in self._buttons.items() if made is button))
