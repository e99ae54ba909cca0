"""The table of tabs. What a tab needs is imported when it is built: after the window is on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.tabs.tab import Badge, TabSpec

if TYPE_CHECKING:
    from segstudio.desktop.picture_loader import PictureLoader

_THUMBNAIL_THREADS = 2
_THUMBNAILS_WAITING = 60


class TabTable:
    """Makes the tabs, and owns what they share."""

    def __init__(self, look: Look, actions: Actions, session: ProjectSession) -> None:
        self._look, self._actions, self._session = look, actions, session
        self._loaders: list[PictureLoader] = []
        self.specs = (
            TabSpec("import", self._import),
            TabSpec("annotate", self._annotate, _annotate_badge),
            TabSpec("train", self._train, _train_badge),
            TabSpec("review", self._review, _review_badge),
        )

    def shut_down(self) -> None:
        """End the threads that make pictures."""
        for loader in self._loaders:
            loader.shut_down()

    def _import(self) -> QWidget:
        from segstudio.desktop.tabs.import_ import ImportTab

        return ImportTab(self._look, self._session)

    def _annotate(self) -> QWidget:
        from segstudio.desktop.picture_loader import PictureLoader
        from segstudio.desktop.tabs.annotate import AnnotateTab

        thumbnails = PictureLoader(threads=_THUMBNAIL_THREADS, waiting=_THUMBNAILS_WAITING)
        previews = PictureLoader(threads=1, waiting=1)
        self._loaders += [thumbnails, previews]
        return AnnotateTab(self._look, self._actions, self._session, thumbnails=thumbnails, previews=previews)

    def _train(self) -> QWidget:
        from segstudio.desktop.tabs.train import TrainTab

        return TrainTab(self._look, self._session)

    def _review(self) -> QWidget:
        from segstudio.desktop.tabs.review import ReviewTab

        return ReviewTab(self._look, self._actions, self._session)


def _annotate_badge(opened: OpenedProject) -> Badge:
    waiting = opened.waiting
    return Badge(f"{waiting:,}", f"{waiting:,} not done") if waiting else Badge()


def _train_badge(opened: OpenedProject) -> Badge:
    """A dot while the log of a training has no end."""
    return Badge("●", "a training is open") if any(run.state == "open" for run in opened.runs) else Badge()


def _review_badge(opened: OpenedProject) -> Badge:
    count = len(opened.models)
    return Badge(str(count), f"{count} to look at") if count else Badge()
