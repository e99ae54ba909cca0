"""The project that a published set is imported into: there already, or made with the set's classes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from segstudio.cli.opening import open_project
from segstudio.cli.output import Output
from segstudio.errors import SegStudioError
from segstudio.formats.presets import FoundSet, find_set, preset_named
from segstudio.project.project import Project

_PROJECT_FILE = "project.json"


@dataclass(frozen=True, slots=True, eq=False)
class PresetImport:
    """A published set that was found, and the project for it, made or opened; `is_new` says which."""

    found: FoundSet
    project: Project
    is_new: bool


@contextmanager
def preset_import(
    name: str, sources: Sequence[Path], project: Path, out: Output, *, dry_run: bool
) -> Iterator[PresetImport]:
    """Find the set `name` in the one folder given and have a project with its classes for it.

    A project that is not there is made, and is gone again when the import fails; for a dry run it is made elsewhere. Raises
    SegStudioError for a set that is not there and for a project whose classes do not suit it.
    """
    if len(sources) != 1:
        raise typer.BadParameter("takes one folder, that of the set", param_hint="--preset")
    found = find_set(preset_named(name), sources[0])
    out.say(f"{found.preset.title} ({found.preset.source}).")
    out.say(f"In {found.root}: {found.layout.about}.")
    if (project / _PROJECT_FILE).is_file() or project.name == _PROJECT_FILE:
        yield PresetImport(found, _suiting(open_project(project), found), is_new=False)
        return
    with tempfile.TemporaryDirectory(prefix="segstudio-preset-") as scratch:
        made = Project.create(
            Path(scratch) / project.name if dry_run else project,
            name=project.resolve().name,
            classes=found.classes,
        )
        if not dry_run:
            out.say(f"Made {made.folder} with {len(found.classes)} classes.")
        try:
            yield PresetImport(found, made, is_new=True)
        except BaseException:
            if not made.photos():
                shutil.rmtree(made.folder, ignore_errors=True)
            raise


def _suiting(project: Project, found: FoundSet) -> Project:
    """Return the project with the set's classes where it had none; raises SegStudioError when its own do not suit."""
    wanted = found.classes
    if not project.classes.classes and not project.photos():
        with project.change() as change:
            change.set_classes(wanted)
        return project
    missing = [name for name in wanted.names if project.classes.find(name) is None]
    ours, theirs = (each.at(each.unpainted) for each in (project.classes, wanted))
    if missing or (theirs is not None and (ours is None or ours.name.casefold() != theirs.name.casefold())):
        problem = (
            f"the project lacks classes of the set: {', '.join(missing[:5])}"
            if missing
            else f'the project\'s unpainted pixels are not "{theirs.name if theirs else "void"}", as the set has them'
        )
        raise SegStudioError(
            problem, where=str(project.folder), fix="Name a new project, which gets the set's own classes"
        )
    return project
