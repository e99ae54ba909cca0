"""The table of actions."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from segstudio.desktop.actions import ACTIONS, Actions, find_actions
from segstudio.desktop.look import Look


def test_no_id_and_no_key_stands_twice() -> None:
    counts = Counter(spec.id for spec in ACTIONS) + Counter(
        spec.shortcut for spec in ACTIONS if spec.shortcut
    )
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_every_action_teaches_in_one_sentence(spec: object) -> None:
    found = next(entry for entry in ACTIONS if entry is spec)
    assert found.tip[0].isupper()
    assert found.tip[-1] in ".?" or found.id == "help.log"
    if found.shortcut:
        assert QKeySequence(found.shortcut).toString() == found.shortcut


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("ctrl+n", {"project.new"}),
        ("mask class", {"photo.overlay"}),
        ("PHOTO previous", {"photo.previous"}),
        ("zzz", set()),
        ("", {spec.id for spec in ACTIONS}),
    ],
)
def test_actions_are_found_by_any_of_their_words(words: str, ids: set[str]) -> None:
    assert {spec.id for spec in find_actions(words)} == ids


def test_what_can_be_done_follows_from_the_facts(qapp: QApplication, look: Look) -> None:
    parent = QObject()
    actions = Actions(look.icons, parent)
    assert actions["project.new"].isEnabled()
    assert not actions["project.close"].isEnabled()
    actions.know(is_open=True, is_busy=True, can_cancel=True)
    enabled = {action.objectName() for action in actions.all() if action.isEnabled()}
    assert {"job.cancel", "go.train", "project.folder"} <= enabled
    assert not {"project.new", "project.open", "project.close", "photo.next"} & enabled


def test_a_tooltip_tells_what_key_and_sentence(qapp: QApplication, look: Look) -> None:
    parent = QObject()
    actions = Actions(look.icons, parent)
    assert actions["project.new"].toolTip() == "New project (Ctrl+N)\nMake a project with its classes."
