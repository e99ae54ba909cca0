"""The names in a sealed ZIP file: what may be in it, and what would steer the program that unpacks it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.project.archive import folded

SEAL = "segstudio-seal.json"

_HIDDEN = ".trash/"
"""The only folder of a project with such a name that is worth keeping; others steer what is done to it."""

_STEERS = (".lock", ".lock.by", ".part")
"""Who holds what just now, and what is half written: of that moment, and never of another place."""

AGAIN = "Take another copy of it, or make it again"
"""What to do about a ZIP file that is not as it was made."""


def belongs(name: str) -> bool:
    """Whether a file of this name, relative to the project, is of its contents: no lock, nothing half written, nothing
    hidden at the top, where SegStudio and others keep what is of this one place alone, and no seal.
    """
    plain = folded(name).rstrip(". ")  # as Windows would write it
    hidden = name.startswith(".") and not name.startswith(_HIDDEN)
    return not hidden and plain != SEAL and not plain.endswith(_STEERS)


def known_as(name: str) -> str:
    """Return what two names have in common that are one; at the top, where SegStudio looks for its own, capitals too."""
    return name if "/" in name else folded(name)


def check_names(found: Collection[str], named: Collection[str], archive: Path) -> None:
    """Refuse a file that was `found` and is not `named` in the seal, or the other way round, and one where another needs a
    folder; raises SegStudioError.
    """
    missing = sorted(set(named) - set(found))
    strange = sorted(set(found) - set(named))
    if missing or strange:
        name = (missing or strange)[0]
        what = "is missing from" if missing else "does not belong in"
        raise SegStudioError(f'"{name[:120]}" {what} the ZIP file', where=archive.name, fix=AGAIN)
    names = {known_as(name) for name in found}
    for name in found:
        parents = [str(parent) for parent in PurePosixPath(name).parents]
        above = next((parent for parent in parents if known_as(parent) in names), None)
        if above is not None:
            raise SegStudioError(
                f'the ZIP file holds "{above[:120]}" as a file and as a folder',
                where=archive.name,
                fix=AGAIN,
            )
