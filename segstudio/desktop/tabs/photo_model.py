"""PhotoModel: the photos of the project as a list that loads its thumbnails when they are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QSize, QStringListModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap

from segstudio.desktop.annotating.thumbnails import thumbnail_of
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.pictures import PhotoPicture
from segstudio.desktop.row_drawing import Index
from segstudio.desktop.tabs.photo_filter import BROKEN_TEXT, runs, told, told_people
from segstudio.project.person import person
from segstudio.project.photos import Photo

PHOTO_ROLE = Qt.ItemDataRole.UserRole
PROBLEM_ROLE = Qt.ItemDataRole.UserRole + 1
PAINTER_ROLE = Qt.ItemDataRole.UserRole + 2
TOLD_ROLE = Qt.ItemDataRole.UserRole + 3

THUMBNAIL = QSize(72, 54)
_KEPT = 1500
"""Thumbnails kept in memory: 72 × 54 pixels of four bytes each, at a pixel ratio of 2 some 90 MB."""

_SOON_MS = 30

_MANY = 12
"""More separate places of change than this are not followed one by one."""

_MANY_ROWS = 1000


class PhotoModel(QStringListModel):
    """Shows photos of the open project. Thumbnails are asked for when the view wants them, and kept while there is
    room.

    The texts of QStringListModel are not used, but its count of rows is: a view asks for that twice a row whenever it
    lays rows out, and ten thousand questions to Python take a tenth of a second.
    """

    pictures_came = Signal()
    """Told at most every 30 ms. Not dataChanged: for one thumbnail the view would lay out all rows anew."""

    def __init__(self, loader: PictureLoader, parent: QObject | None = None) -> None:
        super().__init__([], parent)
        self._loader = loader
        self._opened: OpenedProject | None = None
        self._photos: tuple[Photo, ...] = ()
        self._rows: dict[str, int] = {}
        self._pictures: OrderedDict[str, QPixmap] = OrderedDict()
        self._old: dict[str, QPixmap] = {}  # shown until the new one is there
        self._asked: dict[str, int | None] = {}  # when the mask was written that a thumbnail is being made of
        self._problems: dict[str, str] = {}
        self._painters: dict[str, str] = {}
        self._me = person()
        self._ratio = 1.0
        self._tellers: dict[int, Callable[[Photo], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda photo: photo.key,
            Qt.ItemDataRole.DecorationRole: self._thumbnail,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            PHOTO_ROLE: lambda photo: photo,
            PROBLEM_ROLE: lambda photo: self._problems.get(photo.key),
            PAINTER_ROLE: lambda photo: self._painters.get(photo.key, ""),
            TOLD_ROLE: self._told_shortly,  # in a row the place would leave no room
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

    @property
    def ratio(self) -> float:
        """Pixels of the screen per pixel of the window: thumbnails are made for it."""
        return self._ratio

    def set_ratio(self, ratio: float) -> None:
        """Make thumbnails for another screen."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._pictures.clear()
            self._loader.forget_all()

    def mark_broken(self, key: str, problem: str) -> None:
        """Show that the file of a photo cannot be read (`problem` says why), or can (empty)."""
        if self._problems.get(key, "") == problem:
            return
        if problem:
            self._problems[key] = problem
            self._pictures.pop(key, None)
            self._old.pop(key, None)
        else:
            del self._problems[key]
        self.pictures_came.emit()

    def show_painters(self, painters: dict[str, str]) -> None:
        """Show who else paints on which photos at this moment, in words by key."""
        if painters != self._painters:
            self._painters = painters
            self.pictures_came.emit()

    def show_photos(self, opened: OpenedProject | None, photos: tuple[Photo, ...]) -> None:
        """List photos of a project, sorted by key. Thumbnails that still show what is there are kept.

        Rows that stay keep their place, the selection and the scroll position with them.
        """
        stale = _stale(self._opened, opened, tuple(self._pictures))
        for key in stale:
            self._old[key] = self._pictures.pop(key)
            self._problems.pop(key, None)
        before, self._opened = self._opened, opened
        self._me = person()  # another one may have been chosen
        another = before is None or opened is None or before.folder != opened.folder
        if another:
            self._problems.clear()
            self._old.clear()
        if another or (before is not None and opened is not None and before.classes != opened.classes):
            self._loader.forget_all()  # what is being made is of other photos, or in other colours
            self._asked.clear()
            self._soon.start()
        self._put(photos)

    def _put(self, photos: tuple[Photo, ...]) -> None:
        if _same_keys(self._photos, photos):
            if photos != self._photos:
                self._set(photos)
                self.pictures_came.emit()
            return
        steps = _steps([photo.key for photo in self._photos], [photo.key for photo in photos])
        if steps is None:
            self._set(photos)
            self.setStringList([""] * len(photos))
            return
        gone, come = steps
        for first, last in reversed(gone):
            self._set(self._photos[:first] + self._photos[last + 1 :])
            self.removeRows(first, last - first + 1)
        for first, last in come:
            self._set(self._photos[:first] + photos[first : last + 1] + self._photos[first:])
            self.insertRows(first, last - first + 1)
        self._set(photos)
        self.pictures_came.emit()

    def _set(self, photos: tuple[Photo, ...]) -> None:
        self._photos = photos
        self._rows = {photo.key: row for row, photo in enumerate(photos)}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return key, thumbnail, tooltip, the Photo itself (PHOTO_ROLE), why it cannot be shown (PROBLEM_ROLE), who else
        paints on it (PAINTER_ROLE) or what stands below its name (TOLD_ROLE).
        """
        if not index.isValid() or index.row() >= len(self._photos):
            return None
        photo = self._photos[index.row()]
        tell = self._tellers.get(role)
        return tell(photo) if tell is not None else None

    def _told_shortly(self, photo: Photo) -> str:
        return self._told(photo, with_place=False)

    def _told(self, photo: Photo, *, with_place: bool = True) -> str:
        if photo.key in self._problems:
            return BROKEN_TEXT
        painter = self._painters.get(photo.key, "")
        return told(photo, painter if with_place else painter.partition(" on ")[0], self._me)

    def _tooltip(self, photo: Photo) -> str:
        rows, columns = photo.size
        problem = self._problems.get(photo.key)
        lines = (f"{photo.key}", f"{columns} × {rows} pixels · {self._told(photo)}", told_people(photo))
        return problem or "\n".join(line for line in lines if line)

    def _spoken(self, photo: Photo) -> str:
        return f"{photo.key}, {self._told(photo)}"

    def _thumbnail(self, photo: Photo) -> QPixmap | None:
        if photo.key in self._pictures:
            self._pictures.move_to_end(photo.key)
            return self._pictures[photo.key]
        opened = self._opened
        if opened is not None and photo.key not in self._problems:
            path = opened.project.mask_path(photo)
            self._asked[photo.key] = opened.mask_times.get(photo.key)
            room = (round(THUMBNAIL.width() * self._ratio), round(THUMBNAIL.height() * self._ratio))
            self._loader.ask(photo.key, partial(thumbnail_of, photo, path, opened.classes, room, self._ratio))
        return self._old.get(photo.key)

    @Slot(str, object)
    def _on_loaded(self, key: str, picture: PhotoPicture) -> None:
        if picture.problem:
            self._problems[key] = picture.problem
        written = self._opened.mask_times.get(key) if self._opened is not None else None
        if picture.photo is not None and self._asked.pop(key, written) != written:
            self._old[key] = QPixmap.fromImage(picture.photo)  # painted meanwhile: asked for again when seen
        elif picture.photo is not None:
            self._old.pop(key, None)
            self._pictures[key] = QPixmap.fromImage(picture.photo)
            while len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)
        if key in self._rows and not self._soon.isActive():
            self._soon.start()


def _same_keys(old: tuple[Photo, ...], new: tuple[Photo, ...]) -> bool:
    """Tell whether the same photos are listed; pure. What has not changed is the same object, which is seen at once."""
    return len(old) == len(new) and all(
        before is now or before.key == now.key for before, now in zip(old, new, strict=True)
    )


def _steps(old: list[str], new: list[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]] | None:
    """Return which runs of rows go and which come then; None when the list is better laid out anew; pure."""
    here, wanted = set(old), set(new)
    gone = [row for row, key in enumerate(old) if key not in wanted]
    come = [row for row, key in enumerate(new) if key not in here]
    if len(gone) == len(old) or len(gone) + len(come) > _MANY_ROWS:
        return None
    steps = runs(gone), runs(come)
    return steps if len(steps[0]) + len(steps[1]) <= _MANY else None


def _stale(old: OpenedProject | None, new: OpenedProject | None, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys whose thumbnails no longer show what is there; pure."""
    if old is None or new is None or old.folder != new.folder or old.classes != new.classes:
        return keys
    if old is new or (old.mask_times == new.mask_times and len(old.photos) == len(new.photos)):
        return ()
    here = {photo.key for photo in new.photos}
    return tuple(key for key in keys if key not in here or old.mask_times.get(key) != new.mask_times.get(key))
