"""Tables of colours and tones."""

from __future__ import annotations

import numpy as np
import pytest

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.colours import mask_table, photo_tones
from segstudio.project.classes import ClassList

CLASSES = ClassList.from_names(["sky:#0080FF", "ground:#FF8000"])


def test_classes_have_their_colours_and_all_else_is_clear() -> None:
    table = mask_table(CLASSES, CanvasLook(opacity=1)).view(np.uint32)
    assert [hex(colour) for colour in table[:2]] == ["0xff0080ff", "0xffff8000"]
    assert not table[2:].any()


def test_colours_are_multiplied_by_their_opacity() -> None:
    table = mask_table(CLASSES, CanvasLook(opacity=0.5)).view(np.uint32)
    assert hex(table[0]) == "0x80004080"


def test_lines_are_stronger_than_areas() -> None:
    table = mask_table(CLASSES, CanvasLook(opacity=0.5, outlines=True)).view(np.uint32)
    assert hex(table[0]) == "0xff0080ff"


def test_hidden_values_are_clear() -> None:
    table = mask_table(CLASSES, CanvasLook(opacity=1, hidden=frozenset({0})))
    assert table[0] == 0
    assert table[1] != 0


def test_a_photo_as_it_is_needs_no_table() -> None:
    assert photo_tones(CanvasLook(opacity=0.1, alone=True)) is None


@pytest.mark.parametrize(
    "look",
    [
        CanvasLook(brightness=b, contrast=c, gamma=g)
        for b in (-0.5, 0.5)
        for c in (-1, 0.5, 1)
        for g in (0.2, 4)
    ],
)
def test_tones_never_turn_round(look: CanvasLook) -> None:
    tones = photo_tones(look)
    assert tones is not None
    assert (np.diff(tones.astype(int)) >= 0).all()


def test_brightness_contrast_and_gamma_do_what_they_say() -> None:
    brighter, flatter, steeper, lighter = (
        photo_tones(look)
        for look in (
            CanvasLook(brightness=0.2),
            CanvasLook(contrast=-0.5),
            CanvasLook(contrast=0.5),
            CanvasLook(gamma=2),
        )
    )
    assert brighter is not None
    assert flatter is not None
    assert steeper is not None
    assert lighter is not None
    assert brighter[100] == 151
    assert flatter[0] > 50
    assert flatter[255] < 205
    assert steeper[0] == 0
    assert steeper[64] < 64
    assert steeper[192] > 192
    assert (lighter[0], lighter[255]) == (0, 255)
    assert lighter[64] > 120


@pytest.mark.parametrize("wrong", [{"opacity": 1.1}, {"brightness": -2}, {"contrast": 1.5}, {"gamma": 0}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"lies? between|from 0 to 1"):
        CanvasLook(**wrong)  # type: ignore[arg-type]
