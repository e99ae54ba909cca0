"""Dim photos of 16 bits are seen; what is learnt from stays as it is."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.overlay import Overlay
from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.colours import photo_tones
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.light import Light, light_of
from segstudio.desktop.pictures import read_small
from segstudio.desktop.window import Window
from segstudio.project.images import encode_jpeg, is_deep, photo_size, read_photo
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from tests.desktop.annotating.hands import Hands
from tests.desktop.conftest import Drive

_RAMP = np.linspace(0, 4095, 40 * 60).reshape(40, 60)


def _deep(path: Path) -> Path:
    """Write 12 bits a channel into a colour file of 16."""
    cv2.imwrite(str(path), np.repeat(_RAMP[:, :, None], 3, axis=2).astype(np.uint16))
    return path


def test_a_dim_photo_of_16_bits_is_stretched_at_first_and_the_person_decides(
    qtbot: QtBot, drive: Drive, project: Project, tmp_path: Path
) -> None:
    pixels = read_photo(_deep(tmp_path / "deep.png"))
    with project.change() as change:
        change.add_photo("deep.png", tmp_path / "deep.png", size=(40, 60))

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        auto = hands.find("light.auto")
        assert isinstance(auto, QPushButton)
        assert hands.look().white == 1
        hands.tab.list.show_photo("deep.png")
        hands.wait_for_photo("deep.png")
        assert hands.look().white == pytest.approx(15 / 255)
        assert auto.isChecked()
        assert np.array_equal(hands.tab._desk.photo, pixels)  # type: ignore[arg-type]
        hands.tab.overlay.reset_light()
        assert hands.look().white == 1
        assert not auto.isChecked()
        hands.tab.list.show_photo("0.jpg")
        hands.wait_for_photo("0.jpg")
        hands.click("light.fold")
        hands.click("light.auto")
        assert hands.tab.overlay.auto

    assert drive(steps, project.folder) == 0


def test_only_what_is_deep_and_dim_asks_for_more_light() -> None:
    dark = np.random.default_rng(0).integers(0, 20, (50, 50, 3), dtype=np.uint8)
    assert light_of(Pyramid.of(dark), is_deep=True).is_dim
    assert not light_of(Pyramid.of(dark), is_deep=False).is_dim
    assert not light_of(Pyramid.of(dark * 10), is_deep=True).is_dim
    flat = light_of(Pyramid.of(np.full((9, 9, 3), 255, dtype=np.uint8)), is_deep=True)
    black = light_of(Pyramid.of(np.zeros((9, 9, 3), dtype=np.uint8)), is_deep=True)
    assert flat.white == 1
    assert flat.black < 1
    assert (black.black, black.white) == (0, 4 / 255)


def test_a_few_glaring_pixels_do_not_count() -> None:
    dark = np.full((100, 100, 3), 9, dtype=np.uint8)
    dark[:50] = 1
    dark[0, :20] = 255
    light = light_of(Pyramid.of(dark), is_deep=True)
    assert (light.black, light.white) == (1 / 255, 9 / 255)


@pytest.mark.parametrize(
    ("name", "deep"), [("a.png", True), ("a.tif", True), ("b.png", False), ("b.tif", False), ("b.jpg", False)]
)
def test_depth_is_told_by_the_header(tmp_path: Path, name: str, deep: bool) -> None:
    path = tmp_path / name
    if deep:
        _deep(path)
    elif path.suffix == ".jpg":
        path.write_bytes(encode_jpeg(np.zeros((4, 4, 3), dtype=np.uint8)))
    else:
        cv2.imwrite(str(path), np.zeros((4, 4, 3), dtype=np.uint8))
    assert is_deep(path) is deep
    path.write_bytes(path.read_bytes()[:20])
    assert not is_deep(path)
    assert not is_deep(tmp_path / "nowhere.png")


def test_tones_go_from_black_to_white() -> None:
    tones = photo_tones(CanvasLook(black=10 / 255, white=20 / 255))
    assert tones is not None
    assert [int(tones[value]) for value in (0, 10, 15, 20, 255)] == [0, 0, 128, 255, 255]
    with pytest.raises(ValueError, match="black lies below white"):
        CanvasLook(black=0.5, white=0.5)


def test_a_choice_holds_for_all_photos_that_follow() -> None:
    overlay = Overlay()
    dim, fine = Light(0, 0.1, is_dim=True), Light(0.2, 0.9)
    overlay.follow_photo(dim)
    assert overlay.look.white == 0.1
    overlay.follow_photo(fine)
    assert overlay.look.white == 1
    overlay.set_auto(True)
    assert (overlay.look.black, overlay.look.white) == (0.2, 0.9)
    overlay.reset_light()
    overlay.follow_photo(dim)
    assert overlay.look.white == 1


def test_the_thumbnail_of_a_dim_photo_is_no_black_square(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    _deep(path)
    small = read_small(Photo("deep.png", path, photo_size(path), has_mask=False), 20)
    assert small.max() == 255
    assert max(small.shape[:2]) == 20
    plain = read_photo(path)
    cv2.imwrite(str(tmp_path / "flat.png"), plain)
    shallow = read_small(Photo("flat.png", tmp_path / "flat.png", photo_size(path), has_mask=False), 20)
    assert shallow.max() < 64  # it was meant to be dark
