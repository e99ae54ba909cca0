"""Following: what the project says of the photos under review, from one look at it to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.reviewing.items import Item, Row
from segstudio.desktop.reviewing.reading import is_truth
from segstudio.desktop.reviewing.thoughts import Thoughts
from segstudio.project.photos import Photo


@dataclass(frozen=True, slots=True)
class Followed:
    """The items that are others by now, by id, and the ids of all photos whose truth may be another."""

    others: Mapping[str, Item]
    changed: tuple[str, ...]


class Following:
    """Remembers when masks were last written, and which photo lies where."""

    def __init__(self) -> None:
        self._mask_times: Mapping[str, int] = {}
        self._paths: tuple[OpenedProject | None, dict[str, Photo]] = (None, {})

    def look(self, opened: OpenedProject, rows: Iterable[Row], thoughts: Thoughts) -> Followed:
        """Return what changed since the last look."""
        before, self._mask_times = self._mask_times, opened.mask_times
        others: dict[str, Item] = {}
        changed = []
        for row in rows:
            item = self._item(opened, row.item, thoughts.key_of(row.item.id))
            if item != row.item:
                others[item.id] = item
            if item != row.item or (item.key and before.get(item.key) != self._mask_times.get(item.key)):
                changed.append(item.id)
        return Followed(others, tuple(changed))

    def _item(self, opened: OpenedProject, item: Item, adopted: str) -> Item:
        """Return the item as the project knows its photo now."""
        key = adopted or (item.key if item.is_video else "")
        photo = opened.photo(key) if key else self._by_path(opened).get(item.id)
        if photo is None and adopted:
            return item  # it was brought in a moment ago
        there = (photo.key, is_truth(photo)) if photo is not None else ("", False)
        if there == (item.key, item.has_truth):
            return item
        name = photo.key if photo is not None else item.path.name
        name = item.name if item.is_video else name
        return replace(item, name=name, key=there[0], has_truth=there[1])

    def _by_path(self, opened: OpenedProject) -> dict[str, Photo]:
        """Return the photos by their paths, worked out once for each look at the project."""
        if self._paths[0] is not opened:
            self._paths = opened, {str(photo.path): photo for photo in opened.photos}
        return self._paths[1]
