"""Tables of labels beside masks: which number or colour means which class.

People write them in many ways: CVAT's `labelmap.txt` (`sky:128,128,128::`), CamVid's `label_colors.txt`
(`128 128 128  Sky`), `class_dict.csv` (`sky,128,128,128`), one name a line, `0: sky`, or JSON. The order of the lines numbers
the classes where no numbers stand in them, from 0.

JSON, and the text files that machines write (their first line tells), say names exactly. In the others, quotes are no part
of a name. What people call void, and a name between underscores, is meant otherwise only where no class is called so: a
table tells both the name and what it may mean (`plain`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.beside import files_called, stamp_of, text_in
from segstudio.formats.json_items import load_json
from segstudio.formats.places import SourceFile
from segstudio.project.classes import ClassList
from segstudio.project.colours import parse_colour

VOID_LABEL = "void"
"""The label of pixels that a table declares as not labelled."""

VOID_LABELS = (VOID_LABEL, "__ignore__", "unlabelled void")
"""What each means void wherever no class is called so; where one is, the next tells what is not labelled."""

LABELMAP_HEAD = "# label:color_rgb:parts:actions"
"""The first line of CVAT's and datumaro's `labelmap.txt`."""

COLOURS_HEAD = "# red green blue label"
"""The first line of a `label_colors.txt` in which all that follows the third number and one space is the name."""

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

_VOID_NAMES = frozenset({*VOID_LABELS, "ignore", "ignored", "ignore label"})
_VOID_NUMBER = 255
_MAX_BYTES = 1 << 20
_MAX_ROWS = 4096
_MAX_LINE = 300
_QUOTES = "\"'"

_SPACES = re.compile(r" +")
_TABS = re.compile(r"[ \t]*\t[ \t]*")
_THREE = r"(\d{1,3})\s*[\s,;]\s*(\d{1,3})\s*[\s,;]\s*(\d{1,3})"
_COLOUR_FIRST = re.compile(rf"\(?{_THREE}\)?\s*[\s,;:]\s*(\S.*)")
_COLOUR_LAST = re.compile(rf"(\S.*?)\s*[\s,;:=]\s*\(?{_THREE}\)?(?:\s*[:,;].*)?")
_HEX_FIRST = re.compile(r"(#[0-9a-fA-F]{6})\s*[\s,;:=]\s*(\S.*)")
_HEX_LAST = re.compile(r"(\S.*?)\s*[\s,;:=]\s*(#[0-9a-fA-F]{6})")
_EXACT_COLOUR = re.compile(r" *(\d{1,3}) +(\d{1,3}) +(\d{1,3}) (\S.*)")
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
    """Labels by number and by colour; `path` is the file it was read from, if any, and `is_exact` tells that names stand
    in it as they are. `plain` is what names may mean where no class is called so (`plain_of`): of those that may mean
    another, and of their rivals.
    """

    rows: tuple[LabelRow, ...]
    path: Path | None = None
    is_exact: bool = False
    plain: Mapping[str, str] = field(init=False)
    by_number: Mapping[int, str] = field(init=False)
    by_colour: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        numbered = self.is_numbered
        by_number = {
            row.number if numbered and row.number is not None else place: row.name
            for place, row in enumerate(self.rows)
            if not numbered or row.number is not None
        }
        by_colour = {row.colour: row.name for row in self.rows if row.colour is not None}
        meant = {row.name: plain_of(row.name, is_exact=self.is_exact) for row in self.rows}
        otherwise = {plain for name, plain in meant.items() if plain != name}
        plain = {name: plain for name, plain in meant.items() if plain in otherwise}
        object.__setattr__(self, "plain", plain)
        object.__setattr__(self, "by_number", by_number)
        object.__setattr__(self, "by_colour", by_colour)

    @property
    def is_numbered(self) -> bool:
        """Whether numbers stand in it, so that the order of its rows tells none."""
        return any(row.number is not None for row in self.rows)

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

    Raises SegStudioError when a JSON file is damaged, or names are not written as UTF-8 or UTF-16.
    """
    text = text_in(path, _MAX_BYTES)
    if text is None:
        return None
    if path.suffix.lower() == ".json":
        return _table(_rows_of_json(load_json(path)), path, is_exact=True)
    return _table_of_text(text, path)


def table_written(name: str, text: str) -> LabelTable | None:
    """Return what `read_table` makes of a file of this name and text, which this program wrote."""
    if name.endswith(".json"):
        return _table(_rows_of_json(json.loads(text)), None, is_exact=True)
    return _table_of_text(text, None)


def plain_of(name: str, *, is_exact: bool = False) -> str:
    """Return what a name may mean: void under one name and, unless names are exact, `_background_` without its lines."""
    if name.casefold() in _VOID_NAMES:
        return VOID_LABEL
    framed = name.startswith("_") and name.endswith("_") and bool(name.strip("_"))
    return name.strip("_") if framed and not is_exact else name


def numbered(by_number: Mapping[int, str]) -> Mapping[int, str]:
    """Return what numbers mean by a table, where there is one: 255 is void unless the table says otherwise."""
    free = next((label for label in VOID_LABELS if label not in by_number.values()), VOID_LABEL)
    return {_VOID_NUMBER: free, **by_number} if by_number else {}


def void_label(classes: ClassList) -> str:
    """Return the label of what is not labelled: one that no class has.

    Raises SegStudioError when none is left.
    """
    free = next((label for label in VOID_LABELS if classes.find(label) is None), None)
    if free is None:
        raise SegStudioError(
            f"classes are called {', '.join(VOID_LABELS)}, so that no name is left for what is not labelled",
            fix="Rename one of them",
        )
    return free


def _table_in(folder: Path) -> LabelTable | None:
    for path in files_called(folder, TABLE_NAMES):
        if (found := _cached_table(path, *stamp_of(path))) is not None:
            return found
    return None


@lru_cache(maxsize=64)
def _cached_table(path: Path, _modified_ns: int, _size: int) -> LabelTable | None:
    return read_table(path)


def _table(rows: Sequence[LabelRow], path: Path | None, *, is_exact: bool) -> LabelTable | None:
    return LabelTable(tuple(rows), path, is_exact) if rows else None


def _table_of_text(text: str, path: Path | None) -> LabelTable | None:
    lines = [line for line in text.splitlines() if line.strip()]
    exact = {LABELMAP_HEAD: _labelmap_row, COLOURS_HEAD: _colour_row}.get(lines[0].strip() if lines else "")
    if exact is not None and len(lines) <= _MAX_ROWS:
        found = [(line, exact(line)) for line in lines[1:]]
        if all(row is not None or line.startswith("#") for line, row in found):
            return _table([row for _, row in found if row is not None], path, is_exact=True)
    return _table(_without_quotes(_rows_of_text(text)), path, is_exact=False)


def _labelmap_row(line: str) -> LabelRow | None:
    """Return what a line of CVAT's table says: `name:r,g,b:parts:actions`, whatever stands in the name."""
    name, *others = line.strip().rsplit(":", 3)
    if len(others) < 3 or not name:
        return None
    if not others[0]:
        return LabelRow(name)
    values = others[0].split(",")
    packed = _packed([int(value) for value in values]) if all(map(str.isdecimal, values)) else None
    return LabelRow(name, colour=packed) if packed is not None and len(values) == 3 else None


def _colour_row(line: str) -> LabelRow | None:
    found = _EXACT_COLOUR.fullmatch(line.rstrip())
    packed = _packed([int(found[place]) for place in (1, 2, 3)]) if found else None
    return LabelRow(found[4], colour=packed) if found and packed is not None else None


def _without_quotes(rows: Sequence[LabelRow]) -> list[LabelRow]:
    """Return the rows with names out of their quotes, unless two names would fall together."""
    bare = [replace(row, name=_unquoted(row.name)) for row in rows]
    both = len({row.name for row in bare}) < len({row.name for row in rows})
    return list(rows) if both else bare


def _unquoted(name: str) -> str:
    inner = name[1:-1].strip()
    is_quoted = len(name) > 2 and name[0] == name[-1] and name[0] in _QUOTES and bool(inner)
    return inner if is_quoted else name


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
        return LabelRow(found[2].strip(), colour=int(found[1][1:], 16))
    if found := _HEX_LAST.fullmatch(line):
        return LabelRow(found[1].strip(), colour=int(found[2][1:], 16))
    for pattern, name, first in ((_COLOUR_FIRST, 4, 1), (_COLOUR_LAST, 1, 2)):
        if found := pattern.fullmatch(line):
            colour = _packed([int(found[place]) for place in range(first, first + 3)])
            if colour is not None:
                return LabelRow(found[name].strip(), colour=colour)
    if found := _NUMBER_FIRST.fullmatch(line):
        return LabelRow(found[2].strip(), number=int(found[1]))
    if found := _NUMBER_LAST.fullmatch(line):
        return LabelRow(found[1].strip(), number=int(found[2]))
    return LabelRow(line.rstrip(":").strip())


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
            yield LabelRow(inner.strip(), colour=colour)
        elif isinstance(inner, str) and key.isdecimal() and len(key) < 6:
            yield LabelRow(inner.strip(), number=int(key))
        elif (colour := _colour(inner)) is not None:
            yield LabelRow(key.strip(), colour=colour)
        elif isinstance(inner, int) and not isinstance(inner, bool):
            yield LabelRow(key.strip(), number=inner)


def _row_of_json(entry: object) -> LabelRow | None:
    if isinstance(entry, str):
        return LabelRow(entry.strip())
    if not isinstance(entry, dict):
        return None
    name = next(
        (entry[key] for key in ("readable", "name", "label", "title") if isinstance(entry.get(key), str)), ""
    )
    number = next((entry[key] for key in ("index", "id", "value") if isinstance(entry.get(key), int)), None)
    colours = [_colour(entry[key]) for key in ("color", "colour", "rgb", "color_rgb") if key in entry]
    return LabelRow(name.strip(), number=number, colour=next(iter(colours), None)) if name else None


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
