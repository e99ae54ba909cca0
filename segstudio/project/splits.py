"""Which photos train and which validate."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

from segstudio.project.photos import Split

Grouping = Literal["none", "folder", "burst"]

BURST_GAP = 3
"""File names whose trailing numbers differ by no more than this are of one burst."""

_TRAILING_NUMBER = re.compile(r"^(.*?)(\d+)\D*$")


def group_photos(keys: Sequence[str], grouping: Grouping) -> list[tuple[str, ...]]:
    """Return the keys in groups that must not be torn apart, in order of their first key.

    `folder`: photos of one folder. `burst`: photos of one folder whose names are alike but for a trailing
    number, as long as it rises by at most BURST_GAP from one to the next. `none`: each photo is its own group.
    """
    ordered = sorted(keys)
    match grouping:
        case "none":
            return [(key,) for key in ordered]
        case "folder":
            folders: dict[str, list[str]] = {}
            for key in ordered:
                folders.setdefault(str(PurePosixPath(key).parent), []).append(key)
            return [tuple(members) for members in folders.values()]
        case "burst":
            return _bursts(ordered)


def split_photos(
    classes_of: Mapping[str, Iterable[int]],
    *,
    fraction: float = 0.2,
    seed: int = 0,
    grouping: Grouping = "none",
) -> dict[str, Split]:
    """Return `train` or `val` for every photo; `classes_of` gives the classes that occur in each.

    About `fraction` of the photos become validation, whole groups at a time, drawn at random with `seed`. Every class
    that occurs in two groups or more is in both parts where that is possible (rare classes are placed first, in
    the spirit of Sechidis and others, "On the Stratification of Multi-Label Data", 2011). With fewer than two
    groups all photos train.
    """
    groups = group_photos(list(classes_of), grouping)
    draw = _Draw(groups, {key: frozenset(classes) for key, classes in classes_of.items()}, seed)
    if len(groups) >= 2 and fraction > 0:
        draw.cover_every_class()
        draw.fill_up_to(max(1, round(fraction * len(classes_of))))
    return {key: "val" if key in draw.chosen else "train" for key in classes_of}


class _Draw:
    """Groups drawn for validation so far, and what must stay for training."""

    def __init__(
        self, groups: Sequence[tuple[str, ...]], classes_of: Mapping[str, frozenset[int]], seed: int
    ) -> None:
        self._members = list(groups)
        random.Random(seed).shuffle(self._members)
        self._classes = [frozenset().union(*(classes_of[key] for key in group)) for group in self._members]
        self._taken: set[int] = set()

    @property
    def chosen(self) -> set[str]:
        return {key for position in self._taken for key in self._members[position]}

    def cover_every_class(self) -> None:
        """Draw groups until every class that can be is in validation, the rarest first."""
        holders: dict[int, list[int]] = {}
        for position, classes in enumerate(self._classes):
            for index in classes:
                holders.setdefault(index, []).append(position)
        for index in sorted(holders, key=lambda index: (len(holders[index]), index)):
            if any(position in self._taken for position in holders[index]):
                continue
            free = [position for position in holders[index] if self._leaves_enough(position)]
            if free:
                self._taken.add(min(free, key=self._cost))

    def fill_up_to(self, photos: int) -> None:
        """Draw further groups as long as they fit into `photos`; one is drawn in any case."""
        for position in range(len(self._members)):
            fits = len(self.chosen) + len(self._members[position]) <= photos
            if position not in self._taken and fits and self._leaves_enough(position):
                self._taken.add(position)
        if not self._taken:
            smallest = min(range(len(self._members)), key=lambda position: len(self._members[position]))
            self._taken.add(smallest)

    def _leaves_enough(self, position: int) -> bool:
        """Tell whether each class of the group still occurs in training when the group is drawn."""
        rest = [p for p in range(len(self._members)) if p not in self._taken and p != position]
        return all(any(index in self._classes[p] for p in rest) for index in self._classes[position])

    def _cost(self, position: int) -> tuple[int, int]:
        """Prefer small groups, and among them those that bring many classes."""
        return len(self._members[position]), -len(self._classes[position])


def _bursts(ordered: Sequence[str]) -> list[tuple[str, ...]]:
    series: dict[str, list[tuple[int, str]]] = {}
    for key in ordered:
        path = PurePosixPath(key)
        match = _TRAILING_NUMBER.match(path.stem)
        prefix, number = (match[1], int(match[2])) if match else (path.stem, 0)
        series.setdefault(f"{path.parent}/{prefix}", []).append((number, key))
    bursts: list[list[str]] = []
    for members in series.values():
        last: int | None = None
        for number, key in sorted(members):
            if last is None or number - last > BURST_GAP:
                bursts.append([])
            bursts[-1].append(key)
            last = number
    return sorted(tuple(burst) for burst in bursts)
