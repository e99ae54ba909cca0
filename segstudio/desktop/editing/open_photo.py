"""OpenPhoto: one photo of the project while it is shown, with what is painted on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segstudio.painting.editor import MaskEditor
from segstudio.project.photos import Photo

if TYPE_CHECKING:
    from segstudio.desktop.canvas.pyramid import Pyramid


@dataclass(slots=True, eq=False)
class OpenPhoto:
    """A photo on the desk. In the GUI thread.

    `photo` is as it was last saved. `read_only`: it can be looked at only; `told` is one sentence for the person,
    on why that is so or on what came back from the journal, often empty.
    """

    photo: Photo
    pyramid: Pyramid
    editor: MaskEditor
    read_only: bool = False
    told: str = ""
