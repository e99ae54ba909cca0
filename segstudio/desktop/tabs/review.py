"""The Review tab as the frame knows it: what a model sees in photos; the page is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.widgets.steps import Steps, Stepwise, put_up

if TYPE_CHECKING:
    from segstudio.desktop.reviewing.page import ReviewPage, TrainFrom
    from segstudio.desktop.reviewing.verdicts import ShowInAnnotate


class ReviewTab(QStackedWidget):
    """Takes photos, folders, videos and model files (`take`). `work_changed` carries a JobStatus or None, `parts_made`
    says that the page is there, whose parts stand as they are told from now on, `badge_changed` that another number of
    photos waits for a verdict.
    """

    work_changed = Signal(object)
    parts_made = Signal()
    badge_changed = Signal()

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
        self._given: list[Path] = []
        self._making = Stepwise(self)
        self._counting = Errands("count photos under review", 1, self)
        self._counted = self._told = 0
        self.addWidget(QWidget())  # seen for a fifth of a second, while the page is made
        session.changed.connect(self._on_session_changed)
        self._count()

    @property
    def waiting(self) -> int:
        """How many photos wait for a verdict: told by the page once it knows, before that by the project's folder."""
        told = self.page.waiting if self.page is not None else None
        return self._counted if told is None else told

    def take(self, paths: Sequence[Path]) -> None:
        """Segment the photos that were dropped, or ask the model that was; as soon as the page is there."""
        if self.page is not None and not self._making.is_at_it:
            self.page.take(paths)
        else:
            self._given.extend(paths)
            self._make_page()

    def still_part(self) -> QWidget | None:
        """Return where notices lie: over the photo, or where it will be."""
        page = self.page
        return page.still_part() if page is not None and self.currentWidget() is page else None

    def cancel_work(self) -> None:
        """Stop segmenting, or exporting."""
        if self.page is not None:
            self.page.cancel_work()

    def shut_down(self) -> None:
        """End the process that segments, and all threads."""
        self._making.drop()
        self._counting.shut_down()
        if self.page is not None:
            self.page.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page when the tab comes up for the first time."""
        super().showEvent(event)
        self._make_page()

    def _make_page(self) -> None:
        if self.page is None and not self._making.is_at_it and self._session.opened is not None:
            self._making.begin(self._page_steps())

    def _page_steps(self) -> Steps:
        from segstudio.desktop.reviewing.page import ReviewPage
        from segstudio.desktop.reviewing.parts import review_parts

        parts = yield from review_parts(self._look, self._actions, self._session, self._thumbnails)
        page = ReviewPage(
            self._actions,
            self._session,
            desk=self._desk,
            parts=parts,
            show_in_annotate=self._show_in_annotate,
            train_from=self._train_from,
        )
        self.page = page
        page.work_changed.connect(self.work_changed)
        page.board.rows_changed.connect(self._tell_badge)
        yield from put_up(page, self, added=self.parts_made)
        given, self._given = self._given, []
        if given:
            page.take(given)

    def _count(self) -> None:
        """Count what waits in the project that was opened, for as long as there is no page."""
        opened, self._counted = self._session.opened, 0
        if opened is not None and self.page is None:
            then = partial(self._on_counted, opened.folder)
            self._counting.send(partial(_waiting_in, opened.folder), then, _leave_uncounted)

    def _on_counted(self, folder: Path, count: int) -> None:
        opened = self._session.opened
        if opened is not None and opened.folder == folder:
            self._counted = count
            self._tell_badge()

    @Slot()
    def _tell_badge(self) -> None:
        if self.waiting != self._told:
            self._told = self.waiting
            self.badge_changed.emit()

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if flags & Changed.PROJECT:
            self._count()
        if self.page is not None:
            self.page.refresh(flags)
        elif self.isVisible():
            self._make_page()  # it came up before there was a project


def _waiting_in(folder: Path) -> int:
    from segstudio.project.review_queue import ReviewQueue

    return ReviewQueue(folder).waiting()


def _leave_uncounted(_error: BaseException) -> None:
    """The page tells what is wrong with the folder."""
