"""OpenPhoto: one photo of the project while it is shown, with what is painted on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.light import Light
from segstudio.desktop.editing.shares import Counts
from segstudio.painting.editor import MaskEditor
from segstudio.project.photo_locks import Painted, PhotoHold
from segstudio.project.photos import Photo


@dataclass(slots=True, eq=False)
class OpenPhoto:
    """A photo on the desk. In the GUI thread.

    `photo` is as it was last saved. `read_only`: it can be looked at only; `told` is one sentence for the person, on
    why that is so or on what came back from the journal, often empty. `folder` is the project's.

    `mask_time` is when the mask file was written that the editor began with or that was saved last (ns), None when
    there was none; `locked`: another window paints on it, or did when it was opened, and `painted` says who by now, None
    when nobody does; `is_lost`: somebody else has taken it over; `cannot_write`: the project's folder refuses to be written;
    `has_damaged_mask`: its mask file cannot be read, and that is all that keeps it from being painted on, `has_versions`: then
    there are versions of it; `has_damaged_record`: its state file cannot be read; `light` is how it would be stretched to be seen well; `counts` says how many
    pixels there are of each mask value. `hold` is the lock on painting.
    """

    photo: Photo
    pyramid: Pyramid
    editor: MaskEditor
    read_only: bool = False
    told: str = ""
    folder: Path = field(default_factory=Path)
    mask_time: int | None = None
    locked: bool = False
    painted: Painted | None = None
    is_lost: bool = False
    cannot_write: bool = False
    has_damaged_mask: bool = False
    has_versions: bool = False
    has_damaged_record: bool = False
    light: Light = field(default_factory=Light)
    counts: Counts = field(default_factory=lambda: np.zeros(256, dtype=np.int64))
    hold: PhotoHold | None = None

    @property
    def place(self) -> tuple[Path, str]:
        """What tells the photo from all others: its project's folder and its key."""
        return self.folder, self.photo.key

    def close(self) -> None:
        """Let others paint on the photo; nothing may be painted here any more."""
        self.read_only = True
        hold, self.hold = self.hold, None
        if hold is not None:
            hold.let_go()
