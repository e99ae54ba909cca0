"""RecentList: projects opened lately, each with a thumbnail, its name and where it lies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QStyle

from segstudio.desktop.look import Look
from segstudio.desktop.row_drawing import Index, RowDelegate
from segstudio.desktop.settings import Places
from segstudio.desktop.widgets.labels import shown_path

_FOLDER = Qt.ItemDataRole.UserRole
_IS_GONE = Qt.ItemDataRole.UserRole + 1
_ROW_PX = 72
_THUMBNAIL = QSize(80, 56)
_MARGIN_PX = 8
_APART_PX = 22
_REMOVE = "Remove from list"


class RecentList(QListWidget):
    """`chosen` carries the folder of a project to open, `forgotten` one to leave off the list."""

    chosen = Signal(object)
    forgotten = Signal(object)

    def __init__(self, look: Look, places: Places) -> None:
        super().__init__()
        self.setObjectName("recent")
        self.setAccessibleName("Recent projects")
        self._places = places
        self._gone: frozenset[Path] = frozenset()
        self.setItemDelegate(_RecentDelegate(look, self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.itemClicked.connect(self._on_item_chosen)
        self.customContextMenuRequested.connect(self._on_menu_requested)

    def show_projects(self, entries: tuple[tuple[str, Path], ...]) -> None:
        """List projects by name and folder."""
        self.clear()
        for name, folder in entries:
            item = QListWidgetItem(name)
            item.setData(_FOLDER, str(folder))
            item.setToolTip(f"{folder}\nOpen this project; Delete removes it from this list only.")
            picture = QPixmap(str(self._places.thumbnail(folder)))
            if not picture.isNull():
                item.setData(Qt.ItemDataRole.DecorationRole, picture)
            self.addItem(item)
        self.show_gone(self._gone)
        if entries:
            self.setCurrentRow(0)

    def show_gone(self, folders: frozenset[Path]) -> None:
        """Mark the projects whose folders are not there: moved, deleted, or on a drive that is not plugged in."""
        self._gone = folders
        for row in range(self.count()):
            item = self.item(row)
            gone = Path(item.data(_FOLDER)) in folders
            item.setData(_IS_GONE, gone)
            name = f"{item.text()}, not there any more" if gone else item.text()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens, Delete removes from the list."""
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_item_chosen(item)
        elif item is not None and event.key() == Qt.Key.Key_Delete:
            self.forgotten.emit(Path(item.data(_FOLDER)))
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What is gone has its own place to press."""
        place = event.position().toPoint()
        item = self.itemAt(place)
        if item is not None and item.data(_IS_GONE):
            remove = remove_rect(self.visualItemRect(item), self.fontMetrics())
            if remove.contains(place):
                self.forgotten.emit(Path(item.data(_FOLDER)))
                return
        super().mouseReleaseEvent(event)

    @Slot(QListWidgetItem)
    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        self.chosen.emit(Path(item.data(_FOLDER)))

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        item = self.itemAt(place)
        if item is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        folder = Path(
            item.data(_FOLDER)
        )  # the item may be gone when something is chosen: the list was refreshed
        menu.addAction("Open", lambda: self.chosen.emit(folder))
        menu.addAction(_REMOVE, lambda: self.forgotten.emit(folder))
        menu.popup(self.viewport().mapToGlobal(place))


class _RecentDelegate(RowDelegate):
    def __init__(self, look: Look, view: RecentList) -> None:
        super().__init__(look, view, row_px=_ROW_PX)

    def draw_row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index) -> None:
        """Draw thumbnail, name and folder; which row is current is seen while the keyboard is here."""
        look = self._look
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not state & QStyle.StateFlag.State_HasFocus:
            state &= ~QStyle.StateFlag.State_Selected
        self.draw_ground(painter, rect, state)
        gone = bool(index.data(_IS_GONE))
        box = QRect(rect.topLeft() + QPoint(_MARGIN_PX, _MARGIN_PX), _THUMBNAIL)
        _draw_thumbnail(painter, box, None if gone else index.data(Qt.ItemDataRole.DecorationRole), look)
        left = box.right() + 1 + 12
        text = QRect(left, rect.top(), rect.right() - left - _MARGIN_PX, rect.height())
        if gone:
            remove = remove_rect(rect, QFontMetrics(look.theme.font("body")))
            text.setRight(remove.left() - _MARGIN_PX)
            painter.setFont(look.theme.font("body"))
            painter.setPen(look.colour("accent"))
            painter.drawText(remove, Qt.AlignmentFlag.AlignCenter, _REMOVE)
        where = shown_path(Path(index.data(_FOLDER)))
        self.draw_two_lines(
            painter,
            text,
            str(index.data()),
            f"not there: {where}" if gone else where,
            apart_px=_APART_PX,
            bold=True,
            token="text_dim" if gone else "text",
        )


def remove_rect(row: QRect, metrics: QFontMetrics) -> QRect:
    """Return where, in the row of a project that is gone, the way to take it off the list is."""
    width = metrics.horizontalAdvance(_REMOVE) + 2 * _MARGIN_PX
    return QRect(row.right() - width - _MARGIN_PX, row.top() + 16, width, row.height() - 32)


def _draw_thumbnail(painter: QPainter, box: QRect, picture: QPixmap | None, look: Look) -> None:
    """Fill `box` with the middle of the picture; without one, with a quiet icon."""
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(box), 4, 4)
    painter.save()
    painter.setClipPath(shape)
    if picture is None:
        painter.fillRect(box, look.colour("hover"))
        look.icon("photo", "text_dim").paint(painter, box.adjusted(16, 16, -16, -16))
    else:
        size = picture.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(box.center())
        painter.drawPixmap(place, picture)
    painter.restore()
