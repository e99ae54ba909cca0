"""RowModel: the rows of an import as a table that has its thumbnails made when they are seen."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

from PySide6.QtCore import QAbstractTableModel, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from segstudio.desktop.importing.row_pictures import Subject, picture_of_row
from segstudio.desktop.importing.rows import Row, Tone
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.pictures import PhotoPicture, blended
from segstudio.desktop.row_drawing import Index
from segstudio.formats.examine import Looks
from segstudio.formats.previewing import Paint

ROW_ROLE = Qt.ItemDataRole.UserRole

THUMBNAIL = QSize(56, 42)
COLUMNS = ("Photo", "Shapes", "State")
_KEPT = 1500
_SOON_MS = 30
_OPACITY = 0.55


class RowModel(QAbstractTableModel):
    """Shows rows. Of those that are seen, thumbnails are asked for; old ones stay until the new ones are there.

    `pictures_came` carries the numbers of the rows to draw anew, at most every 30 ms.
    """

    pictures_came = Signal(object)

    def __init__(self, loader: PictureLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._rows: tuple[Row, ...] = ()
        self._places: dict[str, int] = {}
        self._paint: Paint | None = None
        self._looks = Looks()
        self._ratio = 1.0
        self._photos: OrderedDict[str, QImage] = OrderedDict()
        self._shown: dict[str, QPixmap] = {}
        self._fresh: set[str] = set()
        self._hopeless: set[str] = set()
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._came: set[int] = set()
        self._soon.timeout.connect(self._on_soon)
        loader.loaded.connect(self._on_loaded)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is listed."""
        return self._rows

    def place_of(self, row_id: str) -> int:
        """Return the number of a row, -1 where it is not listed."""
        return self._places.get(row_id, -1)

    def show_rows(self, rows: tuple[Row, ...], looks: Looks) -> None:
        """List other rows; where they are the same ones, only what stands in them is drawn anew."""
        self._looks = looks
        same = [row.id for row in rows] == [row.id for row in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = rows
        if not same:
            self._places = {row.id: number for number, row in enumerate(rows)}
            self.endResetModel()
        else:
            self._draw_all()

    def set_paint(self, paint: Paint | None) -> None:
        """Draw the masks in another way; those that are seen at once."""
        self._paint = paint
        self._ask_anew()

    def forget(self) -> None:
        """Drop every picture."""
        self._photos.clear()
        self._shown.clear()
        self._hopeless.clear()
        self._ask_anew()

    def set_ratio(self, ratio: float) -> None:
        """Make thumbnails for a screen of other pixels."""
        if ratio != self._ratio:
            self._ratio = ratio
            self.forget()

    def rowCount(self, parent: Index | None = None) -> int:
        """As many as rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, _parent: Index | None = None) -> int:
        """Photo, shapes, state."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == 1 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return words, thumbnail, tooltip, or the Row itself (ROW_ROLE)."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (row.name, f"{row.shapes:,}" if row.shapes else "", row.state)[index.column()]
            case Qt.ItemDataRole.DecorationRole:
                return self.thumbnail(row) if index.column() == 0 else None
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join(text for text in (row.name, row.state, row.advice, *row.notes) if text)
            case _:
                return row if role == ROW_ROLE else None

    def thumbnail(self, row: Row) -> QPixmap | None:
        """Return the thumbnail of a row that is seen, and have it made if it is not there or shows what was."""
        if row.id not in self._fresh and row.id not in self._hopeless and self._paint is not None:
            if row.path is None and row.annotation is None:
                return None
            photo = self._photos.get(row.id)
            side = round(THUMBNAIL.width() * self._ratio)
            subject = Subject(row.path, row.annotation, self._looks, photo)
            self._loader.ask(row.id, partial(picture_of_row, subject, self._paint, side))
        return self._shown.get(row.id)

    def _ask_anew(self) -> None:
        self._fresh.clear()
        self._loader.forget_all()
        self._draw_all()

    def _draw_all(self) -> None:
        self._came.update(range(len(self._rows)))
        self._soon.start()

    @Slot()
    def _on_soon(self) -> None:
        came, self._came = self._came, set()
        self.pictures_came.emit(came)

    @Slot(str, object)
    def _on_loaded(self, row_id: str, picture: PhotoPicture) -> None:
        image = blended(picture, _OPACITY)
        if image is None or picture.photo is None:
            self._hopeless.add(row_id)
        else:
            room = THUMBNAIL * self._ratio
            if image.height() > room.height():
                image = image.scaled(
                    room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            image.setDevicePixelRatio(self._ratio)
            self._photos[row_id] = picture.photo
            self._shown[row_id] = QPixmap.fromImage(image)
            self._fresh.add(row_id)
            while len(self._photos) > _KEPT:
                oldest, _ = self._photos.popitem(last=False)
                self._shown.pop(oldest, None)
                self._fresh.discard(oldest)
        if row_id in self._places:
            self._came.add(self._places[row_id])
            if not self._soon.isActive():
                self._soon.start()


def needs_person(row: Row) -> bool:
    """Tell whether the filter "need you" lists the row."""
    return row.tone is Tone.NEEDS or bool(row.hidden)
