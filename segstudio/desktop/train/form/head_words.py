"""What is told of a head before it is chosen, from the table of heads; pure but for looking which weights are here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segstudio.counting import sized
from segstudio.runs.heads import HeadInfo, imported_weights

Start = Literal["here", "to fetch", "missing", "random"]
"""Where first weights are: on this machine, on the network, nowhere; or there are to be none."""

_PUBLISHED = {"coco": "COCO", "imagenet": "ImageNet"}


@dataclass(frozen=True, slots=True)
class HeadWords:
    """`facts` is one line of numbers, `speed` how fast it is here (nothing where that is not known), `weights` says what
    there is to start from, `is_here` whether nothing has to be fetched for it, `fetch_file` and `fetch_size` what fetching
    gets, `is_missing` that what was chosen is not there.
    """

    title: str
    suits: str
    facts: str
    weights: str
    is_here: bool
    fetch_file: str
    fetch_size: str
    is_missing: bool = False
    speed: str = ""


def words_on(
    head: HeadInfo,
    *,
    batch_size: int,
    crop_px: int,
    moments: int,
    choice: str = "auto",
    speed: float | None = None,
) -> HeadWords:
    """Return what is told of `head` for steps of so many crops; `moments` numbers per parameter are the optimizer's,
    `choice` is the recipe's for its first weights, `speed` is in photos a second on this machine.
    """
    needed = head.training_bytes(batch_size=batch_size, crop_px=crop_px, optimizer_values=moments)
    start = start_of(head, choice)
    return HeadWords(
        title=head.title,
        suits=head.suits,
        facts=f"{head.parameters / 1e6:.1f} M parameters · about {sized(needed)} to train",
        weights=_start_told(head, choice, start),
        is_here=start != "to fetch",
        is_missing=start == "missing",
        fetch_file=head.weights[0].file_name if head.weights else "",
        fetch_size=sized(head.weights[0].size_bytes) if head.weights else "",
        speed="" if speed is None else _speed(speed),
    )


def start_of(head: HeadInfo, choice: str) -> Start:
    """Tell what a training that begins with the recipe's `choice` of weights finds; looks which files are there."""
    if choice == "none":
        return "random"
    if choice == "auto":
        if any(each.is_here for each in head.weights) or imported_weights(head):
            return "here"
        return "to fetch" if head.weights else "random"
    if choice in _PUBLISHED:
        found = [each.is_here for each in head.weights if each.name == choice]
        return "missing" if not found else "here" if any(found) else "to fetch"
    is_there = Path(choice).expanduser().is_file() or choice in {path.name for path in imported_weights(head)}
    return "here" if is_there else "missing"


def missing_told(head: HeadInfo, choice: str) -> str:
    """Say that the weights of the recipe's `choice` cannot be had."""
    if choice in _PUBLISHED:
        return f"nobody publishes {_PUBLISHED[choice]} weights for {head.title}"
    return f"the weights to start from are gone: {_file_told(choice)}"


def _start_told(head: HeadInfo, choice: str, start: Start) -> str:
    match start:
        case "random":
            scratch = "Learns from scratch: no weights to start from."
            return (
                scratch
                if choice == "none"
                else "Starts at random: nobody publishes weights for this network."
            )
        case "missing":
            told = missing_told(head, choice)
            return f"{told[:1].upper()}{told[1:]}."
        case "to fetch":
            return (
                "No pretrained weights are here: without them it learns slowly and less. Fetch them now, or import a file"
                " that was carried here."
            )
    if choice in _PUBLISHED:
        return f"Starts from {_PUBLISHED[choice]} weights, which are here."
    published = next((each.name for each in head.weights if each.is_here), "") if choice == "auto" else ""
    if published:
        return f"Starts from {_PUBLISHED[published]} weights, which are here."
    newest = max(imported_weights(head), key=lambda path: path.stat().st_mtime_ns, default=Path(choice))
    name = newest.name if choice == "auto" else _file_told(choice)
    is_imported = name.startswith("segstudio-")
    return f"Starts from imported weights ({name})." if is_imported else f"Starts from the weights in {name}."


def _file_told(choice: str) -> str:
    """Return a file as people know it: a run's model by the run."""
    path = Path(choice)
    return f"{path.parent.name}/{path.name}" if path.name in ("best.pt", "last.pt") else path.name


def _speed(speed: float) -> str:
    return f"{speed:.1f} photos/s here" if speed < 100 else f"{speed:.0f} photos/s here"


def fetched(done: int, total: int) -> str:
    """Say how much of a download has come, in bytes; `total` 0 when that is not known."""
    return f"Fetched {sized(done)} of {sized(total)}" if total else f"Fetched {sized(done)}"
