"""ItemList: the photos that are reviewed, with thumbnails, what became of each, and the order to go through them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle

from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.pictures import PhotoPicture
from segstudio.desktop.reviewing.items import Row
from segstudio.desktop.reviewing.reading import Fold, item_thumbnail
from segstudio.desktop.reviewing.words import row_told
from segstudio.desktop.row_drawing import Index, RowDelegate
from segstudio.project.classes import ClassList

ROW_ROLE = Qt.ItemDataRole.UserRole
THUMBNAIL = QSize(72, 54)
_KEPT = 600
_SOON_MS = 30
_MARGIN_PX, _ICON_PX, _BETWEEN_LINES_PX = 6, 16, 20
_VERDICT_ICONS = {"accept": ("check", "good"), "correct": ("annotate", "warn"), "reject": ("close", "bad")}
_STATE_ICONS = {"failed": ("warning", "bad")}


class ItemModel(QAbstractListModel):
    """Shows Rows; thumbnails are asked for when the view wants them."""

    pictures_came = Signal()

    def __init__(self, loader: PictureLoader, parent: QListView) -> None:
        super().__init__(parent)
        self._loader = loader
        self._rows: list[Row] = []
        self._classes = ClassList()
        self._fold: Fold = None
        self._pictures: OrderedDict[str, QPixmap] = OrderedDict()
        self._made_of: dict[str, str] = {}
        self._ratio = 1.0
        self.value: int | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.pictures_came)
        loader.loaded.connect(self._on_loaded)

    @property
    def rows(self) -> Sequence[Row]:
        """What is listed."""
        return self._rows

    def show_rows(
        self, rows: Sequence[Row], classes: ClassList, value: int | None, fold: Fold = None
    ) -> None:
        """List other rows; those that stay in their places are only drawn anew. With a mask value `value` the score of
        that class is told.
        """
        self.value, self._fold = value, fold
        if classes != self._classes:
            self._classes = classes
            self._made_of.clear()
        same = [row.item.id for row in rows] == [row.item.id for row in self._rows]
        if same:
            self._rows = list(rows)
            self.pictures_came.emit()
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def set_ratio(self, ratio: float) -> None:
        """Make thumbnails for another screen."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._made_of.clear()

    def row_of(self, item_id: str) -> int:
        """Return the row of an item, -1 when it is not listed."""
        return next((number for number, row in enumerate(self._rows) if row.item.id == item_id), -1)

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008 (as Qt has it)
        """A row per photo."""
        return len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return name, thumbnail, words, or the Row itself (ROW_ROLE)."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return self._thumbnail(row)
            case _ if role == ROW_ROLE:
                return row
            case _:
                return _words(row, role, self.value)

    def _thumbnail(self, row: Row) -> QPixmap | None:
        item, source = row.item, str(row.answer.mask) if row.answer is not None else "photo"
        if self._made_of.get(item.id) != source:
            self._made_of[item.id] = source
            room = (round(THUMBNAIL.width() * self._ratio), round(THUMBNAIL.height() * self._ratio))
            make = partial(
                item_thumbnail, item, row.answer, self._classes, self._fold, room=room, ratio=self._ratio
            )
            self._loader.ask(f"review:{item.id}", make)
        return self._pictures.get(item.id)

    @Slot(str, object)
    def _on_loaded(self, key: str, picture: PhotoPicture) -> None:
        name = key.removeprefix("review:")
        if name != key and picture.photo is not None:
            self._pictures[name] = QPixmap.fromImage(picture.photo)
            self._pictures.move_to_end(name)
            while len(self._pictures) > _KEPT:
                gone, _ = self._pictures.popitem(last=False)
                self._made_of.pop(gone, None)
            if not self._soon.isActive():
                self._soon.start()


def _words(row: Row, role: int, value: int | None) -> str | None:
    told = row_told(row, value)
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return row.item.name
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.item.name}, {told}"
        case Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (str(row.item.path), told, row.told) if part)
    return None


class ItemList(QListView):
    """`chosen` carries the id of the photo that the person looks at."""

    chosen = Signal(str)

    def __init__(self, look: Look, loader: PictureLoader) -> None:
        super().__init__()
        self.setObjectName("review.photos")
        self.setAccessibleName("Photos to review")
        self.items = ItemModel(loader, self)
        self.setModel(self.items)
        self.setItemDelegate(_ItemDelegate(look, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.items.pictures_came.connect(self.viewport().update)
        look.theme.changed.connect(self.viewport().update)
        self._chosen = ""
        self._is_filling = False

    @property
    def chosen_id(self) -> str:
        """The id of the photo that is looked at, empty for none."""
        return self._chosen

    def show_rows(
        self, rows: Sequence[Row], classes: ClassList, value: int | None = None, fold: Fold = None
    ) -> None:
        """List other rows; the chosen photo stays chosen while it is there."""
        self._is_filling = True
        self.items.set_ratio(self.devicePixelRatioF())
        self.items.show_rows(rows, classes, value, fold)
        place = self.items.row_of(self._chosen)
        if place != self.currentIndex().row():
            self.setCurrentIndex(self.items.index(place))
        self._is_filling = False

    def choose(self, item_id: str) -> None:
        """Look at another photo."""
        place = self.items.row_of(item_id)
        if place >= 0:
            self.setCurrentIndex(self.items.index(place))

    def forget_choice(self) -> None:
        """Look at none."""
        self._chosen = ""
        self.setCurrentIndex(QModelIndex())

    def in_sight(self) -> tuple[str, ...]:
        """Return the ids of the rows that are seen."""
        first = self.indexAt(QPoint(4, 4)).row()
        last = self.indexAt(QPoint(4, self.viewport().height() - 4)).row()
        if first < 0:
            return ()
        rows = self.items.rows[first : (last if last >= 0 else len(self.items.rows)) + 1]
        return tuple(row.item.id for row in rows)

    @Slot(QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        row = current.data(ROW_ROLE) if current.isValid() else None
        if not self._is_filling and isinstance(row, Row) and row.item.id != self._chosen:
            self._chosen = row.item.id
            self.chosen.emit(self._chosen)


class _ItemDelegate(RowDelegate):
    def __init__(self, look: Look, view: ItemList) -> None:
        self._items = view.items
        super().__init__(look, view, row_px=THUMBNAIL.height() + 2 * _MARGIN_PX)

    def draw_row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index) -> None:
        """Draw thumbnail, name, what became of it, and the verdict."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        self.draw_ground(painter, rect, state)
        box = QRect(rect.topLeft() + QPoint(_MARGIN_PX, _MARGIN_PX), THUMBNAIL)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QPixmap):
            place = QRect(QPoint(0, 0), picture.deviceIndependentSize().toSize())
            place.moveCenter(box.center())
            painter.drawPixmap(place.topLeft(), picture)
        else:
            painter.fillRect(box, self._look.colour("hover"))
        icon = _VERDICT_ICONS.get(row.verdict) or _STATE_ICONS.get(row.state)
        icon_box = QRect(
            rect.right() - _ICON_PX - 8, rect.center().y() - _ICON_PX // 2 + 1, _ICON_PX, _ICON_PX
        )
        if icon is not None:
            self._look.icon(*icon).paint(painter, icon_box)
        left = box.right() + 11
        room = QRect(left, rect.top(), icon_box.left() - 8 - left, rect.height())
        self.draw_two_lines(
            painter, room, row.item.name, row_told(row, self._items.value), apart_px=_BETWEEN_LINES_PX
        )
