"""ImportOptions: what the person asked of an import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from segstudio.errors import WorkStopped
from segstudio.formats.rasterise import Layers, Rule

SplitChoice = Literal["train", "val", "auto"]

Boxes = Literal["areas", "leave-out"]
"""What boxes are: areas, in files that hold nothing else, too; or nothing that is painted."""

Progress = Callable[[int, int], None]
"""Called with the number of steps done and their total."""

Cancelled = Callable[[], bool]
"""Asked between two files whether the person wants to stop."""

Far = Callable[[float], None]
"""Told now and then within one file how much of it is done, 0 to 1, never less than before."""

Check = Callable[[], None]
"""Called now and then within one file; raises WorkStopped when the person wants to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """Every choice of an import; the defaults refuse whatever would go wrong silently.

    `format` is a name in FORMATS or None: found by content. `order` are the classes painted last, first to
    last. `renames` maps a label in the files to a class of the project, or to `void`; shapes of the labels in
    `leave_out` are not painted. `new_classes` are added where the project has none of that name, each with its
    colour (`#RRGGBB`; empty: the next free one). `under` is put before each photo's key. `skip_bad` leaves out what is damaged, doubtful or of another size, which otherwise stops
    the import; `hold_unknown` leaves out whole photos with shapes of unknown classes, `skip_unknown` those shapes.
    `keep_unlabelled` takes photos without annotation, or whose annotation is blank, without mask (None: where nothing
    that was given holds annotations); `blank_is_background` takes those whose annotation has no shape at all, or only
    shapes that are left out, with a mask of unpainted pixels. `label_images` takes pictures that look like label images for photos, `keep_doubles` photos of
    equal content more than once. `boxes` None: those among outlines are areas, and files of nothing but boxes are not read; it
    counts when files are gathered and read.
    """

    format: str | None = None
    order: tuple[str, ...] = ()
    split: SplitChoice | None = None
    renames: Mapping[str, str] = field(default_factory=dict)
    leave_out: frozenset[str] = frozenset()
    new_classes: Mapping[str, str] = field(default_factory=dict)
    add_classes: bool = False
    skip_unknown: bool = False
    hold_unknown: bool = False
    skip_bad: bool = False
    scale: bool = False
    reference: bool = False
    replace: bool = False
    keep_unlabelled: bool | None = None
    blank_is_background: bool = False
    label_images: bool = False
    keep_doubles: bool = False
    under: str = ""
    rule: Rule = "truncate"
    layers: Layers = "class"
    boxes: Boxes | None = None


def check_cancelled(cancelled: Cancelled) -> None:
    """Raise WorkStopped when the person wants to stop."""
    if cancelled():
        raise WorkStopped("the import was stopped; the project is unchanged")


def never() -> bool:
    """The answer of a `cancelled` that nobody presses."""
    return False


def go_on() -> None:
    """The `check` of what nobody stops."""


def unmeasured(_share: float) -> None:
    """A `far` that nobody watches."""


def part_of(far: Far, begin: float, end: float) -> Far:
    """Return the `far` of a part of the work that lies between two shares of the whole."""
    return lambda share: far(begin + (end - begin) * share)


def unheard(_done: int, _total: int) -> None:
    """A `progress` that nobody watches."""
