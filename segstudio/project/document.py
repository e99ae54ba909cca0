"""project.json: its contents, and bringing older ones up to date."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from segstudio.errors import SegStudioError, inside
from segstudio.files import copy_file, read_json, write_text
from segstudio.project.classes import ClassList
from segstudio.project.photos import clean_key
from segstudio.wrong_values import wrong_value

FILE_NAME = "project.json"
BACKUP_NAME = "project.json.bak"
"""The last good copy: written with every change of the project."""

SCHEMA = 1

DEFAULT_VERSIONS = 20

_MOST_BYTES = 64 << 20
"""No project.json is longer: 200,000 photos that are referred to take half of it."""

_FORBIDDEN = (errno.EACCES, errno.EPERM)

_SHOWN = 40
"""So many characters of a wrong value are told."""

_PLAIN = re.compile(r"[^/\\:\x00-\x1f\x7f][^\\:\x00-\x1f\x7f]{0,230}")
"""Nearly all keys are so, and short enough in whatever letters, which is seen sooner than what else can be one."""

_SHORT = 60
"""Letters that take 240 bytes at most."""

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Migration] = {}
"""For each older schema the step that makes the next one of it."""


class DamagedDocumentError(SegStudioError):
    """project.json is missing or cannot be read, but there is a good copy that `last_good_copy` reads."""


class ProjectDocument(BaseModel):
    """What project.json holds. `references` gives, by photo key, the path of a photo that was not copied:
    absolute, or relative to the project folder. `versions` is how many versions of a mask are kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA
    name: str
    created: str = Field(default_factory=lambda: datetime.now().astimezone().isoformat(timespec="seconds"))
    classes: ClassList = ClassList()
    references: dict[str, str] = Field(default_factory=dict)
    versions: int = Field(DEFAULT_VERSIONS, ge=0, le=1000)

    @field_validator("references")
    @classmethod
    def _stay_inside(cls, references: dict[str, str]) -> dict[str, str]:
        """Refuse keys by which masks, locks and journals would be written outside the project's folders."""
        for key in references:
            try:
                short = key.isascii() or len(key) <= _SHORT
                if not short or ".." in key or not _PLAIN.fullmatch(key):
                    clean_key(key)
            except SegStudioError as error:
                raise ValueError(f"{key[:80]!r} cannot name a photo") from error
        return references


def encode_document(document: ProjectDocument) -> bytes:
    """Return the bytes of project.json."""
    # who has never touched this setting keeps a file that every SegStudio reads
    left_out = {"versions"} if document.versions == DEFAULT_VERSIONS else None
    return (document.model_dump_json(indent=2, exclude=left_out) + "\n").encode("utf-8")


def load_document(
    folder: Path, *, schema: int = SCHEMA, migrations: Mapping[int, Migration] = MIGRATIONS
) -> ProjectDocument:
    """Read `folder`/project.json; an older schema is migrated on disk and a copy of the old file kept.

    Raises SegStudioError when the file is missing, damaged, of wrong types, or newer than this program:
    DamagedDocumentError where the last good copy could take its place.
    """
    try:
        return _load(folder / FILE_NAME, schema, migrations)
    except _DamagedError as error:
        if last_good_copy(folder) is None:
            raise
        fix = f"Put the last good copy in its place: {BACKUP_NAME}, beside it"
        raise DamagedDocumentError(error.problem, where=error.where, fix=fix) from error.__cause__


def read_document(path: Path) -> ProjectDocument:
    """Read a file that should hold what project.json holds, of this program's schema; raises SegStudioError when not."""
    raw = _read_json(path)
    if raw.get("schema_version") != SCHEMA:
        raise SegStudioError("this is no project of this version", where=str(path))
    return _validated(raw, path)


def last_good_copy(folder: Path) -> bytes | None:
    """Return the content of the copy that was kept of project.json, None when there is none or it is damaged, too."""
    path = folder / BACKUP_NAME
    with suppress(OSError, SegStudioError):
        content = read_json(path, most_bytes=_MOST_BYTES)
        if _read_json(path).get("schema_version") != SCHEMA:
            return content  # an older one is brought up to date when it is opened
        _validated(_read_json(path), path)
        return content
    return None


class _DamagedError(SegStudioError):
    """project.json is missing, or what it holds is no project."""


def _load(path: Path, schema: int, migrations: Mapping[int, Migration]) -> ProjectDocument:
    raw = _read_json(path)
    found = raw.get("schema_version")
    if not isinstance(found, int) or isinstance(found, bool):
        wrong = f"is {json.dumps(found)[:_SHOWN]}, which is no whole number"
        told = wrong if "schema_version" in raw else "is missing"
        raise _DamagedError(
            f"schema_version {told}",
            where=str(path),
            fix="Correct it by hand, if this is a SegStudio project",
        )
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
        raw = json.loads(read_json(path, most_bytes=_MOST_BYTES).decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise _DamagedError(
            "there is no project here (project.json is missing)",
            where=str(path.parent),
            fix=f"Make one with: segstudio new {path.parent} --class NAME …",
        ) from error
    except OSError as error:
        raise SegStudioError(
            f"project.json cannot be read ({error.strerror or error})",
            where=str(path),
            fix=f"{'Check its permissions, or restore' if error.errno in _FORBIDDEN else 'Restore'} it from a backup",
        ) from error
    except (ValueError, RecursionError) as error:
        place = f", from line {error.lineno} on" if isinstance(error, json.JSONDecodeError) else ""
        raise _DamagedError(
            f"project.json cannot be read: it is cut off or damaged{place}",
            where=str(path),
            fix="Restore it from a backup",
        ) from error
    if not isinstance(raw, dict):
        raise _DamagedError("project.json does not hold a project", where=str(path))
    if not _can_be_written(raw):
        raise _DamagedError("project.json holds half a character", where=str(path), fix="Correct it by hand")
    return raw


def _can_be_written(raw: dict[str, Any]) -> bool:
    """Tell whether every text could be written again: JSON can tell halves of characters, UTF-8 cannot."""
    try:
        json.dumps(raw, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _validated(raw: dict[str, Any], path: Path) -> ProjectDocument:
    try:
        with inside(str(path)):
            return ProjectDocument.model_validate(raw)
    except ValidationError as error:
        problem, fix = _told(error)
        raise _DamagedError(problem, where=str(path), fix=fix) from error


def _told(error: ValidationError) -> tuple[str, str]:
    """Return what is wrong with the first bad value, and what to do."""
    is_strange = error.errors()[0]["type"] == "extra_forbidden"
    fix = "Take it out by hand, or update SegStudio" if is_strange else "Correct it by hand"
    return wrong_value(error), fix
