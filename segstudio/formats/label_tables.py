"""Tables of labels beside masks: which number or colour means which class.

People write them in many ways: CVAT's `labelmap.txt` (`sky:128,128,128::`), CamVid's `label_colors.txt`
(`128 128 128  Sky`), `class_dict.csv` (`sky,128,128,128`), one name a line, `0: sky`, or JSON. The order of the lines
numbers the classes where no numbers stand in them, from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.beside import files_called, stamp_of
from segstudio.formats.json_items import load_json
from segstudio.formats.places import SourceFile
from segstudio.project.colours import parse_colour

VOID_LABEL = "void"
"""The label of pixels that a table declares as not labelled."""

TABLE_NAMES = (
    *(
        "labelmap.txt",
        "label_colors.txt",
        "label_colours.txt",
        "label_color.txt",
        "class_dict.csv",
        "colors.txt",
    ),
    *("colours.txt", "colormap.txt", "color_map.txt", "colourmap.txt", "palette.txt", "class_dict.json"),
    *("classes.json", "labels.json", "palette.json", "colors.json", "colours.json", "colormap.json"),
    *("_classes.csv", "classes.csv", "class_names.txt", "classes.txt", "labels.txt", "label_names.txt"),
)

_VOID_NAMES = frozenset({"void", "ignore", "ignored", "__ignore__", "ignore label", "unlabelled void"})
_MAX_BYTES = 1 << 20
_MAX_ROWS = 4096
_MAX_LINE = 300

_SPACES = re.compile(r" +")
_TABS = re.compile(r"[ \t]*\t[ \t]*")
_THREE = r"(\d{1,3})\s*[\s,;]\s*(\d{1,3})\s*[\s,;]\s*(\d{1,3})"
_COLOUR_FIRST = re.compile(rf"\(?{_THREE}\)?\s*[\s,;:]\s*(\S.*)")
_COLOUR_LAST = re.compile(rf"(\S.*?)\s*[\s,;:=]\s*\(?{_THREE}\)?(?:\s*[:,;].*)?")
_HEX_FIRST = re.compile(r"(#[0-9a-fA-F]{6})\s*[\s,;:=]\s*(\S.*)")
_HEX_LAST = re.compile(r"(\S.*?)\s*[\s,;:=]\s*(#[0-9a-fA-F]{6})")
_NUMBER_FIRST = re.compile(r"(\d{1,5})\s*[\s,;:=]\s*(\S.*)")
_NUMBER_LAST = re.compile(r"(\S.*?)\s*[,;:=]\s*(\d{1,5})")


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label: its name, its number and its colour `0xRRGGBB` where the table tells them."""

    name: str
    number: int | None = None
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Labels by number and by colour; `path` is the file it was read from, if any."""

    rows: tuple[LabelRow, ...]
    path: Path | None = None
    by_number: Mapping[int, str] = field(init=False)
    by_colour: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        numbered = any(row.number is not None for row in self.rows)
        by_number = {
            row.number if numbered and row.number is not None else place: row.name
            for place, row in enumerate(self.rows)
            if not numbered or row.number is not None
        }
        by_colour = {row.colour: row.name for row in self.rows if row.colour is not None}
        object.__setattr__(self, "by_number", by_number)
        object.__setattr__(self, "by_colour", by_colour)

    def colours(self) -> dict[str, str]:
        """Return the labels in order with their colour (`#rrggbb`, or empty)."""
        return {row.name: "" if row.colour is None else f"#{row.colour:06x}" for row in self.rows}


def table_for(file: SourceFile) -> LabelTable | None:
    """Return the table that the person gave, or the nearest that is found."""
    given = _cached_table(file.table, *stamp_of(file.table)) if file.table is not None else None
    return given or find_table(file.path, file.root)


def find_table(beside: Path, root: Path) -> LabelTable | None:
    """Return the nearest table in the folder of the file `beside`, or above it up to the folder of `root`."""
    folder = beside.parent
    while True:
        found = _table_in(folder)
        if found is not None or folder in (root.parent, folder.parent) or not folder.is_relative_to(root):
            return found
        folder = folder.parent


def read_table(path: Path) -> LabelTable | None:
    """Return the table in a file, or None when the file is no table of labels.

    Raises SegStudioError when a JSON file is damaged.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    rows = _rows_of_json(load_json(path)) if path.suffix.lower() == ".json" else _rows_of_text(text)
    return LabelTable(tuple(rows), path) if rows else None


def label_of(name: str) -> str:
    """Return a label as it is used: without quotes, `_background_` without its lines, void under one name."""
    name = name.strip().strip("\"'").strip()
    if name.casefold() in _VOID_NAMES:
        return VOID_LABEL
    return name.strip("_") if name.startswith("_") and name.endswith("_") and name.strip("_") else name


def _table_in(folder: Path) -> LabelTable | None:
    for path in files_called(folder, TABLE_NAMES):
        if (found := _cached_table(path, *stamp_of(path))) is not None:
            return found
    return None


@lru_cache(maxsize=64)
def _cached_table(path: Path, _modified_ns: int, _size: int) -> LabelTable | None:
    return read_table(path)


def _rows_of_text(text: str) -> list[LabelRow]:
    # Spaces and tabs are made one, so that no pattern has many ways to go wrong on a hostile line.
    lines = [_SPACES.sub(" ", _TABS.sub(", ", line.strip())) for line in text.splitlines()]
    lines = [line for line in lines if line and (not line.startswith("#") or _HEX_FIRST.fullmatch(line))]
    if any(len(line) > _MAX_LINE for line in lines[: _MAX_ROWS + 2]) or len(lines) > _MAX_ROWS + 1:
        return []
    rows = [_row(line) for line in lines]
    plain = [row.number is None and row.colour is None for row in rows]
    if any(plain) and not all(plain):
        if not plain[0] or any(plain[1:]):  # a heading is the one line that may differ
            return []
        rows = rows[1:]
    return rows


def _row(line: str) -> LabelRow:
    if found := _HEX_FIRST.fullmatch(line):
        return LabelRow(label_of(found[2]), colour=int(found[1][1:], 16))
    if found := _HEX_LAST.fullmatch(line):
        return LabelRow(label_of(found[1]), colour=int(found[2][1:], 16))
    for pattern, name, first in ((_COLOUR_FIRST, 4, 1), (_COLOUR_LAST, 1, 2)):
        if found := pattern.fullmatch(line):
            colour = _packed([int(found[place]) for place in range(first, first + 3)])
            if colour is not None:
                return LabelRow(label_of(found[name]), colour=colour)
    if found := _NUMBER_FIRST.fullmatch(line):
        return LabelRow(label_of(found[2]), number=int(found[1]))
    if found := _NUMBER_LAST.fullmatch(line):
        return LabelRow(label_of(found[1]), number=int(found[2]))
    return LabelRow(label_of(line.rstrip(":")))


def _rows_of_json(value: object) -> list[LabelRow]:
    """Read `{"sky": [r, g, b]}`, `{"#rrggbb": "sky"}`, `{"0": "sky"}`, `["sky", …]`, `[{"name": …, "color": …}]`."""
    if isinstance(value, dict):
        inner = next(
            (value[key] for key in ("labels", "classes", "categories", "items") if key in value), None
        )
        if isinstance(inner, list | dict):
            return _rows_of_json(inner)
        return list(_rows_of_object(value))
    if not isinstance(value, list):
        return []
    rows = [_row_of_json(entry) for entry in value]
    return [row for row in rows if row is not None] if all(rows) else []


def _rows_of_object(value: Mapping[str, object]) -> Iterator[LabelRow]:
    for key, inner in value.items():
        colour = _colour(key)
        if isinstance(inner, str) and colour is not None:
            yield LabelRow(label_of(inner), colour=colour)
        elif isinstance(inner, str) and key.isdecimal() and len(key) < 6:
            yield LabelRow(label_of(inner), number=int(key))
        elif (colour := _colour(inner)) is not None:
            yield LabelRow(label_of(key), colour=colour)
        elif isinstance(inner, int) and not isinstance(inner, bool):
            yield LabelRow(label_of(key), number=inner)


def _row_of_json(entry: object) -> LabelRow | None:
    if isinstance(entry, str):
        return LabelRow(label_of(entry))
    if not isinstance(entry, dict):
        return None
    name = next(
        (entry[key] for key in ("readable", "name", "label", "title") if isinstance(entry.get(key), str)), ""
    )
    number = next((entry[key] for key in ("index", "id", "value") if isinstance(entry.get(key), int)), None)
    colours = [_colour(entry[key]) for key in ("color", "colour", "rgb", "color_rgb") if key in entry]
    return LabelRow(label_of(name), number=number, colour=next(iter(colours), None)) if name else None


def _colour(value: object) -> int | None:
    if isinstance(value, list | tuple) and len(value) in (3, 4):
        return _packed(value[:3])
    if isinstance(value, str) and value.startswith("#"):
        try:
            return int(parse_colour(value).lstrip("#"), 16)
        except (SegStudioError, ValueError):
            return None
    return None


def _packed(values: Sequence[object]) -> int | None:
    packed = 0
    for value in values:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 255:
            return None
        packed = packed << 8 | value
    return packed
