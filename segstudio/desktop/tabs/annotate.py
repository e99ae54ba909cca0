"""The Annotate tab: the photos of the project and, of the chosen one, photo, mask and class shares."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSlider,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.pictures import PhotoPicture, picture_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.tabs.class_legend import ClassLegend
from segstudio.desktop.tabs.photo_list import PhotoList
from segstudio.desktop.tabs.photo_model import told
from segstudio.desktop.tabs.photo_view import PhotoView
from segstudio.desktop.widgets.empty import EmptyPage
from segstudio.desktop.widgets.labels import ElidedLabel, label
from segstudio.project.photos import Photo

_PREVIEW_PX = 1600
_LIST_PX = 300
_LEGEND_PX = 220
_REFRESHED_BY = Changed.PROJECT | Changed.PHOTOS | Changed.MASK | Changed.CLASSES


class AnnotateTab(QStackedWidget):
    """For now to look at: list, photo and mask. Masks come from the import."""

    def __init__(
        self,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        thumbnails: PictureLoader,
        previews: PictureLoader,
    ) -> None:
        super().__init__()
        self._session = session
        self._previews = previews
        self._photo: Photo | None = None
        self.list = PhotoList(look, thumbnails)
        self.view = PhotoView(look)
        self._legend = ClassLegend(look)
        self._name = ElidedLabel()
        self._problem = label("", "dim", wraps=True)
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setValue(50)
        self._opacity.setToolTip("How strongly the class colours cover the photo.")
        self._opacity.setAccessibleName("Opacity of the mask")
        self._empty = EmptyPage(look, "photo", "No photos yet", "Bring in photos and annotations first.")
        self._empty.add_button(actions["go.import"])
        self.addWidget(self._empty)
        self.addWidget(self._laid_out(actions))
        self.setFocusProxy(self.list.view)
        actions["photo.overlay"].setChecked(True)
        actions["photo.overlay"].toggled.connect(self.view.show_mask)
        actions["photo.search"].triggered.connect(self._on_search_asked)
        actions["photo.next"].triggered.connect(lambda: self.list.step(1))
        actions["photo.previous"].triggered.connect(lambda: self.list.step(-1))
        self._opacity.valueChanged.connect(lambda value: self.view.set_opacity(value / 100))
        self.list.photo_chosen.connect(self._on_photo_chosen)
        previews.loaded.connect(self._on_preview_loaded)
        session.changed.connect(self._on_session_changed)
        self._on_session_changed(_REFRESHED_BY)

    def _laid_out(self, actions: Actions) -> QWidget:
        overlay = QToolButton()
        overlay.setDefaultAction(actions["photo.overlay"])
        overlay.setIconSize(QSize(20, 20))
        overlay.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar = QFrame()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 8, 0)
        row.addWidget(self._name, 1)
        row.addWidget(overlay)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.view, 1)
        right = QFrame()
        right.setObjectName("side_right")
        right.setMinimumWidth(_LEGEND_PX)
        side = QVBoxLayout(right)
        side.setContentsMargins(12, 12, 12, 12)
        side.setSpacing(8)
        side.addWidget(self._legend, 1)
        side.addWidget(self._problem)
        side.addWidget(label("Mask over photo", "caption"))
        side.addWidget(self._opacity)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        for widget in (self.list, middle, right):
            splitter.addWidget(widget)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_PX, 700, _LEGEND_PX])
        self.list.setMinimumWidth(220)
        return splitter

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if not flags & _REFRESHED_BY:
            return
        opened = self._session.opened
        self.setCurrentIndex(1 if opened is not None and opened.photos else 0)
        if opened is not None:
            self._legend.show_classes(opened.classes)
        self.list.show_project(opened)

    @Slot(object)
    def _on_photo_chosen(self, photo: Photo | None) -> None:
        opened = self._session.opened
        another = photo is None or self._photo is None or photo.key != self._photo.key
        self._photo = photo
        if another:
            self.view.show_picture(None)
            self._legend.show_shares(())
        self._previews.forget_all()
        if photo is None or opened is None:
            self._name.set_whole("")
            return
        rows, columns = photo.size
        self._name.set_whole(f"{photo.key} · {columns} × {rows} · {told(photo)}")
        path = opened.project.mask_path(photo)
        self._previews.ask(photo.key, partial(picture_of, photo, path, opened.classes, _PREVIEW_PX))

    @Slot(str, object)
    def _on_preview_loaded(self, key: str, picture: PhotoPicture) -> None:
        if self._photo is None or key != self._photo.key:
            return
        self.view.show_picture(picture)
        self._legend.show_shares(picture.shares)
        self._problem.setText(picture.problem)
        self._problem.setVisible(bool(picture.problem))

    @Slot()
    def _on_search_asked(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()
