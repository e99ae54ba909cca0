"""What an export may be asked for, as plain values: which photos, how areas are told, and where to. Pure, but for `lack`
and `suggested`, which look at the disk.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

from segstudio.file_names import name_for
from segstudio.formats.exporting import EXPORTS, ExportFormat, ExportOptions
from segstudio.project.photos import Photo

Wanted = Literal["labelled", "done", "checked", "selected"]
"""Which photos; those without labels are never among them."""

WANTED: tuple[Wanted, ...] = ("labelled", "done", "checked", "selected")
MOST_PX = 10.0
"""The largest tolerance that is offered."""

ZIP = ".zip"
_SHOWN = Path("preview")
"""Where a preview says that it would be written: nothing is."""


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """What the person chose. `outlines` is what they want where the format has it; `tolerance_px` counts for polygons."""

    format: str = EXPORTS[0].id
    outlines: str = ""
    tolerance_px: float = 0.0
    wanted: Wanted = "labelled"
    with_photos: bool = True
    as_zip: bool = False

    @property
    def row(self) -> ExportFormat:
        """The format's row; the first where there is none of that name."""
        return next((row for row in EXPORTS if row.id == self.format), EXPORTS[0])

    @property
    def told_as(self) -> str:
        """How areas are told: as it is wanted, where the format can."""
        ways = self.row.outlines
        return self.outlines if self.outlines in ways else ways[0]

    @property
    def has_tolerance(self) -> bool:
        """Whether the outlines may leave the area."""
        return self.told_as == "polygons"


def photos_for(wanted: Wanted, photos: Sequence[Photo], selected: Collection[str]) -> tuple[Photo, ...]:
    """Return the labelled photos that are wanted, in order; `selected` are keys. As `chosen_photos` of the engine."""
    statuses = {"done": ("done", "checked"), "checked": ("checked",)}.get(wanted)
    return tuple(
        photo
        for photo in photos
        if photo.has_mask
        and (statuses is None or photo.status in statuses)
        and (wanted != "selected" or photo.key in selected)
    )


def options_of(choices: ExportChoices, to: Path, selected: Sequence[str]) -> ExportOptions:
    """Return what the engine is asked for."""
    wanted = choices.wanted
    return ExportOptions(
        format=choices.row.id,
        to=to,
        outlines=choices.told_as,
        tolerance_px=choices.tolerance_px if choices.has_tolerance else 0.0,
        with_photos=choices.with_photos,
        which="labelled" if wanted == "selected" else wanted,
        photos=tuple(selected) if wanted == "selected" else None,
    )


def preview_options(choices: ExportChoices) -> ExportOptions:
    """Return what a preview depends on, and nothing else: equal where the preview is the same."""
    return ExportOptions(
        format=choices.row.id,
        to=_SHOWN,
        outlines=choices.told_as,
        tolerance_px=choices.tolerance_px if choices.has_tolerance else 0.0,
    )


# -- where to


def suggested(parent: Path, project: str, choices: ExportChoices) -> Path:
    """Return a new folder or ZIP in `parent`, called after project and format."""
    name = f"{name_for(project) or 'export'} {choices.row.id}"
    ending = ZIP if choices.as_zip else ""
    numbered = (f"{name}{'' if number == 1 else f' {number}'}{ending}" for number in count(1))
    return next(parent / each for each in numbered if not os.path.lexists(parent / each))


def target_of(text: str, *, as_zip: bool) -> Path | None:
    """Return the path that was typed, a ZIP with its ending; None where that is no whole path."""
    try:
        path = Path(text.strip()).expanduser()
    except RuntimeError:  # the home of somebody who is not known here
        return None
    if not path.is_absolute() or not path.name:
        return None
    return path.with_name(f"{path.name}{ZIP}") if as_zip and path.suffix.lower() != ZIP else path


def lack(text: str, *, as_zip: bool, project: Path) -> str:
    """Return why nothing can be written there, in a sentence; nothing where it can."""
    target = target_of(text, as_zip=as_zip)
    if target is None:
        return "Give the whole path, or choose the folder." if text.strip() else "Say where to."
    if target.is_relative_to(project):
        return "That lies in the project itself: choose a place outside of it."
    try:
        return _why_not(target, as_zip=as_zip)
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        return f"That cannot be written ({error.strerror}): choose another place."


def _why_not(target: Path, *, as_zip: bool) -> str:
    there = next(path for path in (target, *target.parents) if path.exists())
    if there == target:
        return _why_taken(target, as_zip=as_zip)
    if not there.is_dir():
        return f"{there.name} is a file, not a folder."
    return "" if os.access(there, os.W_OK) else f"Nothing can be written into {there}: choose another folder."


def _why_taken(target: Path, *, as_zip: bool) -> str:
    if as_zip or not target.is_dir():
        return f"“{target.name}” is there already: choose another name."
    return f"“{target.name}” is not empty: choose another folder." if is_used(target) else ""


def is_used(folder: Path) -> bool:
    """Tell whether there is anything in a folder; one that cannot be looked into counts as used."""
    try:
        with os.scandir(folder) as entries:
            return any(True for _ in entries)
    except OSError:
        return True
