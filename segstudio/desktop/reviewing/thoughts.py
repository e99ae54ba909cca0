"""Thoughts: what the person thought of photos, of which model's answer, and under which keys photos came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segstudio.desktop.reviewing.items import Item, Row, Verdict
from segstudio.desktop.reviewing.models import Model


class Thoughts:
    """By the ids of photos. It outlives that other models are asked."""

    def __init__(self) -> None:
        self._verdicts: dict[str, tuple[str, Verdict]] = {}
        self._adopted: dict[str, str] = {}

    def clear(self) -> None:
        """Forget everything: another project is open."""
        self._verdicts.clear()
        self._adopted.clear()

    def note(self, item_id: str, model: Model | None, verdict: Verdict) -> None:
        """Take in what is thought of an answer of a model."""
        self._verdicts[item_id] = (model.key if model is not None else "", verdict)

    def know(self, verdicts: Mapping[str, tuple[str, Verdict]]) -> None:
        """Take in what was thought earlier: by id, of which model's answer (`Model.is_called`), and what."""
        self._verdicts = {**verdicts, **self._verdicts}

    def adopt(self, item_id: str, key: str) -> None:
        """Know a photo by its key in the project from now on."""
        self._adopted[item_id] = key

    def let_go(self, item_id: str) -> None:
        """Know it by its path again."""
        self._adopted.pop(item_id, None)

    def key_of(self, item_id: str) -> str:
        """Return under which key a photo came in here, empty for none."""
        return self._adopted.get(item_id, "")

    def fresh(self, item: Item, model: Model | None) -> Row:
        """Return the row of an item without an answer: with what was thought of it, and its key if it came in."""
        key, verdict = self._verdicts.get(item.id, ("", ""))
        item = replace(item, key=item.key or self.key_of(item.id))
        return Row(item, verdict=verdict if model is not None and model.is_called(key) else "")
