"""The overlay looks as it did when the window was closed."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QSlider, QToolButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.settings import OverlayChoice, Places, Settings
from segstudio.desktop.window import Window
from segstudio.project.project import Project
from tests.desktop.annotating.hands import SHIFT, Hands
from tests.desktop.conftest import Drive


def test_the_overlay_outlives_the_window_but_light_and_hidden_labels_do_not(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def change(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        for key in (Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_G, Qt.Key.Key_M):
            hands.key(key)
        hands.key(Qt.Key.Key_M, SHIFT)
        hands.tab.overlay.change(brightness=0.5, hidden=frozenset({0}))
        look = hands.look()
        assert (look.opacity, look.outlines, look.pixel_grid, look.alone) == (0.7, True, False, True)

    def see(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        look = hands.look()
        assert (look.opacity, look.outlines, look.pixel_grid) == (0.7, True, False)
        assert (look.brightness, look.hidden, look.alone) == (0, frozenset(), False)
        slider, outlines = hands.find("opacity"), hands.find("view.outlines")
        assert isinstance(slider, QSlider)
        assert slider.value() == 70
        assert isinstance(outlines, QToolButton)
        assert outlines.isChecked()

    assert drive(change, project.folder) == 0
    assert drive(see, project.folder) == 0


def test_settings_that_are_damaged_count_as_not_there() -> None:
    places = Places.of_this_user()
    store = QSettings(str(places.settings), QSettings.Format.IniFormat)
    for name, value in (("opacity", "much"), ("outlines", "perhaps"), ("pixel_grid", "")):
        store.setValue(f"overlay/{name}", value)
    store.sync()
    assert Settings(places).overlay == OverlayChoice()
    store.setValue("overlay/opacity", "7")
    assert Settings(places).overlay == OverlayChoice()
