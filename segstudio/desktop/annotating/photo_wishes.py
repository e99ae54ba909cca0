"""PhotoWishes: what the person asks for photos, by key, button or menu: which ones are meant, and who does it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu

from segstudio.desktop.actions import Actions
from segstudio.desktop.annotating.photo_panel import MENU
from segstudio.desktop.annotating.photo_work import PhotoWork
from segstudio.desktop.annotating.removing import PhotoRemover
from segstudio.desktop.annotating.strange_values import strange_values, told_of_strange
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.mending import begin_record, go_back_to_last, start_empty
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.tabs.photo_list import PhotoList
from segstudio.desktop.tools.box import ToolBox
from segstudio.project.classes import ClassList
from segstudio.project.photos import Photo, Split, Status

_MARKS: dict[str, Status] = {"photo.done": "done", "photo.checked": "checked", "photo.reopen": "doing"}
_SPLITS: dict[str, Split | None] = {"photo.train": "train", "photo.hold_out": "val", "photo.undecided": None}
_NONE_OPEN = Problem("Every photo of this list is done.", level="info")
_FIRST = Problem("There is no photo before this one in the list.", level="info")


class PhotoWishes(QObject):
    """Answers the actions `photo.*`. `problem_met` carries a Problem."""

    problem_met = Signal(object)

    def __init__(
        self,
        actions: Actions,
        photos: PhotoList,
        *,
        desk: PhotoDesk,
        box: ToolBox,
        work: PhotoWork,
        remover: PhotoRemover,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions, self._photos = actions, photos
        self._desk, self._box, self._work, self._remover = desk, box, work, remover
        self._to_import = ""
        for action_id, status in _MARKS.items():
            actions[action_id].triggered.connect(lambda _=False, wanted=status: self._mark(wanted))
        for action_id, split in _SPLITS.items():
            actions[action_id].triggered.connect(lambda _=False, wanted=split: self._set_split(wanted))
        for action_id, slot in (
            ("photo.search", self._on_search_asked),
            ("photo.clear", self._on_clear_asked),
            ("photo.copy_before", self._on_copy_asked),
            ("photo.import_again", self._on_import_asked),
            ("photo.show_file", self._on_file_asked),
            ("photo.remove", self._on_remove_asked),
            ("photo.bring_back", self._on_bring_back_asked),
        ):
            actions[action_id].triggered.connect(slot)
        actions["photo.next"].triggered.connect(lambda: photos.step(1))
        actions["photo.previous"].triggered.connect(lambda: photos.step(-1))
        actions["photo.next_open"].triggered.connect(lambda: self._go_on(1))
        actions["photo.previous_open"].triggered.connect(lambda: self._go_on(-1))
        desk.opened.connect(self._on_opened)
        photos.menu_asked.connect(self._on_menu_asked)

    def told_of(self, shown: OpenPhoto) -> Problem:
        """Return what is to be said of the photo that was opened, with the ways out where a file of it is damaged."""
        if shown.has_damaged_record:
            return self._told_of_record(shown.folder, shown.photo, shown.told)
        if not shown.has_damaged_mask:
            return Problem(shown.told, level="info")
        folder, photo = shown.folder, shown.photo  # a notice may stay for long: it keeps no pixels
        mend = self._desk.mend
        ways = [
            Remedy("Start with an empty mask", do=lambda: mend(lambda: start_empty(folder, photo))),
        ]
        if shown.has_versions:
            back = Remedy(
                "Go back to its last version", do=lambda: mend(lambda: go_back_to_last(folder, photo))
            )
            ways.insert(0, back)
        if photo.state.source:
            ways.append(Remedy("Import the mask again", do=lambda: self._import_in_place_of(folder, photo)))
        return Problem(shown.told, level="warning", actions=tuple(ways))

    def told_of_values(self, shown: OpenPhoto, classes: ClassList) -> Problem | None:
        """Return what is to be said of mask values that are no class, with the way out; None where there are none."""
        values = strange_values(shown.counts, classes)
        if not values:
            return None
        place = shown.place

        def make_void() -> None:
            if self._desk.place == place:
                self._box.stop()
                self._desk.make_void(values)

        ways = () if shown.read_only else (Remedy("Make these pixels void", do=make_void),)
        text = told_of_strange(shown.photo.key, values, shown.counts)
        return Problem(text, level="warning", actions=ways)

    def _told_of_record(self, folder: Path, photo: Photo, told: str) -> Problem:
        way = Remedy("Begin its record anew", do=lambda: self._desk.mend(lambda: begin_record(folder, photo)))
        return Problem(told, details=photo.damage, level="warning", actions=(way,))

    def _import_in_place_of(self, folder: Path, damaged: Photo) -> None:
        self._to_import = damaged.key
        self._desk.mend(lambda: start_empty(folder, damaged))

    @Slot(object)
    def _on_opened(self, shown: OpenPhoto | None) -> None:
        wanted, self._to_import = self._to_import, ""
        if shown is not None and shown.photo.key == wanted and not shown.read_only:
            self._work.import_again(shown.photo)

    def _meant(self) -> tuple[Photo, ...]:
        """What is seen as selected in the list; the open photo when filters hide it there."""
        return self._photos.selected

    def _mark(self, status: Status) -> None:
        photos = self._meant()
        self._box.finish()
        self._work.mark(photos, status)
        if status != "doing" and len(photos) == 1 and self._actions["photo.advance"].isChecked():
            self._photos.step_open(1)

    def _set_split(self, split: Split | None) -> None:
        self._work.set_split(self._meant(), split)

    def _go_on(self, by: int) -> None:
        if not self._photos.step_open(by):
            self.problem_met.emit(_NONE_OPEN)

    @Slot()
    def _on_search_asked(self) -> None:
        self._photos.search.setFocus()
        self._photos.search.selectAll()

    @Slot()
    def _on_clear_asked(self) -> None:
        self._box.stop()
        self._desk.clear()

    @Slot()
    def _on_copy_asked(self) -> None:
        before = self._photos.before()
        if before is None:
            self.problem_met.emit(_FIRST)
            return
        self._box.stop()
        self._desk.copy_from_previous(before)

    @Slot()
    def _on_import_asked(self) -> None:
        shown = self._desk.shown
        if shown is not None:
            self._box.stop()
            self._work.import_again(shown.photo)

    @Slot()
    def _on_file_asked(self) -> None:
        photo = self._photos.chosen
        if photo is None:
            return
        folder = photo.path.parent
        if not folder.is_dir() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.problem_met.emit(Problem(f"The file is {photo.path}", level="info"))

    @Slot()
    def _on_remove_asked(self) -> None:
        self._box.finish()
        self._remover.ask(self._meant())

    @Slot()
    def _on_bring_back_asked(self) -> None:
        self._box.finish()
        self._remover.bring_back()

    @Slot(QPoint)
    def _on_menu_asked(self, place: QPoint) -> None:
        """The menu of what is selected; what concerns the open photo alone is left out for several."""
        photos = self._photos.selected
        menu = QMenu(self._photos)
        menu.setObjectName("photos.menu")
        if len(photos) > 1:
            menu.addAction(f"{len(photos):,} photos").setEnabled(False)
            menu.addSeparator()
            self._actions.fill(menu, *MENU[: MENU.index("photo.copy_before")], "photo.remove")
        else:
            self._actions.fill(menu, *MENU)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
