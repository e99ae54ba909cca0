"""PhotoModel: the photos of the project as a list that loads its thumbnails when they are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPixmap

from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.pictures import PhotoPicture, blended, picture_of
from segstudio.project.photos import Photo, Status

PHOTO_ROLE = Qt.ItemDataRole.UserRole
PROBLEM_ROLE = Qt.ItemDataRole.UserRole + 1

THUMBNAIL = QSize(72, 54)
_SIDE_PX = 192
_OPACITY = 0.5
_KEPT = 800
"""Thumbnails kept in memory: 192 × 144 pixels of four bytes each, some 90 MB."""

_STATUS_TEXT = {"todo": "to do", "doing": "begun", "done": "done", "checked": "checked"}

_SOON_MS = 30

_Index = QModelIndex | QPersistentModelIndex


def told(photo: Photo) -> str:
    """Return what stands below a photo's name: its status, what it is for, and whether it has a mask."""
    parts = [_STATUS_TEXT[photo.status]]
    if photo.split is not None:
        parts.append({"train": "training", "val": "held out"}[photo.split])
    if not photo.has_mask:
        parts.append("no mask")
    return " · ".join(parts)


def filtered(photos: Sequence[Photo], words: str, status: Status | None) -> tuple[Photo, ...]:
    """Return the photos whose key holds every one of `words`, of one status or of any; pure."""
    wanted = words.casefold().split()
    return tuple(
        photo
        for photo in photos
        if (status is None or photo.status == status)
        and (not wanted or all(word in photo.key.casefold() for word in wanted))
    )


class PhotoModel(QAbstractListModel):
    """Shows photos of the open project. Thumbnails are asked for when the view wants them, and kept while there is room."""

    pictures_came = Signal()
    """Told at most every 30 ms. Not dataChanged: for one thumbnail the view would lay out all rows anew."""

    def __init__(self, loader: PictureLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._opened: OpenedProject | None = None
        self._photos: tuple[Photo, ...] = ()
        self._rows: dict[str, int] = {}
        self._pictures: OrderedDict[str, QPixmap] = OrderedDict()
        self._problems: dict[str, str] = {}
        self._tellers: dict[int, Callable[[Photo], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda photo: photo.key,
            Qt.ItemDataRole.DecorationRole: self._thumbnail,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Qt.ItemDataRole.AccessibleTextRole: lambda photo: f"{photo.key}, {told(photo)}",
            PHOTO_ROLE: lambda photo: photo,
            PROBLEM_ROLE: lambda photo: self._problems.get(photo.key),
        }
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.pictures_came)
        loader.loaded.connect(self._on_loaded)

    @property
    def photos(self) -> tuple[Photo, ...]:
        """What is listed."""
        return self._photos

    def row_of(self, key: str) -> int:
        """Return the row of a photo, -1 when it is not listed."""
        return self._rows.get(key, -1)

    def show_photos(self, opened: OpenedProject | None, photos: tuple[Photo, ...]) -> None:
        """List photos of a project. Thumbnails whose photo, mask and colours are as they were are kept."""
        stale = _stale(self._opened, opened, tuple(self._pictures))
        for key in stale:
            self._pictures.pop(key, None)
        if stale:
            self._problems.clear()
        self._loader.forget_all()
        same_keys = [photo.key for photo in photos] == [photo.key for photo in self._photos]
        if not same_keys:
            self.beginResetModel()
        self._opened, self._photos = opened, photos
        self._rows = {photo.key: row for row, photo in enumerate(photos)}
        if not same_keys:
            self.endResetModel()
        elif photos:
            self.dataChanged.emit(self.index(0), self.index(len(photos) - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        """As many rows as photos."""
        return 0 if parent is not None and parent.isValid() else len(self._photos)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return key, thumbnail, tooltip, the Photo itself (PHOTO_ROLE) or why it cannot be shown (PROBLEM_ROLE)."""
        if not index.isValid() or index.row() >= len(self._photos):
            return None
        photo = self._photos[index.row()]
        tell = self._tellers.get(role)
        return tell(photo) if tell is not None else None

    def _tooltip(self, photo: Photo) -> str:
        rows, columns = photo.size
        problem = self._problems.get(photo.key)
        return problem or f"{photo.key}\n{columns} × {rows} pixels · {told(photo)}"

    def _thumbnail(self, photo: Photo) -> QPixmap | None:
        if photo.key in self._pictures:
            self._pictures.move_to_end(photo.key)
            return self._pictures[photo.key]
        opened = self._opened
        if opened is not None and photo.key not in self._problems:
            path = opened.project.mask_path(photo)
            self._loader.ask(photo.key, partial(picture_of, photo, path, opened.classes, _SIDE_PX))
        return None

    @Slot(str, object)
    def _on_loaded(self, key: str, picture: PhotoPicture) -> None:
        image = blended(picture, _OPACITY)
        if picture.problem:
            self._problems[key] = picture.problem
        if image is not None:
            self._pictures[key] = QPixmap.fromImage(image)
            while len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)
        if key in self._rows and not self._soon.isActive():
            self._soon.start()


def _stale(old: OpenedProject | None, new: OpenedProject | None, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys whose thumbnails no longer show what is there; pure."""
    if old is None or new is None or old.folder != new.folder or old.classes != new.classes:
        return keys
    if old is new:
        return ()
    here = {photo.key: photo.path for photo in new.photos}
    return tuple(key for key in keys if key not in here or old.mask_times.get(key) != new.mask_times.get(key))
