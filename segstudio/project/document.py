"""project.json: its contents, and bringing older ones up to date."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.errors import SegStudioError, inside
from segstudio.files import copy_file, write_text
from segstudio.project.classes import ClassList

FILE_NAME = "project.json"
SCHEMA = 1

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Migration] = {}
"""For each older schema the step that makes the next one of it."""


class ProjectDocument(BaseModel):
    """What project.json holds. `references` gives, by photo key, the path of a photo that was not copied:
    absolute, or relative to the project folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA
    name: str
    created: str = Field(default_factory=lambda: datetime.now().astimezone().isoformat(timespec="seconds"))
    classes: ClassList = ClassList()
    references: dict[str, str] = Field(default_factory=dict)


def encode_document(document: ProjectDocument) -> bytes:
    """Return the bytes of project.json."""
    return (document.model_dump_json(indent=2) + "\n").encode("utf-8")


def load_document(
    folder: Path, *, schema: int = SCHEMA, migrations: Mapping[int, Migration] = MIGRATIONS
) -> ProjectDocument:
    """Read `folder`/project.json; an older schema is migrated on disk and a copy of the old file kept.

    Raises SegStudioError when the file is missing, damaged, of wrong types, or newer than this program.
    """
    path = folder / FILE_NAME
    raw = _read_json(path)
    found = raw.get("schema_version")
    if not isinstance(found, int) or isinstance(found, bool):
        raise SegStudioError("schema_version is missing", where=str(path), fix="Is this a SegStudio project?")
    if found > schema:
        raise SegStudioError(
            f"the project was saved by a newer SegStudio (schema {found}; this one knows up to {schema})",
            where=str(path),
            fix="Update SegStudio to open it",
        )
    if found < schema:
        raw = _migrate(path, raw, found, schema, migrations)
    return _validated(raw, path)


def _migrate(
    path: Path, raw: dict[str, Any], found: int, schema: int, migrations: Mapping[int, Migration]
) -> dict[str, Any]:
    old = found
    while found < schema:
        if found not in migrations:
            raise SegStudioError(f"the project's schema {old} is unknown", where=str(path))
        raw = {**migrations[found](raw), "schema_version": found + 1}
        found += 1
    _validated(raw, path)  # nothing is written before the result is known to be sound
    copy_file(path, path.with_name(f"project.schema-{old}.json"))
    write_text(path, json.dumps(raw, indent=2, ensure_ascii=False) + "\n")
    return raw


def _read_json(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SegStudioError(
            "there is no project here (project.json is missing)",
            where=str(path.parent),
            fix=f"Make one with: segstudio new {path.parent} --class NAME …",
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise SegStudioError(
            f"project.json cannot be read ({str(error)[:100]})",
            where=str(path),
            fix="Restore it from a backup",
        ) from error
    if not isinstance(raw, dict):
        raise SegStudioError("project.json does not hold a project", where=str(path))
    return raw


def _validated(raw: dict[str, Any], path: Path) -> ProjectDocument:
    try:
        with inside(str(path)):
            return ProjectDocument.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise SegStudioError(f"{place}: {first['msg']}", where=str(path), fix="Correct it by hand") from error
