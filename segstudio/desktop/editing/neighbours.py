"""Neighbours: the other windows, here and elsewhere, that paint on what is shown here."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.editing.disk import can_begin, look_at
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.project.photo_locks import Painted
from segstudio.project.presence import Presence
from segstudio.project.project import Project

LOOK_MS = 3000


class Neighbours(QObject):
    """Looks every few seconds, in a thread, at a photo that cannot be painted on here. In the GUI thread.

    `painted_changed` carries the OpenPhoto whose `painted` is another now, `mask_changed` one and when its mask was
    written (ns, None: it has none), `can_write_now` one whose folder could not be written before; `lost` the PhotoHold
    that somebody else has taken over.
    """

    painted_changed = Signal(object)
    mask_changed = Signal(object, object)
    can_write_now = Signal(object)
    lost = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.presence = Presence(lost=self.lost.emit)
        self._followed: OpenPhoto | None = None
        self._errands = Errands("look at lock", 1, self)
        self._tick = QTimer(self, interval=LOOK_MS)
        self._tick.timeout.connect(self._on_tick)

    def follow(self, opened: OpenPhoto | None) -> None:
        """Look at this photo from now on, where that is needed."""
        needed = opened is not None and (opened.locked or opened.cannot_write)
        self._followed = opened if needed else None
        if needed:
            self._tick.start()
        else:
            self._tick.stop()

    def shut_down(self) -> None:
        """End the threads; the holds are given back by then."""
        self._tick.stop()
        self._errands.shut_down()
        self.presence.close()

    @Slot()
    def _on_tick(self) -> None:
        opened = self._followed
        if opened is None or not self._errands.is_idle:  # a slow folder: one look after the other
            return
        folder, photo, presence = opened.folder, opened.photo, self.presence
        if opened.cannot_write:
            self._errands.send(
                lambda: can_begin(Project.open(folder), photo), partial(self._on_tried, opened), _nothing
            )
        else:
            self._errands.send(
                lambda: look_at(Project.open(folder), photo, presence),
                partial(self._on_looked, opened),
                _nothing,
            )

    def _on_tried(self, opened: OpenPhoto, can_write: bool) -> None:
        if can_write and opened is self._followed:
            self.can_write_now.emit(opened)

    def _on_looked(self, opened: OpenPhoto, found: tuple[Painted | None, int | None]) -> None:
        if opened is not self._followed:
            return
        painted, mask_time = found
        if painted != opened.painted:
            opened.painted = painted
            self.painted_changed.emit(opened)
        if mask_time != opened.mask_time:
            self.mask_changed.emit(opened, mask_time)


def _nothing(_error: BaseException) -> None:
    """A folder that is away says nothing of who paints there."""
