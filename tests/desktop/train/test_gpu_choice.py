"""The list of GPUs, which is there where there are several."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from segstudio.desktop.train.form.gpu_choice import GpuChoice


def test_nothing_is_asked_where_there_is_one(qtbot: QtBot) -> None:
    choice = GpuChoice()
    qtbot.addWidget(choice)
    for there in (0, 1):
        choice.offer(there)
        assert choice.isHidden()
        assert choice.count == 1


def test_of_several_one_trains_unless_more_are_chosen_and_the_step_is_told(qtbot: QtBot) -> None:
    choice = GpuChoice()
    qtbot.addWidget(choice)
    choice.know_crops(8)
    choice.offer(4)
    assert not choice.isHidden()
    assert choice.count == 1
    told = choice.findChild(QLabel, "train.gpus.told")
    assert told is not None
    assert told.isHidden()
    choice.choice.setCurrentIndex(3)
    assert choice.count == 4
    assert not told.isHidden()
    assert told.text().startswith("8 crops on each make steps of 32")
    choice.know_crops(16)
    assert "steps of 64" in told.text()
