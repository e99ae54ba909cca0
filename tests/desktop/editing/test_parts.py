"""The parts of the desk that need no window: words on saving, counts, the shelf; and looks at many photos."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.saved_text import SaveState, ago, next_change_s, saved_text
from segstudio.desktop.editing.shares import change_of, count, shares_of
from segstudio.desktop.editing.shelf import Shelf, stamp_of
from segstudio.desktop.opened import Changed, differences, with_noted, with_photo
from segstudio.desktop.opened_reading import read_opened
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.painting.editor import MaskEditor
from segstudio.painting.polygon import box_region
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.masks import encode_mask
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS
from tests.desktop.watchdog import told, watching


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SaveState(), ""),
        (SaveState(unsaved=True), "not saved yet"),
        (SaveState(unsaved=True, saving=True), "saving …"),
        (SaveState(unsaved=True, again_in_s=7.6), "not saved, trying again in 8 s"),
        (SaveState(unsaved=True, saved_ago_s=3), "not saved yet"),
        (SaveState(saved_ago_s=3), "saved 2 s ago"),
        (SaveState(saved_ago_s=3 * 3600), "saved 3 h ago"),
    ],
)
def test_the_status_line_says_how_it_stands(state: SaveState, words: str) -> None:
    assert saved_text(state) == words


@given(st.floats(0, 1e5))
def test_the_words_change_when_they_say_so(seconds: float) -> None:
    until = next_change_s(seconds)
    assert until > 0
    assert ago(seconds + until * 0.99) == ago(seconds)
    assert ago(seconds + until + 0.01) != ago(seconds)


@given(st.integers(0, 1 << 30))
@settings(max_examples=30, deadline=None)
def test_counts_follow_edits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    editor = MaskEditor(rng.integers(0, 4, (300, 520), dtype=np.uint8))
    counts = count(editor.mask)
    assert (counts == np.bincount(editor.mask.ravel(), minlength=256)).all()
    for _ in range(3):
        corners = rng.integers(0, 300, 4)
        editor.begin("box")
        editor.paint(
            box_region(tuple(corners[:2]), tuple(corners[2:]), editor.size), value=int(rng.integers(0, 4))
        )
        edit = editor.commit()
        if edit is not None:
            counts = counts + change_of(edit, editor.size)
    assert (counts == count(editor.mask)).all()
    assert sum(part for _, part in shares_of(counts)) == pytest.approx(1)


def test_the_shelf_keeps_what_was_used_last_and_is_still_the_same(tmp_path: Path) -> None:
    photos = []
    for number in range(4):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(b"x" * (number + 1))
        photos.append(Photo(path.name, path, (10, 10), has_mask=False))
    shelf = Shelf(budget_bytes=700)
    for photo in photos[:2]:
        shelf.put(photo, Pyramid.of(np.zeros((10, 10, 3), dtype=np.uint8)), stamp_of(photo))
    assert shelf.take(photos[0]) is not None
    shelf.put(photos[2], Pyramid.of(np.zeros((10, 10, 3), dtype=np.uint8)), stamp_of(photos[2]))
    assert shelf.take(photos[1]) is None
    photos[0].path.write_bytes(b"another")
    assert shelf.take(photos[0]) is None
    assert shelf.take(photos[2]) is not None
    assert not shelf.has_room_for(replace(photos[3], size=(100, 100)))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 10,000 labelled photos."""
    folder = tmp_path_factory.mktemp("many") / "project"
    project = Project.create(folder, classes=ClassList.from_names(["sky", "ground"]))
    photo = encode_jpeg(np.zeros((8, 8, 3), dtype=np.uint8))
    mask = encode_mask(np.zeros((8, 8), dtype=np.uint8), project.classes)
    state = PhotoState(size=(8, 8), status="done").model_dump_json()
    for number in range(10_000):
        key = f"{number // 100:02}/{number:05}.jpg"
        for place, data in (
            (f"photos/{key}", photo),
            (f"masks/{key}.png", mask),
            (f"masks/{key}.json", state.encode()),
        ):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(data)
    return folder


@pytest.mark.slow
def test_ten_thousand_photos_are_looked_at_beside_the_window(qtbot: QtBot, many: Path) -> None:
    session = ProjectSession(Places.of_this_user())
    gc.collect()
    gc.freeze()  # what other tests have left would be gone through in the window's time
    with watching() as opening, qtbot.waitSignal(session.project_opened, timeout=WAIT_MS):
        session.open(many)
    first = session.opened
    assert first is not None
    pauses, notes = [], []
    for round_ in range(3):
        with watching() as gaps:
            session.refresh()
            qtbot.waitUntil(lambda: session._look is None, timeout=WAIT_MS)
        pauses.append(gaps.longest_ms)
        photo = first.photos[5000 + round_]
        with watching() as gaps:
            session.note_photo(replace(photo, state=photo.state.model_copy(update={"who": "me"})), 7)
        notes.append(gaps.longest_ms)
    told(opening_10000_photos=opening.longest_ms, looking_again=max(pauses), noting_one=max(notes))
    assert min(notes) < 10
    assert session.opened is not None
    assert session.opened.photos[0] is first.photos[0]
    assert session.opened.photos[5002].state.who == "me"
    session.shut_down()
    session.deleteLater()
    gc.unfreeze()


def test_a_look_reads_only_what_was_written_since(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_opened(project.folder)
    photo = before.photos[1]
    project.write_state(photo, photo.state.model_copy(update={"who": "a"}))
    read: list[str] = []
    original = PhotoState.read

    def noting(path: Path) -> PhotoState:
        read.append(path.name)
        return original(path)

    monkeypatch.setattr(PhotoState, "read", noting)
    after = read_opened(project.folder, before)
    assert read == ["1.jpg.json"]
    assert after.photos[1].state.who == "a"
    assert [now is then for now, then in zip(after.photos, before.photos, strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    assert after.mask_times == before.mask_times
    assert differences(before, after) == Changed.PHOTOS


def test_one_photo_is_taken_in_without_a_look(project: Project) -> None:
    opened = read_opened(project.folder)
    photo = replace(opened.photos[3], has_mask=True)
    noted = with_photo(opened, photo, 7)
    assert noted.photos[3] is photo
    assert noted.mask_times == {**opened.mask_times, "3.jpg": 7}
    assert differences(opened, noted) == Changed.PHOTOS | Changed.MASK
    assert with_photo(opened, replace(photo, key="none.jpg"), 7) is opened
    later = with_photo(opened, photo, 9)
    assert with_noted(later, [(photo, 7)]) is later  # somebody has written since
    assert with_noted(opened, [(photo, 7)]) == noted


def test_whoever_turns_to_the_window_often_has_the_project_read_seldom(
    qtbot: QtBot, project: Project
) -> None:
    session = ProjectSession(Places.of_this_user())
    with qtbot.waitSignal(session.project_opened, timeout=WAIT_MS):
        session.open(project.folder)
    session.refresh_if_old()
    assert session._look is None
    session.refresh()
    project.write_state(project.photo("3.jpg"), PhotoState(size=(40, 60), who="a"))
    session.refresh()  # while it looks, which may have gone past that photo already
    qtbot.waitUntil(
        lambda: session.opened is not None and session.opened.photos[3].state.who == "a", timeout=WAIT_MS
    )
    session.shut_down()
    session.deleteLater()
