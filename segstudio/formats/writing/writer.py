"""What every writer of a format does, and what it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal, Protocol

from segstudio.formats.label_tables import LabelTable, void_label
from segstudio.formats.shapes import Shape
from segstudio.formats.writing.sheets import Sheet, Told, told_values
from segstudio.formats.writing.target import Target
from segstudio.project.classes import VOID, VOID_RGB, ClassList
from segstudio.project.colours import to_hex

Outlines = Literal["polygons", "masks"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What holds for all photos: the project's name and classes, and how areas are told."""

    project: str
    classes: ClassList
    outlines: Outlines
    when: str

    @property
    def pixel_labels(self) -> Mapping[int, str]:
        """The label of each mask value where all are told: classes in list order, then void."""
        return {entry.index: entry.name for entry in self.classes.classes} | {VOID: void_label(self.classes)}

    @property
    def told(self) -> tuple[Told, ...]:
        """The values that are told as areas, lowest first."""
        return told_values(self.classes)

    def labels(self, *, void: bool) -> tuple[str, ...]:
        """Return the names of all classes in list order, with `void` that of void after them, where it is told."""
        told = (one.label for one in self.told if one.value == VOID and void)
        return (*self.classes.names, *told)

    def colour_of(self, label: str) -> str:
        """Return the colour of a label: `#RRGGBB`."""
        entry = self.classes.find(label)
        return entry.colour if entry is not None else to_hex(VOID_RGB)


@dataclass(frozen=True, slots=True)
class Encoded:
    """One photo in its format.

    `has_void` tells whether void is one of its labels. `photo` is where the photo itself goes; `files` are those of this photo alone; `entries` go into the files that are for
    many photos. `shapes` are what a reader gets, and `text` how it looks; or the only file is a picture, which goes by `table`.
    """

    sheet: Sheet
    photo: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    entries: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] | None = None
    text: str = ""
    has_void: bool = False
    table: LabelTable | None = None


class Writer(Protocol):
    """A format in the making. `encode` is called in any thread, the others in one, photo by photo and then once."""

    by_stem: bool
    """Whether a photo is told by its name without extension, so that no two may have the same."""

    connected: bool
    """Whether an area told as a mask is a connected one; otherwise it is all of its class."""

    by_picture: bool
    """Whether it is pictures that tell all pixels, so that no areas are wanted."""

    def encode(self, sheet: Sheet) -> Encoded:
        """Return the photo in this format."""
        ...

    def add(self, encoded: Encoded, target: Target) -> None:
        """Take the entries of a photo into the files that are for many."""
        ...

    def finish(self, target: Target) -> None:
        """Write the files that are for many photos."""
        ...


def shapes_in(sheet: Sheet) -> tuple[Shape, ...]:
    """Return what a reader gets of a sheet."""
    return tuple(shape for area in sheet.areas for shape in area.shapes())


@dataclass(frozen=True, slots=True)
class Called:
    """What a photo is called in an export: `name` is its own, with folders; `stem` that of its file there, which is of
    this photo alone, without the file's extension.
    """

    name: str
    stem: str


def names_for(keys: Iterable[str], *, by_stem: bool, with_photos: bool) -> dict[str, Called]:
    """Return what each photo is called: its key, and without its extension in formats that tell photos so.

    Where another has the same name without extension, a photo that goes along is renamed (`b_png.png` beside `b.jpg`). One
    that stays where it lies keeps its name, and its file tells it whole: `b.png.txt`.
    """
    called: dict[str, Called] = {}
    taken: set[str] = set()
    for key in keys:
        path = PurePosixPath(key)
        stem = path.stem
        while by_stem and str(path.with_name(stem)).casefold() in taken:
            stem = f"{stem}_{path.suffix.lstrip('.')}" if with_photos else f"{stem}{path.suffix}"
        whole = str(path.with_name(stem))
        taken.add(whole.casefold())
        renamed = str(path.with_name(f"{stem}{path.suffix}"))
        called[key] = Called(renamed if with_photos else key, whole)
    return called
