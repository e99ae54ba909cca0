"""The panels of the classes: as large as there is room, and all of them in sight."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.panel_strip import (
    LEAST_PX,
    MOST_PX,
    Caption,
    PanelStrip,
    picture_height,
    told_in,
)


def test_all_panels_are_seen_as_large_as_the_room_allows() -> None:
    assert picture_height((1000, 150), 3, 4 / 3) == 150
    assert picture_height((700, 150), 4, 4 / 3) == 119
    assert picture_height((700, 150), 9, 4 / 3) == LEAST_PX, "more are scrolled to"
    assert picture_height((3000, 900), 2, 1.0) == MOST_PX
    assert picture_height((10, 10), 0, 1.0) == LEAST_PX
    assert picture_height((446, 150), 4, 4 / 3) == 72, "four in a window of 1000 pixels"


def test_less_is_told_of_a_class_where_there_is_less_room() -> None:
    whole = "34 % · sure 86 % · IoU 0.79"
    for letters, told in ((27, whole), (26, "34 % · IoU 0.79"), (14, "34 %"), (1, "34 %")):
        assert told_in(whole, lambda words, most=letters: len(words) <= most) == told  # type: ignore[misc]
    assert told_in("34 %", lambda _: False) == "34 %"


def test_all_panels_are_in_sight_in_a_narrow_strip(qtbot: QtBot, look: Look) -> None:
    strip = PanelStrip(look)
    qtbot.addWidget(strip)
    strip.resize(470, 230)
    words = tuple(
        Caption(value, name, "34 % · sure 86 % · IoU 0.79", "#123456")
        for value, name in enumerate(("sky", "ground", "airplane", "person"))
    )
    strip.show_panels(words, [np.zeros((90, 160, 3), dtype=np.uint8)] * 4, None)
    strip.show()
    assert len(strip.panels) == 4
    body = strip.widget()
    assert body is not None
    assert body.minimumSizeHint().width() <= strip.viewport().width()
