"""Pack: a part of a project handed out as a small project of its own, which remembers what it was when it left."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from segstudio.counting import listed
from segstudio.errors import SegStudioError
from segstudio.files import read_json
from segstudio.project.backup import moment_of
from segstudio.project.change import mask_name, state_name
from segstudio.project.classes import ClassList
from segstudio.project.digests import file_digest
from segstudio.project.document import FILE_NAME, ProjectDocument, encode_document
from segstudio.project.masks import Mask, read_mask
from segstudio.project.outside import check_outside
from segstudio.project.photos import Photo, Status
from segstudio.project.project import Project, stamp
from segstudio.project.sealed_zip import Member, Seal, write_sealed
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard

PACK = "pack.json"
_NEAREST = 4


class PackedPhoto(BaseModel):
    """A photo as it left: `photo` is the SHA-256 of its file, `mask` that of its mask's pixels (empty: it had none)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    photo: str
    mask: str = ""
    status: Status = "todo"


class Pack(BaseModel):
    """What a project that was handed out remembers: the project it is of (`origin`, `name`), for whom, and what left."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    origin: str
    name: str = ""
    for_whom: str = ""
    who: str = ""
    when: str = ""
    classes: ClassList = ClassList()
    photos: dict[str, PackedPhoto] = {}


def chosen_photos(
    project: Project, patterns: Collection[str], statuses: Collection[Status] = ()
) -> tuple[Photo, ...]:
    """Return the photos whose key is like one of `patterns` (`*` and `?`; none: all) and whose status is named.

    Raises SegStudioError when there are none, and for a pattern that no photo is like.
    """
    photos = project.photos()
    liked = {pattern: {photo.key for photo in photos if _is_like(photo.key, pattern)} for pattern in patterns}
    unknown = [pattern for pattern, keys in liked.items() if not keys]
    if unknown:
        raise SegStudioError(
            f"the project has no photo {_listed(unknown)}",
            where=str(project.folder),
            fix=_advice(unknown, [photo.key for photo in photos]),
        )
    named = set().union(*liked.values()) if liked else {photo.key for photo in photos}
    found = tuple(
        photo for photo in photos if photo.key in named and (not statuses or photo.status in statuses)
    )
    if not found:
        statuses_there = ", ".join(sorted({photo.status for photo in photos if photo.key in named}))
        raise SegStudioError(
            f"no photo is meant: none is {' or '.join(statuses)}" if photos else "the project has no photos",
            where=str(project.folder),
            fix=f"Name another status (they are: {statuses_there}), or none" if photos else "Import some",
        )
    return found


def _is_like(key: str, pattern: str) -> bool:
    return fnmatchcase(key, pattern.replace("[", "[[]"))  # a bracket in a name is one


def _advice(unknown: Sequence[str], keys: Sequence[str]) -> str:
    """Say what may have been meant: the nearest names, also of photos in folders."""
    by_name = {key.rpartition("/")[2]: key for key in keys}
    near: dict[str, None] = {}
    for pattern in unknown:
        near |= dict.fromkeys(get_close_matches(pattern, keys, n=2))
        near |= dict.fromkeys(by_name[name] for name in get_close_matches(pattern, by_name, n=2))
    if near:
        return f"The nearest names: {_listed([*near][:_NEAREST])}"
    return "Photos are named with their folders, as the list shows them; * and ? stand for anything"


def _listed(names: Sequence[str]) -> str:
    return listed([f'"{name[:120]}"' for name in names], _NEAREST)


def make_pack(
    project: Project,
    target: Path,
    photos: Sequence[Photo],
    *,
    for_whom: str = "",
    replace: bool = False,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Seal:
    """Write these photos with masks and states as a project of its own into the ZIP file `target`; returns its seal.

    Packed again, a project that was handed out remembers what it was when it first left. Errors are as in
    `backup.back_up`.
    """
    who, when = stamp()
    before = read_pack(project.folder)
    wanted = {name for photo in photos for name in (mask_name(photo.key), state_name(photo.key))}
    with moment_of(project.folder, only=wanted, cancelled=cancelled) as (found, _):
        masks = {member.name: member.content for member in found}
        packed: dict[str, PackedPhoto] = {}
        members = list(found)
        for photo in photos:
            check_cancelled(cancelled)
            check_outside(project.folder, photo.path)
            mask = masks.get(mask_name(photo.key))
            packed[photo.key] = PackedPhoto(
                photo=file_digest(photo.path),
                mask=pixels_digest(read_mask(mask)) if isinstance(mask, Path) else "",
                status=photo.status,
            )
            members.append(Member(f"photos/{photo.key}", photo.path))
        pack = before or Pack(
            origin=project.created,
            name=project.name,
            for_whom=for_whom,
            who=who,
            when=when,
            classes=project.classes,
            photos=packed,
        )
        name = f"{pack.name} for {pack.for_whom}" if pack.for_whom else f"{pack.name}, a part"
        document = ProjectDocument(name=name, classes=project.classes)
        members.append(Member(FILE_NAME, encode_document(document)))
        members.append(Member(PACK, pack.model_dump_json(indent=1).encode()))
        seal = Seal(kind="pack", name=name, who=who, when=when)
        return write_sealed(
            target.resolve(), members, seal, replace=replace, progress=progress, cancelled=cancelled
        )


def read_pack(project: Path) -> Pack | None:
    """Return what a project that was handed out remembers, None where it was not; raises SegStudioError when that is
    damaged.
    """
    path = project / PACK
    try:
        return Pack.model_validate_json(read_json(path))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise SegStudioError(
            "what the pack was when it left cannot be read",
            where=str(path),
            fix="Take it from the ZIP file that was handed out",
        ) from error


def pixels_digest(mask: Mask) -> str:
    """Return the SHA-256 of a mask's size and pixels, whatever its colours and however it is compressed."""
    digest = hashlib.sha256(f"{mask.shape[0]}x{mask.shape[1]}:".encode())
    digest.update(mask.tobytes())
    return digest.hexdigest()
