"""AnnotateParts: what the Annotate tab consists of, made one after the other: all at once would be felt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.annotating.class_palette import ClassPalette
from segstudio.desktop.annotating.history_panel import HistoryPanel
from segstudio.desktop.annotating.overlay import Overlay
from segstudio.desktop.annotating.overlay_panel import OverlayPanel
from segstudio.desktop.annotating.photo_panel import PhotoPanel
from segstudio.desktop.annotating.workspace import Workspace
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.tabs.photo_list import PhotoList
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.widgets.empty import EmptyPage
from segstudio.desktop.widgets.steps import Steps

_LIST_PX, _LEAST_LIST_PX, _SIDE_PX = 264, 232, 248


@dataclass(frozen=True, slots=True)
class AnnotateParts:
    """The parts, laid out in `columns`; none of them in a window yet. `empty` is there for a project without photos."""

    box: ToolBox
    overlay: Overlay
    list: PhotoList
    workspace: Workspace
    palette: ClassPalette
    photo: PhotoPanel
    columns: QSplitter
    empty: EmptyPage


def annotate_parts(
    look: Look, actions: Actions, desk: PhotoDesk, thumbnails: PictureLoader
) -> Generator[None, None, AnnotateParts]:
    """Make one part at each step."""
    box, overlay = ToolBox(), Overlay()
    yield
    photos = PhotoList(look, thumbnails)
    yield
    workspace = Workspace(look, actions, desk=desk, box=box, overlay=overlay)
    yield
    palette = ClassPalette(look, box, overlay, actions["classes.edit"])
    yield
    panel, history = OverlayPanel(look, actions, overlay), HistoryPanel(actions, desk)
    yield
    photo = PhotoPanel(look, actions)
    empty = EmptyPage(look, "photo", "No photos yet", "Bring in photos and annotations first.")
    empty.add_button(actions["go.import"])
    yield
    columns = QSplitter()
    yield from _lay_out(columns, photos, workspace, (palette, panel, history, photo))
    return AnnotateParts(box, overlay, photos, workspace, palette, photo, columns, empty)


def _lay_out(columns: QSplitter, photos: QWidget, middle: QWidget, panels: Sequence[QWidget]) -> Steps:
    """Lay out what is beside each other, one column at each step."""
    columns.setObjectName("annotate.parts")
    columns.setChildrenCollapsible(False)
    columns.setHandleWidth(1)
    side = QFrame()
    side.setObjectName("side_right")
    side.setMinimumWidth(_SIDE_PX)
    for widget in (photos, middle, side):
        columns.addWidget(widget)
        yield
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for place, panel in enumerate(panels):
        if place:
            line = QFrame()
            line.setObjectName("side_line")
            line.setFixedHeight(1)
            column.addWidget(line)
        column.addWidget(panel, int(place == 0))
    yield
    columns.setStretchFactor(1, 1)
    columns.setSizes([_LIST_PX, 700, _SIDE_PX])
    photos.setMinimumWidth(_LEAST_LIST_PX)
    yield
