"""Pictures, their loader, and the list of photos."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.class_rows import percent
from segstudio.desktop.annotating.thumbnails import thumbnail_of
from segstudio.desktop.look import Look
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.opened_reading import read_opened
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.pictures import PhotoPicture, blended, mask_image, picture_of
from segstudio.desktop.tabs import photo_model
from segstudio.desktop.tabs.photo_filter import PhotoFilter, neighbour, next_open, runs, told, told_count
from segstudio.desktop.tabs.photo_list import PhotoList
from segstudio.desktop.tabs.photo_model import PHOTO_ROLE, PROBLEM_ROLE, PhotoModel
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import write_mask
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS

CLASSES = ClassList.from_names(["sky:#102030", "ground:#FF0000"])


def test_a_mask_is_drawn_in_class_colours_and_void_is_clear() -> None:
    image = mask_image(np.array([[0, 1, VOID, 77]], dtype=np.uint8), CLASSES)
    colours = [image.pixelColor(x, 0).getRgb() for x in range(4)]
    assert colours[:2] == [(16, 32, 48, 255), (255, 0, 0, 255)]
    assert [image.pixelColor(x, 0).alpha() for x in (2, 3)] == [0, 0]


def test_a_picture_has_photo_mask_and_shares(project: Project) -> None:
    photo = project.photo("0.jpg")
    picture = picture_of(photo, project.mask_path(photo), project.classes, 30)
    assert picture.photo is not None
    assert picture.mask is not None
    assert (picture.photo.width(), picture.photo.height()) == (30, 20)
    assert picture.mask.size() == picture.photo.size()
    assert picture.shares == ((0, 0.5), (1, 0.5))
    seen = blended(picture, 1.0)
    assert seen is not None
    assert seen.pixelColor(2, 10).name().upper() == project.classes.classes[0].colour


def test_a_photo_without_mask_is_shown_alone(project: Project) -> None:
    photo = project.photo("3.jpg")
    picture = picture_of(photo, project.mask_path(photo), project.classes, 200)
    assert picture.photo is not None
    assert (picture.photo.width(), picture.mask, picture.shares) == (60, None, ())


def test_what_cannot_be_read_is_told(project: Project) -> None:
    photo = project.photo("0.jpg")
    project.mask_path(photo).write_bytes(b"\x89PNG no more")
    picture = picture_of(photo, project.mask_path(photo), project.classes, 30)
    assert picture.photo is not None
    assert "0.jpg.png" in picture.problem or "mask" in picture.problem
    photo.path.write_bytes(b"\xff\xd8 torn")
    picture = picture_of(photo, project.mask_path(photo), project.classes, 30)
    assert picture.photo is None
    assert "0.jpg" in picture.problem


def test_the_newest_wish_comes_first_and_old_ones_are_forgotten(qtbot: QtBot) -> None:
    loader = PictureLoader(threads=1, waiting=3)
    gate, begun = threading.Event(), threading.Event()
    order: list[str] = []

    def wait() -> PhotoPicture:
        begun.set()
        assert gate.wait(30)
        return PhotoPicture(None)

    loader.loaded.connect(lambda key, _: order.append(key))
    loader.ask("first", wait)
    assert begun.wait(30)
    for key in ("a", "b", "c", "d", "e", "c"):
        loader.ask(key, lambda: PhotoPicture(None))
    gate.set()
    qtbot.waitUntil(lambda: len(order) == 4, timeout=WAIT_MS)
    loader.shut_down()
    assert order == ["first", "c", "e", "d"]


def test_a_mistake_in_a_picture_is_told_as_one(qtbot: QtBot) -> None:
    loader = PictureLoader(threads=1, waiting=3)

    def fail() -> PhotoPicture:
        raise ZeroDivisionError

    with qtbot.waitSignal(loader.loaded, timeout=WAIT_MS) as told_by:
        loader.ask("a", fail)
    loader.shut_down()
    assert told_by.args is not None
    assert "log file" in told_by.args[1].problem


def test_what_was_on_its_way_is_not_told_once_it_is_forgotten(qtbot: QtBot) -> None:
    loader = PictureLoader(threads=1, waiting=3)
    told: list[str] = []
    loader.loaded.connect(lambda key, _: told.append(key))
    loader.ask("old", lambda: PhotoPicture(None))
    loader._pool.submit(lambda: None).result(WAIT_MS / 1000)  # it is made by now, and not told yet
    loader.forget_all()
    loader.ask("new", lambda: PhotoPicture(None))
    qtbot.waitUntil(lambda: "new" in told, timeout=WAIT_MS)
    loader.shut_down()
    assert told == ["new"]


def _many(count: int) -> tuple[Photo, ...]:
    return tuple(
        Photo(
            f"{number // 100:03}/IMG {number:05}.jpg",
            Path("nowhere"),
            (40, 60),
            False,
            PhotoState(status="done" if number % 4 else "todo", size=(40, 60)),
        )
        for number in range(count)
    )


def test_photos_are_found_by_parts_of_their_names_and_status_and_use() -> None:
    photos = _many(400)
    for words in ("img 00399", "399 003/"):
        assert [photo.key for photo in PhotoFilter(words).chosen_from(photos)] == ["003/IMG 00399.jpg"]
    assert len(PhotoFilter(status="todo").chosen_from(photos)) == 100
    assert PhotoFilter().chosen_from(photos) == photos
    assert PhotoFilter(split="train").chosen_from(photos) == ()
    assert PhotoFilter("003/", split="undecided").chosen_from(photos) == photos[300:]


def test_which_photo_comes_next() -> None:
    photos = _many(9)
    keys = [photo.key for photo in photos]
    for photo, by, expected in ((0, 1, 1), (8, 1, None), (0, -1, None), (8, -1, 7)):
        found = neighbour(photos, keys[photo], by)
        assert (found.key if found else None) == (keys[expected] if expected is not None else None)
    hidden = photos[:3] + photos[4:]
    assert neighbour(hidden, keys[3], 1) == photos[4]
    assert neighbour(hidden, keys[3], -1) == photos[2]
    for photo, by, expected in ((0, 1, 4), (5, 1, 8), (8, 1, 0), (4, -1, 0), (0, -1, 8), (3, -1, 0)):
        assert next_open(photos, keys[photo], by) == photos[expected]
    assert next_open(photos[:4], keys[0], 1) is None
    assert next_open((), "", 1) is None


def test_how_many_are_done() -> None:
    photos = _many(8)
    assert told_count(photos, photos) == "6 / 8 done"
    assert told_count(photos[:3], photos) == "2 / 3 done · 5 not listed"


def test_runs_of_neighbours() -> None:
    assert runs([]) == []
    assert runs([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]


def test_the_line_below_a_name() -> None:
    state = PhotoState(status="checked", split="val")
    assert told(Photo("a", Path("a"), (1, 1), True, state)) == "checked · held out"
    assert told(Photo("a", Path("a"), (1, 1), False)) == "to do · no mask"


@pytest.mark.parametrize(
    ("part", "text"),
    [(None, "–"), (0.0, "–"), (0.004, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1.0, "100 %")],
)
def test_shares_as_people_read_them(part: float | None, text: str) -> None:
    assert percent(part) == text


def test_only_thumbnails_that_are_seen_are_asked_for(qtbot: QtBot, look: Look, project: Project) -> None:
    loader = _Counting()
    photos = PhotoList(look, loader)
    qtbot.addWidget(photos)
    photos.resize(300, 600)
    photos.show()
    photos.show_project(_with_photos(read_opened(project.folder), _many(10_000)))
    photos.view.grab()
    assert photos.model.rowCount() == 10_000
    assert 0 < len(loader.asked) < 40
    photos.view.scrollToBottom()
    photos.view.grab()
    assert 0 < len(loader.asked) < 80
    assert max(loader.asked) == "099/IMG 09999.jpg"
    loader.shut_down()


class _Counting(PictureLoader):
    """Takes note of the wishes and grants none."""

    def __init__(self) -> None:
        super().__init__(threads=1, waiting=1)
        self.asked: set[str] = set()

    def ask(self, key: str, make: object) -> None:
        self.asked.add(key)


def _with_photos(opened: OpenedProject, photos: tuple[Photo, ...]) -> OpenedProject:
    return replace(opened, photos=photos)


def test_the_chosen_photo_stays_chosen_through_filter_and_refresh(
    qtbot: QtBot, look: Look, project: Project
) -> None:
    loader = _Counting()
    photos = PhotoList(look, loader)
    qtbot.addWidget(photos)
    opened = read_opened(project.folder)
    told_of: list[Photo | None] = []
    photos.photo_chosen.connect(told_of.append)
    photos.show_project(opened)
    photos.step(1)
    photos.step(1)
    assert photos.view.currentIndex().data() == "2.jpg"
    photos.show_project(_with_photos(opened, opened.photos[1:]))
    assert photos.view.currentIndex().data() == "2.jpg"
    photos.status.setCurrentIndex(1)
    assert photos.view.currentIndex().data() == "2.jpg"
    before = list(told_of)
    photos.search.setText("3")
    assert not photos.view.currentIndex().isValid()
    assert photos.chosen == opened.photos[2]
    photos.search.setText("no such")
    assert photos.model.rowCount() == 0
    assert photos.selected == (opened.photos[2],)
    photos.search.setText("")
    assert photos.view.currentIndex().data() == "2.jpg"
    assert told_of == before
    photos.show_project(_with_photos(opened, opened.photos[:2]))
    assert photos.chosen == opened.photos[0] or photos.model.rowCount() == 0
    loader.shut_down()


def test_a_change_of_one_photo_moves_nothing(qtbot: QtBot, look: Look, project: Project) -> None:
    loader = _Counting()
    photos = PhotoList(look, loader)
    qtbot.addWidget(photos)
    photos.resize(300, 600)
    photos.show()
    many = _many(2000)
    opened = _with_photos(read_opened(project.folder), many)
    photos.show_project(opened)
    photos.view.setCurrentIndex(photos.model.index(1000))
    qtbot.waitUntil(lambda: photos.view.verticalScrollBar().value() > 0, timeout=WAIT_MS)
    place = photos.view.verticalScrollBar().value()
    resets = []
    photos.model.modelReset.connect(lambda: resets.append(1))
    other = replace(many[1001], state=PhotoState(status="checked", size=(40, 60)))
    photos.show_project(_with_photos(opened, (*many[:1001], other, *many[1002:])))
    photos.view.grab()
    assert photos.model.index(1001).data(PHOTO_ROLE) == other
    assert (photos.view.verticalScrollBar().value(), resets) == (place, [])
    photos.show_project(_with_photos(opened, (*many[:1001], *many[1002:])))
    photos.view.grab()
    assert photos.view.currentIndex().data() == many[1000].key
    assert (photos.view.verticalScrollBar().value(), resets) == (place, [])
    photos.show_project(_with_photos(opened, many))
    assert [photo.key for photo in photos.model.photos] == [photo.key for photo in many]
    loader.shut_down()


def test_a_thumbnail_fits_and_has_the_pixels_of_the_screen(project: Project) -> None:
    photo = project.photo("0.jpg")
    picture = thumbnail_of(photo, project.mask_path(photo), CLASSES, (36, 27), 1.5)
    assert picture.photo is not None
    assert (picture.photo.width(), picture.photo.height()) == (36, 24)
    assert picture.photo.devicePixelRatio() == 1.5
    left, right = picture.photo.pixelColor(4, 10), picture.photo.pixelColor(30, 10)
    assert right.red() > left.red() + 40
    bare = thumbnail_of(replace(photo, has_mask=False), project.mask_path(photo), CLASSES, (36, 27), 1.5)
    write_mask(project.mask_path(photo), np.ones((10, 10), dtype=np.uint8), CLASSES)  # of another size
    stretched = thumbnail_of(photo, project.mask_path(photo), CLASSES, (36, 27), 1.5)
    assert stretched.photo == bare.photo
    project.mask_path(photo).write_bytes(b"\x89PNG no more")
    assert thumbnail_of(photo, project.mask_path(photo), CLASSES, (36, 27), 1.0).photo is not None
    photo.path.write_bytes(b"\xff\xd8 torn")
    assert "0.jpg" in thumbnail_of(photo, project.mask_path(photo), CLASSES, (36, 27), 1.0).problem


def test_thumbnails_come_are_kept_and_go_when_the_mask_changes(
    qtbot: QtBot, qapp: QApplication, project: Project
) -> None:
    loader = PictureLoader(threads=2, waiting=10)
    model = PhotoModel(loader)
    opened = read_opened(project.folder)
    model.show_photos(opened, opened.photos)
    first = model.index(0)
    assert model.data(first, Qt.ItemDataRole.DecorationRole) is None
    qtbot.waitUntil(
        lambda: isinstance(model.data(first, Qt.ItemDataRole.DecorationRole), QPixmap), timeout=WAIT_MS
    )
    model.show_photos(opened, opened.photos[:1])
    assert isinstance(model.data(model.index(0), Qt.ItemDataRole.DecorationRole), QPixmap)
    painted = replace(opened, mask_times={**opened.mask_times, "0.jpg": 1})
    old = model.data(model.index(0), Qt.ItemDataRole.DecorationRole)
    model.show_photos(painted, painted.photos)
    assert model.data(model.index(0), Qt.ItemDataRole.DecorationRole) is old  # until the new one is there
    qtbot.waitUntil(
        lambda: model.data(model.index(0), Qt.ItemDataRole.DecorationRole) is not old, timeout=WAIT_MS
    )
    loader.shut_down()


def test_a_thumbnail_in_former_colours_does_not_stay(
    qtbot: QtBot, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun = threading.Event(), threading.Event()

    def make(_photo: Photo, _path: Path, classes: ClassList, *_: object) -> PhotoPicture:
        begun.set()
        assert gate.wait(WAIT_MS / 1000)
        image = QImage(4, 4, QImage.Format.Format_RGB32)
        image.fill(classes.classes[0].colour)
        return PhotoPicture(image)

    def shown() -> str:
        found = model.data(model.index(0), Qt.ItemDataRole.DecorationRole)
        return found.toImage().pixelColor(1, 1).name().upper() if isinstance(found, QPixmap) else ""

    monkeypatch.setattr(photo_model, "thumbnail_of", make)
    loader = PictureLoader(threads=1, waiting=10)
    model = PhotoModel(loader)
    opened = read_opened(project.folder)
    model.show_photos(opened, opened.photos)
    assert not shown()
    assert begun.wait(WAIT_MS / 1000)
    other = replace(opened, classes=opened.classes.recoloured("sky", "#123456"))
    with qtbot.waitSignal(model.pictures_came, timeout=WAIT_MS):  # they are drawn anew
        model.show_photos(other, other.photos)
    with qtbot.waitSignal(loader.loaded, timeout=WAIT_MS):
        loader.ask("another", lambda: PhotoPicture(None))
        gate.set()
    assert not shown()
    qtbot.waitUntil(lambda: shown() == "#123456", timeout=WAIT_MS)
    loader.shut_down()


def test_a_photo_that_cannot_be_read_keeps_its_row_and_says_why(qtbot: QtBot, project: Project) -> None:
    opened = read_opened(project.folder)
    opened.photos[3].path.write_bytes(b"")
    loader = PictureLoader(threads=1, waiting=10)
    model = PhotoModel(loader)
    model.show_photos(opened, opened.photos)
    last = model.index(3)
    model.data(last, Qt.ItemDataRole.DecorationRole)
    qtbot.waitUntil(lambda: model.data(last, PROBLEM_ROLE) is not None, timeout=WAIT_MS)
    assert "empty" in str(model.data(last, Qt.ItemDataRole.ToolTipRole))
    assert model.data(last, PHOTO_ROLE) == opened.photos[3]
    loader.shut_down()
