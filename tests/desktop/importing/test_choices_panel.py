"""What holds for a whole import, as it is offered."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from segstudio.desktop.importing.choices_panel import ChoicesPanel
from segstudio.desktop.importing.mapping import Choices


def test_what_the_files_say_is_offered_and_can_be_declined(qtbot: QtBot) -> None:
    panel = ChoicesPanel()
    qtbot.addWidget(panel)
    box = panel.findChild(QComboBox, "import.split")
    assert isinstance(box, QComboBox)
    panel.show_choices(Choices(), only_photos=False, has_zip=False, told_splits={"train": 1464, "val": 1449})
    offered = [box.itemText(place) for place in range(box.count())]
    assert offered[0] == box.currentText() == "Decide later"
    assert offered[-1] == "As told: 1,464 + 1,449 held out"
    assert panel.minimumSizeHint().width() < 300
    panel.show_choices(Choices(), only_photos=False, has_zip=False, told_splits={"train": 7})
    assert box.itemText(box.count() - 1) == "As told: 7 training"
    panel.show_choices(Choices(), only_photos=True, has_zip=False, told_splits={})
    assert box.itemText(box.count() - 1) == "Draw: 4 of 5 for training"
