"""Which files of a project's folder a backup takes, what it leaves there, and the names that a ZIP file can carry.

A folder holds what file systems allow: links, pipes, names that no ZIP file can tell. Whatever is not taken as it is, is told.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from segstudio.counting import listed
from segstudio.errors import SegStudioError
from segstudio.project.document import FILE_NAME
from segstudio.project.images import photo_size
from segstudio.project.inside import MAY_BE_LINKS
from segstudio.project.sealed_names import belongs, known_as

_NO_ZIP_CARRIES = re.compile(r"[\\\ud800-\udfff]")
"""A backslash parts folders in a ZIP file, and what no UTF-8 can tell has no name there."""

_NAMED = 3


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """The files of a project by path, and what they are called in a ZIP file; `left_out` are links that lead out of the
    project and what is no ordinary file. `linked` are the project's own folders that are links, and where they lead.
    """

    names: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    linked: dict[str, Path] = field(default_factory=dict)

    @property
    def renamed(self) -> dict[str, str]:
        """Those that are called otherwise in the ZIP file."""
        return {path: name for path, name in self.names.items() if path != name}

    def told(self) -> str:
        """Return what is not in it, or is called otherwise, in a sentence or two; empty where all is as it was."""
        told = [
            f"{name} is a link: what lies in {_shown(str(place))} is in it, and comes back as a folder."
            for name, place in self.linked.items()
        ]
        if self.left_out:
            told.append(
                "Not in it, because they lead out of the project or are no ordinary files: "
                f"{_listed(self.left_out)}."
            )
        if self.renamed:
            pairs = [f"{_shown(path)} as {name}" for path, name in self.renamed.items()]
            told.append(f"Under another name, because a ZIP file cannot carry theirs: {_listed(pairs)}.")
        return " ".join(told)


def files_of(project: Path, *, linked_photos: bool = False, without: tuple[str, ...] = ()) -> ProjectFiles:
    """Return the files of a project: not its caches, locks, what is being put in place, what is hidden at its top, and what
    lies in the folders `without`, such as `photos/`.

    A link to a file of the project is taken as that file, one of its own folders that is a link as that folder; a link
    that leads out elsewhere only as a photo, and with `linked_photos`. Raises SegStudioError as `linked_folders` does.
    """
    found, left_out = [], []
    linked = linked_folders(project, without=without)
    inside = (project.resolve(), *linked.values())
    for top in (project, *(project / name for name in linked)):
        for below, folders, names in os.walk(top):
            here = Path(below)
            if here == project:
                folders[:] = [name for name in folders if belongs(f"{name}/x") and name not in linked]
            links = [name for name in folders if (here / name).is_symlink()]
            for name in (*links, *names):
                path = (here / name).relative_to(project).as_posix()
                if not belongs(path) or f"{path}/".startswith(without):
                    continue
                takes_links = linked_photos and path.startswith("photos/")
                if name not in links and _is_taken(here / name, inside, takes_links=takes_links):
                    found.append(path)
                else:
                    left_out.append(path)
    return ProjectFiles(carried_names(found), tuple(sorted(left_out)), linked)


def linked_folders(project: Path, *, without: tuple[str, ...] = ()) -> dict[str, Path]:
    """Return those of the project's own folders that are links, but those `without`, and where they lead.

    Raises SegStudioError for one that leads nowhere, and for one that would take the project itself in.
    """
    found = {}
    for name in MAY_BE_LINKS:
        folder = project / name
        if f"{name}/" in without or not folder.is_symlink():
            continue
        try:
            place = folder.resolve(strict=True)
        except (OSError, RuntimeError) as error:  # a link that leads to itself
            raise SegStudioError(
                "the folder is a link, and what it leads to is not there",
                where=str(folder),
                fix="Bring the drive or folder back that it leads to, or remove the link",
            ) from error
        if project.resolve().is_relative_to(place):
            raise SegStudioError(
                "the folder is a link to one that the project itself lies in",
                where=str(folder),
                fix="Remove the link",
            )
        if place.is_dir():
            found[name] = place
    return found


def _is_taken(path: Path, inside: tuple[Path, ...], *, takes_links: bool) -> bool:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        if not path.is_symlink():
            return True
        leads_to = path.resolve()
        return any(leads_to.is_relative_to(top) for top in inside) or (takes_links and _is_photo(path))
    except FileNotFoundError:
        return not path.is_symlink()  # it went this moment, which is told by who takes it
    except OSError:
        return False  # a link that leads to itself


def _is_photo(path: Path) -> bool:
    """Tell whether a link leads to a photo: a project from a stranger may lead to any file."""
    try:
        photo_size(path)
    except SegStudioError:
        return False
    return True


def carried_names(paths: Iterable[str]) -> dict[str, str]:
    """Return what each path is called in a ZIP file: itself, wherever it can be carried and is unlike the others.

    At the top of the project capitals tell no two names apart: there lies what the program itself looks for.
    """
    wanted = {path: _carried(path) for path in sorted(paths)}
    taken = {known_as(str(above)) for name in wanted.values() for above in PurePosixPath(name).parents}
    named = {}
    for path in sorted(wanted, key=lambda path: (path != wanted[path], path != FILE_NAME, path)):
        plain, number, name = PurePosixPath(wanted[path]), 1, wanted[path]
        while known_as(name) in taken:
            number += 1
            name = str(plain.with_name(f"{plain.stem} ({number}){plain.suffix}"))
        taken.add(known_as(name))
        named[path] = name
    return {path: named[path] for path in wanted}


def _carried(path: str) -> str:
    first, slash, rest = _NO_ZIP_CARRIES.sub("_", path).partition("/")
    return f"{first.replace(':', '_')}{slash}{rest}"  # a colon there would be a drive


def _shown(path: str) -> str:
    return path.encode("utf-8", "replace").decode()


def _listed(names: Iterable[str]) -> str:
    return listed([_shown(name) for name in names], _NAMED)
