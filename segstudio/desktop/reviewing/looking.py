"""Looking: joins the chosen photo with all that shows it: stage, bar, classes, panels, confusion matrix."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Slot

from segstudio.desktop.actions import Actions
from segstudio.desktop.annotating.class_rows import toggled_alone
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.class_panel import ClassPanel
from segstudio.desktop.reviewing.class_rows import class_facts, unsure_share
from segstudio.desktop.reviewing.faces import NO_FOCUS, Focus, laid
from segstudio.desktop.reviewing.items import neighbour
from segstudio.desktop.reviewing.list_side import ListSide
from segstudio.desktop.reviewing.panel_strip import Caption, captions, panel_pictures
from segstudio.desktop.reviewing.reading import Small
from segstudio.desktop.reviewing.spots import SpotWalk
from segstudio.desktop.reviewing.stage import Stage
from segstudio.desktop.reviewing.stage_bar import StageBar
from segstudio.desktop.reviewing.under_stage import UnderStage
from segstudio.desktop.reviewing.view_state import ViewState, face_name
from segstudio.desktop.reviewing.viewing import Viewing
from segstudio.project.images import RgbImage
from segstudio.review.comparing import Spot
from segstudio.review.shown import Thresholds

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """The widgets that show the chosen photo."""

    side: ListSide
    bar: StageBar
    stage: Stage
    under: UnderStage
    classes: ClassPanel


class Looking(QObject):
    """Shows what Viewing says in the parts, and passes on what is wished there."""

    def __init__(
        self, actions: Actions, board: ReviewBoard, viewing: Viewing, parts: Parts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._board, self._viewing, self._parts = board, viewing, parts
        self._cell: tuple[int, int] | None = None
        self._round = 0
        self.walk = SpotWalk(viewing, self)
        self._drawing = Errands("class panels", 1, self)
        viewing.opened.connect(self.refresh)
        viewing.changed.connect(self.refresh)
        parts.bar.changed.connect(self.look)
        parts.classes.threshold_changed.connect(viewing.set_threshold)
        parts.classes.thresholds_cleared.connect(viewing.clear_thresholds)
        parts.classes.eye_clicked.connect(self._on_eye_clicked)
        parts.under.panels.chosen.connect(self._on_panel_chosen)
        parts.under.confusion.cell_chosen.connect(self.look_at_cell)
        parts.bar.steps.asked.connect(self.walk.step)
        for signal in (self.walk.found, self.walk.reached):
            signal.connect(self._show_spot)
        self.walk.left.connect(self._on_photo_left)

    def shut_down(self) -> None:
        """End the thread that draws."""
        self._round += 1
        self._drawing.shut_down()
        self.walk.shut_down()

    # -- wishes

    @Slot(object)
    def look(self, state: ViewState) -> None:
        """Look at the photo in another way."""
        if state.focus.cell is None:
            self.leave_cell()
        self._viewing.look(state)

    def look_at_everything(self) -> bool:
        """Look at no class or cell alone any more; False when none was."""
        state = self._viewing.state
        self.look(replace(state, focus=NO_FOCUS))
        return state.focus.is_on

    @Slot(object)
    def look_at_cell(self, cell: tuple[int, int]) -> None:
        """Mark the pixels of a cell (truth, prediction), list the photos that have any, and open that with most."""
        board, side = self._board, self._parts.side
        places = {value: place for place, value in enumerate(board.classes.indices)}
        row, column = places[cell[0]], places[cell[1]]
        self._cell = cell
        found = {key: int(matrix[row, column]) for key, matrix in board.matrices.items()}
        board.mark_found(found)
        side.show_cell(is_on=True)
        self._viewing.focus_on(Focus(cell=cell))
        if side.listed:
            side.list.choose(side.listed[0].item.id)

    def leave_cell(self) -> None:
        """List all photos again."""
        if self._cell is not None:
            self._cell = None
            self._board.mark_found({})
            self._parts.side.show_cell(is_on=False)
            self._parts.under.confusion.clear_choice()

    @Slot()
    @Slot(object)
    def _show_spot(self, spot: Spot | None = None) -> None:
        if spot is not None:
            self._parts.stage.right.look_at(spot)
        is_any = bool(self.walk.spots)
        self._parts.bar.steps.show_place(self.walk.told, is_any=is_any)
        self._actions.know(has_spots=is_any)

    @Slot(int)
    def _on_photo_left(self, by: int) -> None:
        """Past the last spot of a photo the next photo with such pixels comes."""
        side = self._parts.side
        after = neighbour([row.item.id for row in side.listed], side.list.chosen_id, by)
        if after is None:
            self.walk.stay()
        else:
            side.list.choose(after)

    @Slot(int, bool)
    def _on_eye_clicked(self, value: int, alone: bool) -> None:
        hidden = self._viewing.state.look.hidden
        wanted = toggled_alone(hidden, value, self._board.classes) if alone else hidden ^ {value}
        self._viewing.hide_classes(frozenset(wanted))

    @Slot(object)
    def _on_panel_chosen(self, value: int | None) -> None:
        self.leave_cell()
        self._viewing.focus_on(NO_FOCUS if value is None else Focus(value=value))

    # -- showing

    @Slot()
    def refresh(self) -> None:
        """Show what is known of the chosen photo, as the person wants to see it."""
        viewing, classes, parts = self._viewing, self._board.classes, self._parts
        shown, state = viewing.shown, viewing.state
        left, right = state.shown_faces(viewing.faces)
        parts.bar.show_state(state, viewing.faces, classes)
        parts.stage.set_way(state.way if len(viewing.faces) > 1 else "photo")
        faces = [
            laid(face, shown, classes, viewing.thresholds, focus) if shown is not None and wanted else None
            for face, focus, wanted in ((left, NO_FOCUS, parts.stage.shows_two), (right, state.focus, True))
        ]
        parts.stage.show_faces(
            shown.pyramid if shown is not None else None,
            left=faces[0],
            right=faces[1],
            look=state.look,
            names=(face_name(left, NO_FOCUS, classes), face_name(right, state.focus, classes)),
        )
        facts = class_facts(classes, shown, viewing.thresholds, state.look.hidden)
        unsure = unsure_share(classes, shown, viewing.thresholds)
        parts.classes.show_facts(facts, unsure)
        self._show_panels(captions(facts, unsure))

    def _show_panels(self, words: tuple[Caption, ...]) -> None:
        shown, classes, panels = self._viewing.shown, self._board.classes, self._parts.under.panels
        self._round += 1
        if shown is None or shown.small is None:
            panels.show_panels((), (), None)
            return
        colours = {entry.index: entry.rgb for entry in classes.classes}
        values = [(each.value, colours.get(each.value, (0, 0, 0))) for each in words]
        work = partial(self._draw, self._round, shown.small, values, dict(self._viewing.thresholds))
        self._drawing.send(work, partial(self._on_drawn, self._round, words), self._on_drawing_failed)

    def _draw(
        self,
        asked_in: int,
        small: Small,
        values: Sequence[tuple[int, tuple[int, int, int]]],
        thresholds: Thresholds,
    ) -> list[RgbImage]:
        """In the worker: only what was asked for last is drawn."""
        return panel_pictures(small, values, thresholds) if asked_in == self._round else []

    def _on_drawn(self, asked_in: int, words: tuple[Caption, ...], pictures: list[RgbImage]) -> None:
        if asked_in == self._round:
            self._parts.under.panels.show_panels(words, pictures, self._viewing.state.focus.value)

    def _on_drawing_failed(self, error: BaseException) -> None:
        _log.error("the class panels cannot be drawn", exc_info=error)
