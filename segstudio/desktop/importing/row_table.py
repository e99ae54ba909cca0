"""RowTable: the table photo by photo, with its filter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.importing.row_model import ROW_ROLE, THUMBNAIL, RowModel, needs_person
from segstudio.desktop.importing.rows import Row, Tone
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.row_drawing import Index
from segstudio.formats.examine import Looks
from segstudio.formats.previewing import Paint

_ROW_PX = THUMBNAIL.height() + 10
_ICON_PX = 16
_BAR_PX = 12
_FRAME_PX = 2
_NAME_PX, _SHAPES_PX = (200, 260), 72
_STATE_PX = (150, 260)
_ICONS = {
    Tone.READY: ("check", "good"),
    Tone.LOOK: ("info", "warn"),
    Tone.QUIET: ("", ""),
    Tone.NEEDS: ("warning", "bad"),
    Tone.WAITS: ("", ""),
}


class RowTable(QWidget):
    """`chosen` carries the Row that is looked at, or None."""

    chosen = Signal(object)

    def __init__(self, look: Look, loader: PictureLoader) -> None:
        super().__init__()
        self._all: tuple[Row, ...] = ()
        self._looks = Looks()
        self._chosen = ""
        self._is_filling = False
        self.model = RowModel(loader, self)
        self.view = QTableView()
        self.view.setObjectName("import.table")
        self.view.setAccessibleName("What was found, photo by photo")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_RowDelegate(look, self.view, self.model))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setTabKeyNavigation(False)
        self.view.setShowGrid(False)
        self.view.setMouseTracking(True)
        self.view.setWordWrap(False)
        rows, columns = self.view.verticalHeader(), self.view.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_PX)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._filters = QButtonGroup(self)
        self._all_button = _filter_button("import.filter.all", "All", "List everything that was given.")
        self._needs_button = _filter_button(
            "import.filter.needs", "Need you", "List only what wants you before it can come in."
        )
        self._all_button.setChecked(True)
        self._lay_out()
        self._filters.buttonClicked.connect(self._on_filter_clicked)
        self.view.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.model.pictures_came.connect(self._on_pictures_came)
        look.theme.changed.connect(self.view.viewport().update)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, listed or not."""
        return self._all

    @property
    def looks(self) -> Looks:
        """What is known of the photos."""
        return self._looks

    @property
    def place(self) -> tuple[int, int]:
        """The number of the chosen row among those listed, from 1 (0: none), and how many are listed."""
        return self.model.place_of(self._chosen) + 1, len(self.model.rows)

    def show_rows(self, rows: tuple[Row, ...], looks: Looks) -> None:
        """List other rows; the chosen one stays chosen while there is one."""
        self._all, self._looks = rows, looks
        needing = sum(needs_person(row) for row in rows)
        self._all_button.setText(f"All {len(rows):,}")
        self._needs_button.setText(f"Need you {needing:,}")
        self._needs_button.setEnabled(bool(needing) or self._needs_button.isChecked())
        self._fill()

    def set_paint(self, paint: Paint | None) -> None:
        """Draw the masks in another way."""
        self.model.set_paint(paint)

    def step(self, by: int) -> None:
        """Choose the next (1) or previous (-1) row."""
        place = self.model.place_of(self._chosen) + by
        if 0 <= place < len(self.model.rows):
            self.view.setCurrentIndex(self.model.index(place, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names of photos can be read in a narrow table, too."""
        super().resizeEvent(event)
        shapes_px, state_px = column_widths(self.width() - _BAR_PX)
        columns = self.view.horizontalHeader()
        columns.setSectionHidden(1, not shapes_px)
        columns.resizeSection(1, shapes_px or _SHAPES_PX)
        columns.resizeSection(2, state_px)

    def event(self, event: QEvent) -> bool:
        """Thumbnails are made for the pixels of the screen."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.DevicePixelRatioChange):
            self.model.set_ratio(self.devicePixelRatioF())
        return super().event(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        head.setSpacing(4)
        for button in (self._all_button, self._needs_button):
            self._filters.addButton(button)
            head.addWidget(button)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)

    def _fill(self) -> None:
        wanted = self._all
        if self._needs_button.isChecked():
            wanted = tuple(row for row in self._all if needs_person(row))
        self._is_filling = True
        self.model.show_rows(wanted, self._looks)
        place = self.model.place_of(self._chosen)
        if place < 0 and wanted:
            place = 0
        self.view.setCurrentIndex(self.model.index(place, 0) if place >= 0 else QModelIndex())
        self._is_filling = False
        row = wanted[place] if place >= 0 else None
        self._chosen = row.id if row is not None else ""
        self.chosen.emit(row)

    @Slot(object)
    def _on_pictures_came(self, numbers: set[int]) -> None:
        """Draw anew what is seen of these rows, and no more."""
        viewport = self.view.viewport()
        first, last = self.view.rowAt(0), self.view.rowAt(viewport.height() - 1)
        last = last if last >= 0 else len(self.model.rows) - 1
        for number in range(max(first, 0), last + 1):
            if number in numbers:
                top = self.view.rowViewportPosition(number)
                viewport.update(0, top, viewport.width(), _ROW_PX)

    @Slot()
    def _on_filter_clicked(self) -> None:
        self._fill()

    @Slot(QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        row = current.data(ROW_ROLE) if current.isValid() else None
        if not self._is_filling and isinstance(row, Row):
            self._chosen = row.id
            self.chosen.emit(row)


def column_widths(width_px: int) -> tuple[int, int]:
    """Return how wide the columns for the number of shapes (0: not shown) and for the state are; pure."""
    least, most = _STATE_PX
    least_name, name = _NAME_PX
    shapes_px = _SHAPES_PX if width_px >= least_name + _SHAPES_PX + least else 0
    return shapes_px, min(most, max(least, width_px - shapes_px - name))


class _RowDelegate(QStyledItemDelegate):
    """Draws cells; a row is chosen as a whole. What a theme gives is kept: each call costs a turn of Python's lock."""

    def __init__(self, look: Look, view: QTableView, model: RowModel) -> None:
        super().__init__(view)
        self._look, self._view, self._model = look, view, model
        self._renew()
        look.theme.changed.connect(self._renew)

    @Slot()
    def _renew(self) -> None:
        look = self._look
        self._font = look.theme.font("body")
        self._metrics = QFontMetrics(self._font)
        self._colours = {
            name: look.colour(name) for name in ("text", "text_dim", "line", "selection", "hover", "accent")
        }
        self._icons = {tone: look.icon(*names) for tone, names in _ICONS.items() if names[0]}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        rect: QRect = getattr(option, "rect")  # noqa: B009 (the stubs do not know the fields of style options)
        state: QStyle.StateFlag = getattr(option, "state")  # noqa: B009
        row = self._model.rows[index.row()]
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._colours["selection"])
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._colours["line"])
        painter.setFont(self._font)
        match index.column():
            case 0:
                self._draw_photo(painter, rect, row)
            case 1:
                self._draw_shapes(painter, rect, row)
            case _:
                self._draw_state(painter, rect, row)
        if state & QStyle.StateFlag.State_Selected and self._view.hasFocus():
            self._draw_focus(painter, rect, index.column())

    def _draw_focus(self, painter: QPainter, rect: QRect, column: int) -> None:
        """Draw this cell's part of the frame around the row that has the keyboard."""
        accent = self._colours["accent"]
        for top in (rect.top(), rect.bottom() - _FRAME_PX + 1):
            painter.fillRect(rect.left(), top, rect.width(), _FRAME_PX, accent)
        if column == 0:
            painter.fillRect(rect.left(), rect.top(), _FRAME_PX, rect.height(), accent)
        if column == self._model.columnCount() - 1:
            painter.fillRect(rect.right() - _FRAME_PX + 1, rect.top(), _FRAME_PX, rect.height(), accent)

    def _draw_photo(self, painter: QPainter, rect: QRect, row: Row) -> None:
        box = QRect(QPoint(rect.left() + 8, rect.top() + 5), THUMBNAIL)
        picture = self._model.thumbnail(row)
        if picture is not None:
            place = QRect(QPoint(0, 0), picture.deviceIndependentSize().toSize())
            place.moveCenter(box.center())
            painter.drawPixmap(place.topLeft(), picture)
        else:
            painter.fillRect(box, self._colours["hover"])
            icon = self._look.icon("photo" if row.path else "copy", "text_dim")
            icon.paint(painter, box.adjusted(18, 11, -18, -11))
        room = QRect(box.right() + 11, rect.top(), rect.right() - box.right() - 19, rect.height())
        self._write(painter, room, row.name, "text", Qt.TextElideMode.ElideMiddle)

    def _draw_shapes(self, painter: QPainter, rect: QRect, row: Row) -> None:
        painter.setPen(self._colours["text_dim"])
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -11, 0), side, f"{row.shapes:,}" if row.shapes else "–")

    def _draw_state(self, painter: QPainter, rect: QRect, row: Row) -> None:
        box = QRect(rect.left() + 8, rect.center().y() - _ICON_PX // 2 + 1, _ICON_PX, _ICON_PX)
        icon = self._icons.get(row.tone)
        if icon is not None:
            icon.paint(painter, box)
        room = QRect(box.right() + 9, rect.top(), rect.right() - box.right() - 17, rect.height())
        quiet = row.tone in (Tone.QUIET, Tone.WAITS)
        self._write(painter, room, row.state, "text_dim" if quiet else "text", Qt.TextElideMode.ElideRight)

    def _write(self, painter: QPainter, room: QRect, text: str, token: str, elide: Qt.TextElideMode) -> None:
        painter.setPen(self._colours[token])
        shown = self._metrics.elidedText(text, elide, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def _filter_button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("kind", "quiet")
    button.setCheckable(True)
    button.setToolTip(tip)
    return button
