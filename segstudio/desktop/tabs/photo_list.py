"""PhotoList: the photos of the project, with search and filters by status, split and what was painted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QListView,
    QStackedWidget,
    QVBoxLayout,
)

from segstudio.desktop.annotating.class_finder import ClassFinder
from segstudio.desktop.importing.class_choice import swatch_icon
from segstudio.desktop.look import Look
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.tabs.photo_delegate import PhotoDelegate
from segstudio.desktop.tabs.photo_filter import PhotoFilter, neighbour, next_open, told_count, told_looking
from segstudio.desktop.tabs.photo_model import PHOTO_ROLE, PhotoModel
from segstudio.desktop.tabs.photo_search import NoneListed, PhotoSearch
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import LabelClass
from segstudio.project.photos import Photo

_STATUSES = (
    ("Any status", None),
    ("To do", "todo"),
    ("Begun", "doing"),
    ("Done", "done"),
    ("Checked", "checked"),
)
_SPLITS = (("Any use", None), ("Training", "train"), ("Held out", "val"), ("Undecided", "undecided"))


class PhotoList(QFrame):
    """`photo_chosen` carries the Photo that the person looks at, or None; `menu_asked` where a menu is wanted.

    The chosen photo stays chosen while filters hide it: only the person goes on to another.
    """

    photo_chosen = Signal(object)
    menu_asked = Signal(QPoint)

    def __init__(self, look: Look, loader: PictureLoader) -> None:
        super().__init__()
        self.setObjectName("side")
        self._look = look
        self._opened: OpenedProject | None = None
        self._chosen = ""
        self._offered: tuple[tuple[LabelClass, ...], object] = ((), None)
        self._is_filling = False
        self.model = PhotoModel(loader, self)
        self.search = PhotoSearch()
        self.status = _filter_box("photos.status", "Status", "List only photos of one status.", _STATUSES)
        self.split = _filter_box(
            "photos.split", "Use", "List only photos for training, or held out.", _SPLITS
        )
        self.holding = _filter_box(
            "photos.class", "Class", "List only photos in which a class was painted.", (("Any class", None),)
        )
        self.finder = ClassFinder(self)
        self.view = QListView()
        self.view.setObjectName("photos")
        self.view.setAccessibleName("Photos")
        self.view.setModel(self.model)
        self.view.setItemDelegate(PhotoDelegate(look, self.view))
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._none = NoneListed()
        self._rows = QStackedWidget()
        self._rows.addWidget(self.view)
        self._rows.addWidget(self._none)
        self._told = label("", "caption")
        self._told.setObjectName("photos.told")
        self._lay_out()
        self.search.textChanged.connect(self._on_filter_changed)
        self.search.returned.connect(self._on_search_returned)
        self.search.left.connect(self._on_search_left)
        self._none.all_wanted.connect(self._on_all_wanted)
        self.status.currentIndexChanged.connect(self._on_filter_changed)
        self.split.currentIndexChanged.connect(self._on_filter_changed)
        self.holding.currentIndexChanged.connect(self._on_class_wanted)
        self.finder.changed.connect(self._on_filter_changed)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.customContextMenuRequested.connect(self._on_menu_requested)
        self.model.pictures_came.connect(self.view.viewport().update)
        look.theme.changed.connect(self.view.viewport().update)
        look.theme.changed.connect(self._on_theme_changed)

    @property
    def chosen(self) -> Photo | None:
        """The photo that the person looks at, as it is now."""
        photos = self._opened.photos if self._opened is not None else ()
        row = self.model.row_of(self._chosen)
        if row >= 0:
            return self.model.photos[row]
        return next((photo for photo in photos if photo.key == self._chosen), None)

    @property
    def selected(self) -> tuple[Photo, ...]:
        """What is selected, in order; the chosen photo when nothing is."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        chosen = self.chosen
        return tuple(self.model.photos[row] for row in rows) or ((chosen,) if chosen is not None else ())

    def show_project(self, opened: OpenedProject | None) -> None:
        """List the photos of another look at the project; the chosen photo stays chosen while there is one."""
        another = (opened.folder if opened else None) != (self._opened.folder if self._opened else None)
        self._opened = opened
        self._is_filling = True
        if another:
            self._chosen = ""
            self._list_all()
        self._show_classes()
        self._is_filling = False
        self.finder.follow(opened)
        self._on_class_wanted()
        if self.chosen is None:
            self._choose(self.after() or self.before())  # it went, or nothing was chosen yet
        elif not another:
            self.photo_chosen.emit(self.chosen)  # its status may be another now

    def show_photo(self, key: str) -> bool:
        """Choose a photo by its key, without filters if they hide it; False when the project has none of that key."""
        photos = self._opened.photos if self._opened is not None else ()
        photo = next((photo for photo in photos if photo.key == key), None)
        if photo is None:
            return False
        if self.model.row_of(key) < 0:
            self._list_all()
        return self._go_to(photo)

    def step(self, by: int) -> None:
        """Choose the next (1) or previous (-1) photo of the list."""
        self._go_to(neighbour(self.model.photos, self._chosen, by))

    def step_open(self, by: int) -> bool:
        """Choose the next (1) or previous (-1) photo of the list that is not done; False when there is none."""
        return self._go_to(next_open(self.model.photos, self._chosen, by))

    @Slot()
    def select_chosen(self) -> None:
        """Let only the photo be selected that is looked at."""
        row = self.model.row_of(self._chosen)
        if row >= 0 and len(self.view.selectionModel().selectedRows()) > 1:
            self.view.selectionModel().select(
                self.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def before(self) -> Photo | None:
        """Return the photo above the chosen one."""
        return neighbour(self.model.photos, self._chosen, -1)

    def after(self) -> Photo | None:
        """Return the photo below the chosen one."""
        return neighbour(self.model.photos, self._chosen, 1)

    def event(self, event: QEvent) -> bool:
        """Thumbnails are made for the pixels of the screen."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.DevicePixelRatioChange):
            self.model.set_ratio(self.devicePixelRatioF())
        return super().event(event)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self.status, 1)
        filters.addWidget(self.split, 1)
        head = QVBoxLayout()
        head.setContentsMargins(8, 8, 8, 0)
        head.setSpacing(8)
        head.addWidget(self.search)
        head.addLayout(filters)
        head.addWidget(self.holding)
        self._told.setContentsMargins(12, 0, 8, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._rows, 1)
        column.addWidget(self._told)

    def _go_to(self, photo: Photo | None) -> bool:
        row = self.model.row_of(photo.key) if photo is not None else -1
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
        return row >= 0

    def _choose(self, photo: Photo | None) -> None:
        """Take a photo as the one looked at, whether it is listed or not."""
        self._chosen = photo.key if photo is not None else ""
        if not self._go_to(photo):
            self.photo_chosen.emit(photo)

    @Slot()
    def _on_filter_changed(self) -> None:
        if self._is_filling:
            return
        photos = self._opened.photos if self._opened else ()
        value = self.holding.currentData()
        wanted = PhotoFilter(
            self.search.text(),
            self.status.currentData(),
            self.split.currentData(),
            self.finder.holding(value) if value is not None else None,
        )
        shown = wanted.chosen_from(photos)
        self._is_filling = True  # rows that come and go choose nothing
        self.model.show_photos(self._opened, shown)
        row = self.model.row_of(self._chosen)
        if row != self.view.currentIndex().row():
            self.view.setCurrentIndex(self.model.index(row))
        if row < 0:
            self.view.clearSelection()
        self._is_filling = False
        self._rows.setCurrentWidget(self.view if shown or not photos else self._none)
        looking = self.finder.status
        self._none.show_waiting(told_looking(looking.done, looking.total) if looking is not None else "")
        self._told.setText(
            told_looking(looking.done, looking.total) if looking is not None else told_count(shown, photos)
        )

    @Slot()
    def _on_class_wanted(self) -> None:
        self.finder.want(self.holding.currentData() is not None)
        self._on_filter_changed()

    @Slot()
    def _show_classes(self) -> None:
        """Offer the classes that there are; the one that is chosen stays chosen while it is there."""
        classes = self._opened.classes.classes if self._opened is not None else ()
        offered = (classes, self.devicePixelRatioF())
        if offered == self._offered:
            return  # whoever is choosing goes on choosing
        self._offered = offered
        chosen, box = self.holding.currentData(), self.holding
        was_filling, self._is_filling = self._is_filling, True
        box.clear()
        box.addItem("Any class", None)
        for entry in classes:
            icon = swatch_icon(entry.colour, self._look, self.devicePixelRatioF())
            box.addItem(icon, f"With {entry.name}", entry.index)
        box.setCurrentIndex(max(0, box.findData(chosen) if chosen is not None else 0))
        self._is_filling = was_filling

    @Slot()
    def _on_theme_changed(self) -> None:
        self._offered = ((), None)
        self._show_classes()

    def shut_down(self) -> None:
        """End what is under way."""
        self.finder.shut_down()

    def _list_all(self) -> None:
        self.search.clear()
        self.status.setCurrentIndex(0)
        self.split.setCurrentIndex(0)
        self.holding.setCurrentIndex(0)

    @Slot()
    def _on_all_wanted(self) -> None:
        self._list_all()
        self.view.setFocus()

    @Slot()
    def _on_search_left(self) -> None:
        if self.model.photos:
            self.view.setFocus()

    @Slot()
    def _on_search_returned(self) -> None:
        if self.model.photos:
            self._go_to(self.model.photos[0])
            self.view.setFocus()

    @Slot(QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        photo = current.data(PHOTO_ROLE) if current.isValid() else None
        if self._is_filling or not isinstance(photo, Photo):
            return
        self._chosen = photo.key
        self.photo_chosen.emit(photo)

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        if self.selected:
            self.menu_asked.emit(self.view.viewport().mapToGlobal(place))


def _filter_box(name: str, title: str, tip: str, choices: tuple[tuple[str, str | None], ...]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(tip)
    for text, value in choices:
        box.addItem(text, value)
    return box
