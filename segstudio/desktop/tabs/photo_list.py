"""PhotoList: the photos of the project, with search and a filter by status."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
)

from segstudio.desktop.look import Look
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.tabs.photo_delegate import PhotoDelegate
from segstudio.desktop.tabs.photo_model import PHOTO_ROLE, PhotoModel, filtered
from segstudio.desktop.widgets.labels import label
from segstudio.project.photos import Photo

_STATUSES = (("All", None), ("To do", "todo"), ("Begun", "doing"), ("Done", "done"), ("Checked", "checked"))


class PhotoList(QFrame):
    """`photo_chosen` carries the Photo that the person looks at, or None."""

    photo_chosen = Signal(object)

    def __init__(self, look: Look, loader: PictureLoader) -> None:
        super().__init__()
        self.setObjectName("side")
        self._opened: OpenedProject | None = None
        self._chosen = ""
        self.model = PhotoModel(loader, self)
        self.search = QLineEdit()
        self.search.setObjectName("photos.search")
        self.search.setPlaceholderText("Find a photo")
        self.search.setClearButtonEnabled(True)
        self.status = QComboBox()
        self.status.setAccessibleName("Status")
        self.status.setToolTip("List only photos of one status.")
        for text, value in _STATUSES:
            self.status.addItem(text, value)
        self.view = QListView()
        self.view.setObjectName("photos")
        self.view.setAccessibleName("Photos")
        self.view.setModel(self.model)
        self.view.setItemDelegate(PhotoDelegate(look, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._told = label("", "caption")
        self._told.setObjectName("photos.told")
        self._lay_out()
        self.search.textChanged.connect(self._on_filter_changed)
        self.status.currentIndexChanged.connect(self._on_filter_changed)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.model.pictures_came.connect(self.view.viewport().update)
        look.theme.changed.connect(self.view.viewport().update)

    def show_project(self, opened: OpenedProject | None) -> None:
        """List the photos of another look at the project; the chosen photo stays chosen while it is listed."""
        another = (opened.folder if opened else None) != (self._opened.folder if self._opened else None)
        self._opened = opened
        if another:
            self._chosen = ""
            self.search.clear()
            self.status.setCurrentIndex(0)
        self._on_filter_changed()

    def step(self, by: int) -> None:
        """Choose the next (1) or previous (-1) photo of the list."""
        row = self.view.currentIndex().row() + by
        if 0 <= row < self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(row))

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setContentsMargins(8, 8, 8, 0)
        filters.setSpacing(8)
        filters.addWidget(self.search, 1)
        filters.addWidget(self.status)
        self._told.setContentsMargins(12, 0, 8, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(filters)
        column.addWidget(self.view, 1)
        column.addWidget(self._told)

    @Slot()
    def _on_filter_changed(self) -> None:
        photos = self._opened.photos if self._opened else ()
        shown = filtered(photos, self.search.text(), self.status.currentData())
        self.model.show_photos(self._opened, shown)
        total, count = len(photos), len(shown)
        self._told.setText(f"{count:,} of {total:,} photos" if count < total else f"{total:,} photos")
        row = max(self.model.row_of(self._chosen), 0)
        if shown and self.view.currentIndex().row() != row:
            self.view.setCurrentIndex(self.model.index(row))
        else:
            self._on_current_changed(self.view.currentIndex())

    @Slot(QModelIndex)
    def _on_current_changed(self, current: QModelIndex) -> None:
        photo = current.data(PHOTO_ROLE) if current.isValid() else None
        if isinstance(photo, Photo):
            self._chosen = photo.key
            self.photo_chosen.emit(photo)
        else:
            self.photo_chosen.emit(None)
