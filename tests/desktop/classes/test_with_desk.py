"""The class editor beside a photo that is open for painting."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.classes.editor import ClassEditor
from segstudio.desktop.look import Look
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS
from tests.desktop.editing.conftest import Bench


@pytest.fixture
def bench(qtbot: QtBot, project: Project) -> Iterator[Bench]:
    made = Bench(qtbot, project.folder)
    yield made
    made.shut_down()


@pytest.fixture
def editor(qtbot: QtBot, bench: Bench, look: Look) -> Iterator[ClassEditor]:
    made = ClassEditor(look, bench.session, bench.desk)
    qtbot.addWidget(made)
    made.open_on()
    wait_until_looked(qtbot, made)
    yield made
    made.hide()
    made.shut_down()


def wait_until_looked(qtbot: QtBot, editor: ClassEditor) -> None:
    qtbot.waitUntil(
        lambda: editor.doing.is_idle and editor.work._look is None and editor._looked is not None,
        timeout=WAIT_MS,
    )


def delete(qtbot: QtBot, editor: ClassEditor, name: str) -> None:
    editor.parts.list.choose(editor.classes.named(name).index)
    editor.parts.delete.click()
    qtbot.waitUntil(editor.parts.question.agree.isVisible, timeout=WAIT_MS)
    editor.parts.question.agree.click()
    wait_until_looked(qtbot, editor)


def shown(bench: Bench) -> np.ndarray:
    assert bench.desk.shown is not None
    return bench.desk.shown.editor.mask


def test_what_is_painted_is_saved_rewritten_and_shown_anew(
    qtbot: QtBot, bench: Bench, editor: ClassEditor
) -> None:
    bench.show(0)
    bench.stroke(1, (5.0, 5.0), (15.0, 5.0))
    assert bench.desk.unsaved
    delete(qtbot, editor, "ground")
    bench.wait(lambda: bench.desk.can_paint and not (shown(bench) == 1).any())
    disk = bench.mask_on_disk(0)
    assert disk is not None
    assert disk[5, 5] == 255  # the stroke was ground
    assert not bench.desk.can_undo
    bench.stroke(0, (5.0, 30.0), (15.0, 30.0))  # painting goes on
    bench.wait_saved()
    editor.parts.undo.click()
    wait_until_looked(qtbot, editor)
    bench.wait(lambda: bench.desk.can_paint and bool((shown(bench) == 1).any()))
    assert shown(bench)[5, 5] == 1
    assert shown(bench)[30, 10] == 0
    assert not bench.problems


def test_undo_gives_the_history_back_to_the_photo_that_is_open(
    qtbot: QtBot, bench: Bench, editor: ClassEditor
) -> None:
    bench.show(0)
    bench.stroke(1, (5.0, 5.0), (15.0, 5.0))
    delete(qtbot, editor, "ground")
    editor.parts.undo.click()
    wait_until_looked(qtbot, editor)
    bench.wait(lambda: bench.desk.can_undo)
    bench.desk.undo()
    assert shown(bench)[5, 5] == 0
    assert not bench.problems


def test_a_rename_lets_painting_go_on(qtbot: QtBot, bench: Bench, editor: ClassEditor) -> None:
    bench.show(0)
    bench.stroke(1, (5.0, 5.0), (15.0, 5.0))
    editor.parts.list.rows.name_given.emit(1, "earth")
    wait_until_looked(qtbot, editor)
    bench.wait(lambda: bench.desk.can_paint)
    bench.stroke(1, (5.0, 20.0), (15.0, 20.0))
    bench.wait_saved()
    disk = bench.mask_on_disk(0)
    assert disk is not None
    assert disk[20, 10] == disk[5, 10] == 1
    assert bench.desk.can_undo
    assert not bench.problems


def test_a_class_added_meanwhile_can_be_painted_and_saved(
    qtbot: QtBot, bench: Bench, editor: ClassEditor
) -> None:
    bench.show(0)
    bench.stroke(1, (5.0, 5.0), (15.0, 5.0))
    editor.parts.name.setText("rope")
    editor.parts.add.click()
    wait_until_looked(qtbot, editor)
    bench.stroke(2, (5.0, 20.0), (15.0, 20.0))
    bench.wait_saved()
    disk = bench.mask_on_disk(0)
    assert disk is not None
    assert disk[20, 10] == 2
    assert not bench.problems
