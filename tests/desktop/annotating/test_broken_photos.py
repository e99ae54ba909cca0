"""Photos that cannot be read, that went, or that may not be written beside: told once, where it belongs."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.gone import gone_between, told_of_gone
from segstudio.desktop.editing import neighbours
from segstudio.desktop.opened_reading import read_opened
from segstudio.desktop.tabs.photo_model import PROBLEM_ROLE
from segstudio.desktop.window import Window
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from tests.desktop.annotating.hands import CONTROL, Hands, saved_mask
from tests.desktop.conftest import Drive

NEED_PIXELS = (
    *("photo.done", "photo.checked", "photo.train", "photo.clear", "photo.copy_before"),
    *("tool.brush", "class.1", "edit.undo", "view.fit"),
)


def _enabled(window: Window, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if window._actions[name].isEnabled()]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def _no_image(path: Path) -> None:
    path.write_text("no photo at all")


def test_while_the_project_is_away_no_photo_is_said_to_be_broken(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    away = project.folder.with_name("away")

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.tab._desk._opener._shelf.clear()
        page = hands.find("canvas.broken")
        project.folder.rename(away)
        for _ in range(3):  # what was read ahead may be shown
            hands.key(Qt.Key.Key_PageDown)
            qtbot.wait(50)
        hands.wait(page.isVisible)
        told = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
        assert "The project is away" in told
        assert any(
            "not there any more. Bring its drive or folder back. The photo is opened" in text for text in told
        )
        assert not any(button.isVisible() for button in page.findChildren(QPushButton))
        away.rename(project.folder)
        hands.wait_for_photo("3.jpg")
        hands.wait(hands.canvas.isVisible)

    assert drive(steps, project.folder) == 0


@pytest.mark.parametrize("damage", [_cut, _no_image])
def test_a_photo_that_cannot_be_read_is_told_once_in_its_place(
    qtbot: QtBot, drive: Drive, project: Project, damage: Callable[[Path], None]
) -> None:
    path = project.photo("1.jpg").path
    sound = path.read_bytes()
    damage(path)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        assert _enabled(window, ("photo.done", "tool.brush"))
        tries: list[object] = []
        hands.tab._desk.opening.connect(tries.append)
        page = hands.find("canvas.broken")
        hands.key(Qt.Key.Key_PageDown)
        hands.wait(page.isVisible)
        assert not hands.find("canvas.waiting").isVisible()
        assert window.notice.problem is None
        assert _enabled(window, NEED_PIXELS) == []
        assert not hands.find("photo.step").isEnabled()
        assert "1.jpg" in window._actions["photo.done"].toolTip()
        assert all(b.isEnabled() for b in page.findChildren(QPushButton))
        assert "1.jpg" in str(hands.tab.list.model.index(1).data(PROBLEM_ROLE))
        window._session.note_photo(project.photo("3.jpg"), 7)  # another look at the project
        qtbot.wait(30)
        assert len(tries) == 1
        assert window.notice.problem is None
        hands.key(Qt.Key.Key_PageDown)
        hands.wait_for_photo("2.jpg")
        hands.wait(hands.canvas.isVisible)
        assert _enabled(window, ("photo.done", "tool.brush", "view.fit"))
        path.write_bytes(sound)
        hands.key(Qt.Key.Key_PageUp)
        hands.wait_for_photo("1.jpg")
        assert hands.canvas.isVisible()
        assert hands.tab.list.model.index(1).data(PROBLEM_ROLE) is None

    assert drive(steps, project.folder) == 0


def test_a_file_that_was_mended_meanwhile_is_seen_when_the_person_comes_back(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    path = project.photo("0.jpg").path
    sound = path.read_bytes()
    _no_image(path)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait(hands.find("canvas.broken").isVisible)
        path.write_bytes(sound)
        hands.tab._on_application_state(Qt.ApplicationState.ApplicationActive)
        hands.wait_for_photo("0.jpg")

    assert drive(steps, project.folder) == 0


def test_a_photo_whose_file_goes_is_told_and_keeps_what_was_painted(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    path = project.photo("2.jpg").path
    content = path.read_bytes()

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.tab.list.show_photo("2.jpg")
        hands.wait_for_photo("2.jpg")
        hands.key(Qt.Key.Key_2)
        hands.dab(20, 20)
        path.unlink()
        window._session.refresh()
        hands.wait_for_notice('The file of "2.jpg" is gone from')
        assert "F5" in window.notice._text.text()
        assert "×" not in window.notice._text.text()
        hands.wait_for_photo("3.jpg")
        hands.wait(lambda: project.mask_path(project.photo("2.jpg")).exists())
        path.write_bytes(content)
        window._session.refresh()
        hands.wait(lambda: hands.tab.list.show_photo("2.jpg"))
        hands.wait_for_photo("2.jpg")
        assert hands.mask[20, 20] == 1
        hands.key(Qt.Key.Key_Z, CONTROL)
        assert hands.mask[20, 20] == 255
        hands.key(Qt.Key.Key_Y, CONTROL)

    assert drive(steps, project.folder) == 0
    assert saved_mask(project, "2.jpg")[20, 20] == 1


def test_what_was_removed_elsewhere_is_not_told_as_gone(project: Project) -> None:
    before = read_opened(project.folder)
    remove_photos(project, ["0.jpg"])
    project.photo("3.jpg").path.unlink()
    project.photo("1.jpg").path.unlink()
    now = read_opened(project.folder, before)
    keys = gone_between(before, now)
    assert keys == ("1.jpg", "3.jpg")
    assert gone_between(None, now) == gone_between(now, now) == ()
    told = told_of_gone(keys, now)
    assert told is not None
    assert told.text.startswith("The files of 2 photos are gone from")
    assert told_of_gone((), now) is None


def test_many_that_were_removed_elsewhere_are_not_told_as_gone_either(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "many", classes=ClassList.from_names(["sky"]))
    content = encode_png(np.zeros((4, 4, 3), dtype=np.uint8))
    (project.folder / "photos/deep").mkdir()
    keys = tuple(f"{'deep/' * (number % 2)}{number:03}.png" for number in range(260))
    for key in keys:
        (project.folder / "photos" / key).write_bytes(content)
    before = read_opened(project.folder)
    project.refresh()
    left = keys[200], keys[205]
    for key in left:
        project.write_mask(project.photo(key), np.zeros((4, 4), dtype=np.uint8))
        project.photo(key).path.unlink()
    project.refresh()
    remove_photos(project, [key for key in keys[:-1] if key not in left])
    assert set(gone_between(before, read_opened(project.folder, before))) == set(left)


def test_a_project_that_cannot_be_written_is_told_once_and_painting_goes_on_when_it_can(
    qtbot: QtBot, drive: Drive, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = [True]
    acquire = FileLock.acquire

    def refuse(lock: FileLock, *words: object, **more: object) -> object:
        if refusing and lock.lock_file.endswith(".jpg.lock"):
            raise OSError(errno.EROFS, "Read-only file system")
        return acquire(lock, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(FileLock, "acquire", refuse)
    monkeypatch.setattr(neighbours, "LOOK_MS", 50)

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        told: list[str] = []
        window._session.problem_met.connect(lambda problem: told.append(problem.text))
        hands.wait_for_photo("0.jpg")
        for key in ("1.jpg", "2.jpg"):
            hands.tab.list.show_photo(key)
            hands.wait_for_photo(key)
        assert len(told) <= 1  # the first may have been told before we listened
        assert "Read-only file system" in window.notice._text.text()
        assert _enabled(window, (*NEED_PIXELS[:-1], "photo.remove")) == []
        for name in ("photo.done", "photo.clear", "photo.copy_before", "tool.brush", "photo.remove"):
            assert "Read-only file system" in window._actions[name].toolTip(), name
        hands.dab(20, 20)
        assert (hands.mask == 255).all()
        refusing.clear()
        hands.wait(lambda: hands.tab._desk.can_paint)
        hands.wait_for_notice("can be painted on now")
        assert _enabled(window, ("photo.done", "tool.brush", "photo.remove"))
        assert window._actions["photo.done"].toolTip().endswith("All of it is labelled.")
        hands.dab(20, 20)
        assert not np.all(hands.mask == 255)

    assert drive(steps, project.folder) == 0
