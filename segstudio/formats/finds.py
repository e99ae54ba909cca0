"""Finds: what was found so far in what an import was given, and how what is not read is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.places import PhotoFile, SourceFile
from segstudio.formats.table import UnknownFileError, refused_extensions, why_refused


@dataclass(slots=True)
class Finds:
    """Annotation files, photos, pictures in folders called `masks` (`masks`; `deeper` in others below such), films, and the
    table of labels that was given; `lies_table` tells that one lies there. `passed_over` are annotation files that are not
    read, by problem, `unknown` JSON files of no known format, `foreign` files of kinds that nothing opens, by problem, `torn` as in Gathered. `boxes` and `masks_told` are the person's
    wish to take boxes as areas, and word that there are masks.
    """

    files: dict[Path, SourceFile] = field(default_factory=dict)
    photos: dict[Path, PhotoFile] = field(default_factory=dict)
    passed_over: dict[str, list[SegStudioError]] = field(default_factory=dict)
    given_photos: list[Path] = field(default_factory=list)
    masks: dict[Path, PhotoFile] = field(default_factory=dict)
    deeper: dict[Path, PhotoFile] = field(default_factory=dict)
    films: list[Path] = field(default_factory=list)
    table: Path | None = None
    lies_table: bool = False
    torn: dict[Path, SegStudioError] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    foreign: dict[str, list[SegStudioError]] = field(default_factory=dict)
    boxes: bool = False
    masks_told: bool = False

    @property
    def unknown_told(self) -> tuple[SegStudioError, ...]:
        """One error for each kind of file that is none of a known one, and may be of interest."""
        return (*_unknown_told(self.unknown), *told_once(self.foreign))

    @property
    def beside_told(self) -> tuple[SegStudioError, ...]:
        """One error for each kind of annotation file that is not read and lies, by its name, beside photos that were given."""
        extensions = sorted(refused_extensions())
        found: dict[str, list[SegStudioError]] = {}
        for path in dict.fromkeys(
            photo.with_suffix(extension) for photo in self.given_photos for extension in extensions
        ):
            known = why_refused(path, boxes=self.boxes) if path.is_file() else None
            if known is not None:
                found.setdefault(known.problem, []).append(known.within(shown_path(path)))
        return told_once(found)

    def take_table(self, path: Path) -> None:
        """Take the table of labels that was given; raises SegStudioError where that is the second."""
        if self.table not in (None, path):
            raise SegStudioError(
                "another table of classes was given before", where=str(path), fix="Give one of them"
            )
        self.table = path

    def add_foreign(self, error: SegStudioError, shown: str) -> None:
        """Tell of a file of a kind that nothing opens."""
        self.foreign.setdefault(error.problem, []).append(error.within(shown))


def told_once(passed_over: Mapping[str, Sequence[SegStudioError]]) -> tuple[SegStudioError, ...]:
    """Return one error for each kind of annotation file that is not read: its first file, and how many more."""
    told = []
    for first, *others in passed_over.values():
        more = f" (and {len(others)} more like it)" if others else ""
        told.append(type(first)(first.problem + more, where=first.where, fix=first.fix))
    return tuple(told)


def _unknown_told(shown: Sequence[str]) -> tuple[SegStudioError, ...]:
    if not shown:
        return ()
    more = f" (and {len(shown) - 1} more like it)" if len(shown) > 1 else ""
    problem = f"this JSON is of no format that is known here{more}"
    return (
        UnknownFileError(
            problem, where=shown[0], fix="If it holds annotations, export them in another format"
        ),
    )


def shown_path(path: Path) -> str:
    """Return the path with its last two folders at most: enough to find it, without the machine's layout."""
    return "/".join(path.parts[-3:]) if len(path.parts) > 3 else path.as_posix()
