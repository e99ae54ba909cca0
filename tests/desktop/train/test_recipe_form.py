"""What the form of a training says of the choices in it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.train.form.recipe_form import RecipeForm


def test_only_what_stands_among_more_choices_is_counted_there(qtbot: QtBot, look: Look) -> None:
    form = RecipeForm(look)
    qtbot.addWidget(form)

    def said() -> list[str]:
        return [each.toolTip() or each.text() for each in form.more.findChildren(QLabel)]

    form.change({"merge": {"roof": "sky"}, "ignore_classes": ["rope"], "class_weights": "none", "epochs": 7})
    assert not any("changed" in each for each in said())
    form.change({"deterministic": True})
    assert "1 changed" in said()
