"""The list of the class editor: drag or Alt+arrows reorder, F2 renames in place, the colour is clicked."""

from __future__ import annotations

from PySide6.QtCore import (
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QListView

from segstudio.desktop.classes.class_delegate import ROW_PX, ClassDelegate, NameCheck, swatch_rect
from segstudio.desktop.classes.class_model import ClassModel
from segstudio.desktop.classes.rows import EditorRow
from segstudio.desktop.look import Look
from segstudio.desktop.named_rows import ROW_ROLE


class ClassView(QListView):
    """`moved` carries a row and the row before which it goes; `colour_asked` an index and where on the screen;
    `name_refused` a sentence while a name is typed that cannot be, or nothing; `chosen_changed`: another is current.
    """

    moved = Signal(int, int)
    colour_asked = Signal(int, QPoint)
    name_refused = Signal(str)
    chosen_changed = Signal()

    def __init__(self, look: Look, check: NameCheck) -> None:
        super().__init__()
        self.setObjectName("classes.list")
        self.setAccessibleName("Classes")
        self._look = look
        self._pressed: tuple[int, QPoint] | None = None
        self._before: int | None = None
        self.rows = ClassModel()
        self.setModel(self.rows)
        delegate = ClassDelegate(look, self, check)
        delegate.refused.connect(self.name_refused)
        self.setItemDelegate(delegate)
        self.setEditTriggers(QListView.EditTrigger.DoubleClicked | QListView.EditTrigger.EditKeyPressed)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self.chosen_changed)
        look.theme.changed.connect(self.viewport().update)

    @property
    def chosen(self) -> EditorRow | None:
        """The row that is current."""
        row = self.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, EditorRow) else None

    def choose(self, index: int | None) -> None:
        """Make the class with that index current; the first one when it is not there."""
        places = [number for number, row in enumerate(self.rows.rows) if row.index == index]
        self.setCurrentIndex(self.rows.index(places[0] if places else 0))

    def ask_for_colour(self) -> None:
        """As if the colour of the current row were clicked."""
        if self.chosen is not None:
            below = swatch_rect(self.visualRect(self.currentIndex())).bottomLeft()
            self.colour_asked.emit(self.chosen.index, self.viewport().mapToGlobal(below))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves the row; Return renames it."""
        row, step = self.currentIndex().row(), {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 2}.get(event.key())  # type: ignore[call-overload]
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if row >= 0 and 0 <= row + step <= len(self.rows.rows):
                self.moved.emit(row, row + step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press begins a drag; on the colour it asks for another one."""
        super().mousePressEvent(event)
        position = event.position().toPoint()
        index = self.indexAt(position)
        self._pressed = None
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        if swatch_rect(self.visualRect(index)).adjusted(-4, -6, 4, 6).contains(position):
            self.ask_for_colour()
        else:
            self._pressed = index.row(), position

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A row that is dragged shows where it would go."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        position = event.position().toPoint()
        far = (position - self._pressed[1]).manhattanLength() >= QApplication.startDragDistance()
        if far or self._before is not None:
            self._before = self._row_before(position)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The row goes where it was dragged to."""
        pressed, before = self._pressed, self._before
        self._end_drag()
        super().mouseReleaseEvent(event)
        if pressed is not None and before is not None and before not in (pressed[0], pressed[0] + 1):
            self.moved.emit(pressed[0], before)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click renames; it drags nothing."""
        self._end_drag()
        super().mouseDoubleClickEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and the line where the dragged one would go."""
        super().paintEvent(event)
        if self._before is None:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(self._look.colour("accent"), 2))
        y = self._before * ROW_PX - self.verticalOffset()
        y = min(max(y, 1), self.viewport().height() - 1)
        painter.drawLine(4, y, self.viewport().width() - 4, y)

    def is_dragging(self) -> bool:
        """Tell whether a row is being dragged."""
        return self._before is not None

    def stop_dragging(self) -> None:
        """Leave the row where it was."""
        self._end_drag()

    def _end_drag(self) -> None:
        self._pressed = self._before = None
        self.unsetCursor()
        self.viewport().update()

    def _row_before(self, position: QPoint) -> int:
        row = round((position.y() + self.verticalOffset()) / ROW_PX)
        return min(max(row, 0), len(self.rows.rows))
