"""ImportRecord: what is kept of an import beside its annotation files, so that it can be looked at and repeated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.errors import SegStudioError
from segstudio.files import read_json
from segstudio.formats.options import Boxes
from segstudio.formats.rasterise import Layers, Rule
from segstudio.project.classes import ClassList
from segstudio.project.photos import PhotoState

RECORD_NAME = "import.json"
"""The record's file in the folder of its import below `sources/`."""


class KeptAnnotation(BaseModel):
    """Where the annotation of one photo lies: its file below `root`, a folder in that of the import (empty: that
    itself), and the photo's names in it. `table` is the table of labels that was given along, below `root`, too. `greys`
    are the labels that the greys of a mask have in its set, where they are not those that it has alone.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    root: str = ""
    names: tuple[str, ...] = ()
    table: str = ""
    greys: Mapping[int, str] = Field(default_factory=dict)


class BroughtIn(BaseModel):
    """What an import did to one photo: it is new, or was there in the state `before`; `mask` is the SHA-256 of the mask
    file that it wrote, empty where it wrote none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    is_new: bool = True
    mask: str = ""
    before: PhotoState | None = None


class ImportRecord(BaseModel):
    """One import. `report` is ImportReport.as_json's; `values` gives each label its mask value; `photos` the
    annotations, by photo key; `replaced` are the keys whose former masks lie in the folder `replaced`. `brought` tells
    of each photo that was written, by key, and the class lists those before and after it: enough to take it back.
    `undone` is when that was done (empty: it was not), and `left` the photos that stayed then.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    when: str = ""
    who: str = ""
    report: Mapping[str, Any] = Field(default_factory=dict)
    values: Mapping[str, int] = Field(default_factory=dict)
    rule: Rule = "truncate"
    layers: Layers = "class"
    boxes: Boxes | None = None
    photos: Mapping[str, KeptAnnotation] = Field(default_factory=dict)
    replaced: tuple[str, ...] = ()
    brought: Mapping[str, BroughtIn] = Field(default_factory=dict)
    classes_before: ClassList | None = None
    classes_after: ClassList | None = None
    undone: str = ""
    left: tuple[str, ...] = ()

    @property
    def can_be_undone(self) -> bool:
        """Whether it was not taken back yet, and enough is known of it."""
        return bool(self.brought) and not self.undone


def read_record(path: Path) -> ImportRecord:
    """Read a record; raises SegStudioError when it is missing or damaged."""
    try:
        return ImportRecord.model_validate_json(read_json(path))
    except (OSError, ValidationError) as error:
        raise SegStudioError(
            "what was kept of this import cannot be read", where=str(path), fix="Import the files again"
        ) from error


def records_of(project: Path) -> tuple[Path, ...]:
    """Return the record files of a project's imports, the newest first."""
    return tuple(
        sorted(project.glob(f"sources/*/{RECORD_NAME}"), key=lambda path: path.parent.name, reverse=True)
    )
