"""ClassRows: the classes found in the files, what each becomes, and which is painted over which."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.importing.class_choice import SWATCH_PX, ClassChoice, swatch_icon
from segstudio.desktop.importing.mapping import Kind, LabelRow, Target, named_target, new_target
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import ElidedLabel, label
from segstudio.project.classes import ClassList

_ROW_PX = 36
_GRIP_PX = 16
_COUNT_PX, _SHORT_COUNT_PX = 68, 28
_NARROW_PX = 352
"""In a narrower line the number alone is left of "12 shapes": the name must be read."""


class ClassRows(QScrollArea):
    """One line for each label. `aimed_at` carries a label and its Target, `moved_to` two places: from, to."""

    aimed_at = Signal(str, object)
    moved_to = Signal(int, int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("import.classes")
        self.setAccessibleName("Classes found")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look = look
        self._body = _Body(look)
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.setWidget(self._body)
        self._rows: tuple[LabelRow, ...] = ()
        self._lines: dict[str, _Line] = {}

    @property
    def rows(self) -> tuple[LabelRow, ...]:
        """What is listed, first painted first."""
        return self._rows

    def show_rows(self, rows: tuple[LabelRow, ...], classes: ClassList) -> None:
        """List other rows. Lines of the same label stay, keyboard and all."""
        self._rows = rows
        wanted = {row.label for row in rows}
        for name in [name for name in self._lines if name not in wanted]:
            line = self._lines.pop(name)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        for number, row in enumerate(rows):
            if row.label not in self._lines:
                line = _Line(self._look, self)
                self._lines[row.label] = line
            line = self._lines[row.label]
            if self._column.indexOf(line) != number:
                self._column.removeWidget(line)
                self._column.insertWidget(number, line)
            line.show_row(row, number, rows, classes)

    def move_chosen(self, by: int) -> bool:
        """Move the line that has the keyboard up (-1) or down (1); False when none has it or it is at the end."""
        start = next((n for n, row in enumerate(self._rows) if self._lines[row.label].has_keyboard()), -1)
        if start < 0 or not 0 <= start + by < len(self._rows):
            return False
        self.moved_to.emit(start, start + by)
        return True

    def focus_open(self) -> bool:
        """Give the keyboard to the first line that wants a choice."""
        for row in self._rows:
            if row.target.kind is Kind.OPEN:
                line = self._lines[row.label]
                self.ensureWidgetVisible(line)
                line.choice.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
        return False

    def line(self, name: str) -> _Line:
        """Return the line of a label."""
        return self._lines[name]

    # -- dragging, told by the lines

    def drag_to(self, y: int) -> None:
        """Show between which lines letting go would put the one that is dragged; `y` in the body's pixels."""
        self._body.show_gap(min(self._gap(y), len(self._rows)) * _ROW_PX)

    def drop_at(self, start: int, y: int) -> None:
        """Put the line that was dragged where `y` is."""
        self._body.show_gap(-1)
        gap = self._gap(y)
        end = gap - 1 if gap > start else gap
        if end != start:
            self.moved_to.emit(start, end)

    def drag_ends(self) -> None:
        """It was not let go."""
        self._body.show_gap(-1)

    def _gap(self, y: int) -> int:
        return max(0, min(len(self._rows), (y + _ROW_PX // 2) // _ROW_PX))


class _Body(QWidget):
    """The lines, and where a dragged one would go."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._gap_y = -1

    def show_gap(self, y: int) -> None:
        self._gap_y = y
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._gap_y >= 0:
            painter = QPainter(self)
            painter.fillRect(0, max(0, self._gap_y - 1), self.width(), 2, self._look.colour("accent"))


class _Line(QWidget):
    """Grip, colour, label, number of shapes, and what it becomes."""

    def __init__(self, look: Look, owner: ClassRows) -> None:
        super().__init__()
        self._look, self._owner = look, owner
        self._row: LabelRow | None = None
        self._number = 0
        self._pressed: QPoint | None = None
        self.setFixedHeight(_ROW_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._swatch = QToolButton()
        self._swatch.setFixedSize(QSize(SWATCH_PX + 10, SWATCH_PX + 10))
        self._swatch.setCursor(Qt.CursorShape.ArrowCursor)
        self._swatch.clicked.connect(self._on_swatch_clicked)
        self._name = ElidedLabel()
        self._count = label("", "caption")
        self._arrow = label("", "caption")
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._arrow.setFixedWidth(24)
        self._arrow.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.choice = ClassChoice()
        row = QHBoxLayout(self)
        row.setContentsMargins(8 + _GRIP_PX, 0, 8, 0)
        row.setSpacing(6)
        row.addWidget(self._swatch)
        row.addWidget(self._name, 3)
        row.addWidget(self._count)
        row.addWidget(self._arrow)
        row.addWidget(self.choice, 4)
        self.choice.picked.connect(self._on_picked)
        self.choice.named.connect(self._on_named)

    def show_row(self, row: LabelRow, number: int, rows: tuple[LabelRow, ...], classes: ClassList) -> None:
        self._row, self._number, self._rows, self._classes = row, number, rows, classes
        target = row.target
        shown = row.label or "(no name)"
        there = classes.find(target.name) if target.kind is Kind.CLASS else None
        asked = row.colour if target.kind is Kind.OPEN else ""  # of a mask, it tells what is asked about
        colour = there.colour if there is not None else target.colour or asked
        shapes = _shapes(row)
        self._name.set_whole(shown)
        self._tell_count()
        self._arrow.setText("new" if target.kind is Kind.NEW else "→")
        self._arrow.setToolTip("A new class." if target.kind is Kind.NEW else "")
        self._swatch.setIcon(swatch_icon(colour, self._look, self.devicePixelRatioF()))
        self._swatch.setEnabled(target.kind is Kind.NEW)
        self._swatch.setToolTip("Choose the colour of the new class." if target.kind is Kind.NEW else "")
        self._swatch.setAccessibleName(f"Colour of {shown}")
        self._swatch.setFocusPolicy(
            Qt.FocusPolicy.TabFocus if target.kind is Kind.NEW else Qt.FocusPolicy.NoFocus
        )
        self.choice.show_target(row, classes, self._look, self.devicePixelRatioF())
        place = f"{number + 1} of {len(rows)}, later paints over earlier"
        self.setAccessibleName(f"{shown}, {shapes}, {place}")
        self.setToolTip(
            f"“{shown}”: {shapes} in {row.photos:,} photos\nDrag it, or Alt+Up and Alt+Down: what stands lower"
            " is painted over what stands higher."
        )

    def _tell_count(self) -> None:
        row, is_narrow = self._row, self.width() < _NARROW_PX
        if row is not None:
            self._count.setText(f"{row.shapes:,}" if is_narrow else _shapes(row))
            self._count.setMinimumWidth(_SHORT_COUNT_PX if is_narrow else _COUNT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_count()

    def has_keyboard(self) -> bool:
        focus = self.window().focusWidget()
        return focus is not None and (focus is self or self.isAncestorOf(focus))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._pressed is not None:
            painter.fillRect(self.rect(), self._look.colour("selection"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("text_dim"))
        middle = self.rect().center().y()
        for across in (0, 5):
            for down in (-5, 0, 5):
                painter.drawEllipse(QRect(10 + across, middle + down - 1, 2, 2))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._owner.drag_to(self.mapToParent(event.position().toPoint()).y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        was, self._pressed = self._pressed, None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.update()
        here = event.position().toPoint()
        if abs(here.y() - was.y()) > _ROW_PX // 4:
            self._owner.drop_at(self._number, self.mapToParent(here).y())
        else:
            self._owner.drag_ends()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._row is not None:
            self.show_row(self._row, self._number, self._rows, self._classes)

    @Slot()
    def _on_swatch_clicked(self) -> None:
        row = self._row
        if row is None or row.target.kind is not Kind.NEW:
            return
        chosen = QColorDialog.getColor(QColor(row.target.colour), self, f"Colour of {row.target.name}")
        if chosen.isValid():
            self._owner.aimed_at.emit(row.label, Target(Kind.NEW, row.target.name, chosen.name().upper()))

    @Slot(object)
    def _on_picked(self, target: Target) -> None:
        if self._row is None:
            return
        if target.kind is Kind.NEW:
            target = new_target(self._row, self._rows, self._classes)
        if target != self._row.target:
            self._owner.aimed_at.emit(self._row.label, target)

    @Slot(str)
    def _on_named(self, name: str) -> None:
        row = self._row
        if row is None or row.target.kind is not Kind.NEW or name == row.target.name:
            return
        self._owner.aimed_at.emit(row.label, named_target(row, name, self._rows, self._classes))


def _shapes(row: LabelRow) -> str:
    return f"{row.shapes:,} {'shape' if row.shapes == 1 else 'shapes'}" if row.shapes else "unused"
