"""The table of tabs. What a tab needs is imported when it is built: after the window is on screen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Settings
from segstudio.desktop.tabs.tab import Badge, Steps, TabSpec

if TYPE_CHECKING:
    from segstudio.desktop.editing.desk import PhotoDesk
    from segstudio.desktop.picture_loader import PictureLoader
    from segstudio.desktop.tabs.annotate import AnnotateTab
    from segstudio.desktop.tabs.import_ import ImportTab
    from segstudio.desktop.tabs.review import ReviewTab
    from segstudio.desktop.tabs.train import TrainTab

_log = logging.getLogger(__name__)

_THUMBNAIL_THREADS = 2
_THUMBNAILS_WAITING = 60


class TabTable:
    """Makes the tabs, and owns what they share."""

    def __init__(
        self, look: Look, actions: Actions, session: ProjectSession, settings: Settings | None = None
    ) -> None:
        self._look, self._actions, self._session, self._settings = look, actions, session, settings
        self._loaders: list[PictureLoader] = []
        self._desk: PhotoDesk | None = None
        self._resumes = False
        self._annotating: AnnotateTab | None = None
        self._training: TrainTab | None = None
        self._importing: ImportTab | None = None
        self._reviewing: ReviewTab | None = None
        self.specs = (
            TabSpec("import", self._import),
            TabSpec("annotate", self._annotate, _annotate_badge),
            TabSpec("train", self._train, self._train_badge),
            TabSpec("review", self._review, self._review_badge),
        )

    @property
    def desk(self) -> PhotoDesk:
        """The desk on which photos are painted; whoever changes masks on disk lets it release them first."""
        if self._desk is None:
            from segstudio.desktop.editing.desk import PhotoDesk

            self._desk = PhotoDesk(self._session)
            self._desk.kept_elsewhere.connect(self.offer_kept)
            self._session.job_changed.connect(self._on_job_changed)
        return self._desk

    @property
    def selected_photos(self) -> tuple[str, ...]:
        """The keys of the photos that are selected in Annotate."""
        chosen = self._annotating.list.selected if self._annotating is not None else ()
        return tuple(photo.key for photo in chosen)

    def shut_down(self) -> None:
        """Save what is painted, and end all threads of the tabs."""
        if self._importing is not None:
            self._importing.shut_down()
        if self._annotating is not None:
            self._annotating.shut_down()
        if self._training is not None:
            self._training.shut_down()
        if self._reviewing is not None:
            self._reviewing.shut_down()
        if self._desk is not None:
            for problem in self._desk.shut_down():
                _log.error("not saved when the window was closed: %s", problem.text)
            if self._desk.at_risk and not self._desk.may_lose:
                from segstudio.desktop.rescued import keep_for_next_time

                keep_for_next_time(self._desk.at_risk, self._session.places)
        for loader in self._loaders:
            loader.shut_down()

    def offer_kept(self) -> None:
        """Offer what could not be saved in the project that was opened when the window was closed."""
        opened, rescued = self._session.opened, self._session.places.rescued
        if opened is not None and rescued.is_dir():
            from segstudio.desktop.rescued import offer

            offer(self._session, opened.folder, self._release)

    def _import(self) -> Steps:
        from segstudio.desktop.tabs.import_ import ImportTab, import_parts

        parts = yield from import_parts(self._look, self._actions)
        self._importing = ImportTab(self._actions, self._session, parts, self._release)
        yield
        return self._importing

    def _release(self, then: Callable[[], None]) -> None:
        """Let `then` begin a job of the session that changes masks on disk; after it they are opened again."""

        def begin() -> None:
            then()
            self._resumes = True
            if not self._session.is_busy:
                self._on_job_changed(None)

        self.desk.release(begin, self._session.problem_met.emit)

    def _on_job_changed(self, status: object) -> None:
        if status is None and self._resumes:
            self._resumes = False
            QTimer.singleShot(0, self.desk.resume)  # once the session has told what is new

    def _annotate(self) -> Steps:
        from segstudio.desktop.annotating.parts import annotate_parts
        from segstudio.desktop.picture_loader import PictureLoader
        from segstudio.desktop.tabs.annotate import AnnotateTab

        thumbnails = PictureLoader(threads=_THUMBNAIL_THREADS, waiting=_THUMBNAILS_WAITING)
        self._loaders.append(thumbnails)
        parts = yield from annotate_parts(self._look, self._actions, self.desk, thumbnails)
        self._annotating = AnnotateTab(
            self._look,
            self._actions,
            self._session,
            desk=self.desk,
            parts=parts,
            settings=self._settings,
        )
        yield
        return self._annotating

    def _train(self) -> Steps:
        from segstudio.desktop.tabs.train import TrainTab

        yield
        self._training = TrainTab(self._look, self._actions, self._session)
        return self._training

    def _train_badge(self, opened: OpenedProject) -> Badge:
        """A dot while a process trains."""
        followed = self._training
        trains = followed.is_training if followed is not None else any(run.is_live for run in opened.runs)
        return Badge("●", "a training is running") if trains else Badge()

    def _review(self) -> Steps:
        from segstudio.desktop.picture_loader import PictureLoader
        from segstudio.desktop.tabs.review import ReviewTab

        yield
        thumbnails = PictureLoader(threads=1, waiting=_THUMBNAILS_WAITING)
        self._loaders.append(thumbnails)
        self._reviewing = ReviewTab(
            self._look,
            self._actions,
            self._session,
            desk=self.desk,
            thumbnails=thumbnails,
            show_in_annotate=self._show_in_annotate,
            train_from=self._train_from,
        )
        return self._reviewing

    def _review_badge(self, _opened: OpenedProject) -> Badge:
        """The photos under review that wait for a verdict."""
        count = self._reviewing.waiting if self._reviewing is not None else 0
        if not count:
            return Badge()
        return Badge(f"{count:,}", f"{count:,} {'waits' if count == 1 else 'wait'} for a verdict")

    def _train_from(self, changes: Mapping[str, str]) -> None:
        """Show the Train tab with these recipe fields in its plan."""
        self._actions["go.train"].trigger()
        if self._training is not None:
            self._training.plan_with(changes)

    def _show_in_annotate(self, key: str) -> bool:
        """Show a photo in the Annotate tab; False when it is not there."""
        self._actions["go.annotate"].trigger()
        return self._annotating is not None and self._annotating.list.show_photo(key)


def _annotate_badge(opened: OpenedProject) -> Badge:
    waiting = opened.waiting
    return Badge(f"{waiting:,}", f"{waiting:,} not done") if waiting else Badge()
