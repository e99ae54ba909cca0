"""The Review tab as the frame knows it: what a model sees in photos; the page is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.session import ProjectSession

if TYPE_CHECKING:
    from segstudio.desktop.reviewing.page import ReviewPage, TrainFrom
    from segstudio.desktop.reviewing.verdicts import ShowInAnnotate


class ReviewTab(QStackedWidget):
    """Takes photos, folders, videos and model files (`take`). `work_changed` carries a JobStatus or None."""

    work_changed = Signal(object)

    def __init__(
        self,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        *,
        desk: PhotoDesk,
        thumbnails: PictureLoader,
        show_in_annotate: ShowInAnnotate,
        train_from: TrainFrom,
    ) -> None:
        super().__init__()
        self._look, self._actions, self._session = look, actions, session
        self._desk, self._thumbnails, self._show_in_annotate = desk, thumbnails, show_in_annotate
        self._train_from = train_from
        self.page: ReviewPage | None = None
        session.changed.connect(self._on_session_changed)

    def take(self, paths: Sequence[Path]) -> None:
        """Segment the photos that were dropped, or ask the model that was."""
        self._page().take(paths)

    def cancel_work(self) -> None:
        """Stop segmenting, or exporting."""
        if self.page is not None:
            self.page.cancel_work()

    def shut_down(self) -> None:
        """End the process that segments, and all threads."""
        if self.page is not None:
            self.page.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page when the tab comes up for the first time."""
        if self._session.opened is not None:
            self._page()
        super().showEvent(event)

    def _page(self) -> ReviewPage:
        if self.page is None:
            from segstudio.desktop.reviewing.page import ReviewPage

            self.page = ReviewPage(
                self._look,
                self._actions,
                self._session,
                desk=self._desk,
                thumbnails=self._thumbnails,
                show_in_annotate=self._show_in_annotate,
                train_from=self._train_from,
            )
            self.page.work_changed.connect(self.work_changed)
            self.addWidget(self.page)
            self.setFocusProxy(self.page)
        return self.page

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if self.page is not None:
            self.page.refresh(flags)
