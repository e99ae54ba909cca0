"""What others do in the same project is seen in the window: who paints what, what was saved, other classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segstudio.desktop.editing import team
from segstudio.desktop.editing.team import TeamLook, others_saved
from segstudio.desktop.tabs.photo_filter import told, told_people
from segstudio.desktop.tabs.photo_model import TOLD_ROLE
from segstudio.desktop.window import Window
from segstudio.project.classes import ClassList, LabelClass
from segstudio.project.painted_photos import begin_painting
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.desktop.annotating.colleague import anna_at_work
from tests.desktop.annotating.hands import Hands
from tests.desktop.conftest import Drive
from tests.desktop.pictures import shot


def test_what_others_do_is_seen(
    qtbot: QtBot, drive: Drive, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team, "LOOK_MS", 30)
    monkeypatch.setattr(team, "REFRESH_S", 0.1)
    anna = anna_at_work(monkeypatch)
    photo = project.photo("1.jpg")
    hold = begin_painting(project, photo, by=anna)
    assert hold is not None

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        model = hands.tab.list.model

        def line(row: int = 1) -> str:
            return str(model.index(row).data(TOLD_ROLE))

        hands.wait(lambda: line() == "Anna paints")
        assert "Anna on STUDIO-PC paints" in str(model.index(1).data(Qt.ItemDataRole.ToolTipRole))
        shot(window, "team")
        checked = PhotoState(size=photo.size).marked({"status": "checked"}, who="Anna", when="")
        project.save_photo(photo, mask=np.ones(photo.size, np.uint8), update=lambda _: checked)
        hold.note_saved()
        hands.wait(lambda: model.photos[1].state.checked_by == "Anna")
        hold.let_go()
        hands.wait(lambda: line() == "checked by Anna")
        project.refresh()
        entries = project.classes.classes
        project.save_classes(ClassList(classes=(*entries, another(project, "tree"))))
        hands.wait(lambda: "tree" in hands.tab.box.class_names.values())
        tree = next(value for value, name in hands.tab.box.class_names.items() if name == "tree")
        hands.tab.box.change(value=tree)
        hands.dab(20, 20)
        painted = hands.mask.copy()
        assert (painted == tree).any()
        project.refresh()
        project.save_classes(ClassList(classes=entries))
        hands.wait_for_notice("tree, the class you painted with, is in the class list no more")
        assert np.array_equal(hands.mask, painted)
        assert hands.tab.box.options.value in project.classes.indices

    try:
        assert drive(steps, project.folder) == 0
    finally:
        hold.let_go()
        anna.close()
    saved = Project.open(project.folder)
    mask = saved.read_mask(saved.photo("0.jpg"))
    assert mask is not None
    assert (mask == 2).any()  # what was painted with the class that went


def another(project: Project, name: str) -> LabelClass:
    last = project.classes.classes[-1]
    return last.model_copy(update={"index": last.index + 1, "name": name, "colour": "#0A141E"})


def test_only_others_count_and_who_went_may_have_saved_last() -> None:
    first = TeamLook({}, {"a": 1})
    assert not others_saved(None, first)
    assert not others_saved(first, TeamLook({"x": "y"}, {"a": 1}))
    assert others_saved(first, TeamLook({}, {"a": 2}))
    assert others_saved(first, TeamLook({}, {}))
    assert not others_saved(first, TeamLook({}, {"a": 1, "b": 0}))


def test_who_labelled_and_who_checked_is_kept(project: Project) -> None:
    photo = project.photo("1.jpg")
    state = PhotoState().marked({"status": "done"}, who="Anna", when="1")
    assert state.labelled_by == "Anna"
    state = state.marked({"status": "checked"}, who="Ben", when="2")
    checked = replace(photo, state=state)
    assert told_people(checked) == "labelled by Anna, checked by Ben"
    assert told(checked, me="Anna") == "checked by Ben"
    assert told(checked, me="Ben") == "checked"
    assert told(checked, "Cleo on DESK-3") == "Cleo on DESK-3 paints"
    state = state.marked({"split": "train"}, who="Cleo", when="3")
    assert (state.labelled_by, state.checked_by) == ("Anna", "Ben")
    state = state.marked({"status": "doing"}, who="Cleo", when="4")
    assert (state.labelled_by, state.checked_by) == ("Anna", "")
    assert told_people(photo) == ""
