"""The picture of the learning rate: what training does, at the points that are drawn, and in words."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.train.form.recipe_form import RecipeForm
from segstudio.desktop.train.form.schedule_curve import ScheduleCurve, schedule_curve, steps_in_epoch
from segstudio.desktop.train.form.schedule_view import ScheduleView
from segstudio.runs.choices import Schedule
from segstudio.runs.recipe import Recipe
from segstudio.runs.schedules import learning_rate_factor
from segstudio.training.sampling import CropPlan


def curve(steps_per_epoch: int = 10, **choices: Any) -> ScheduleCurve:
    return schedule_curve(Recipe.model_validate({"warmup_steps": 0, **choices}), steps_per_epoch)


@pytest.mark.parametrize("epochs", [1, 60, 100_000])
def test_each_schedule_is_drawn_as_training_does_it(epochs: int) -> None:
    for schedule in get_args(Schedule):
        is_drawn_as_training_does_it(schedule, epochs)


def is_drawn_as_training_does_it(schedule: str, epochs: int) -> None:
    recipe = Recipe.model_validate({"schedule": schedule, "epochs": epochs, "learning_rate": 0.01})
    drawn = schedule_curve(recipe, 7)
    steps = np.round(drawn.epochs * 7).astype(int)
    truth = [
        learning_rate_factor(recipe, step, steps=7 * epochs, steps_per_epoch=7) for step in steps.tolist()
    ]
    np.testing.assert_allclose(drawn.rates, 0.01 * np.array(truth))
    assert (np.diff(steps) > 0).all()
    assert (steps[0], steps[-1]) == (0, 7 * epochs - 1)
    assert len(steps) < 1000, "it is drawn again at every key that is pressed"
    rise = "3 steps (0.43 epochs)" if epochs == 1 else "20 steps (2.9 epochs)"
    begins = "Rises for 30 % of the training" if schedule == "one-cycle" else f"Rises over {rise}, then "
    assert drawn.told.startswith(begins)
    assert drawn.length == epochs


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"schedule": "constant"}, "Stays the same."),
        ({"schedule": "poly", "poly_power": 1}, "Falls in a straight line to nothing."),
        ({"schedule": "poly", "poly_power": 2}, "Falls to nothing, the slower the nearer the end."),
        ({"schedule": "step", "step_epochs": 1}, "Is multiplied by 0.5 every 1 epoch."),
        (
            {"schedule": "halving"},
            "Stays for 40 epochs, and is halved there and every 20 epochs after.",
        ),
        ({"schedule": "one-cycle"}, "Rises for 30 % of the training and falls for the rest of it."),
    ],
)
def test_it_is_told_in_words(choices: dict[str, Any], told: str) -> None:
    assert curve(**choices).told == told


def test_falls_are_steep_however_long_the_training_is() -> None:
    drawn = curve(1000, schedule="halving", epochs=300, halving_after=40, step_epochs=20, learning_rate=1)
    assert (drawn.rate_at(39.999), drawn.rate_at(40.0), drawn.rate_at(60.0)) == (1, 0.5, 0.25)
    assert drawn.rate_at(10_000) == drawn.rates[-1]


def test_of_a_plateau_the_soonest_falls_are_drawn_too() -> None:
    drawn = curve(schedule="plateau", epochs=40, plateau_patience=3, validate_every=2, learning_rate=1)
    assert drawn.lowest is not None
    assert (drawn.rates == 1).all()
    falls = {float(epoch): float(rate) for epoch, rate in zip(drawn.epochs, drawn.lowest, strict=True)}
    assert (falls[7.9], falls[8.0], falls[13.9], falls[14.0]) == (1, 0.5, 0.5, 0.25)
    assert curve().lowest is None


def test_the_backbone_has_a_rate_of_its_own() -> None:
    assert curve(backbone_learning_rate=0.3).backbone == 0.3
    assert curve(freeze_backbone=True).backbone == 0
    assert curve(freeze_backbone=True, unfreeze_after=3).backbone == 0.1
    random = [
        schedule_curve(Recipe.model_validate(choices), 10, is_random=True).backbone
        for choices in ({}, {"backbone_learning_rate": 2.0}, {"freeze_backbone": True})
    ]
    assert random == [1, 2, 0], "what knows nothing yet is not held back"


@pytest.mark.parametrize(("photos", "processes"), [(9, 1), (9, 2), (1, 4), (24, 3)])
def test_an_epoch_has_as_many_steps_as_training_makes(photos: int, processes: int) -> None:
    recipe = Recipe(batch_size=2, accumulate=2, crops_per_photo=3)
    plan = CropPlan(
        photos=photos, crops_per_photo=3, crops_per_step=2 * 2 * processes, seed=0, processes=processes
    )
    assert steps_in_epoch(recipe, photos, processes) == plan.steps_per_epoch
    assert steps_in_epoch(recipe, 0) == 1


def test_the_picture_follows_the_fields_while_one_types(qtbot: QtBot, look: Look) -> None:
    form = RecipeForm(look)
    qtbot.addWidget(form)
    form.know_photos(48)
    form.more.open()
    view = form.more.findChild(ScheduleView)
    assert view is not None
    told, line = view.findChild(QLabel, "schedule.told"), form.more.findChild(QLineEdit, "field.warmup_steps")
    assert told is not None
    assert line is not None
    before = picture(view)
    line.selectAll()
    QTest.keyClicks(line, "6")
    planned = form.planned()
    assert planned is not None
    assert told.text().startswith(f"Rises over 6 steps ({6 / steps_in_epoch(planned, 48):.2g} epochs)")
    after = picture(view)
    assert after != before
    form.change({"schedule": "cosine"})
    assert picture(view) != after
    poly = form.more.findChild(QLineEdit, "field.poly_power")
    assert poly is not None
    assert not poly.isEnabled()
    line.selectAll()
    QTest.keyClicks(line, "x")
    form.change({"schedule": "poly"})  # what is wrong elsewhere leaves the picture as it was
    assert poly.isEnabled()


def test_the_rate_below_the_pointer_is_told(qtbot: QtBot, look: Look) -> None:
    view = ScheduleView(look)
    qtbot.addWidget(view)
    view.resize(240, 140)
    view.show_curve(curve(schedule="constant", learning_rate=0.01))
    idle = picture(view)
    place = QPointF(120, 40)
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QMouseEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    view.picture.mouseMoveEvent(moved)
    assert picture(view) != idle
    assert "Stays the same" in view.picture.accessibleName()


def picture(view: QWidget) -> QImage:
    return view.grab().toImage()
