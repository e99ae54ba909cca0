"""Presets: published sets of photos, each read in the layout in which it is published, with its classes and its void.

A preset is one TOML file in `resources/presets`: its layouts, the files of each, and a table of classes with their colours.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.formats.coco import coco_categories
from segstudio.formats.label_tables import VOID_LABEL, LabelRow, plain_of, read_table
from segstudio.formats.labels import folded
from segstudio.formats.options import ImportOptions
from segstudio.formats.places import PhotoFile, SourceFile
from segstudio.formats.sources import Gathered
from segstudio.project.classes import ClassList
from segstudio.resource_files import resource_path

_FOLDER = "presets"


class Layout(BaseModel):
    """One way in which a set is published.

    `photos` and `labels` are patterns below the set's folder, and each must match; the labels may be masks or annotation
    files. `classes` is the table of classes beside the preset's file. Those in `void` are not labelled, and `renames` are labels
    that are called otherwise in the files. `unpainted` is the class of pixels under no shape; with `others_unpainted`
    shapes of the COCO categories that are no class of the set are left out, so that they hide nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    photos: tuple[str, ...]
    labels: tuple[str, ...]
    classes: str
    void: tuple[str, ...] = ()
    renames: dict[str, str] = {}
    unpainted: str = VOID_LABEL
    others_unpainted: bool = False


class Preset(BaseModel):
    """A published set: `title`, where it comes from, and its layouts, the likeliest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    source: str
    layouts: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class FoundSet:
    """A published set on this disk: the folder that holds it, its layout, and the files of it that are there."""

    preset: Preset
    layout: Layout
    root: Path
    photos: tuple[Path, ...]
    labels: tuple[Path, ...]

    @property
    def classes(self) -> ClassList:
        """The classes in the set's own order, with its colours."""
        rows = _rows(self.layout)
        names = [f"{row.name}:#{row.colour:06x}" if row.colour is not None else row.name for row in rows]
        return ClassList.from_names(names).with_unpainted(self.layout.unpainted)

    @property
    def gathered(self) -> Gathered:
        """What an import reads; a mask whose photo is not there is told as such by the import."""
        table = resource_path(f"{_FOLDER}/{self.layout.classes}")
        files = [SourceFile(path, self.root, self._shown(path), table) for path in self.labels]
        photos = [PhotoFile(path, self._inner(path), self._shown(path)) for path in self.photos]
        return Gathered(tuple(files), tuple(photos))

    def options(self, wished: ImportOptions) -> ImportOptions:
        """Return the wishes of a person, completed by what the set is; what the person said counts more."""
        layout = self.layout
        known = {row.name for row in _rows(layout)} | layout.renames.keys() | set(layout.void)
        asked = {folded(label) for label in wished.renames}
        others = {label for label in self._declared() if label not in known and folded(label) not in asked}
        return replace(
            wished,
            renames={**dict.fromkeys(layout.void, VOID_LABEL), **layout.renames, **wished.renames},
            leave_out=wished.leave_out | others,
            blank_is_background=wished.blank_is_background or layout.others_unpainted,
            split=wished.split or "auto",
        )

    def _declared(self) -> Sequence[str]:
        """Return the labels that the annotation files declare, where those that are no class of the set are left out."""
        if not self.layout.others_unpainted:
            return ()
        return [label for path in self.labels for label in coco_categories(path)]

    def _inner(self, path: Path) -> PurePosixPath:
        return PurePosixPath(path.relative_to(self.root).as_posix())

    def _shown(self, path: Path) -> str:
        return f"{self.root.name}/{self._inner(path)}"


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets."""
    return tuple(sorted(path.stem for path in resource_path(_FOLDER).glob("*.toml")))


def preset_named(name: str) -> Preset:
    """Return a preset; raises SegStudioError with the closest name when there is none."""
    names = preset_names()
    if name not in names:
        raise SegStudioError(
            f'there is no preset "{name}"{did_you_mean(name, names)}', fix=f"Choose one of {', '.join(names)}"
        )
    text = resource_path(f"{_FOLDER}/{name}.toml").read_text(encoding="utf-8")
    return Preset.model_validate({"name": name, **tomllib.loads(text)})


def find_set(preset: Preset, folder: Path) -> FoundSet:
    """Find the set in `folder` or in a folder of it, as unpacking makes one.

    Raises SegStudioError that tells what the set should look like.
    """
    if not folder.is_dir():
        raise SegStudioError(
            "there is no such folder", where=str(folder), fix="Unpack the set and give its folder"
        )
    nested = sorted(path for path in folder.iterdir() if path.is_dir())
    for root in (folder.absolute(), *(path.absolute() for path in nested)):
        for layout in preset.layouts:
            found = [_matching(root, pattern) for pattern in (*layout.photos, *layout.labels)]
            if all(found):
                photos = [path for paths in found[: len(layout.photos)] for path in paths]
                labels = [path for paths in found[len(layout.photos) :] for path in paths]
                return FoundSet(preset, layout, root, tuple(photos), tuple(labels))
    ways = "; or ".join(f"{' and '.join((*each.photos, *each.labels))}" for each in preset.layouts)
    raise SegStudioError(
        f"this is not {preset.title} as it is published", where=str(folder), fix=f"It should hold {ways}"
    )


def _rows(layout: Layout) -> list[LabelRow]:
    table = read_table(resource_path(f"{_FOLDER}/{layout.classes}"))
    rows = table.rows if table else ()
    return [row for row in rows if plain_of(row.name) != VOID_LABEL and row.name not in layout.void]


def _matching(root: Path, pattern: str) -> list[Path]:
    return sorted(path for path in root.glob(pattern) if path.is_file() and not path.name.startswith("."))
