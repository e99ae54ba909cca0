"""RowBook: the rows of the photos under review, in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from segstudio.desktop.reviewing.items import Item, Row


class RowBook:
    """By the ids of photos. `changed` is called whenever a row is another one."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._rows: dict[str, Row] = {}

    @property
    def all(self) -> tuple[Row, ...]:
        """Every row."""
        return tuple(self._rows.values())

    def get(self, item_id: str) -> Row | None:
        """Return a row, None where there is none."""
        return self._rows.get(item_id)

    def take(self, row: Row) -> None:
        """Add a row, or put it in the place of the one of its photo."""
        self._rows[row.item.id] = row
        self._changed()

    def add(self, items: Sequence[Item], fresh: Callable[[Item], Row]) -> list[Item]:
        """Add rows for photos that have none, and return all of them as they are listed.

        A photo that came into the project from elsewhere keeps the id it was given under, so its key is asked for, too.
        """
        by_key = {row.item.key: row.item for row in self._rows.values() if row.item.key}
        listed = []
        for item in items:
            row = self._rows.get(item.id)
            there = row.item if row is not None else by_key.get(item.key)
            if there is None:
                self.take(fresh(item))
            listed.append(there or item)
        return listed

    def put(self, item_id: str, **fields: object) -> None:
        """Change what is told of a photo; nothing where it is not there."""
        row = self._rows.get(item_id)
        if row is None:
            return
        changed = replace(row, **fields)  # type: ignore[arg-type]
        if changed != row:
            self.take(changed)

    def remove(self, item_id: str) -> None:
        """Forget a photo."""
        if self._rows.pop(item_id, None) is not None:
            self._changed()

    def clear(self) -> None:
        """Forget all."""
        self._rows.clear()
        self._changed()

    def begin_anew(self, fresh: Callable[[Row], Row]) -> None:
        """Put another row in the place of each."""
        self._rows = {key: fresh(row) for key, row in self._rows.items()}
        self._changed()

    def wait_again(self) -> None:
        """Nothing is under way any more."""
        for key, row in self._rows.items():
            if row.state == "working":
                self._rows[key] = replace(row, state="waiting")
        self._changed()
