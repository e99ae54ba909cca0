"""`segstudio versions`: what the masks of a project were before, and going back to one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.errors import SegStudioError
from segstudio.painting.going_back import go_back
from segstudio.project.classes import VOID
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.versions import Version, differences, keep_up_to, version_file, versions_of

_MOST = 1000


def versions(
    project: ProjectArgument,
    photo: Annotated[
        str | None, typer.Argument(metavar="PHOTO", help="A photo by its name in the project.")
    ] = None,
    *,
    restore: Annotated[
        int | None, typer.Option(metavar="N", help="Go back to this version, as numbered in the list.", min=1)
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(metavar="N", help="Keep up to so many versions of each mask.", min=0, max=_MOST),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List what the mask of a photo was before, newest first, or go back to one; that leaves a version, too."""
    if restore is not None and photo is None:
        raise typer.BadParameter("--restore needs the photo")
    out, opened = Output(json), open_project(project)
    if keep is not None:
        keep_up_to(opened, keep)
    if photo is None:
        _list_project(opened, out)
        return
    found = opened.photo(photo)
    if restore is not None:
        _restore(opened, found, restore, out)
        return
    _list_photo(opened, found, out)


def _restore(project: Project, photo: Photo, place: int, out: Output) -> None:
    kept = versions_of(project.folder, photo.key)[::-1]
    chosen = next((version for version in kept if version.number == place), None)
    if chosen is None and place > len(kept):
        raise SegStudioError(
            f'there is no version {place} of "{photo.key}": {len(kept)} are kept',
            where=str(project.folder),
            fix=f"List them with: segstudio versions {project.folder} {photo.key}",
        )
    chosen = chosen or kept[place - 1]
    gone = go_back(project, photo, chosen)
    out.say(f'"{photo.key}" is as it was {_time(chosen)}. What it was until now is version 1 of the list.')
    if gone:
        out.warn(f"No longer in the class list, and void now: {', '.join(gone)}.")
    out.finish(
        {"project": str(project.folder), "photo": photo.key, "restored": chosen.number, "gone": list(gone)}
    )


def _list_photo(project: Project, photo: Photo, out: Output) -> None:
    kept = versions_of(project.folder, photo.key)[::-1]
    shares = _shares(project, photo, kept, out)
    rows = [
        [str(place), _time(version), version.who, version.status, _share(share), version.what]
        for place, (version, share) in enumerate(zip(kept, shares, strict=True), start=1)
    ]
    if rows:
        out.table("", ["version", "painted", "by", "status", "differs from now", "replaced by"], rows)
    else:
        out.say(f'No version of "{photo.key}" is kept: its mask was not replaced yet.')
    out.finish(
        {
            "project": str(project.folder),
            "photo": photo.key,
            "versions": [
                {**version.model_dump(mode="json", exclude={"version", "names"}), "differs": share}
                for version, share in zip(kept, shares, strict=True)
            ],
        }
    )


def _shares(project: Project, photo: Photo, kept: Sequence[Version], out: Output) -> list[float | None]:
    """Return which part of the photo differs from now; None where one of the two cannot be read."""
    try:
        now = project.read_mask(photo)
    except SegStudioError as error:  # what there was before is wanted all the more
        out.warn(str(error))
        return [None] * len(kept)
    now = np.full(photo.size, VOID, dtype=np.uint8) if now is None else now
    return list(differences(project.folder, photo, kept, project.classes, now))


def _list_project(project: Project, out: Output) -> None:
    keys = project.keys()
    found = {key: versions_of(project.folder, key) for key in keys}
    sizes = {key: sum(_size(project.folder, key, v) for v in kept) for key, kept in found.items()}
    rows = [
        [key, str(len(kept)), _time(kept[0]), f"{sizes[key] / 1e3:,.0f}"]
        for key, kept in found.items()
        if kept
    ]
    if rows:
        out.table("", ["photo", "versions", "oldest", "kB"], rows)
    out.say(
        f"Up to {project.kept_versions} versions of each mask are kept; {sum(map(len, found.values()))} are."
    )
    out.finish(
        {
            "project": str(project.folder),
            "keep": project.kept_versions,
            "photos": {key: len(kept) for key, kept in found.items() if kept},
            "bytes": sum(sizes.values()),
        }
    )


def _size(project: Path, key: str, version: Version) -> int:
    try:
        return version_file(project, key, version.number).stat().st_size
    except OSError:
        return 0


def _time(version: Version) -> str:
    return f"{version.when.astimezone():%Y-%m-%d %H:%M:%S}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.2%}"
