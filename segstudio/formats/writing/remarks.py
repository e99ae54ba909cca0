"""Remarks on an export: what a reader would not expect, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from segstudio.formats.label_tables import VOID_LABELS
from segstudio.formats.labels import folded
from segstudio.project.classes import VOID, ClassList


def remarks_on(form: str, classes: ClassList, *, shapeless: int) -> tuple[str, ...]:
    """Return the remarks on an export as the format `form`; `shapeless` photos are told by shapes and have none."""
    found = [*_on_void(classes), *(_on_labelmap(classes.names) if form == "voc" else ())]
    if shapeless:
        entry = classes.at(classes.unpainted)
        name = "void" if classes.unpainted == VOID or entry is None else f"“{entry.name}”"
        found.append(
            f"{'1 photo is' if shapeless == 1 else f'{shapeless:,} photos are'} {name} all over, which no shape tells: an"
            f" import takes {'it' if shapeless == 1 else 'them'} for unlabelled, unless it is told that blank means background"
            " (--blank-is-background)"
        )
    return tuple(found)


def _on_void(classes: ClassList) -> list[str]:
    like_void = [name for name in classes.names if folded(name) in VOID_LABELS]
    if not like_void:
        return []
    other = next((label for label in VOID_LABELS if classes.find(label) is None), "")
    told = f"; void pixels are told as “{other}”" if other else ""
    return [
        f"A class is called “{like_void[0]}”, which means not labelled wherever no class is called so: import into a project"
        f" that has this class{told}"
    ]


def _on_labelmap(names: Sequence[str]) -> list[str]:
    odd = [name for name in names if ":" in name or name.startswith("#")]
    if not odd:
        return []
    return [
        f"The class “{odd[0]}” has a colon or begins with #, which only SegStudio reads from labelmap.txt; other programs"
        " take it for something else: rename it for them"
    ]
