"""Which photos train and which validate."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

from segstudio.project.photos import Split

Grouping = Literal["none", "folder", "burst"]

BURST_GAP = 3
"""File names whose trailing numbers differ by no more than this are of one burst."""

_DRAWS = 30
"""The greedy draw can block itself; with few groups another order of them often does better."""

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
    the spirit of Sechidis and others, "On the Stratification of Multi-Label Data", 2011). A single group is
    divided, into stretches of neighbours, as without validation there is no score; a single photo trains.
    """
    groups = _drawable(list(classes_of), grouping, fraction)
    classes = [frozenset(index for key in group for index in classes_of[key]) for group in groups]
    if len(groups) < 2 or fraction <= 0:
        return dict.fromkeys(classes_of, "train")
    draw = _best_draw(groups, classes, seed)
    draw.fill_up_to(max(1, round(fraction * len(classes_of))))
    chosen = draw.chosen
    return {key: "val" if key in chosen else "train" for key in classes_of}


def one_group_told(keys: Sequence[str], grouping: Grouping) -> str:
    """Return in a few words that `split_photos` has to divide the one group that there is; nothing otherwise."""
    if len(keys) < 2 or len(group_photos(keys, grouping)) > 1:
        return ""
    return f"All photos are of one {grouping}, which therefore had to be divided"


def _drawable(keys: Sequence[str], grouping: Grouping, fraction: float) -> list[tuple[str, ...]]:
    groups = group_photos(keys, grouping)
    if len(groups) == 1 and grouping == "folder":
        groups = group_photos(keys, "burst")
    if len(groups) != 1:
        return groups
    (only,) = groups
    # Half of what validates at a time: few photos get a neighbour on the other side, yet classes can be balanced.
    size = max(1, int(fraction * len(only)) // 2)
    return [only[start : start + size] for start in range(0, len(only), size)]


class _Draw:
    """Groups drawn for validation so far, and what must stay for training."""

    def __init__(
        self, groups: Sequence[tuple[str, ...]], classes: Sequence[frozenset[int]], dice: random.Random
    ) -> None:
        order = list(range(len(groups)))
        dice.shuffle(order)
        self._members = [groups[position] for position in order]
        self._classes = [classes[position] for position in order]
        self._left = Counter(index for group in classes for index in group)
        self._taken: set[int] = set()
        self._photos = 0

    @property
    def chosen(self) -> set[str]:
        """The keys of the photos drawn."""
        return {key for position in self._taken for key in self._members[position]}

    def cover_every_class(self, *, many_at_once: bool = True) -> int:
        """Draw groups until every class that can be is in validation, the rarest first; return how many are.

        Small groups are preferred and among them, with `many_at_once`, those that bring many classes.
        """
        holders: dict[int, list[int]] = {}
        for position, classes in enumerate(self._classes):
            for index in classes:
                holders.setdefault(index, []).append(position)
        covered = 0
        for index in sorted(holders, key=lambda index: (len(holders[index]), index)):
            if self._left[index] == len(holders[index]):
                free = [position for position in holders[index] if self._lost(position) == 0]
                if not free:
                    continue
                self._take(min(free, key=lambda p: (self._size(p), -len(self._classes[p]) * many_at_once)))
            covered += 1
        return covered

    def fill_up_to(self, photos: int) -> None:
        """Draw further groups as long as they fit into `photos`; one is drawn in any case."""
        for position, members in enumerate(self._members):
            fits = self._photos + len(members) <= photos
            if position not in self._taken and fits and self._lost(position) == 0:
                self._take(position)
        if not self._taken:
            everywhere = range(len(self._members))
            self._take(min(everywhere, key=lambda position: (self._lost(position), self._size(position))))

    def _take(self, position: int) -> None:
        self._taken.add(position)
        self._photos += len(self._members[position])
        self._left.subtract(self._classes[position])

    def _lost(self, position: int) -> int:
        """Return how many classes would no longer occur in training when the group is drawn."""
        return sum(self._left[index] < 2 for index in self._classes[position])

    def _size(self, position: int) -> int:
        return len(self._members[position])


def _best_draw(groups: Sequence[tuple[str, ...]], classes: Sequence[frozenset[int]], seed: int) -> _Draw:
    """Return the first draw that covers every class held by two groups, or of some draws the one that covers most."""
    counts = Counter(index for group in classes for index in group)
    wanted = sum(count > 1 for count in counts.values())
    dice = random.Random(seed)
    best = _Draw(groups, classes, dice)
    most = best.cover_every_class()
    for _ in range(_DRAWS):
        if most == wanted:
            break
        draw = _Draw(groups, classes, dice)
        covered = draw.cover_every_class(many_at_once=False)
        if covered > most:
            best, most = draw, covered
    return best


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
