"""What is reviewed: photos with what a model says of them, as plain values; and the orders to go through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from segstudio.counting import counted

State = Literal["waiting", "working", "done", "failed"]
Verdict = Literal["", "accept", "correct", "reject"]


@dataclass(frozen=True, slots=True)
class Item:
    """A photo to review. `key` names it in the project, empty for one that is not in it; `has_truth`: the project
    holds a mask of it. `answer` is told for what was segmented already (a frame of a video), and `file_name` is what such
    a photo is called once it comes into the project.
    """

    id: str
    path: Path
    name: str
    key: str = ""
    has_truth: bool = False
    is_video: bool = False
    answer: Answer | None = None
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said of a photo of `size` (rows, columns): two files for `load_map`."""

    mask: Path
    confidence: Path
    size: tuple[int, int]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `sure` is the mean confidence (0–1), `score` the mean IoU where truth is known, `ious` that
    of each class by mask value; `found` counts the pixels of the cell of the confusion matrix that is looked at.
    """

    item: Item
    state: State = "waiting"
    told: str = ""
    verdict: Verdict = ""
    answer: Answer | None = None
    sure: float | None = None
    score: float | None = None
    ious: Mapping[int, float] | None = None
    found: int = 0


def outside(item: Item, origin: Path | None) -> Item:
    """Return a photo as it is known by its path again, or by that of its `origin`: it is out of the project; pure."""
    path = origin or item.path
    name = item.name if item.is_video else path.name
    return replace(item, path=path, key="", name=name, has_truth=False)


Order = str
"""`added`, `unsure`, `worst`, or `class:<mask value>` for the worst of one class first."""


def ordered(rows: Sequence[Row], order: Order) -> list[Row]:
    """Return rows in an order; what it does not know of a row keeps that row at the end, as it was added; pure."""
    values = [_value(row, order) for row in rows]
    known = [number for number, value in enumerate(values) if value is not None]
    rest = [number for number, value in enumerate(values) if value is None]
    return [rows[n] for n in (*sorted(known, key=lambda n: (values[n], n)), *rest)]


def _value(row: Row, order: Order) -> float | None:
    if order == "unsure":
        return row.sure
    if order == "worst":
        return row.score
    if order.startswith("class:"):
        return (row.ious or {}).get(int(order.removeprefix("class:")))
    return None


def next_to_do(rows: Sequence[Row], wanted: Sequence[str]) -> Row | None:
    """Return the row to segment next: the first of `wanted` ids (what is looked at, what is in sight) that waits; pure."""
    waiting = {row.item.id: row for row in rows if row.state == "waiting"}
    for each in wanted:
        if each in waiting:
            return waiting[each]
    return next(iter(waiting.values()), None)


def neighbour(ids: Sequence[str], chosen: str, by: int) -> str | None:
    """Return the id `by` rows away from the chosen one, None past either end; pure."""
    if chosen not in ids:
        return ids[0] if ids else None
    place = ids.index(chosen) + by
    return ids[place] if 0 <= place < len(ids) else None


def next_open(rows: Sequence[Row], chosen: str) -> str | None:
    """Return the id of the next row without a verdict, going round; None when all have one; pure."""
    ids = [row.item.id for row in rows]
    start = ids.index(chosen) + 1 if chosen in ids else 0
    around = [*rows[start:], *rows[:start]]
    return next((row.item.id for row in around if not row.verdict and row.item.id != chosen), None)


def unjudged(rows: Sequence[Row]) -> int:
    """Return how many photos wait for a verdict; one that cannot be segmented does not; pure."""
    return sum(not row.verdict and row.state != "failed" for row in rows)


def told_progress(rows: Sequence[Row]) -> str:
    """Return one line on how far segmenting and reviewing are; pure."""
    if not rows:
        return ""
    done = sum(row.state == "done" for row in rows)
    seen = sum(bool(row.verdict) for row in rows)
    failed = sum(row.state == "failed" for row in rows)
    count = counted(len(rows), "photo")
    parts = [count if done == len(rows) else f"{done:,} of {len(rows):,} segmented"]
    if failed:
        parts.append(f"{failed:,} failed")
    if seen:
        parts.append(f"{seen:,} reviewed")
    return " · ".join(parts)
