"""TrainParts: what the Train tab consists of, made one after the other: all at once would be felt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.errands import Errands
from segstudio.desktop.train.form.recipe_form import RecipeForm
from segstudio.desktop.train.plan import Plan
from segstudio.desktop.train.run_view import RunView
from segstudio.desktop.train.runs_panel import RunsPanel

_LEFT_PX = 336


@dataclass(frozen=True, slots=True)
class TrainParts:
    """The parts, laid out in `columns`; none of them in a window yet. The view is hidden."""

    plan: Plan
    runs: RunsPanel
    view: RunView
    columns: QSplitter


def train_parts(
    look: Look, actions: Actions, session: ProjectSession, board: RunBoard, errands: Errands
) -> Generator[None, None, TrainParts]:
    """Make one part at each step."""
    form = RecipeForm(look)
    yield
    plan = Plan(look, actions, session, errands, form=form)
    yield
    runs = RunsPanel(look, actions, session, board, errands)
    yield
    view = RunView(look)
    yield
    columns = yield from _laid_out(plan, runs, view)
    return TrainParts(plan, runs, view, columns)


def _laid_out(plan: QWidget, runs: QWidget, view: QWidget) -> Generator[None, None, QSplitter]:
    """What is planned and was trained stands at the left. From the outside inwards: what moves is styled anew."""
    columns, frame, left = QSplitter(Qt.Orientation.Horizontal), QFrame(), QSplitter(Qt.Orientation.Vertical)
    columns.setObjectName("train.columns")
    for splitter in (columns, left):
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
    frame.setObjectName("side")
    left.setObjectName("train.left")
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(left)
    columns.addWidget(frame)
    left.addWidget(plan)
    yield
    left.addWidget(runs)
    left.setStretchFactor(0, 3)
    left.setStretchFactor(1, 1)
    left.setSizes([520, 130])
    left.setMinimumWidth(_LEFT_PX - 40)
    yield
    columns.addWidget(view)
    columns.setStretchFactor(1, 1)
    columns.setSizes([_LEFT_PX, 900])
    view.hide()
    yield
    return columns
