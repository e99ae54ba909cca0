"""PhotoDesk: the photo that is shown, painted on, and saved by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.editing.disk import LOOK, PAINT, Way, Written, mask_to_copy, write_fields
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.mending import Mended
from segstudio.desktop.editing.neighbours import Neighbours
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.opener import Opener, Wish
from segstudio.desktop.editing.saves import Saves
from segstudio.desktop.editing.shadows import Shadows
from segstudio.desktop.editing.sharing import Sharing
from segstudio.desktop.editing.shelf import Stamp, stamp_of
from segstudio.desktop.editing.surface import PhotoSurface
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo, Split, Status
from segstudio.project.project import Project

_ANOTHER_FIRST = Problem("Masks are being handed over already: try again in a moment.", level="info")


class PhotoDesk(PhotoSurface):
    """Opens the photos of the session's project for painting, and saves what is painted. In the GUI thread.

    Beside what the surface tells, `opening` carries the Photo that was wished for, `opened` an OpenPhoto or None,
    `saved_changed` the text for the status line, `unreadable` a Photo that cannot be read and the Problem,
    `painted_changed` the OpenPhoto on which somebody else paints, or does no more; `kept_elsewhere`: something could
    not be saved in the project, and waits to be brought back.
    """

    opening = Signal(object)
    opened = Signal(object)
    saved_changed = Signal(str)
    unreadable = Signal(object, object)
    painted_changed = Signal(object)
    kept_elsewhere = Signal()

    def __init__(self, session: ProjectSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._classes = session.opened.classes if session.opened is not None else ClassList()
        self._released: Photo | None = None  # what is to be opened after `resume`
        self._is_released = False
        self._broken: tuple[tuple[Path, str], Stamp | None] | None = None  # the file that could not be read
        self._waiting: tuple[Callable[[], None], Callable[[Problem], None]] | None = None
        self.neighbours = Neighbours(self)
        self._opener = Opener(self.neighbours.presence, self)
        self._writing = Errands("save photo", 1, self)
        self._saves = Saves(self._writing, lambda: self._classes, self)
        self._shadows = Shadows(self._saves, lambda: self._classes, session.places.rescued, self)
        self._sharing = Sharing(self.neighbours, self._saves, self._writing, session.places.rescued)
        self.may_lose = False  # the person was asked about what cannot be saved, and has decided
        self._connect()

    def _connect(self) -> None:
        self._session.changed.connect(self._on_session_changed)
        self._opener.opened.connect(self._put)
        self._opener.failed.connect(self._on_open_failed)
        self._opener.idle.connect(self._on_settled)
        self._saves.written.connect(self._on_written)
        self._saves.text_changed.connect(self.saved_changed)
        self._saves.problem_met.connect(self._on_save_problem)
        self._saves.problem_over.connect(self.problem_over)
        self._saves.settled.connect(self._on_settled)
        self._writing.idle.connect(self._on_settled)
        self._saves.stuck.connect(self._on_stuck)
        self.edit_made.connect(self._saves.edited)
        self.edit_made.connect(self._shadows.note)
        self.neighbours.painted_changed.connect(self.painted_changed)
        self._sharing.again.connect(self._on_again)
        self._sharing.giving_up.connect(self.finish)
        self._sharing.given_up.connect(self._on_given_up)
        self._sharing.only_here.connect(self.problem_met)
        self._sharing.only_here.connect(self._on_stuck)

    # -- saving

    @property
    def unsaved(self) -> bool:
        """Whether anything is painted that is not on disk as a mask yet (the journal has it, or `at_risk`)."""
        return self._saves.unsaved

    @property
    def saved_text(self) -> str:
        """What the status line says of saving: `saved 2 s ago`."""
        return self._saves.text

    @property
    def at_risk(self) -> tuple[OpenPhoto, ...]:
        """The photos on which something is painted that neither mask nor journal has; after `shut_down`, too."""
        photos = self._saves.lost or self._saves.unsaved_photos
        return tuple(
            opened for opened in photos if opened.is_lost or opened.editor.journal_problem is not None
        )

    def save_now(self) -> Problem | None:
        """Save everything and wait for it; returns what cannot be saved."""
        self.finish()
        return self._saves.save_now()

    # -- photos

    def is_unreadable(self, photo: Photo) -> bool:
        """Tell whether the photo is the one that was wished for last and could not be read, its file the same since."""
        project = self._session.opened
        return project is not None and self._broken == ((project.folder, photo.key), stamp_of(photo))

    def show(self, photo: Photo | None) -> None:
        """Open a photo of the session's project; what is shown stays usable until it is there. The newest wish wins.

        The photo that is shown is only read anew where its mask was changed by others, one that could not be read once
        its file is another.
        """
        project = self._session.opened
        if self._is_released or self._waiting is not None:
            self._released = photo
        elif photo is None or project is None:
            self._opener.drop()
            self._put(None)
        elif self._is_wished(project.folder, photo):
            pass  # it is coming
        elif self._is_there((project.folder, photo.key)) or self.is_unreadable(photo):
            self._opener.drop()
        elif (back := self._saves.back((project.folder, photo.key))) is not None:
            self._opener.drop()
            self._put(back)
        else:
            self._broken = None
            self.opening.emit(photo)
            self._opener.ask(Wish(project.folder, photo))

    def prefetch(self, photo: Photo) -> None:
        """Read a photo that will probably be shown next, where there is room for it."""
        if self._session.opened is not None:
            self._opener.prefetch(self._session.opened.folder, photo)

    def copy_from_previous(self, photo: Photo) -> None:
        """Give the open photo the mask of another one of the same size: one edit."""
        shown, project = self._to_paint_on(), self._session.opened
        if shown is None or project is None:
            return
        folder, label = project.folder, f"copy from {photo.key}"
        unsaved = self._saves.back((folder, photo.key))
        snapshot = unsaved.editor.snapshot() if unsaved is not None and unsaved.editor.unsaved else None

        def then(mask: Mask | None) -> None:
            if self._shown is not shown:
                return
            if mask is None:
                self.problem_met.emit(Problem(f"{photo.key} has no mask to copy.", level="info"))
            else:
                self._replace(mask, label, f"the mask of {photo.key}")

        self._writing.send(
            lambda: mask_to_copy(Project.open(folder), photo, snapshot), then, self._on_errand_failed
        )

    def mend(self, work: Callable[[], Mended]) -> None:
        """Do what gives a photo whose mask or record cannot be read another one (see `mending`), and open it anew."""
        self._writing.send(work, self._on_mended, self._on_errand_failed)

    def _on_mended(self, mended: Mended) -> None:
        shown, photo = self._shown, mended.written.photo
        if shown is not None and shown.place == (mended.folder, photo.key):
            shown.photo = replace(photo, size=shown.pyramid.size)
            self._read_again(shown, mended.told)
        self._note(mended.folder, mended.written)

    # -- state and saving

    def mark(self, status: Status) -> None:
        """Say how far the open photo's labelling has come."""
        self._write_fields({"status": status})

    def set_split(self, split: Split | None) -> None:
        """Say what the open photo is for."""
        self._write_fields({"split": split})

    def save(self) -> None:
        """Save what is unsaved now: called when the window loses focus or another tab is shown, too."""
        self._saves.save()

    def release(self, then: Callable[[], None], otherwise: Callable[[Problem], None] | None = None) -> None:
        """Save everything and close all photos, then call `then` (GUI thread): masks on disk may be changed now.

        What is shown stays to be looked at until `resume`. When something cannot be saved, or another release is under
        way, nothing is closed and `otherwise` is called.
        """
        self.commit()
        if self._whole is not None:
            self._after_whole.append(partial(self.release, then, otherwise))
            return
        if self._waiting is not None:
            (otherwise or (lambda _: None))(_ANOTHER_FIRST)
            return
        if not self._is_released:
            wish, shown = self._opener.wish, self._shown
            self._released = wish.photo if wish is not None else shown.photo if shown is not None else None
        self._opener.drop()
        self._waiting = (then, otherwise or (lambda _: None))
        self._saves.save()

    def resume(self) -> None:
        """Open again what `release` has closed, or what was wished for since."""
        if self._is_released:
            self._is_released = False
            photo, self._released = self._released, None
            shown = self._shown
            if shown is not None and photo is not None and shown.photo.key == photo.key:
                self._read_again(shown, "")
            else:
                self.show(photo)

    def shut_down(self) -> tuple[Problem, ...]:
        """Save everything, wait for it, and end all threads; returns what could not be saved (see `at_risk`)."""
        self._session.changed.disconnect(self._on_session_changed)
        self.finish()
        self._waiting = None  # nothing new is begun now
        self._opener.shut_down()
        self._writing.shut_down()
        self._end_errands()
        problems = self._saves.shut_down()
        self._shadows.shut_down()
        if self._shown is not None:
            self._shown.close()
        self._shown = None
        self.neighbours.shut_down()
        self.deleteLater()  # here, and not in whatever thread happens to collect garbage
        return problems

    # -- showing

    @Slot(object)
    def _put(self, opened: OpenPhoto | None) -> None:
        if opened is None and self._shown is None:
            return
        self.commit()
        if self._whole is not None:
            self._after_whole.append(partial(self._put, opened))
            return
        before, self._shown = self._shown, opened
        if opened is not None:
            self._broken = None
        self._saves.show(opened)
        if before is not None and before.read_only:
            before.close()
        self.neighbours.follow(opened)
        self.opened.emit(opened)
        self.shares_changed.emit(self.shares)
        self.history_changed.emit()

    @Slot(object, object)
    def _on_open_failed(self, wish: Wish, problem: Problem) -> None:
        self._put(None)
        self._broken = wish.place, stamp_of(wish.photo)
        self.unreadable.emit(wish.photo, problem)

    def _is_there(self, place: tuple[Path, str]) -> bool:
        return self._shown is not None and self._shown.place == place

    def _is_wished(self, folder: object, photo: Photo) -> bool:
        wish = self._opener.wish
        return wish is not None and (wish.folder, wish.photo.key) == (folder, photo.key)

    def _read_again(self, shown: OpenPhoto, told: str, way: Way | None = None) -> None:
        """Open the photo that is shown anew: its mask on disk is another one now, or it may be painted on now.

        One that was locked is only looked at again: whoever sees that it is free decides.
        """
        self._saves.forget(shown)
        way = way or (LOOK if shown.locked else PAINT)
        self._opener.ask(Wish(shown.folder, shown.photo, told, way), shown.pyramid)

    # -- others

    def paint_here(self) -> None:
        """Paint on the photo that was locked by somebody else, who has left it or gives no sign of life."""
        self._sharing.paint_on(self._shown)

    @Slot(object, str, object)
    def _on_again(self, opened: OpenPhoto, told: str, way: Way | None) -> None:
        if opened is self._shown and self._opener.wish is None and not self._is_released:
            self._read_again(opened, told, way)

    @Slot(object, str, bool)
    def _on_given_up(self, opened: OpenPhoto, told: str, kept: bool) -> None:
        self.problem_met.emit(Problem(told, level="warning"))
        self._saves.forget(opened)
        self._on_again(opened, "", PAINT)
        if kept:
            self.kept_elsewhere.emit()
        self._on_settled()

    # -- what the session says

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        project = self._session.opened
        shown = self._shown
        if project is None or (shown is not None and shown.folder != project.folder):
            self._is_released, self._released = False, None
            self._opener.drop()
            self._put(None)
        if project is None:
            return
        self._classes = project.classes
        if shown is None or shown.folder != project.folder or not flags & (Changed.PHOTOS | Changed.MASK):
            return
        photo = project.photo(shown.photo.key)
        if photo is not None and not self._saves.saving(shown):
            was_damaged = shown.photo.damage
            shown.photo = replace(photo, size=shown.pyramid.size)
            if bool(was_damaged) != bool(photo.damage):
                self._on_again(shown, "", None)
            else:
                self._follow_disk(shown, project.mask_times.get(photo.key))

    def _follow_disk(self, shown: OpenPhoto, mask_time: int | None) -> None:
        """Another program may have replaced the mask of the photo that is shown."""
        if mask_time == shown.mask_time or self._is_released or self._opener.wish is not None:
            return
        key = shown.photo.key
        if shown.editor.unsaved and not shown.read_only:
            shown.mask_time = mask_time  # told once
            text = f"{key} was changed by another program, too. What you painted here stays, and is what will be saved."
            self.problem_met.emit(Problem(text, level="warning"))
        else:
            told = "" if shown.read_only else f"{key} was changed by another program and was read again."
            self._read_again(shown, told)

    # -- writing

    def _write_fields(self, fields: dict[str, object]) -> None:
        shown = self._shown
        if shown is None:
            return
        photo, folder = shown.photo, shown.folder
        self._writing.send(
            lambda: write_fields(Project.open(folder), photo, fields),
            partial(self._on_written, shown),
            self._on_errand_failed,
        )

    @Slot(object, object)
    def _on_written(self, opened: OpenPhoto, written: Written) -> None:
        opened.photo = written.photo
        self._note(opened.folder, written)

    def _note(self, folder: Path, written: Written) -> None:
        project = self._session.opened
        if project is not None and project.folder == folder:
            self._session.note_photo(written.photo, written.mask_time)

    @Slot(object)
    def _on_save_problem(self, problem: Problem) -> None:
        """Where the journal cannot be written either, that was told already, with what follows from it."""
        if not self._journal_told:
            self.problem_met.emit(problem)

    # -- letting go

    @Slot()
    def _on_settled(self) -> None:
        if not self._saves.unsaved:
            self._tell_journal(self._shown)
        is_idle = self._opener.is_idle and self._writing.is_idle
        if self._waiting is None or self._saves.unsaved or not is_idle:
            return
        (then, _), self._waiting = self._waiting, None
        self._is_released = True
        if self._shown is not None:
            self._saves.forget(self._shown)
            self.history_changed.emit()
        then()

    @Slot(object)
    def _on_stuck(self, problem: Problem) -> None:
        if self._waiting is not None:
            (_, otherwise), self._waiting = self._waiting, None
            self.show(self._released)  # it may have been wished for meanwhile
            otherwise(problem)
