"""What the form of a training says of the choices in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.train.form.recipe_form import RecipeForm
from segstudio.runs.heads import HEADS


def test_only_what_stands_among_more_choices_is_counted_there(qtbot: QtBot, look: Look) -> None:
    form = RecipeForm(look)
    qtbot.addWidget(form)

    def said() -> list[str]:
        return [each.toolTip() or each.text() for each in form.more.findChildren(QLabel)]

    form.change({"merge": {"roof": "sky"}, "ignore_classes": ["rope"], "class_weights": "none", "epochs": 7})
    assert not any("changed" in each for each in said())
    form.change({"deterministic": True})
    assert "1 changed" in said()


def test_a_head_of_a_depth_that_is_not_listed_has_an_entry(qtbot: QtBot, look: Look, tmp_path: Path) -> None:
    form = RecipeForm(look)
    qtbot.addWidget(form)
    file = tmp_path / "deep.toml"
    for depth in (20, 110):
        file.write_text(f'head = "fcn_resnetv2_{depth}"\nweights = "none"\n')
        form.take(file)
        assert form.head.currentText() == f"FCN, ResNet-v2-{depth}"
        assert form.head.currentData() == form.value("head") == f"fcn_resnetv2_{depth}"
        assert form.head.count() == len(HEADS) + 1
    form.change({"head": "deeplabv3_resnet50"})
    assert form.head.findData("fcn_resnetv2_110") >= 0  # the way back
    assert form.depth_field.isHidden()


def test_a_depth_can_be_given(qtbot: QtBot, look: Look) -> None:
    form = RecipeForm(look)
    qtbot.addWidget(form)
    assert form.depth_field.isHidden()
    position = form.head.findData("fcn_resnetv2_56")
    form.head.setCurrentIndex(position)
    form.head.activated.emit(position)
    assert not form.depth_field.isHidden()
    depth = form.findChild(QSpinBox, "train.depth")
    assert depth is not None
    assert depth.value() == 56
    depth.stepUp()
    assert (form.value("head"), form.head.currentText()) == ("fcn_resnetv2_65", "FCN, ResNet-v2-65")
    depth.setValue(22)
    assert (form.value("head"), depth.value()) == ("fcn_resnetv2_20", 20)
    depth.setValue(56)
    assert form.head.currentIndex() == position
    planned = form.planned()
    assert planned is not None
    assert planned.head == "fcn_resnetv2_56"
