"""ImportRecord: what is kept of an import beside its annotation files, so that it can be looked at and repeated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.errors import SegStudioError
from segstudio.formats.rasterise import Layers, Rule

RECORD_NAME = "import.json"
"""The record's file in the folder of its import below `sources/`."""


class KeptAnnotation(BaseModel):
    """Where the annotation of one photo lies: its file below `root`, a folder in that of the import (empty: that
    itself), and the photo's names in it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    root: str = ""
    names: tuple[str, ...] = ()


class ImportRecord(BaseModel):
    """One import. `report` is ImportReport.as_json's; `values` gives each label its mask value; `photos` the
    annotations, by photo key; `replaced` are the keys whose former masks lie in the folder `replaced`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    when: str = ""
    who: str = ""
    report: Mapping[str, Any] = Field(default_factory=dict)
    values: Mapping[str, int] = Field(default_factory=dict)
    rule: Rule = "truncate"
    layers: Layers = "class"
    photos: Mapping[str, KeptAnnotation] = Field(default_factory=dict)
    replaced: tuple[str, ...] = ()


def read_record(path: Path) -> ImportRecord:
    """Read a record; raises SegStudioError when it is missing or damaged."""
    try:
        return ImportRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SegStudioError(
            "what was kept of this import cannot be read", where=str(path), fix="Import the files again"
        ) from error


def records_of(project: Path) -> tuple[Path, ...]:
    """Return the record files of a project's imports, the newest first."""
    return tuple(
        sorted(project.glob(f"sources/*/{RECORD_NAME}"), key=lambda path: path.parent.name, reverse=True)
    )
