"""ClassChoices: which of a project's classes a model's are, as a person said; one small file a model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from segstudio.files import read_json, write_text
from segstudio.project.inside import check_inside

FOLDER = Path("review") / "models"


class _Choices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str = ""
    classes: dict[str, str | None] = {}


class ClassChoices:
    """The `review/models/` folder of a project: a model's class → the project's, None for none of them; by name.

    Models are told apart by an `identity`, a text that stays the same when their files move. Any thread.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self.folder = project / FOLDER

    def read(self, identity: str) -> dict[str, str | None]:
        """Return what was said of a model; nothing when it was not asked, or the file is damaged."""
        try:
            return dict(_Choices.model_validate_json(read_json(self._place(identity))).classes)
        except (OSError, ValidationError):
            return {}

    def put(self, identity: str, model: str, classes: Mapping[str, str | None]) -> None:
        """Remember what was said of a model, which people call `model`. Raises SegStudioError."""
        check_inside(self._project, [self.folder])
        told = _Choices(model=model, classes=dict(classes))
        write_text(self._place(identity), told.model_dump_json(indent=1) + "\n")

    def _place(self, identity: str) -> Path:
        digest = hashlib.sha1(identity.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        return self.folder / f"{digest[:16]}.json"
