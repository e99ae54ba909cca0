"""ReviewParts: what the Review tab consists of, made one after the other: all at once would be felt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.class_panel import ClassPanel
from segstudio.desktop.reviewing.list_side import ListSide
from segstudio.desktop.reviewing.looking import Parts
from segstudio.desktop.reviewing.nothing_yet import NothingYet
from segstudio.desktop.reviewing.page_layout import beside_each_other, stacked, thin_line, under_each_other
from segstudio.desktop.reviewing.stage import Stage
from segstudio.desktop.reviewing.stage_bar import StageBar
from segstudio.desktop.reviewing.trouble import Trouble
from segstudio.desktop.reviewing.under_stage import UnderStage
from segstudio.desktop.reviewing.verdict_bar import VerdictBar
from segstudio.desktop.session import ProjectSession


@dataclass(frozen=True, slots=True)
class ReviewParts:
    """The parts, laid out in `columns`; none of them in a window yet. `middle` holds `empty`, the work and `trouble`."""

    board: ReviewBoard
    shown: Parts
    verdict_bar: VerdictBar
    empty: NothingYet
    trouble: Trouble
    middle: QStackedWidget
    columns: QSplitter


def review_parts(
    look: Look, actions: Actions, session: ProjectSession, thumbnails: PictureLoader
) -> Generator[None, None, ReviewParts]:
    """Make one part at each step."""
    board = ReviewBoard(session)
    side = ListSide(look, actions, board, thumbnails)
    yield
    bar = StageBar(look)
    yield
    stage = Stage(look)
    yield
    under = UnderStage(look)
    yield
    classes, verdict_bar, empty = ClassPanel(look), VerdictBar(actions), NothingYet(look)
    yield
    middle, work = QStackedWidget(), stacked(stage, under)
    middle.addWidget(empty)
    yield
    middle.addWidget(under_each_other(bar, work, grows=work))
    yield
    trouble = Trouble(look)
    middle.addWidget(trouble)
    yield
    right = QFrame()
    right.setObjectName("side_right")
    under_each_other(classes, thin_line(), verdict_bar, grows=classes, into=right)
    yield
    columns = yield from beside_each_other(side, middle, right)
    return ReviewParts(
        board, Parts(side, bar, stage, under, classes), verdict_bar, empty, trouble, middle, columns
    )
