"""AnnotateParts: what the Annotate tab consists of, made one after the other: all at once would be felt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class AnnotateParts:
    """The parts, none of them in a window yet."""

    box: ToolBox
    overlay: Overlay
    list: PhotoList
    workspace: Workspace
    palette: ClassPalette
    overlay_panel: OverlayPanel
    history: HistoryPanel
    photo: PhotoPanel


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
    yield
    return AnnotateParts(box, overlay, photos, workspace, palette, panel, history, photo)
