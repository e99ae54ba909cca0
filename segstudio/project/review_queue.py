"""ReviewQueue: what was reviewed with which model, and what a person decided; one small file a photo."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from segstudio.errors import SegStudioError
from segstudio.files import read_json, write_text
from segstudio.project.project import Project, stamp

FOLDER = "review"

Decision = Literal["waiting", "accept", "correct", "reject"]
"""Nothing yet · the prediction is right · it is to be corrected · the photo is of no use."""


class ReviewRecord(BaseModel):
    """What `review/<photo>.json` holds.

    `photo` is the key of a photo of the project, or for one that is not in it (`outside`) its path: relative to
    the project where it lies below the project's parent, else absolute. `model` is what a person called the
    model, and `model_id` by what it is known again when its run is called otherwise (empty in older records); `mask` and `confidence` say where its prediction lies, as paths told like `photo`. Of a frame of a
    video, `frame` is the path of its file, told so too, `title` what a person calls it, and `file_name` what its file is
    called once it comes into the project.
    `added` and `when` (of the decision) are ISO 8601 times with offset.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    photo: str
    outside: bool = False
    decision: Decision = "waiting"
    model: str = ""
    model_id: str = ""
    mask: str = ""
    confidence: str = ""
    frame: str = ""
    title: str = ""
    file_name: str = ""
    added: str = ""
    who: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """All records, in the order in which they were written first; and a sentence for each file that is none."""

    records: tuple[ReviewRecord, ...]
    problems: tuple[str, ...]


class ReviewQueue:
    """The `review/` folder of a project. Everything is written at once; any thread."""

    def __init__(self, project: Path) -> None:
        self._project = project.resolve()
        self.folder = self._project / FOLDER

    def read(self) -> Queue:
        """Return what is there; a damaged file is told and costs no other."""
        records: list[tuple[str, str, ReviewRecord]] = []
        problems: list[str] = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                record = ReviewRecord.model_validate_json(read_json(path))
            except (OSError, ValidationError):
                problems.append(
                    f"{FOLDER}/{path.name} is damaged and was passed over; remove it to review anew"
                )
                continue
            records.append((record.added, path.name, record))
        records.sort(key=lambda entry: entry[:2])
        return Queue(tuple(record for *_, record in records), tuple(problems))

    def waiting(self) -> int:
        """Return how many photos wait for a decision; those whose file is gone do not."""
        return sum(
            record.decision == "waiting" and (not record.outside or self.path_of(record.photo).is_file())
            for record in self.read().records
        )

    def record(self, photo: str) -> ReviewRecord | None:
        """Return what is known of a photo, told as in `ReviewRecord.photo`; None for nothing, and for a damaged record.

        Raises SegStudioError when the system does not let it be read: another time it may, so that none may take its place.
        """
        place = self._place(photo)
        try:
            return ReviewRecord.model_validate_json(read_json(place))
        except (FileNotFoundError, ValidationError):
            return None
        except OSError as error:
            raise SegStudioError(
                f"what was reviewed cannot be read ({error.strerror or error})",
                where=str(place),
                fix="Let it be read, or remove it to review anew",
            ) from error

    def put(self, record: ReviewRecord) -> None:
        """Write a record, in the place of an earlier one of the same photo. Raises SegStudioError."""
        if not record.added:
            record = record.model_copy(update={"added": _now()})
        write_text(self._place(record.photo), record.model_dump_json(indent=1) + "\n")

    def decide(self, record: ReviewRecord, decision: Decision) -> ReviewRecord:
        """Write the record with a decision, who made it and when; return it."""
        who, when = stamp()
        facts = {"decision": decision, "who": who, "when": when, "added": record.added or when}
        decided = record.model_copy(update=facts)
        self.put(decided)
        return decided

    def remove(self, record: ReviewRecord) -> None:
        """Forget a photo; its file and prediction stay where they are."""
        self._place(record.photo).unlink(missing_ok=True)

    def told(self, path: Path) -> str:
        """Return a path as records tell it, so that project and photos can be moved together."""
        absolute = path.absolute()
        if absolute.is_relative_to(self._project.parent):
            return Path(os.path.relpath(absolute, self._project)).as_posix()
        return str(absolute)

    def path_of(self, told: str) -> Path:
        """Return the path behind what a record tells of a photo outside the project or a prediction."""
        return Path(os.path.normpath(self._project / told))

    def _place(self, photo: str) -> Path:
        stem = re.sub(r"[^\w.-]+", "_", Path(photo).name)[:60]
        digest = hashlib.sha1(photo.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        return self.folder / f"{stem}-{digest[:10]}.json"


def _now() -> str:
    """Return the time so fine that the order of many photos is kept."""
    return datetime.now().astimezone().isoformat(timespec="microseconds")


def key_of(project: Project, path: Path) -> str | None:
    """Return the key of the photo file in the project, copied or referenced, or None when it is not in it."""
    resolved, inside = path.resolve(), project.folder / "photos"
    if resolved.is_relative_to(inside):
        wanted = resolved.relative_to(inside).as_posix()
        return next((key for key in project.keys() if key == wanted), None)  # noqa: SIM118 (no mapping)
    for photo in project.photos():
        if photo.path.is_relative_to(inside):
            continue
        if os.path.normpath(photo.path) == str(resolved) or photo.path == path:
            return photo.key
    return None
