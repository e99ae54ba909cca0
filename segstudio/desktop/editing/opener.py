"""Opener: reads the photo wished for last, and the one that will probably be wished for next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.disk import PAINT, Way, open_photo, read_pyramid
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.shelf import Shelf, Stamp, stamp_of
from segstudio.desktop.problems import Stopped, problem_of
from segstudio.project.moving import told_when_away
from segstudio.project.photos import Photo
from segstudio.project.presence import Presence
from segstudio.project.project import Project

_READERS = 2
"""So that a new wish need not wait for a large photo that is no longer wanted."""


@dataclass(eq=False, slots=True)
class Wish:
    """A photo to be opened. `told` is said of it when nothing else is to be said; `way`: how."""

    folder: Path
    photo: Photo
    told: str = ""
    way: Way = PAINT
    is_over: bool = False

    @property
    def place(self) -> tuple[Path, str]:
        """What tells the photo from all others: its project's folder and its key."""
        return self.folder, self.photo.key


class Opener(QObject):
    """`opened` carries the OpenPhoto of the last wish, `failed` that Wish and a Problem; `idle`: no photo is held by
    a reader any more.

    In the GUI thread.
    """

    opened = Signal(object)
    failed = Signal(object, object)
    idle = Signal()

    def __init__(self, presence: Presence, parent: QObject) -> None:
        super().__init__(parent)
        self._presence = presence
        self._reading = Errands("open photo", _READERS, self)
        self._ahead = Errands("next photo", 1, self)
        self._shelf = Shelf()
        self._wish: Wish | None = None
        self._next: Wish | None = None
        self._under_way: list[Wish] = []

    @property
    def wish(self) -> Wish | None:
        """What is being opened."""
        return self._wish

    @property
    def is_idle(self) -> bool:
        """Whether no photo is being opened, not even one that is no longer wished for: none is held on the way."""
        return not self._under_way

    def ask(self, wish: Wish, pyramid: Pyramid | None = None) -> None:
        """Open a photo; an earlier wish is over. `pyramid`: its pixels, where they are here already."""
        coming, self._next = self._next, None
        self.drop()
        under_way = next((other for other in self._under_way if other.place == wish.place), None)
        if (
            under_way is not None
        ):  # an earlier wish for the same photo, which may hold its lock: it counts again
            under_way.is_over, under_way.told, under_way.way = False, wish.told, wish.way
            self._wish, self._next = under_way, coming
            return
        self._wish = wish
        pyramid = pyramid or self._shelf.take(wish.photo)
        if coming is not None and coming.photo.path == wish.photo.path and pyramid is None:
            self._next = coming  # its pixels are on their way; the rest follows then
            return
        if coming is not None:
            coming.is_over = True
        if pyramid is None and not self._shelf.has_room_for(wish.photo):
            self._shelf.clear()  # a large photo needs the room
        self._send(wish, pyramid)

    def drop(self) -> None:
        """Wish for nothing; what is being read is let go of when it comes."""
        for wish in (self._wish, self._next):
            if wish is not None:
                wish.is_over = True
        self._wish = self._next = None

    def prefetch(self, folder: Path, photo: Photo) -> None:
        """Read a photo ahead, unless it is here or too large for that."""
        if self._wish is not None or not all(photo.size) or not self._shelf.has_room_for(photo):
            return
        if self._next is not None:
            self._next.is_over = True
        if self._shelf.take(photo) is not None:
            return
        wish = self._next = Wish(folder, photo)
        self._ahead.send(lambda: _read(wish), partial(self._on_read_ahead, wish), lambda _: self._go_on(wish))

    def shut_down(self) -> None:
        """Let go of everything and end the threads."""
        self.drop()
        self._reading.shut_down()
        self._ahead.shut_down()

    def _send(self, wish: Wish, pyramid: Pyramid | None) -> None:
        self._under_way.append(wish)
        self._reading.send(
            lambda: _opened(wish, pyramid, self._presence),
            partial(self._on_opened, wish),
            partial(self._on_failed, wish),
        )

    def _on_opened(self, wish: Wish, found: tuple[OpenPhoto, Stamp | None]) -> None:
        opened, stamp = found
        self._under_way.remove(wish)
        self._shelf.put(wish.photo, opened.pyramid, stamp)
        if wish.is_over:
            opened.close()
        else:
            self._wish = None
            opened.told = opened.told or wish.told
            self.opened.emit(opened)
        self._tell_idle()

    def _on_failed(self, wish: Wish, error: BaseException) -> None:
        self._under_way.remove(wish)
        if wish.is_over:
            pass  # nobody waits for it
        elif isinstance(error, Stopped):  # it had been over, and then was wished for again
            self._send(wish, None)
        else:
            self._wish = None
            self.failed.emit(wish, problem_of(error))
        self._tell_idle()

    def _tell_idle(self) -> None:
        if self.is_idle:
            self.idle.emit()

    def _on_read_ahead(self, wish: Wish, found: tuple[Pyramid, Stamp | None]) -> None:
        self._shelf.put(wish.photo, *found)
        self._go_on(wish, found[0])

    def _go_on(self, ahead: Wish, pyramid: Pyramid | None = None) -> None:
        """Open the photo that was read ahead, where it was wished for meanwhile."""
        if self._next is ahead:
            self._next = None
            if self._wish is not None:
                self._send(self._wish, pyramid)


def _opened(wish: Wish, pyramid: Pyramid | None, by: Presence) -> tuple[OpenPhoto, Stamp | None]:
    if wish.is_over:
        raise Stopped
    stamp = stamp_of(wish.photo)
    with told_when_away(wish.folder):
        project = Project.open(wish.folder)
        opened = open_photo(project, wish.photo, pyramid, lambda: wish.is_over, by=by, way=wish.way)
    return opened, stamp


def _read(wish: Wish) -> tuple[Pyramid, Stamp | None]:
    stamp = stamp_of(wish.photo)
    return read_pyramid(wish.photo, Project.open(wish.folder), lambda: wish.is_over), stamp
